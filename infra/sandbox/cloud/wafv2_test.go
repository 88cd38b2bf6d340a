package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

var measured = settings{"cloudwatchMetricsEnabled": true, "metricName": "m", "sampledRequestsEnabled": false}

func refusing(name string, priority int, statement settings) settings {
	return settings{"name": name, "priority": priority, "statement": statement, "action": settings{"block": settings{}},
		"visibilityConfig": measured}
}

func grouped(name string, priority int, group settings) settings {
	return settings{"name": name, "priority": priority, "statement": settings{"managedRuleGroupStatement": group},
		"overrideAction": settings{"none": settings{}}, "visibilityConfig": measured}
}

func acl(name string, rules ...settings) settings {
	return settings{"name": name, "scope": "REGIONAL", "defaultAction": settings{"allow": settings{}},
		"visibilityConfig": measured, "rules": rules}
}

func inSet(arn string) settings { return settings{"ipSetReferenceStatement": settings{"arn": arn}} }

func notInSet(arn string) settings {
	return settings{"notStatement": settings{"statements": []settings{inSet(arn)}}}
}

func ipSet(name string, addresses ...string) settings {
	return settings{"name": name, "scope": "REGIONAL", "ipAddressVersion": "IPV4", "addresses": addresses}
}

func TestFirewalls(t *testing.T) {
	each(t, func(t *testing.T) *site {
		s := full(t)
		s.make(wafIPSet, ipSet("blocked", "203.0.113.0/24"))
		s.make(wafWebACL, acl("front"))
		s.make(s3Bucket, settings{"bucket": "aws-waf-logs-1"})
		s.make(s3Bucket, settings{"bucket": "logs"})
		s.loadBalancer()
		return s
	}, func(s *site) []attempt {
		set, _ := s.Find(wafIPSet, account, ireland, "name", "blocked")
		front, _ := s.Find(wafWebACL, account, ireland, "name", "front")
		lb, _ := s.Find(lbLoadBalancer, account, ireland, "name", "edge")
		list, web := set.Text("arn"), front.Text("arn")
		const none = "arn:aws:wafv2:eu-west-1:123456789012:regional/ipset/none/1"
		const missing = "api error WAFNonexistentItemException: AWS WAF couldn’t perform the operation because your" +
			" resource doesn’t exist."
		known := grouped("php", 1, settings{"vendorName": "AWS", "name": "AWSManagedRulesPHPRuleSet"})
		rate := func(limit, window int) settings {
			return refusing("rate", 0, settings{"rateBasedStatement": settings{"limit": limit, "evaluationWindowSec": window}})
		}
		log := func(destination string) settings {
			return settings{"resourceArn": web, "logDestinationConfigs": []string{destination}}
		}
		return []attempt{
			{"list", wafIPSet, ipSet("other", "198.51.100.7/32"), ""},
			{"empty list", wafIPSet, ipSet("other"), ""},
			{"name of a list taken", wafIPSet, ipSet("blocked"), "api error WAFDuplicateItemException"},
			{"no range", wafIPSet, ipSet("other", "198.51.100.7"), "api error WAFInvalidParameterException: Error reason:" +
				" The parameter contains formatting that is not valid., field: IP_ADDRESS, parameter: 198.51.100.7"},
			{"everything", wafIPSet, ipSet("other", "0.0.0.0/0"), "field: IP_ADDRESS, parameter: 0.0.0.0/0"},
			{"of the other version", wafIPSet, ipSet("other", "2001:db8::/32"), "field: IP_ADDRESS"},
			{"odd name", wafIPSet, ipSet("a b"), "name must contain only alphanumeric hyphen and underscore"},
			{"web ACL", wafWebACL, acl("other", refusing("blocked", 0, inSet(list)), known), ""},
			{"name of a web ACL taken", wafWebACL, acl("front"), "api error WAFDuplicateItemException"},
			{"no such list", wafWebACL, acl("other", refusing("blocked", 0, inSet(none))), missing},
			{"no such list within", wafWebACL, acl("other", refusing("rate", 0, settings{"rateBasedStatement": settings{
				"limit": 100, "scopeDownStatement": notInSet(none)}})), missing},
			{"no such group", wafWebACL, acl("other", grouped("odd", 0, settings{"vendorName": "AWS",
				"name": "AWSManagedRulesPerlRuleSet"})), missing},
			{"same priority", wafWebACL, acl("other", refusing("a", 1, inSet(list)), known),
				"Rules must have unique names and priorities, field: RULE, parameter: php"},
			{"same name", wafWebACL, acl("other", refusing("php", 0, inSet(list)), known),
				"Rules must have unique names and priorities, field: RULE, parameter: php"},
			{"group with an action", wafWebACL, acl("other", with(known, settings{"action": settings{"block": settings{}}})),
				"field: RULE_ACTION, parameter: php"},
			{"rule without an action", wafWebACL, acl("other", with(refusing("a", 0, inSet(list)), settings{"action": nil})),
				"field: RULE_ACTION, parameter: a"},
			{"rate", wafWebACL, acl("other", rate(10, 600)), ""},
			{"low rate", wafWebACL, acl("other", rate(9, 300)), "expected limit to be in the range (10 - 2000000000), got 9"},
			{"odd window", wafWebACL, acl("other", rate(10, 100)), "expected evaluation_window_sec to be one of"},
			{"too many groups", wafWebACL, acl("other", groups(8)...),
				"api error WAFInvalidParameterException: Error reason: You exceeded the capacity limit for a rule group or" +
					" web ACL., field: WEB_ACL, parameter: 5600"},
			{"association", wafAssociation, settings{"resourceArn": lb.Text("arn"), "webAclArn": web}, ""},
			{"association of nothing", wafAssociation, settings{"resourceArn": lb.Text("arn") + "0", "webAclArn": web}, missing},
			{"association with nothing", wafAssociation, settings{"resourceArn": lb.Text("arn"), "webAclArn": web + "0"}, missing},
			{"logging", wafLogging, log("arn:aws:s3:::aws-waf-logs-1"), ""},
			{"logging nowhere", wafLogging, log("arn:aws:s3:::aws-waf-logs-2"),
				"api error WAFLogDestinationPermissionIssueException"},
			{"logging to any bucket", wafLogging, log("arn:aws:s3:::logs"), "The ARN isn't valid. A valid ARN begins with" +
				" arn: and includes other information separated by colons or slashes., field: LOG_DESTINATION"},
		}
	})
}

