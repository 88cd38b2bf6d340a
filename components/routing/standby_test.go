package routing_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/routing"
	"haven/tests/harness"
)

// withStandby declares the way of a tenant that has a standby.
func withStandby(t *testing.T) (*harness.Recorder, *routing.Routing) {
	t.Helper()
	recorder := harness.Environment()
	var made *routing.Routing
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		recovery, err := aws.NewProvider(ctx, "aws-recovery", &aws.ProviderArgs{Region: pulumi.String("eu-central-1")})
		if err != nil {
			return err
		}
		a := args()
		a.Standby = &routing.Standby{
			Region: "eu-central-1", Recovery: recovery,
			ListenerARN:         pulumi.String("arn:standby-listener"),
			LoadBalancerDNSName: pulumi.String("standby-lb.example"),
			LoadBalancerZoneID:  pulumi.String("Z3"),
			TopicARN:            pulumi.String("arn:topic"),
		}
		made, err = routing.New(ctx, "routing", a)
		return err
	}))
	return recorder, made
}

// TestStandby: all that a take-over needs is declared, in the standby's region where it has one.
func TestStandby(t *testing.T) {
	t.Parallel()
	recorder, made := withStandby(t)
	record := func(name string) harness.Declared { return recorder.One(t, "aws:route53/record:Record", name) }
	harness.AssertInputs(t, record("routing-record"), map[string]any{
		"setIdentifier": "primary", "failoverRoutingPolicies[0].type": "PRIMARY",
		"healthCheckId": "routing-health-check-id", "aliases[0].name": "lb.example",
		"aliases[0].evaluateTargetHealth": false,
	})
	harness.AssertInputs(t, record("routing-standby-record"), map[string]any{
		"zoneId": "Z1", "name": "acme.demo.haven.example", "type": "A",
		"setIdentifier": "standby", "failoverRoutingPolicies[0].type": "SECONDARY", "healthCheckId": nil,
		"aliases[0].name": "standby-lb.example", "aliases[0].zoneId": "Z3", "aliases[0].evaluateTargetHealth": false,
	})
	latch := recorder.One(t, "aws:cloudwatch/metricAlarm:MetricAlarm", "routing-latch")
	harness.AssertTags(t, latch, "routing")
	harness.AssertInputs(t, latch, map[string]any{
		"name": "demo-acme-taken-over", "namespace": "Haven/Recovery", "metricName": "TakenOver",
		"dimensions.Stack": "demo-acme", "statistic": "Maximum", "threshold": 1.0, "period": 60.0,
		"evaluationPeriods": 1.0, "datapointsToAlarm": nil, "treatMissingData": "ignore",
		"comparisonOperator": "GreaterThanOrEqualToThreshold", "alarmActions": []any{"arn:topic"},
		"okActions": []any{"arn:topic"},
	})
	check := recorder.One(t, "aws:route53/healthCheck:HealthCheck", "routing-health-check")
	harness.AssertTags(t, check, "routing")
	harness.AssertInputs(t, check, map[string]any{
		"type": "CLOUDWATCH_METRIC", "cloudwatchAlarmName": "demo-acme-taken-over",
		"cloudwatchAlarmRegion": "eu-central-1", "insufficientDataHealthStatus": "LastKnownStatus",
	})
	harness.AssertInputs(t, recorder.One(t, "aws:lb/listenerCertificate:ListenerCertificate",
		"routing-standby-listener-certificate"), map[string]any{"listenerArn": "arn:standby-listener"})
	assert.Equal(t, &routing.Latch{Region: "eu-central-1", Namespace: "Haven/Recovery", Metric: "TakenOver",
		Dimensions: map[string]string{"Stack": "demo-acme"}, Alarm: "demo-acme-taken-over"}, made.Latch)
}

// TestStandbyIsMadeThere: certificate and latch live in the standby's region, and the host is proven by one record.
func TestStandbyIsMadeThere(t *testing.T) {
	t.Parallel()
	recorder, _ := withStandby(t)
	for name, token := range map[string]string{
		"routing-standby-certificate-request":    "aws:acm/certificate:Certificate",
		"routing-standby-certificate-validation": "aws:acm/certificateValidation:CertificateValidation",
		"routing-standby-listener-certificate":   "aws:lb/listenerCertificate:ListenerCertificate",
		"routing-latch":                          "aws:cloudwatch/metricAlarm:MetricAlarm",
	} {
		assert.Contains(t, recorder.One(t, token, name).Provider, "aws-recovery", name)
	}
	assert.Len(t, recorder.OfType("aws:route53/record:Record"), 3, "the two ways, and one proof for both certificates")
}

// TestProvided: where the standby has the host's certificate and record already, the way there declares neither.
func TestProvided(t *testing.T) {
	t.Parallel()
	recorder := declare(t, func(a *routing.Args) {
		a.CertificateARN = pulumi.String("arn:certificate")
		a.HostedZoneID, a.LoadBalancerDNSName, a.LoadBalancerZoneID = nil, nil, nil
	})
	for _, token := range []string{"aws:route53/record:Record", "aws:acm/certificate:Certificate",
		"aws:lb/listenerCertificate:ListenerCertificate"} {
		assert.Empty(t, recorder.OfType(token), token)
	}
	recorder.One(t, ruleType, "routing-rule")
}
