package firewall

import (
	"net/http"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/limit"
)

// The rules' names, as logs and metrics show them.
const (
	BlockListRule    = "block-list"
	ClosedPathsRule  = "closed-paths"
	RequestSizeRule  = "request-size"
	RateLimitRule    = "rate-limit"
	IPReputationRule = "ip-reputation"
	AnonymousIPRule  = "anonymous-ip"
	CommonRule       = "common"
	BadInputsRule    = "known-bad-inputs"
	SQLInjectionRule = "sql-injection"
	PHPRule          = "php"
)

// closedPaths are the metrics and the installer, with all below them, also by way of the front controller. The path is
// matched decoded, normalised and in small letters.
const closedPaths = `^(?:/index\.php)?/(?:metrics|install|installer)(?:/|$)`

// maxCapacity is the capacity of a web ACL, in WCU, that costs no more and that every account has.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
const maxCapacity = 1500

// rule is one rule of the web ACL.
type rule struct {
	name string
	// capacity is what it takes, in WCU: a managed group what Amazon's list says, any other the sum of its statements (an
	// IP set 1, a rate limit 2, a regular expression 3) and 10 for each text transformation.
	// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html
	capacity int
	// response is the HTTP status of a refusal. 0 is AWS WAF's own, 403.
	response  int
	statement wafv2.WebAclRuleStatementArgs
}

// ordered are the rules in the order in which they are asked.
func (b *builder) ordered(blocked, allowed pulumi.StringInput) []rule {
	return []rule{
		{name: BlockListRule, capacity: 1, statement: inList(blocked)},
		{name: ClosedPathsRule, capacity: 33,
			statement: matches(closedPaths, uriPath, "URL_DECODE", "NORMALIZE_PATH", "LOWERCASE")},
		{name: RequestSizeRule, capacity: 3, response: http.StatusRequestEntityTooLarge,
			statement: matches(above(maxRequestBytes), contentLength, "NONE")},
		{name: RateLimitRule, capacity: 3, response: http.StatusTooManyRequests,
			statement: exceeds(b.args.RateLimit, allowed)},
		{name: IPReputationRule, capacity: 26, statement: managedFor(allowed, "AmazonIpReputationList")},
		{name: AnonymousIPRule, capacity: 51, statement: managedFor(allowed, "AnonymousIpList")},
		{name: CommonRule, capacity: 700, statement: managed("CommonRuleSet", "SizeRestrictions_BODY")},
		{name: BadInputsRule, capacity: 200, statement: managed("KnownBadInputsRuleSet")},
		{name: SQLInjectionRule, capacity: 200, statement: managed("SQLiRuleSet")},
		{name: PHPRule, capacity: 100, statement: managed("PHPRuleSet")},
	}
}

func (b *builder) rules(blocked, allowed pulumi.StringInput) (wafv2.WebAclRuleArray, error) {
	var rules wafv2.WebAclRuleArray
	capacity := 0
	for priority, r := range b.ordered(blocked, allowed) {
		capacity += r.capacity
		rules = append(rules, r.args(priority, b.args.Scope.Name(r.name)))
	}
	b.firewall.Capacity = capacity
	return rules, limit.Between(capacity, 0, maxCapacity, "take rules away")
}

// args lets a rule of ours refuse, and a group do what its own rules say.
func (r rule) args(priority int, metric string) wafv2.WebAclRuleArgs {
	args := wafv2.WebAclRuleArgs{
		Name:             pulumi.String(r.name),
		Priority:         pulumi.Int(priority),
		Statement:        r.statement,
		VisibilityConfig: measured(metric),
	}
	if r.statement.ManagedRuleGroupStatement != nil {
		args.OverrideAction = wafv2.WebAclRuleOverrideActionArgs{None: wafv2.WebAclRuleOverrideActionNoneArgs{}}
		return args
	}
	block := wafv2.WebAclRuleActionBlockArgs{}
	if r.response != 0 {
		block.CustomResponse = wafv2.WebAclRuleActionBlockCustomResponseArgs{ResponseCode: pulumi.Int(r.response)}
	}
	args.Action = wafv2.WebAclRuleActionArgs{Block: block}
	return args
}

// measured counts requests in CloudWatch and samples none.
func measured(metric string) wafv2.WebAclRuleVisibilityConfigArgs {
	return wafv2.WebAclRuleVisibilityConfigArgs{
		CloudwatchMetricsEnabled: pulumi.Bool(true),
		MetricName:               pulumi.String(metric),
		SampledRequestsEnabled:   pulumi.Bool(false),
	}
}