// groups are so many rules of 700 WCU.
func groups(n int) []settings {
	var rules []settings
	for i := range n {
		rules = append(rules, grouped(string(rune('a'+i)), i, settings{"vendorName": "AWS",
			"name": "AWSManagedRulesCommonRuleSet"}))
	}
	return rules
}

func TestFirewallOutputs(t *testing.T) {
	s := full(t)
	set := s.make(wafIPSet, ipSet("blocked"))
	assert.Equal(t, "arn:aws:wafv2:eu-west-1:123456789012:regional/ipset/blocked/"+set.ID, set.Text("arn"))
	path := settings{"regexString": "^/x", "fieldToMatch": settings{"uriPath": settings{}},
		"textTransformations": []settings{{"priority": 0, "type": "URL_DECODE"}, {"priority": 1, "type": "LOWERCASE"}}}
	length := settings{"regexString": "^9", "fieldToMatch": settings{"singleHeader": settings{"name": "content-length"}},
		"textTransformations": []settings{{"priority": 0, "type": "NONE"}}}
	made := s.make(wafWebACL, acl("front",
		refusing("list", 0, inSet(set.Text("arn"))),                    // 1
		refusing("path", 1, settings{"regexMatchStatement": path}),     // 3 + 20
		refusing("again", 2, settings{"regexMatchStatement": path}),    // 3, transformed already
		refusing("length", 3, settings{"regexMatchStatement": length}), // 3
		refusing("rate", 4, settings{"rateBasedStatement": settings{"limit": 9999, // 2 + 1
			"scopeDownStatement": notInSet(set.Text("arn"))}}),
		grouped("anonymous", 5, settings{"vendorName": "AWS", "name": "AWSManagedRulesAnonymousIpList", // 50 + 1
			"scopeDownStatement": notInSet(set.Text("arn"))}),
	))
	capacity, _ := numberAt(made.Outputs, "capacity")
	assert.Equal(t, 84, capacity)
}

func TestFirewallsInUse(t *testing.T) {
	s := full(t)
	set := s.make(wafIPSet, ipSet("blocked"))
	front := s.make(wafWebACL, acl("front", refusing("list", 0, inSet(set.Text("arn")))))
	association := s.make(wafAssociation, settings{"resourceArn": s.loadBalancer().Text("arn"),
		"webAclArn": front.Text("arn")})
	expect(t, s.delete(set), "DeleteIPSet, https response error StatusCode: 400, api error WAFAssociatedItemException")
	expect(t, s.delete(front), "DeleteWebACL, https response error StatusCode: 400, api error WAFAssociatedItemException")
	assert.NoError(t, s.delete(association))
	assert.NoError(t, s.delete(front))
	assert.NoError(t, s.delete(set))
}
