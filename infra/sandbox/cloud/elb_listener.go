package cloud

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Listeners, their certificates and rules:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html and
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html.
func listenerTypes() []*Type {
	return []*Type{
		{
			Token: lbListener,
			ID:    func(c *Call) string { return partOf(c.text("loadBalancerArn"), "loadbalancer/", "listener/") },
			References: append(forwards("defaultActions[*]."), toCertificate("CreateListener"), Reference{
				Property: "loadBalancerArn", To: lbLoadBalancer, By: "arn",
				NotFound: elbv2.says("CreateListener", "LoadBalancerNotFound",
					"One or more load balancers not found")}),
			Refuse: firstOf(inRange("port", "port", 1, 65535), refuseListenerPort, refuseListenerTLS("CreateListener"),
				refuseForwards("defaultActions[*]."), tooManyTargetGroups("CreateListener", "defaultActions[*].")),
			Computed: listenerOutputs,
		},
		{
			Token: lbListenerRule,
			ID:    func(c *Call) string { return partOf(c.text("listenerArn"), "listener/", "listener-rule/") },
			References: append(forwards("actions[*]."), toUserPool, Reference{
				Property: "listenerArn", To: lbListener, By: "arn", NotFound: listenerNotFound("CreateRule")}),
			Refuse: firstOf(inRange("priority", "priority", 1, 50000), refusePriority, refuseConditions,
				perLoadBalancer(rulesPerLoadBalancer,
					elbv2.says("CreateRule", "TooManyRules", "The maximum number of rules on load balancer %s has been reached.")),
				refuseActions, refuseForwards("actions[*]."), tooManyTargetGroups("CreateRule", "actions[*].")),
			Computed: ruleOutputs,
		},
		{
			Token: lbListenerCertificate,
			ID:    func(c *Call) string { return c.text("listenerArn") + "_" + c.text("certificateArn") },
			References: []Reference{
				{Property: "listenerArn", To: lbListener, By: "arn",
					NotFound: listenerNotFound("AddListenerCertificates")},
				toCertificate("AddListenerCertificates"),
			},
			Refuse: firstOf(refuseUnissued("AddListenerCertificates"), perLoadBalancer(certificatesPerLoadBalancer,
				elbv2.says("AddListenerCertificates", "TooManyCertificates",
					"The maximum number of certificates has been reached."))),
		},
	}
}

// partOf is the ARN of a listener of a load balancer, or of a rule of a listener.
func partOf(arn, kind, part string) string {
	return strings.Replace(arn, ":"+kind, ":"+part, 1) + "/" + randomHex(16)
}

func listenerNotFound(operation string) Error {
	return elbv2.says(operation, "ListenerNotFound", "One or more listeners not found")
}

// toCertificate is a certificate of the listener's region; in use it cannot be deleted:
// https://docs.aws.amazon.com/acm/latest/userguide/gs-acm-delete.html.
func toCertificate(operation string) Reference {
	return Reference{Property: "certificateArn", To: acmCertificate, By: "arn",
		NotFound: elbv2.says(operation, "CertificateNotFound", "Certificate '%s' not found"),
		InUse:    acm.says("DeleteCertificate", "ResourceInUseException", "Certificate %s is in use.")}
}

var forwardPaths = []string{"targetGroupArn", "forward.targetGroups[*].arn"}

func forwards(action string) []Reference {
	var all []Reference
	for _, path := range forwardPaths {
		all = append(all, Reference{Property: action + path, To: lbTargetGroup, By: "arn",
			NotFound: elbv2.says("CreateRule", "TargetGroupNotFound", "One or more target groups not found"),
			InUse: elbv2.says("DeleteTargetGroup", "ResourceInUse",
				"Target group '%s' is currently in use by a listener or a rule")})
	}
	return all
}

func refuseListenerPort(c *Call) error {
	port, _ := c.number("port")
	for _, other := range c.others(c.list(lbListener)) {
		taken, _ := numberAt(other.Outputs, "port")
		if other.Text("loadBalancerArn") == c.text("loadBalancerArn") && taken == port {
			return elbv2.refuses("CreateListener", "DuplicateListener",
				"A listener already exists on this port for this load balancer '%s'", c.text("loadBalancerArn"))
		}
	}
	return nil
}

