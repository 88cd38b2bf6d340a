package tripwires_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/tripwires"
	"haven/tests/harness"
)

const (
	filter = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
	alarm  = "aws:cloudwatch/metricAlarm:MetricAlarm"
)

func args() tripwires.Args {
	return tripwires.Args{
		Scope:            harness.AccountScope(),
		LogGroupName:     pulumi.String("/haven/demo-account/audit"),
		CriticalTopicARN: pulumi.String("critical"),
		WarningTopicARN:  pulumi.String("warning"),
		InfoTopicARN:     pulumi.String("info"),
	}
}

func declare(t *testing.T) *harness.Recorder {
	t.Helper()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		_, err := tripwires.New(ctx, "tripwires", args())
		return err
	}))
	harness.AssertFamily(t, r, tripwires.Type, "tripwires")
	return r
}

// TestAsCISAsks: one filter and one alarm for each of the controls 4.1 to 4.15, each with its severity.
func TestAsCISAsks(t *testing.T) {
	t.Parallel()
	r := declare(t)
	want := map[string]string{
		"unauthorized-calls": "warning", "sign-in-without-mfa": "warning", "root-use": "critical",
		"policy-changes": "info", "trail-changes": "critical", "failed-sign-ins": "warning", "key-changes": "critical",
		"bucket-policy-changes": "info", "recorder-changes": "critical", "security-group-changes": "info",
		"network-acl-changes": "info", "gateway-changes": "info", "route-changes": "info", "vpc-changes": "info",
		"organization-changes": "warning",
	}
	assert.Len(t, r.OfType(filter), len(want))
	assert.Len(t, r.OfType(alarm), len(want))
	for part, topic := range want {
		harness.AssertInputs(t, r.One(t, filter, "tripwires-"+part+"-filter"), map[string]any{
			"name": "demo-account-" + part, "logGroupName": "/haven/demo-account/audit",
			"metricTransformation": map[string]any{"namespace": "Haven/demo-account", "name": part, "value": "1",
				"defaultValue": "0"}})
		d := r.One(t, alarm, "tripwires-"+part+"-alarm")
		harness.AssertTags(t, d, "tripwires")
		assert.NotEmpty(t, d.Input("alarmDescription"))
		harness.AssertInputs(t, d, map[string]any{
			"name": "demo-account-" + part, "namespace": "Haven/demo-account", "metricName": part, "statistic": "Sum",
			"period": 300.0, "evaluationPeriods": 1.0, "comparisonOperator": "GreaterThanOrEqualToThreshold",
			"treatMissingData": "notBreaching", "alarmActions": []any{topic}})
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	r := declare(t)
	for _, d := range r.OfType(filter) {
		pattern := d.Input("pattern").(string)
		assert.LessOrEqual(t, len(pattern), 1024, "CloudWatch Logs takes no longer one: %s", d.Name)
		assert.True(t, strings.HasPrefix(pattern, "{") && strings.HasSuffix(pattern, "}"), pattern)
		assert.Equal(t, strings.Count(pattern, "("), strings.Count(pattern, ")"), pattern)
	}
	for part, want := range map[string]string{
		"trail-changes": "{($.eventName=CreateTrail) || ($.eventName=UpdateTrail) || ($.eventName=DeleteTrail)" +
			" || ($.eventName=StartLogging) || ($.eventName=StopLogging)}",
		"key-changes": "{($.eventSource=kms.amazonaws.com) && (($.eventName=DisableKey)" +
			" || ($.eventName=ScheduleKeyDeletion))}",
		"root-use": `{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS` +
			` && $.eventType !="AwsServiceEvent"}`,
	} {
		assert.Equal(t, want, r.One(t, filter, "tripwires-"+part+"-filter").Input("pattern"))
	}
}

func TestOnlyRepeatedRefusalsRaiseAnAlarm(t *testing.T) {
	t.Parallel()
	for _, d := range declare(t).OfType(alarm) {
		want := map[string]float64{"tripwires-unauthorized-calls-alarm": 10, "tripwires-failed-sign-ins-alarm": 3}[d.Name]
		assert.Equal(t, max(want, 1), d.Input("threshold"), d.Name)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, tripwires.New,
		"tripwires: Scope: missing, expected a value\nLogGroupName: missing, expected a value\n"+
			"CriticalTopicARN: missing, expected a value\nWarningTopicARN: missing, expected a value\n"+
			"InfoTopicARN: missing, expected a value",
		args, map[string]func(*tripwires.Args){
			"tripwires: InfoTopicARN: missing, expected a value": func(a *tripwires.Args) { a.InfoTopicARN = nil },
		})
}
