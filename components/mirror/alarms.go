package mirror

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/monitoring"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/google"
	"haven/components/naming"
	"haven/components/tiers"
)

// tell makes a channel for each address: what alarms of each severity are sent to.
func (b *builder) tell() error {
	channels, err := google.Channels(b.ctx, b.name, b.args.Scope, "mirror",
		slices.Concat(b.args.CriticalEmails, b.args.WarningEmails), b.parent(), b.enabled())
	if err != nil {
		return err
	}
	list := func(emails []string) pulumi.StringArrayOutput {
		var names pulumi.StringArray
		for _, email := range emails {
			names = append(names, channels[email])
		}
		return names.ToStringArrayOutput()
	}
	b.own.CriticalChannels, b.own.WarningChannels = list(b.args.CriticalEmails), list(b.args.WarningEmails)
	return nil
}

// severity is how soon somebody has to look.
type severity = google.Severity

const (
	critical = google.Critical
	warning  = google.Warning
)

// alarm is a state that somebody should hear of.
type alarm struct {
	part     string // of names
	severity severity
	title    string
	demand   string // what has happened, and what to do first
	// condition is what raises it; exactly one of its kinds is set.
	condition monitoring.AlertPolicyConditionArgs
}

// watch raises an alarm for each of these.
func (b *builder) watch() error {
	for _, one := range append(b.flow(), b.tampering()...) {
		if err := b.declareAlarm(one); err != nil {
			return fmt.Errorf("%s: %w", one.part, err)
		}
	}
	return nil
}

func (b *builder) declareAlarm(one alarm) error {
	channels := map[severity]pulumi.StringArrayOutput{critical: b.own.CriticalChannels, warning: b.own.WarningChannels}
	return newAlarm(b.ctx, b.name+"-"+one.part, b.args.Scope, one, channels[one.severity], b.parent(), b.enabled())
}

func newAlarm(ctx *pulumi.Context, name string, scope naming.Scope, one alarm, channels pulumi.StringArrayInput,
	opts ...pulumi.ResourceOption,
) error {
	return google.NewAlarm(ctx, name, scope, "mirror", google.Alarm{
		Part: one.part, Severity: one.severity, Title: one.title, Demand: one.demand, Condition: one.condition,
	}, channels, opts...)
}

// flow are the alarms of what should arrive.
func (b *builder) flow() []alarm {
	return []alarm{
		{"silence", critical, "Nothing was copied",
			"No object has arrived in the mirror for as long as the slowest tier allows. See whether the transfer jobs " +
				"run, then whether the source's role, queue and key still let them read.",
			none(`storagetransfer_googleapis_com:transferjob_copied_objects_count{`+
				`monitored_resource="storage_transfer_job",status="succeeded"}`, slowest()),
		},
		{"transfer-errors", warning, "Objects could not be copied",
			"Transfers fail. See the jobs' errors: what is missing arrives within the hour once their cause is gone.",
			monitoring.AlertPolicyConditionArgs{ConditionThreshold: monitoring.AlertPolicyConditionConditionThresholdArgs{
				Filter: pulumi.String(both(`resource.type = "storage_transfer_job"`,
					`metric.type = "storagetransfer.googleapis.com/transferjob/error_count"`)),
				Comparison:     pulumi.String("COMPARISON_GT"),
				ThresholdValue: pulumi.Float64(0),
				Duration:       pulumi.String(google.Seconds(0)),
				Aggregations: monitoring.AlertPolicyConditionConditionThresholdAggregationArray{
					monitoring.AlertPolicyConditionConditionThresholdAggregationArgs{
						AlignmentPeriod:  pulumi.String(google.Seconds(5 * time.Minute)),
						PerSeriesAligner: pulumi.String("ALIGN_DELTA"),
					},
				},
			}},
		},
	}
}

// slowest is the time within which every tenant's dump has arrived.
func slowest() time.Duration {
	var longest time.Duration
	for _, tier := range tiers.All {
		longest = max(longest, Window(tier))
	}
	return longest
}

// reach is how far back a condition looks each time: long enough for what is counted to be seen.
const reach = 10 * time.Minute

// none is met once nothing has been counted for that long, whether or not anything ever was: where nothing ever was,
// for that long from the alarm's own beginning. A condition by absence would wait for a first one for ever.
// https://cloud.google.com/monitoring/alerts/using-promql
func none(series string, within time.Duration) monitoring.AlertPolicyConditionArgs {
	query := fmt.Sprintf("(sum(increase(%s[%dm])) or vector(0)) == 0", series, int(reach.Minutes()))
	return monitoring.AlertPolicyConditionArgs{
		ConditionPrometheusQueryLanguage: monitoring.AlertPolicyConditionConditionPrometheusQueryLanguageArgs{
			Query:              pulumi.String(query),
			Duration:           pulumi.String(google.Seconds(within - reach)),
			EvaluationInterval: pulumi.String(google.Seconds(time.Minute)),
		},
	}
}

// tampering are the alarms of what an update does, or an intruder. Updates raise them too.
// https://cloud.google.com/storage/docs/audit-logging
// https://cloud.google.com/kms/docs/audit-logging
// https://cloud.google.com/storage-transfer/docs/audit-logging
func (b *builder) tampering() []alarm {
	return []alarm{
		{"deletion", critical, "Somebody deletes copies",
			"Somebody tried to delete a copy; within its retention it is still there. Find out who it was, and take away " +
				"their access.",
			google.Logged(b.ofBucket(`protoPayload.methodName="storage.objects.delete"`)),
		},
		{"bucket-change", critical, "The bucket was changed",
			"Access to the bucket, its retention or another of its settings was changed. See that an update did it.",
			google.Logged(b.ofBucket(method("storage.buckets.delete", "storage.buckets.update", "storage.setIamPermissions"))),
		},
		{"key-change", critical, "The key was changed",
			"A version of the key was disabled or destroyed, or access to the key was changed. Restore the version within " +
				"90 days: without it no copy can be read.",
			google.Logged(both(`protoPayload.serviceName="cloudkms.googleapis.com"`, method("DestroyCryptoKeyVersion", "SetIamPolicy",
				"UpdateCryptoKey", "UpdateCryptoKeyVersion"))),
		},
		{"transfer-change", critical, "A transfer was changed",
			"A transfer job was changed, deleted or paused. See that an update did it.",
			google.Logged(both(`protoPayload.serviceName="storagetransfer.googleapis.com"`, method(
				"google.longrunning.Operations.CancelOperation",
				"google.storagetransfer.v1.StorageTransferService.DeleteTransferJob",
				"google.storagetransfer.v1.StorageTransferService.PauseTransferOperation",
				"google.storagetransfer.v1.StorageTransferService.UpdateTransferJob"))),
		},
		{"project-change", critical, "Access to the project was changed",
			"Who may do what in the project, or what is logged, was changed. See that an update did it.",
			google.Logged(both(`resource.type="project"`, method("SetIamPolicy"))),
		},
	}
}

// method matches calls of one of these names.
func method(names ...string) string {
	tests := make([]string, len(names))
	for i, name := range names {
		tests[i] = fmt.Sprintf("%q", name)
	}
	return "protoPayload.methodName=(" + strings.Join(tests, " OR ") + ")"
}
