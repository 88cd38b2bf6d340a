package firewall

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Shorter names of the SDK's.
type (
	statement = wafv2.WebAclRuleStatementArgs
	group     = wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs
	override  = wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArgs
	action    = wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseArgs
	count     = wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseCountArgs
	groupFor  = wafv2.WebAclRuleStatementManagedRuleGroupStatementScopeDownStatementArgs
	groupNot  = wafv2.WebAclRuleStatementManagedRuleGroupStatementScopeDownStatementNotStatementArgs
	rate      = wafv2.WebAclRuleStatementRateBasedStatementArgs
	rateFor   = wafv2.WebAclRuleStatementRateBasedStatementScopeDownStatementArgs
	rateNot   = wafv2.WebAclRuleStatementRateBasedStatementScopeDownStatementNotStatementArgs
	regex     = wafv2.WebAclRuleStatementRegexMatchStatementArgs
	field     = wafv2.WebAclRuleStatementRegexMatchStatementFieldToMatchArgs
	transform = wafv2.WebAclRuleStatementRegexMatchStatementTextTransformationArgs
)

// rateWindowSeconds is the time within which the requests of an address are counted.
const rateWindowSeconds = 300

var (
	uriPath       = field{UriPath: wafv2.WebAclRuleStatementRegexMatchStatementFieldToMatchUriPathArgs{}}
	contentLength = field{SingleHeader: wafv2.WebAclRuleStatementRegexMatchStatementFieldToMatchSingleHeaderArgs{
		Name: pulumi.String("content-length"),
	}}
)

// inList is a request from an address of a list.
func inList(arn pulumi.StringInput) statement {
	return statement{IpSetReferenceStatement: wafv2.WebAclRuleStatementIpSetReferenceStatementArgs{Arn: arn}}
}

// matches is a request whose field, after the transformations in their order, matches a regular expression.
func matches(expression string, of field, transformations ...string) statement {
	var transforms wafv2.WebAclRuleStatementRegexMatchStatementTextTransformationArray
	for priority, kind := range transformations {
		transforms = append(transforms, transform{Priority: pulumi.Int(priority), Type: pulumi.String(kind)})
	}
	return statement{RegexMatchStatement: regex{
		RegexString:         pulumi.String(expression),
		FieldToMatch:        of,
		TextTransformations: transforms,
	}}
}

// exceeds is a request of an address that has sent more than limit within the window, unless it is of a list.
func exceeds(limit int, spared pulumi.StringInput) statement {
	return statement{RateBasedStatement: rate{
		AggregateKeyType:    pulumi.String("IP"),
		EvaluationWindowSec: pulumi.Int(rateWindowSeconds),
		Limit:               pulumi.Int(limit),
		ScopeDownStatement: rateFor{NotStatement: rateNot{
			Statements: wafv2.WebAclRuleStatementArray{inList(spared)},
		}},
	}}
}

// managed is a request that a rule group of Amazon's finds fault with; counted are its rules that only count.
func managed(name string, counted ...string) statement {
	return statement{ManagedRuleGroupStatement: amazons(name, counted...)}
}

// managedFor is the same, but for requests from the addresses of a list.
func managedFor(spared pulumi.StringInput, name string) statement {
	of := amazons(name)
	of.ScopeDownStatement = groupFor{NotStatement: groupNot{
		Statements: wafv2.WebAclRuleStatementArray{inList(spared)},
	}}
	return statement{ManagedRuleGroupStatement: of}
}

func amazons(name string, counted ...string) group {
	of := group{VendorName: pulumi.String("AWS"), Name: pulumi.String("AWSManagedRules" + name)}
	var overrides wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArray
	for _, rule := range counted {
		overrides = append(overrides, override{Name: pulumi.String(rule), ActionToUse: action{Count: count{}}})
	}
	if overrides != nil {
		of.RuleActionOverrides = overrides
	}
	return of
}
