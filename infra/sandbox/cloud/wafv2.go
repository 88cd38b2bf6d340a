package cloud

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Web application firewalls: https://docs.aws.amazon.com/waf/latest/APIReference/CommonErrors.html and the errors of
// each operation there.
func wafv2Types() []*Type {
	return []*Type{
		{
			Token: wafIPSet, ID: newUUID,
			Unique: []Unique{{Property: "name", Taken: wafDuplicate("CreateIPSet")}},
			Refuse: firstOf(refuseWAFName, refuseAddresses), Computed: wafOutputs("ipset", nil),
		},
		{
			Token: wafWebACL, ID: newUUID, References: ipSetReferences(),
			Unique:   []Unique{{Property: "name", Taken: wafDuplicate("CreateWebACL")}},
			Refuse:   firstOf(refuseWAFName, refuseRules, refuseCapacity),
			Computed: wafOutputs("webacl", func(c *Call, o *outputs) { o.set("capacity", num(capacityOf(c.Inputs))) }),
		},
		{
			Token: wafAssociation, ID: func(c *Call) string { return c.text("webAclArn") + "," + c.text("resourceArn") },
			References: []Reference{
				toWebACL("webAclArn", "AssociateWebACL"),
				{Property: "resourceArn", To: lbLoadBalancer, By: "arn", NotFound: wafMissing("AssociateWebACL"),
					When: func(arn string) bool { return strings.Contains(arn, ":elasticloadbalancing:") }},
				{Property: "resourceArn", To: cognitoUserPool, By: "arn", NotFound: wafMissing("AssociateWebACL"),
					When: func(arn string) bool { return strings.Contains(arn, ":cognito-idp:") }},
			},
		},
		{
			Token: wafLogging, ID: func(c *Call) string { return c.text("resourceArn") },
			References: []Reference{
				toWebACL("resourceArn", "PutLoggingConfiguration"),
				{Property: "logDestinationConfigs[*]", To: s3Bucket, By: "arn",
					When: func(arn string) bool { return strings.HasPrefix(arn, "arn:aws:s3:::aws-waf-logs-") },
					NotFound: wafv2.says("PutLoggingConfiguration", "WAFLogDestinationPermissionIssueException",
						"The operation failed because you don't have the permissions that your logging configuration requires.")},
			},
			Refuse: refuseLogDestination,
		},
	}
}

func newUUID(*Call) string { return uuid(randomHex(32)) }

func wafDuplicate(operation string) Error {
	return wafv2.says(operation, "WAFDuplicateItemException", "AWS WAF couldn’t perform the operation because some"+
		" resource in your request is a duplicate of an existing one.")
}

func wafMissing(operation string) Error {
	return wafv2.says(operation, "WAFNonexistentItemException",
		"AWS WAF couldn’t perform the operation because your resource doesn’t exist.")
}

func wafInUse(operation string) Error {
	return wafv2.says(operation, "WAFAssociatedItemException", "AWS WAF couldn’t perform the operation because your"+
		" resource is being used by another resource or it’s associated with another resource.")
}

// wafInvalid: https://docs.aws.amazon.com/waf/latest/APIReference/API_WAFInvalidParameterException.html.
func wafInvalid(operation, reason, field, parameter string) Error {
	return wafv2.refuses(operation, "WAFInvalidParameterException", "Error reason: %s, field: %s, parameter: %s",
		reason, field, parameter)
}

func toWebACL(property, operation string) Reference {
	reference := Reference{Property: property, To: wafWebACL, By: "arn", NotFound: wafMissing(operation)}
	if operation == "AssociateWebACL" {
		reference.InUse = wafInUse("DeleteWebACL")
	}
	return reference
}

// ipSetReferences are where a rule can name an IP set, to the depth that the provider's schema has.
func ipSetReferences() []Reference {
	const in, statements = "rules[*].statement.", "Statement.statements[*]."
	var all []Reference
	for _, where := range []string{"", "rateBasedStatement.scopeDownStatement.",
		"managedRuleGroupStatement.scopeDownStatement."} {
		for _, by := range []string{"", "not" + statements, "and" + statements, "or" + statements} {
			all = append(all, Reference{
				Property: in + where + by + "ipSetReferenceStatement.arn", To: wafIPSet, By: "arn",
				NotFound: wafMissing("CreateWebACL"), InUse: wafInUse("DeleteIPSet"),
			})
		}
	}
	return all
}