// sslPolicies: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html.
var sslPolicies = strings.Fields(`
	ELBSecurityPolicy-TLS13-1-3-2021-06 ELBSecurityPolicy-TLS13-1-2-2021-06 ELBSecurityPolicy-TLS13-1-2-Res-2021-06
	ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06 ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06
	ELBSecurityPolicy-TLS13-1-1-2021-06 ELBSecurityPolicy-TLS13-1-0-2021-06
	ELBSecurityPolicy-TLS13-1-3-PQ-2025-09 ELBSecurityPolicy-TLS13-1-2-PQ-2025-09
	ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09 ELBSecurityPolicy-TLS13-1-2-Ext1-PQ-2025-09
	ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09 ELBSecurityPolicy-TLS13-1-0-PQ-2025-09
	ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04 ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04
	ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04 ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-2023-04
	ELBSecurityPolicy-TLS13-1-2-Ext1-FIPS-2023-04 ELBSecurityPolicy-TLS13-1-2-Ext2-FIPS-2023-04
	ELBSecurityPolicy-TLS13-1-1-FIPS-2023-04 ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04
	ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09 ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09
	ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09 ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-PQ-2025-09
	ELBSecurityPolicy-TLS13-1-2-Ext1-FIPS-PQ-2025-09 ELBSecurityPolicy-TLS13-1-2-Ext2-FIPS-PQ-2025-09
	ELBSecurityPolicy-TLS13-1-1-FIPS-PQ-2025-09 ELBSecurityPolicy-TLS13-1-0-FIPS-PQ-2025-09
	ELBSecurityPolicy-TLS-1-2-Ext-2018-06 ELBSecurityPolicy-TLS-1-2-2017-01 ELBSecurityPolicy-TLS-1-1-2017-01
	ELBSecurityPolicy-FS-1-2-Res-2020-10 ELBSecurityPolicy-FS-1-2-Res-2019-08 ELBSecurityPolicy-FS-1-2-2019-08
	ELBSecurityPolicy-FS-1-1-2019-08 ELBSecurityPolicy-FS-2018-06 ELBSecurityPolicy-2016-08
	ELBSecurityPolicy-2015-05 ELBSecurityPolicy-TLS-1-0-2015-04`)

func encrypts(c *Call) bool { return slices.Contains([]string{"HTTPS", "TLS"}, c.text("protocol")) }

// refuseListenerTLS: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html.
func refuseListenerTLS(operation string) check {
	return func(c *Call) error {
		policy := c.text("sslPolicy")
		switch {
		case encrypts(c) && !c.has("certificateArn"):
			return elbv2.refuses(operation, "ValidationError", "A certificate must be specified for %s listeners",
				c.text("protocol"))
		case !encrypts(c) && c.has("certificateArn"):
			return elbv2.refuses(operation, "InvalidConfigurationRequest",
				"A certificate cannot be specified for %s listeners", listenerProtocol(c))
		case policy != "" && !slices.Contains(sslPolicies, policy):
			return elbv2.refuses(operation, "SSLPolicyNotFound", "SSL policy '%s' not found", policy)
		}
		return refuseUnissued(operation)(c)
	}
}

// refuseUnissued: a certificate counts once it is issued.
func refuseUnissued(operation string) check {
	return func(c *Call) error {
		certificate, found := c.find(acmCertificate, "arn", c.text("certificateArn"))
		if found && !issued(c, certificate) {
			return elbv2.refuses(operation, "UnsupportedCertificate",
				"The certificate '%s' must have a fully-qualified"+
					" domain name, a supported signature, and a supported key size.", certificate.ID)
		}
		return nil
	}
}

// perLoadBalancer refuses a new rule or certificate for which a quota leaves no room on its load balancer, %s in the
// error. What each listener has by default does not count.
func perLoadBalancer(q quota, refused Error) check {
	return onCreate(func(c *Call) error {
		same, own := 1, loadBalancerOf(c, c.text("listenerArn"))
		for _, other := range c.list(c.Type.Token) {
			if loadBalancerOf(c, other.Text("listenerArn")) == own {
				same++
			}
		}
		return c.within(q, same, refused.With(own))
	})
}

func forwardsTo(outputs property.Map, action string) []string {
	var arns []string
	for _, path := range forwardPaths {
		arns = append(arns, props.Texts(outputs, action+path)...)
	}
	return arns
}

// loadBalancersOf are the load balancers whose listeners or rules forward to a target group.
func loadBalancersOf(c *Call, targetGroup string) []string {
	var found []string
	for _, listener := range c.list(lbListener) {
		if slices.Contains(forwardsTo(listener.Outputs, "defaultActions[*]."), targetGroup) {
			found = append(found, listener.Text("loadBalancerArn"))
		}
	}
	for _, rule := range c.list(lbListenerRule) {
		if slices.Contains(forwardsTo(rule.Outputs, "actions[*]."), targetGroup) {
			found = append(found, loadBalancerOf(c, rule.Text("listenerArn")))
		}
	}
	return found
}

