package routing_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/components/routing"
	"haven/tests/harness"
)

func args() routing.Args {
	return routing.Args{
		Scope:               harness.TenantScope(),
		Host:                "acme.demo.haven.example",
		Slot:                2,
		HostedZoneID:        pulumi.String("Z1"),
		VPCID:               pulumi.String("vpc-1"),
		ListenerARN:         pulumi.String("arn:listener"),
		LoadBalancerDNSName: pulumi.String("lb.example"),
		LoadBalancerZoneID:  pulumi.String("Z2"),
		Port:                8080,
		HealthCheckPath:     "/login",
	}
}

func declare(t *testing.T) *harness.Recorder {
	t.Helper()
	recorder := harness.Environment()
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		r, err := routing.New(ctx, "routing", args())
		if err == nil {
			assert.NotNil(t, r.Rule)
		}
		return err
	}))
	harness.AssertFamily(t, recorder, routing.Type, "routing")
	return recorder
}

func TestDeclared(t *testing.T) {
	t.Parallel()
	recorder := declare(t)
	tests := []struct {
		token, name string
		want        map[string]any
	}{
		{"aws:acm/certificate:Certificate", "routing-certificate-request", map[string]any{
			"domainName": "acme.demo.haven.example",
		}},
		{"aws:route53/record:Record", "routing-certificate-record", map[string]any{
			"zoneId": "Z1",
		}},
		{"aws:lb/listenerCertificate:ListenerCertificate", "routing-listener-certificate", map[string]any{
			"listenerArn":    "arn:listener",
			"certificateArn": "arn:aws:mock:::routing-certificate-request",
		}},
		{"aws:lb/targetGroup:TargetGroup", "routing-target-group", map[string]any{
			"name":                           "demo-acme-web",
			"vpcId":                          "vpc-1",
			"targetType":                     "ip",
			"protocol":                       "HTTP",
			"port":                           8080.0,
			"loadBalancingAlgorithmType":     "least_outstanding_requests",
			"deregistrationDelay":            30.0,
			"stickiness":                     nil,
			"healthCheck.path":               "/login",
			"healthCheck.protocol":           "HTTP",
			"healthCheck.matcher":            "200",
			"healthCheck.interval":           15.0,
			"healthCheck.timeout":            5.0,
			"healthCheck.healthyThreshold":   2.0,
			"healthCheck.unhealthyThreshold": 3.0,
		}},
		{"aws:lb/listenerRule:ListenerRule", "routing-rule", map[string]any{
			"listenerArn":                     "arn:listener",
			"priority":                        1100.0,
			"conditions[0].hostHeader.values": []any{"acme.demo.haven.example"},
			"conditions[1]":                   nil,
			"actions[0].type":                 "forward",
			"actions[0].targetGroupArn":       "arn:aws:mock:::routing-target-group",
			"actions[1]":                      nil,
		}},
		{"aws:route53/record:Record", "routing-record", map[string]any{
			"zoneId":                          "Z1",
			"name":                            "acme.demo.haven.example",
			"type":                            "A",
			"aliases[0].name":                 "lb.example",
			"aliases[0].zoneId":               "Z2",
			"aliases[0].evaluateTargetHealth": true,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			harness.AssertInputs(t, recorder.One(t, test.token, test.name), test.want)
		})
	}
	assert.Len(t, recorder.Declared(), len(tests)+3, "and the two components, and the certificate's validation")
}

func TestEverythingTaggableIsTagged(t *testing.T) {
	t.Parallel()
	recorder := declare(t)
	for _, token := range []string{"aws:lb/targetGroup:TargetGroup", "aws:lb/listenerRule:ListenerRule"} {
		for _, d := range recorder.OfType(token) {
			harness.AssertTags(t, d, "routing")
		}
	}
}

// TestBandsNeverMeet: every slot's band lies within the listener's priorities, above the cell's own, and apart from all
// others'.
func TestBandsNeverMeet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		slot := rapid.IntRange(1, routing.MaxSlot).Draw(t, "slot")
		first := routing.Priority(slot)
		last := routing.Priority(slot+1) - 1
		assert.GreaterOrEqual(t, first, 1000)
		assert.Less(t, first, last)
		assert.Less(t, last, 50000)
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const nothingGiven = "routing: Scope: missing, expected a value\n" +
		`Host: "", expected one DNS name without wildcards` + "\n" +
		"Slot: 0, expected 1 to 490\n" +
		"Port: 0, expected 1 to 65535\n" +
		`HealthCheckPath: "", expected a path that begins with "/"` + "\n" +
		"HostedZoneID: missing, expected a value\n" +
		"VPCID: missing, expected a value\n" +
		"ListenerARN: missing, expected a value\n" +
		"LoadBalancerDNSName: missing, expected a value\n" +
		"LoadBalancerZoneID: missing, expected a value"
	harness.AssertRefusals(t, routing.New, nothingGiven, args, map[string]func(*routing.Args){
		`routing: Host: "*.demo.haven.example", expected one DNS name without wildcards`: func(a *routing.Args) {
			a.Host = "*.demo.haven.example"
		},
		"routing: Slot: 491, expected 1 to 490": func(a *routing.Args) {
			a.Slot = routing.MaxSlot + 1
		},
	})
}
