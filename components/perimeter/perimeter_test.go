package perimeter_test

import (
	"regexp"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/perimeter"
	"haven/tests/harness"
)

const (
	groupType   = "aws:ec2/securityGroup:SecurityGroup"
	ingressType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egressType  = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
)

func args() perimeter.Args {
	return perimeter.Args{
		Scope:               harness.TenantScope(),
		VPCID:               pulumi.String("vpc-1"),
		LoadBalancerGroupID: pulumi.String("sg-lb"),
		ApplicationPort:     8080,
		WebSocketPort:       6001,
	}
}

func declare(t *testing.T) *harness.Recorder {
	t.Helper()
	recorder := &harness.Recorder{}
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		_, err := perimeter.New(ctx, "perimeter", args())
		return err
	}))
	harness.AssertFamily(t, recorder, perimeter.Type, "perimeter")
	return recorder
}

func TestGroupsCarryNoRulesOfTheirOwn(t *testing.T) {
	t.Parallel()
	recorder := declare(t)
	require.Len(t, recorder.OfType(groupType), 4)
	for _, part := range []string{"application", "database", "cache", "files"} {
		group := recorder.One(t, groupType, "perimeter-"+part)
		harness.AssertTags(t, group, "perimeter")
		harness.AssertInputs(t, group, map[string]any{
			"name":        "demo-acme-" + part,
			"description": "The " + part + " of demo-acme",
			"vpcId":       "vpc-1",
			"ingress":     nil,
			"egress":      nil,
		})
	}
}

// TestRules lists every rule: what is not here is closed.
func TestRules(t *testing.T) {
	t.Parallel()
	recorder := declare(t)
	const application, database = "perimeter-application-id", "perimeter-database-id"
	const cache, files = "perimeter-cache-id", "perimeter-files-id"
	tests := []struct {
		token, name, group string
		peer, cidr         any
		port               float64
	}{
		{ingressType, "perimeter-application-from-load-balancer", application, "sg-lb", nil, 8080},
		{ingressType, "perimeter-application-from-load-balancer-websocket", application, "sg-lb", nil, 6001},
		{egressType, "perimeter-application-to-database", application, database, nil, 3306},
		{ingressType, "perimeter-database-from-application", database, application, nil, 3306},
		{egressType, "perimeter-application-to-cache", application, cache, nil, 6379},
		{ingressType, "perimeter-cache-from-application", cache, application, nil, 6379},
		{egressType, "perimeter-application-to-files", application, files, nil, 2049},
		{ingressType, "perimeter-files-from-application", files, application, nil, 2049},
		{egressType, "perimeter-application-to-internet", application, nil, "0.0.0.0/0", 443},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rule := recorder.One(t, test.token, test.name)
			harness.AssertTags(t, rule, "perimeter")
			harness.AssertInputs(t, rule, map[string]any{
				"securityGroupId":           test.group,
				"referencedSecurityGroupId": test.peer,
				"cidrIpv4":                  test.cidr,
				"cidrIpv6":                  nil,
				"prefixListId":              nil,
				"ipProtocol":                "tcp",
				"fromPort":                  test.port,
				"toPort":                    test.port,
			})
		})
	}
	assert.Len(t, append(recorder.OfType(ingressType), recorder.OfType(egressType)...), len(tests))
}

// TestDescriptions keeps to the characters that EC2 takes.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleDescription.html
func TestDescriptions(t *testing.T) {
	t.Parallel()
	taken := regexp.MustCompile(`^[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}$`)
	for _, d := range declare(t).Declared() {
		if d.Custom {
			assert.Regexpf(t, taken, d.Input("description"), "%s %q", d.Type, d.Name)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const nothingGiven = "perimeter: Scope: missing, expected a value\n" +
		"VPCID: missing, expected a value\n" +
		"LoadBalancerGroupID: missing, expected a value\n" +
		"ApplicationPort: 0, expected 1024 to 65535\n" +
		"WebSocketPort: 0, expected 1024 to 65535"
	harness.AssertRefusals(t, perimeter.New, nothingGiven, args, map[string]func(*perimeter.Args){
		"perimeter: ApplicationPort: 80, expected 1024 to 65535": func(a *perimeter.Args) {
			a.ApplicationPort = 80
		},
	})
}

// TestQuarantineIsClosed: its group is in no rule.
func TestQuarantineIsClosed(t *testing.T) {
	t.Parallel()
	a := args()
	a.Quarantine = true
	recorder := &harness.Recorder{}
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		_, err := perimeter.New(ctx, "perimeter", a)
		return err
	}))
	harness.AssertFamily(t, recorder, perimeter.Type, "perimeter")
	group := recorder.One(t, groupType, "perimeter-quarantine")
	harness.AssertTags(t, group, "perimeter")
	harness.AssertInputs(t, group, map[string]any{
		"name": "demo-acme-quarantine", "vpcId": "vpc-1", "ingress": nil, "egress": nil,
	})
	rules := append(recorder.OfType(ingressType), recorder.OfType(egressType)...)
	assert.Len(t, rules, 9)
	for _, rule := range rules {
		assert.NotEqual(t, "perimeter-quarantine-id", rule.Input("securityGroupId"), rule.Name)
		assert.NotEqual(t, "perimeter-quarantine-id", rule.Input("referencedSecurityGroupId"), rule.Name)
	}
}