func loadBalancerOf(c *Call, listenerARN string) string {
	listener, _ := c.find(lbListener, "arn", listenerARN)
	return listener.Text("loadBalancerArn")
}

// refuseForwards: a target group serves one load balancer.
func refuseForwards(action string) check {
	return func(c *Call) error {
		own := ownLoadBalancer(c)
		for _, group := range forwardsTo(c.Inputs, action) {
			for _, other := range loadBalancersOf(c, group) {
				if other != own {
					return elbv2.refuses("CreateRule", "TargetGroupAssociationLimit",
						"The following target groups cannot be associated with more than one load balancer: %s", group)
				}
			}
		}
		return nil
	}
}

// ownLoadBalancer is that of the listener, or of the listener's rule, that the call makes.
func ownLoadBalancer(c *Call) string {
	if own := c.text("loadBalancerArn"); own != "" {
		return own
	}
	return loadBalancerOf(c, c.text("listenerArn"))
}

// tooManyTargetGroups: a target group that several listeners and rules of a load balancer name counts once.
func tooManyTargetGroups(operation, action string) check {
	return func(c *Call) error {
		own, groups := ownLoadBalancer(c), forwardsTo(c.Inputs, action)
		for _, listener := range c.others(c.list(lbListener)) {
			if listener.Text("loadBalancerArn") == own {
				groups = append(groups, forwardsTo(listener.Outputs, "defaultActions[*].")...)
			}
		}
		for _, rule := range c.others(c.list(lbListenerRule)) {
			if loadBalancerOf(c, rule.Text("listenerArn")) == own {
				groups = append(groups, forwardsTo(rule.Outputs, "actions[*].")...)
			}
		}
		slices.Sort(groups)
		return c.within(targetGroupsPerLoadBalancer, len(slices.Compact(groups)),
			elbv2.says(operation, "TooManyUniqueTargetGroupsPerLoadBalancer", "You have reached the maximum number of"+
				" unique target groups that you can associate with a load balancer of type 'application': [%s]"))
	}
}

func listenerProtocol(c *Call) string {
	if protocol := c.text("protocol"); protocol != "" {
		return protocol
	}
	return "HTTP"
}

func listenerOutputs(c *Call) map[string]property.Value {
	out := c.outputs().text("arn", c.ID).fillText("protocol", listenerProtocol(c))
	if encrypts(c) {
		out.fillText("sslPolicy", "ELBSecurityPolicy-2016-08")
	}
	return out.values
}

func refusePriority(c *Call) error {
	priority, given := c.number("priority")
	for _, other := range c.others(c.list(lbListenerRule)) {
		taken, _ := numberAt(other.Outputs, "priority")
		if given && taken == priority && other.Text("listenerArn") == c.text("listenerArn") {
			return elbv2.refuses("CreateRule", "PriorityInUse", "Priority '%d' is currently in use", priority)
		}
	}
	return nil
}

// refuseConditions: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html.
func refuseConditions(c *Call) error {
	values := 0
	for _, kind := range []string{"hostHeader", "pathPattern", "httpHeader", "httpRequestMethod", "sourceIp"} {
		values += len(c.texts("conditions[*]." + kind + ".values[*]"))
	}
	values += len(c.texts("conditions[*].queryStrings[*].value"))
	if values > 5 {
		return elbv2.says("CreateRule", "ValidationError", "A rule can only have '5' condition values")
	}
	for _, host := range c.texts("conditions[*].hostHeader.values[*]") {
		if len(host) > 128 || strings.ContainsAny(host, " /:") {
			return elbv2.refuses("CreateRule", "ValidationError", "The host header value '%s' is not valid", host)
		}
	}
	return nil
}

// ruleOutputs: without a priority of its own a rule comes after all others.
func ruleOutputs(c *Call) map[string]property.Value {
	last := 0
	for _, other := range c.others(c.list(lbListenerRule)) {
		priority, _ := numberAt(other.Outputs, "priority")
		if other.Text("listenerArn") == c.text("listenerArn") {
			last = max(last, priority)
		}
	}
	return c.outputs().text("arn", c.ID).fill("priority", num(last+1)).values
}
