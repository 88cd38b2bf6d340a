package offsite

import (
	"fmt"
	"slices"
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/logging"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/monitoring"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/google"
)

// logDays is how long the project's logs are kept.
const logDays = 400

// retain keeps the project's logs, of which the first bucket is there already.
// https://cloud.google.com/logging/docs/buckets#custom-retention
func (s *stores) retain() error {
	_, err := logging.NewProjectBucketConfig(s.ctx, s.name+"-logs", &logging.ProjectBucketConfigArgs{
		Project:       pulumi.String(s.args.Project),
		Location:      pulumi.String("global"),
		BucketId:      pulumi.String("_Default"),
		RetentionDays: pulumi.Int(logDays),
	}, s.child())
	return err
}

// tell makes a channel for each address.
func (s *stores) tell() error {
	channels, err := google.Channels(s.ctx, s.name, s.args.Scope, component,
		slices.Concat(s.args.CriticalEmails, s.args.WarningEmails), s.child())
	if err != nil {
		return err
	}
	list := func(emails []string) (names pulumi.StringArray) {
		for _, email := range emails {
			names = append(names, channels[email])
		}
		return names
	}
	s.own.channels = map[google.Severity]pulumi.StringArray{
		google.Critical: list(s.args.CriticalEmails), google.Warning: list(s.args.WarningEmails),
	}
	return nil
}

// watch raises an alarm when a store fills up or fails, and when somebody changes what protects them.
func (s *stores) watch() error {
	for _, one := range []google.Alarm{
		{
			Part: "database-disk", Severity: google.Warning, Title: "The database's disk fills up",
			Demand: "It grows by itself, up to Cloud SQL's limit. See what takes the room.",
			Condition: above("cloudsql_database", "cloudsql.googleapis.com/database/disk/utilization", "ALIGN_MEAN", 0.85,
				15*time.Minute),
		},
		{
			Part: "database-cpu", Severity: google.Warning, Title: "The database is busy",
			Demand: "See which queries take its time, and whether the machine is large enough.",
			Condition: above("cloudsql_database", "cloudsql.googleapis.com/database/cpu/utilization", "ALIGN_MEAN", 0.9,
				15*time.Minute),
		},
		{
			Part: "cache-memory", Severity: google.Critical, Title: "The cache is full",
			Demand: "It evicts nothing, and refuses writes once it is full. See what lies in it.",
			Condition: above("redis_instance", "redis.googleapis.com/stats/memory/usage_ratio", "ALIGN_MEAN", 0.9,
				5*time.Minute),
		},
		{
			Part: "key-change", Severity: google.Critical, Title: "A key was changed",
			Demand: "A version of a key was disabled or destroyed, or access to a key was changed. Restore the version " +
				"within 30 days: without it no data can be read.",
			Condition: google.Logged(`protoPayload.serviceName="cloudkms.googleapis.com" AND protoPayload.methodName=(` +
				`"DestroyCryptoKeyVersion" OR "SetIamPolicy" OR "UpdateCryptoKey" OR "UpdateCryptoKeyVersion")`),
		},
		{
			Part: "project-change", Severity: google.Critical, Title: "Access to the project was changed",
			Demand:    "Who may do what in the project, or what is logged, was changed. See that an update did it.",
			Condition: google.Logged(`protoPayload.methodName=("SetIamPolicy" OR "storage.setIamPermissions")`),
		},
	} {
		err := google.NewAlarm(s.ctx, s.name+"-"+one.Part, s.args.Scope, component, one, s.own.channels[one.Severity],
			s.child())
		if err != nil {
			return fmt.Errorf("%s: %w", one.Part, err)
		}
	}
	return nil
}

// above is met once a metric of a kind of resource has been above a bound for a while. The project holds one of each.
func above(resource, metric, aligner string, bound float64, lasting time.Duration) monitoring.AlertPolicyConditionArgs {
	return monitoring.AlertPolicyConditionArgs{ConditionThreshold: monitoring.AlertPolicyConditionConditionThresholdArgs{
		Filter:         pulumi.String(fmt.Sprintf("resource.type = %q AND metric.type = %q", resource, metric)),
		Comparison:     pulumi.String("COMPARISON_GT"),
		ThresholdValue: pulumi.Float64(bound),
		Duration:       pulumi.String(google.Seconds(lasting)),
		Aggregations: monitoring.AlertPolicyConditionConditionThresholdAggregationArray{
			monitoring.AlertPolicyConditionConditionThresholdAggregationArgs{
				AlignmentPeriod:  pulumi.String(google.Seconds(5 * time.Minute)),
				PerSeriesAligner: pulumi.String(aligner),
			},
		},
	}}
}