// wafOutputs are those of everything regional that has an ARN.
func wafOutputs(kind string, more func(*Call, *outputs)) func(*Call) map[string]property.Value {
	return func(c *Call) map[string]property.Value {
		name := c.text("name")
		o := c.outputs().
			fillText("name", name).
			text("arn", c.arn("wafv2", fmt.Sprintf("regional/%s/%s/%s", kind, name, c.ID))).
			text("lockToken", uuid(randomHex(32)))
		if more != nil {
			more(c, o)
		}
		return o.values
	}
}

var wafName = regexp.MustCompile(`^[0-9A-Za-z_-]{1,128}$`)

func refuseWAFName(c *Call) error {
	if name := c.text("name"); name != "" && !wafName.MatchString(name) {
		return fmt.Errorf("name must contain only alphanumeric hyphen and underscore characters: %q", name)
	}
	return nil
}

// refuseAddresses: https://docs.aws.amazon.com/waf/latest/APIReference/API_IPSet.html.
func refuseAddresses(c *Call) error {
	for _, text := range c.texts("addresses[*]") {
		prefix, err := netip.ParsePrefix(text)
		if err != nil || prefix.Bits() == 0 || prefix.Addr().Is4() != (c.text("ipAddressVersion") == "IPV4") {
			return wafInvalid("CreateIPSet", "The parameter contains formatting that is not valid.", "IP_ADDRESS", text)
		}
	}
	return nil
}

// refuseRules: https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html.
func refuseRules(c *Call) error {
	var names []string
	var priorities []int
	for _, rule := range props.Maps(c.Inputs, "rules[*]") {
		name := Text(rule, "name")
		priority, _ := numberAt(rule, "priority")
		if slices.Contains(names, name) || slices.Contains(priorities, priority) {
			return wafInvalid("CreateWebACL", "Rules must have unique names and priorities", "RULE", name)
		}
		names, priorities = append(names, name), append(priorities, priority)
		if err := refuseRule(rule, name); err != nil {
			return err
		}
	}
	return nil
}

func refuseRule(rule property.Map, name string) error {
	isGroup := !absent(rule.Get("statement").AsMap(), "managedRuleGroupStatement")
	if absent(rule, "action") != isGroup || absent(rule, "overrideAction") == isGroup {
		return wafInvalid("CreateWebACL", "A rule group takes an override action, any other rule an action",
			"RULE_ACTION", name)
	}
	for _, group := range props.Maps(rule, "statement.managedRuleGroupStatement") {
		if _, known := managedGroups[Text(group, "name")]; Text(group, "vendorName") != "AWS" || !known {
			return wafMissing("CreateWebACL")
		}
	}
	return refuseRate(rule)
}

// refuseRate: https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html.
func refuseRate(rule property.Map) error {
	for _, rate := range props.Maps(rule, "statement.rateBasedStatement") {
		if limit, ok := numberAt(rate, "limit"); ok && (limit < 10 || limit > 2_000_000_000) {
			return fmt.Errorf("expected limit to be in the range (10 - 2000000000), got %d", limit)
		}
		windows := []int{60, 120, 300, 600}
		if window, ok := numberAt(rate, "evaluationWindowSec"); ok && !slices.Contains(windows, window) {
			return fmt.Errorf("expected evaluation_window_sec to be one of %v, got %d", windows, window)
		}
	}
	return nil
}

// refuseLogDestination: https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html.
func refuseLogDestination(c *Call) error {
	for _, arn := range c.texts("logDestinationConfigs[*]") {
		if !strings.HasPrefix(lastPart(arn, ":"), "aws-waf-logs-") {
			return wafInvalid("PutLoggingConfiguration", "The ARN isn't valid. A valid ARN begins with arn: and includes other"+
				" information separated by colons or slashes.", "LOG_DESTINATION", arn)
		}
	}
	return nil
}
