package cloud

import (
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// managedGroups are Amazon's rule groups and their capacity:
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html.
var managedGroups = map[string]int{
	"AWSManagedRulesAdminProtectionRuleSet": 100,
	"AWSManagedRulesAmazonIpReputationList": 25,
	"AWSManagedRulesAnonymousIpList":        50,
	"AWSManagedRulesBotControlRuleSet":      50,
	"AWSManagedRulesCommonRuleSet":          700,
	"AWSManagedRulesKnownBadInputsRuleSet":  200,
	"AWSManagedRulesLinuxRuleSet":           200,
	"AWSManagedRulesPHPRuleSet":             100,
	"AWSManagedRulesSQLiRuleSet":            200,
	"AWSManagedRulesUnixRuleSet":            100,
	"AWSManagedRulesWindowsRuleSet":         200,
	"AWSManagedRulesWordPressRuleSet":       100,
}

// refuseCapacity: beyond 1500 capacity units (WCU) a web ACL costs more,
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html.
func refuseCapacity(c *Call) error {
	needed := capacityOf(c.Inputs)
	return c.within(capacityPerWebACL, needed, wafInvalid("CreateWebACL",
		"You exceeded the capacity limit for a rule group or web ACL.", "WEB_ACL", strconv.Itoa(needed)))
}

// capacityOf is what the rules of a web ACL take. The same transformation of the same part of a request is charged once
// for the whole web ACL: https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html.
func capacityOf(acl property.Map) int {
	transformed := map[string]bool{}
	sum := 0
	for _, statement := range props.Maps(acl, "rules[*].statement") {
		sum += statementCapacity(statement, transformed)
	}
	return sum + 10*len(transformed)
}

// statementCapacity: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html.
func statementCapacity(statement property.Map, transformed map[string]bool) int {
	sum := 0
	for kind, value := range statement.AllStable {
		if !value.IsMap() {
			continue
		}
		body := value.AsMap()
		sum += baseCapacity(kind, body)
		noteTransformations(body, transformed)
		for _, path := range []string{"scopeDownStatement", "statements[*]"} {
			for _, inner := range props.Maps(body, path) {
				sum += statementCapacity(inner, transformed)
			}
		}
	}
	return sum
}

func baseCapacity(kind string, body property.Map) int {
	switch kind {
	case "ipSetReferenceStatement", "geoMatchStatement", "asnMatchStatement", "labelMatchStatement",
		"sizeConstraintStatement":
		return 1
	case "byteMatchStatement":
		if strings.HasPrefix(Text(body, "positionalConstraint"), "CONTAINS") {
			return 10
		}
		return 2
	case "regexMatchStatement":
		return 3
	case "regexPatternSetReferenceStatement":
		return 25
	case "sqliMatchStatement":
		if Text(body, "sensitivityLevel") == "HIGH" {
			return 30
		}
		return 20
	case "xssMatchStatement":
		return 40
	case "rateBasedStatement":
		return 2 + 30*len(props.Maps(body, "customKeys[*]"))
	case "managedRuleGroupStatement":
		return managedGroups[Text(body, "name")]
	}
	return 0
}

func noteTransformations(body property.Map, transformed map[string]bool) {
	for _, kind := range props.Texts(body, "textTransformations[*].type") {
		if kind == "NONE" {
			continue
		}
		for _, field := range props.Maps(body, "fieldToMatch") {
			for part, value := range field.AllStable {
				if value.IsMap() {
					part += Text(value.AsMap(), "name")
				}
				transformed[part+" "+kind] = true
			}
		}
	}
}
