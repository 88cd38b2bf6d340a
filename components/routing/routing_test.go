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

const (
	groupType = "aws:lb/targetGroup:TargetGroup"
	ruleType  = "aws:lb/listenerRule:ListenerRule"
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

func declare(t *testing.T, changes ...func(*routing.Args)) *harness.Recorder {
	t.Helper()
	a := args()
	for _, change := range changes {
		change(&a)
	}
	recorder := harness.Environment()
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		r, err := routing.New(ctx, "routing", a)
		if err == nil {
			assert.NotNil(t, r.Rule)
			assert.Equal(t, a.WebSocketPort != 0, r.WebSocketRule != nil)
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
		{groupType, "routing-target-group", map[string]any{
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
		{ruleType, "routing-rule", map[string]any{
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

func everything(a *routing.Args) {
	a.WebSocketPort, a.Page = 6001, routing.Maintenance
	signIn(a)
	a.SignIn.TokenPaths = []string{"/api/*"}
}

func signIn(a *routing.Args) {
	a.SignIn = &routing.SignIn{
		UserPoolARN:  pulumi.String("arn:pool"),
		ClientID:     pulumi.String("client"),
		Domain:       pulumi.String("domain"),
		SessionHours: 8,
	}
}

func websocket(a *routing.Args) { a.WebSocketPort = 6001 }

func TestEverythingTaggableIsTagged(t *testing.T) {
	t.Parallel()
	recorder := declare(t, everything)
	for _, token := range []string{groupType, ruleType} {
		for _, d := range recorder.OfType(token) {
			harness.AssertTags(t, d, "routing")
		}
	}
}

// TestATenantTakesAFewOfTheRules: the 25 tenants of a cell share the 100 rules of its load balancer.
func TestATenantTakesAFewOfTheRules(t *testing.T) {
	t.Parallel()
	assert.LessOrEqual(t, 25*len(declare(t, everything).OfType(ruleType)), 100)
}

// TestRulesOfAHost: each holds for the host alone, and they come in the one order that is right.
func TestRulesOfAHost(t *testing.T) {
	t.Parallel()
	recorder := declare(t, everything)
	var last float64
	for _, name := range []string{"routing-page-rule", "routing-tokens-rule", "routing-websocket-rule", "routing-rule"} {
		rule := recorder.One(t, ruleType, name)
		assert.Equal(t, []any{"acme.demo.haven.example"}, rule.Input("conditions[0].hostHeader.values"), name)
		assert.Equal(t, "arn:listener", rule.Input("listenerArn"))
		priority := rule.Input("priority").(float64)
		assert.Greater(t, priority, last, name)
		last = priority
	}
	assert.Equal(t, float64(routing.Priority(2)), last)
}

func TestPageStandsBeforeEverythingAndChangesNothing(t *testing.T) {
	t.Parallel()
	without := declare(t, websocket, signIn)
	for page, words := range map[routing.Page]string{
		routing.Maintenance: "Down for maintenance",
		routing.Suspended:   "This site is suspended",
	} {
		t.Run(string(page), func(t *testing.T) {
			t.Parallel()
			recorder := declare(t, websocket, signIn, func(a *routing.Args) { a.Page = page })
			rule := recorder.One(t, ruleType, "routing-page-rule")
			harness.AssertInputs(t, rule, map[string]any{
				"conditions[1]":                        nil,
				"actions[0].type":                      "fixed-response",
				"actions[0].fixedResponse.statusCode":  "503",
				"actions[0].fixedResponse.contentType": "text/html",
				"actions[1]":                           nil,
			})
			body := rule.Input("actions[0].fixedResponse.messageBody").(string)
			assert.Contains(t, body, "<h1>"+words+"</h1>")
			assert.LessOrEqual(t, len(body), 1024, "the most that a load balancer answers with")
			for _, name := range []string{"routing-rule", "routing-websocket-rule"} {
				behind, before := recorder.One(t, ruleType, name), without.One(t, ruleType, name)
				assert.Equal(t, before.Inputs, behind.Inputs, "a target group keeps its load balancer")
				assert.Contains(t, behind.DependsOn, "routing-page-rule", "services wait for the rule, it for the page")
			}
		})
	}
}

func TestWebsocket(t *testing.T) {
	t.Parallel()
	recorder := declare(t, websocket)
	harness.AssertInputs(t, recorder.One(t, groupType, "routing-websocket-target-group"), map[string]any{
		"name":                      "demo-acme-socket",
		"vpcId":                     "vpc-1",
		"targetType":                "ip",
		"protocol":                  "HTTP",
		"port":                      6001.0,
		"healthCheck.path":          "/",
		"healthCheck.matcher":       "200",
		"stickiness.enabled":        true,
		"stickiness.type":           "lb_cookie",
		"stickiness.cookieDuration": 3600.0,
	})
	harness.AssertInputs(t, recorder.One(t, ruleType, "routing-websocket-rule"), map[string]any{
		"conditions[1].pathPattern.values": []any{"/socket.io/*"},
		"conditions[2]":                    nil,
		"actions[0].type":                  "forward",
		"actions[0].targetGroupArn":        "arn:aws:mock:::routing-websocket-target-group",
		"actions[1]":                       nil,
	})
}

func TestSignInComesBeforeTheTasks(t *testing.T) {
	t.Parallel()
	recorder := declare(t, websocket, signIn)
	assert.Len(t, recorder.OfType(ruleType), 2, "no way past it")
	for name, unauthenticated := range map[string]string{
		"routing-rule": "authenticate", "routing-websocket-rule": "deny",
	} {
		harness.AssertInputs(t, recorder.One(t, ruleType, name), map[string]any{
			"actions[0].order": 1.0,
			"actions[0].type":  "authenticate-cognito",
			"actions[0].authenticateCognito.userPoolArn":              "arn:pool",
			"actions[0].authenticateCognito.userPoolClientId":         "client",
			"actions[0].authenticateCognito.userPoolDomain":           "domain",
			"actions[0].authenticateCognito.scope":                    "openid email profile",
			"actions[0].authenticateCognito.sessionTimeout":           28800.0,
			"actions[0].authenticateCognito.onUnauthenticatedRequest": unauthenticated,
			"actions[1].order": 2.0,
			"actions[1].type":  "forward",
			"actions[2]":       nil,
		})
	}
}

func TestTokensPassOnTheirPathsAlone(t *testing.T) {
	t.Parallel()
	rule := declare(t, everything).One(t, ruleType, "routing-tokens-rule")
	harness.AssertInputs(t, rule, map[string]any{
		"conditions[1].pathPattern.values":        []any{"/api/*"},
		"conditions[2].httpHeader.httpHeaderName": "Authorization",
		"conditions[2].httpHeader.values":         []any{"Bearer *"},
		"conditions[3]":                           nil,
		"actions[0].type":                         "forward",
		"actions[0].targetGroupArn":               "arn:aws:mock:::routing-target-group",
		"actions[1]":                              nil,
	})
}

// TestBandsNeverMeet: all rules of every slot lie within the listener's priorities, above the cell's own, and after
// those of the slot before.
func TestBandsNeverMeet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		slot := rapid.IntRange(1, routing.MaxSlot).Draw(r, "slot")
		rules := declare(t, everything, func(a *routing.Args) { a.Slot = slot }).OfType(ruleType)
		for _, rule := range rules {
			priority := int(rule.Input("priority").(float64))
			assert.Greater(r, priority, max(900, routing.Priority(slot-1)))
			assert.LessOrEqual(r, priority, min(50000, routing.Priority(slot)))
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const nothingGiven = "routing: Scope: missing, expected a value\n" +
		`Host: "", expected one DNS name without wildcards` + "\n" +
		"Slot: 0, expected 1 to 491\n" +
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
		"routing: Slot: 492, expected 1 to 491": func(a *routing.Args) {
			a.Slot = routing.MaxSlot + 1
		},
		"routing: WebSocketPort: 65536, expected 0 to 65535": func(a *routing.Args) {
			a.WebSocketPort = 65536
		},
		"routing: Standby.Region: missing, expected a value\n" +
			"Standby.Recovery: missing, expected a value\n" +
			"Standby.ListenerARN: missing, expected a value\n" +
			"Standby.LoadBalancerDNSName: missing, expected a value\n" +
			"Standby.LoadBalancerZoneID: missing, expected a value": func(a *routing.Args) {
			a.Standby = &routing.Standby{}
		},
		`routing: Page: "party", expected one of maintenance, suspended, or none`: func(a *routing.Args) {
			a.Page = "party"
		},
		"routing: SignIn.UserPoolARN: missing, expected a value\n" +
			"SignIn.ClientID: missing, expected a value\n" +
			"SignIn.Domain: missing, expected a value\n" +
			"SignIn.SessionHours: 0, expected 1 to 24": func(a *routing.Args) {
			a.SignIn = &routing.SignIn{}
		},
		"routing: SignIn.TokenPaths: 4 paths, expected at most 3\n" +
			`SignIn.TokenPaths[0]: "/*", expected a path that begins with "/" and a name, "/api/*"` + "\n" +
			`SignIn.TokenPaths[1]: "api", expected a path that begins with "/" and a name, "/api/*"`: func(a *routing.Args) {
			signIn(a)
			a.SignIn.TokenPaths = []string{"/*", "api", "/api/*", "/oauth/*"}
		},
	})
}
