package topics

import (
	"slices"
	"strings"

	"haven/policy/rules"
)

const (
	balancer     = "aws:lb/loadBalancer:LoadBalancer"
	listener     = "aws:lb/listener:Listener"
	targetGroup  = "aws:lb/targetGroup:TargetGroup"
	webACL       = "aws:wafv2/webAcl:WebAcl"
	ruleGroup    = "aws:wafv2/ruleGroup:RuleGroup"
	webACLUse    = "aws:wafv2/webAclAssociation:WebAclAssociation"
	webACLLog    = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
	strongPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
)

var (
	encrypted   = []string{"HTTPS", "TLS"}
	application = []string{"application"}
)

var balancers = []rules.Rule{
	on("alb-listener-https", encryptedOrRedirecting, listener),
	across("alb-http-redirects", atEdge(redirectsPlain), balancer),
	on("alb-tls-min-1.2", where("protocol", encrypted, recentTLS), listener),
	on("alb-strong-ciphers", where("protocol", encrypted, strongCiphers), listener),
	on("alb-post-quantum", where("protocol", encrypted, postQuantum), listener),
	on("alb-drop-invalid-headers", where("loadBalancerType", application, must("dropInvalidHeaderFields")), balancer),
	on("alb-desync", where("loadBalancerType", application, among("desyncMitigationMode", "strictest", "defensive")),
		balancer),
	on("alb-access-logs", both(must("accessLogs.enabled"), given("accessLogs.bucket", "the bucket of its logs")),
		balancer),
	on("alb-deletion-protection", must("enableDeletionProtection"), balancer),
	on("alb-multi-az", balancerInTwoZones, balancer),
	on("nlb-cross-zone", where("loadBalancerType", []string{"network", "gateway"}, must("enableCrossZoneLoadBalancing")),
		balancer),
	on("nlb-tls", noPlainTransport, listener),
	across("alb-has-listener", companion(listener, "loadBalancerArn", "a listener", nil), balancer),
	on("alb-internal-unless-edge", internalOrEdge, balancer),
	across("alb-waf-attached", atEdge(companion(webACLUse, "resourceArn", "a web application firewall", nil)), balancer),
	on("tg-health-check", where("protocol", []string{"HTTP", "HTTPS"}, checksPath), targetGroup),
	on("tg-encrypted", among("protocol", encrypted...), targetGroup),
	on("tg-health-check-https", among("healthCheck.protocol", "HTTPS"), targetGroup),
	on("waf-has-rules", given("rules", "at least one rule"), webACL),
	on("waf-rule-action", rulesAct, webACL, ruleGroup),
	on("waf-log4j-amr", refusesKnownBadInputs, webACL),
	across("waf-logging", companion(webACLLog, "resourceArn", "a log of what it sees",
		given("logDestinationConfigs", "where its log goes")), webACL),
	on("waf-rule-metrics", metersRules, webACL, ruleGroup),
}

// atEdge demands something only of the load balancers that the internet reaches.
func atEdge(check func(*rules.Look)) func(*rules.Look) {
	return func(l *rules.Look) {
		if l.Known("internal") && l.Known("loadBalancerType") && !l.Flag("internal") &&
			l.Text("loadBalancerType") != "gateway" {
			check(l)
		}
	}
}

func encryptedOrRedirecting(l *rules.Look) {
	if !slices.Contains(encrypted, l.Text("protocol")) && !redirectsAll(l) {
		l.Refuse("protocol", `"HTTPS", or actions that only redirect to HTTPS`, `set it to "HTTPS"`)
	}
}

// redirectsAll says whether a listener does nothing but send to HTTPS. What is not known might.
func redirectsAll(l *rules.Look) bool {
	if !l.Known("defaultActions") {
		return true
	}
	actions := l.Each("defaultActions")
	for _, action := range actions {
		protocol := action.Text("redirect.protocol")
		if action.Text("type") != "redirect" || protocol != "HTTPS" && protocol != "" {
			return false
		}
	}
	return len(actions) > 0
}

