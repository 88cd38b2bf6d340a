package offsite

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// attacks are the sets of Google's rules against kinds of attack. Their first level of sensitivity is the one with the
// fewest false alarms.
// https://cloud.google.com/armor/docs/waf-rules
var attacks = []string{
	"sqli-v33-stable", "xss-v33-stable", "lfi-v33-stable", "rfi-v33-stable", "rce-v33-stable", "php-v33-stable",
	"protocolattack-v33-stable", "sessionfixation-v33-stable", "cve-canary",
}

// A client may send so many requests in so many seconds, as in AWS.
const (
	requestLimit   = 2000
	requestSeconds = 300
)

// last is the priority of the rule that every policy has.
const last = 2147483647

// firewall makes the policy that every request passes: it refuses what has no authentication of its own, attacks, and
// whoever asks too much.
// https://cloud.google.com/armor/docs/security-policy-overview
func (a *Application) firewall() (*compute.SecurityPolicy, error) {
	rules := compute.SecurityPolicyRuleTypeArray{
		refuse(100, "Metrics are nobody's business", "deny(404)", "request.path.matches('^/metrics')"),
	}
	for i, attack := range attacks {
		rules = append(rules, refuse(1000+i, attack, "deny(403)",
			fmt.Sprintf("evaluatePreconfiguredWaf('%s', {'sensitivity': 1})", attack)))
	}
	everybody := compute.SecurityPolicyRuleMatchArgs{
		VersionedExpr: pulumi.String("SRC_IPS_V1"),
		Config:        compute.SecurityPolicyRuleMatchConfigArgs{SrcIpRanges: pulumi.ToStringArray([]string{"*"})},
	}
	rules = append(rules, compute.SecurityPolicyRuleTypeArgs{
		Priority:    pulumi.Int(2000),
		Description: pulumi.String("Too many requests of one client"),
		Action:      pulumi.String("throttle"),
		Match:       everybody,
		RateLimitOptions: compute.SecurityPolicyRuleRateLimitOptionsArgs{
			ConformAction: pulumi.String("allow"),
			ExceedAction:  pulumi.String("deny(429)"),
			EnforceOnKey:  pulumi.String("IP"),
			RateLimitThreshold: compute.SecurityPolicyRuleRateLimitOptionsRateLimitThresholdArgs{
				Count: pulumi.Int(requestLimit), IntervalSec: pulumi.Int(requestSeconds)},
		},
	}, compute.SecurityPolicyRuleTypeArgs{
		Priority: pulumi.Int(last), Description: pulumi.String("Everybody else"), Action: pulumi.String("allow"),
		Match: everybody,
	})
	return compute.NewSecurityPolicy(a.ctx, a.name+"-firewall", &compute.SecurityPolicyArgs{
		Name:  pulumi.String(a.args.Scope.Name("firewall")),
		Type:  pulumi.String("CLOUD_ARMOR"),
		Rules: rules,
		AdaptiveProtectionConfig: compute.SecurityPolicyAdaptiveProtectionConfigArgs{
			Layer7DdosDefenseConfig: compute.SecurityPolicyAdaptiveProtectionConfigLayer7DdosDefenseConfigArgs{
				Enable: pulumi.Bool(true)},
		},
	}, a.child())
}

// refuse is a rule against requests of which an expression holds.
func refuse(priority int, what, action, expression string) compute.SecurityPolicyRuleTypeArgs {
	return compute.SecurityPolicyRuleTypeArgs{
		Priority:    pulumi.Int(priority),
		Description: pulumi.String(what),
		Action:      pulumi.String(action),
		Match: compute.SecurityPolicyRuleMatchArgs{
			Expr: compute.SecurityPolicyRuleMatchExprArgs{Expression: pulumi.String(expression)}},
	}
}