func redirects(balancer *rules.Look) bool {
	return slices.ContainsFunc(balancer.Naming(listener, "loadBalancerArn"), func(l *rules.Look) bool {
		port, known := l.Number("port")
		return (port == 80 || !known) && redirectsAll(l) && slices.Contains(l.Texts("defaultActions[*].redirect.statusCode"),
			"HTTP_301")
	})
}

func redirectsPlain(l *rules.Look) {
	if l.Text("loadBalancerType") == "application" && !redirects(l) {
		lacks(l, "no listener on port 80 redirects to HTTPS with 301", "one", "declare a Listener on port 80 that does")
	}
}

func recentTLS(l *rules.Look) {
	policy := l.Text("sslPolicy")
	recent := func(part string) bool { return strings.Contains(policy, part) }
	if !slices.ContainsFunc([]string{"TLS13-1-2-", "TLS13-1-3-", "TLS-1-2-", "FS-1-2-"}, recent) {
		l.Refuse("sslPolicy", "a policy of TLS 1.2 or later", "set it to "+strongPolicy)
	}
}

// strong are the policies with authenticated encryption and forward secrecy only.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
var strong = []string{strongPolicy, "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
	"ELBSecurityPolicy-TLS13-1-3-2021-06", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
	"ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09",
	"ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09"}

func strongCiphers(l *rules.Look) { oneOf(l, "sslPolicy", strong...) }

func postQuantum(l *rules.Look) {
	if !strings.HasSuffix(l.Text("sslPolicy"), "-PQ-2025-09") {
		l.Refuse("sslPolicy", "a policy with post-quantum key exchange", "set it to "+strongPolicy)
	}
}

func balancerInTwoZones(l *rules.Look) {
	if l.Count("subnets")+l.Count("subnetMappings") < 2 {
		l.Refuse("subnets", "subnets of 2 zones or more", "name a public subnet of each zone")
	}
}

func noPlainTransport(l *rules.Look) {
	if slices.Contains([]string{"TCP", "TCP_UDP", "UDP"}, l.Text("protocol")) {
		l.Refuse("protocol", `"TLS"`, "end TLS at the load balancer")
	}
}

// edge is the component whose load balancer the internet may reach.
const edge = "edge"

func internalOrEdge(l *rules.Look) {
	if !l.Flag("internal") && l.Text("tags.component") != edge && l.Known("tags.component") {
		l.Refuse("internal", "true, or the tag component to be "+edge, "set it to true")
	}
}

func checksPath(l *rules.Look) {
	if enabled := l.Values("healthCheck.enabled"); len(enabled) > 0 {
		yes(l, "healthCheck.enabled")
	}
	has(l, "healthCheck.path", "the path that is asked for")
}

func rulesAct(l *rules.Look) {
	for _, rule := range l.Each("rules") {
		if !rule.Has("action") && !rule.Has("overrideAction") {
			rule.Refuse("action", "an action, or an overrideAction of a managed group", "set it to block")
		}
	}
}

const knownBadInputs = "AWSManagedRulesKnownBadInputsRuleSet"

func refusesKnownBadInputs(l *rules.Look) {
	for _, rule := range l.Each("rules") {
		if rule.Text("statement.managedRuleGroupStatement.name") != knownBadInputs {
			continue
		}
		if rule.Has("overrideAction.count") {
			rule.Refuse("overrideAction", "none", "set it to none: what is counted is let in")
		}
		return
	}
	if l.Known("rules") {
		l.RefuseFound("rules", "without "+knownBadInputs, "that group of managed rules", "add a rule of it")
	}
}

func metersRules(l *rules.Look) {
	yes(l, "visibilityConfig.cloudwatchMetricsEnabled")
	for _, rule := range l.Each("rules") {
		yes(rule, "visibilityConfig.cloudwatchMetricsEnabled")
	}
}
