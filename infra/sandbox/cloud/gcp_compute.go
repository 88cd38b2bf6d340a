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

const computeService = "compute.googleapis.com"

// Networks: https://cloud.google.com/compute/docs/reference/rest/v1/networks.
func gcpNetworkTypes() []*Type {
	return []*Type{
		ofCompute(gcpNetwork, "global/networks"),
		ofCompute(gcpSubnetwork, "regions/{region}/subnetworks").
			using(used("network", gcpNetwork, "id", "network")).refusing(refuseSubnetwork),
		ofCompute(gcpFirewall, "global/firewalls").
			using(used("network", gcpNetwork, "id", "network")).refusing(refuseFirewallRule),
		ofCompute(gcpGlobalAddress, "global/addresses").
			using(used("network", gcpNetwork, "id", "network")).refusing(refuseAddress).
			giving(func(o *outputs) {
				o.fillText("address", googleAddress(o.call.ID)).fillText("addressType", "EXTERNAL")
			}),
		{
			Token: gcpConnection,
			ID: func(c *Call) string {
				return strings.ReplaceAll(c.text("network"), "/", "%2F") + ":" + c.text("service")
			},
			References: []Reference{used("network", gcpNetwork, "id", "network"),
				used("reservedPeeringRanges[*]", gcpGlobalAddress, "name", "address")},
			Refuse: firstOf(needs("servicenetworking.googleapis.com"), refuseConnection),
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().text("peering", "servicenetworking-googleapis-com").values
			},
		},
	}
}

// Load balancers: https://cloud.google.com/compute/docs/reference/rest/v1/urlMaps.
func gcpBalancerTypes() []*Type {
	return []*Type{
		ofCompute(gcpEndpointGroup, "regions/{region}/networkEndpointGroups").
			using(used("cloudRun.service", gcpRunService, "name", "service")).refusing(refuseEndpointGroup),
		ofCompute(gcpBackend, "global/backendServices").
			using(used("backends[*].group", gcpEndpointGroup, "id", "networkEndpointGroup"),
				used("securityPolicy", gcpSecurityPolicy, "selfLink", "securityPolicy")).refusing(refuseBackend),
		ofCompute(gcpURLMap, "global/urlMaps").
			using(used("defaultService", gcpBackend, "id", "backendService"),
				used("pathMatchers[*].defaultService", gcpBackend, "id", "backendService"),
				used("pathMatchers[*].pathRules[*].service", gcpBackend, "id", "backendService")).refusing(refuseURLMap),
		ofCompute(gcpCertificate, "global/sslCertificates").refusing(refuseManagedCertificate),
		ofCompute(gcpSSLPolicy, "global/sslPolicies"),
		ofCompute(gcpSecurityPolicy, "global/securityPolicies").refusing(refuseSecurityPolicy),
		ofCompute(gcpHTTPSProxy, "global/targetHttpsProxies").
			using(used("urlMap", gcpURLMap, "id", "urlMap"), used("sslCertificates[*]", gcpCertificate, "id", "sslCertificate"),
				used("sslPolicy", gcpSSLPolicy, "id", "sslPolicy")),
		ofCompute(gcpForwardingRule, "global/forwardingRules").
			using(used("target", gcpHTTPSProxy, "id", "targetHttpsProxy"),
				used("ipAddress", gcpGlobalAddress, "address", "address")).
			refusing(refuseForwardingRule),
	}
}

// ofCompute is a type of Compute Engine in a collection of the project, named as Compute Engine names everything.
func ofCompute(token, collection string) *Type {
	kind := lastPart(collection, "/")
	return &Type{
		Token: token, ID: inProject(collection, "name"), Unique: taken("name", kind),
		Refuse: firstOf(needs(computeService), refuseComputeName),
		Computed: func(c *Call) map[string]property.Value {
			return c.outputs().fillText("name", lastPart(c.ID, "/")).fillText("project", c.Account).
				text("selfLink", "https://www.googleapis.com/compute/v1/"+c.ID).values
		},
	}
}

// using, refusing and giving are the type with references, with more that is refused, and with more outputs.
func (t *Type) using(references ...Reference) *Type {
	t.References = append(t.References, references...)
	return t
}

func (t *Type) refusing(more check) *Type {
	t.Refuse = firstOf(t.Refuse, more)
	return t
}

func (t *Type) giving(more func(*outputs)) *Type {
	before := t.Computed
	t.Computed = func(c *Call) map[string]property.Value {
		given := &outputs{call: c, values: before(c)}
		more(given)
		return given.values
	}
	return t
}

// computeNameForm: https://cloud.google.com/compute/docs/naming-resources.
var computeNameForm = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)

func refuseComputeName(c *Call) error {
	if name := lastPart(c.ID, "/"); !computeNameForm.MatchString(name) {
		return google.refuses("", "invalid", "Invalid value for field 'resource.name': '%s'. Must be a match of regex"+
			" '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'", name)
	}
	return nil
}

// googleAddress is an address of Google's that follows from a name.
func googleAddress(name string) string {
	return fmt.Sprintf("34.%s.%s.%s", decimal("a"+name, 100), decimal("b"+name, 256), decimal("c"+name, 254))
}

// ranges are the address ranges of a network: of its subnetworks and of its peers.
func (c *Call) ranges(network string) []netip.Prefix {
	var all []netip.Prefix
	for _, r := range c.others(c.listGlobal(gcpSubnetwork)) {
		if prefix, err := netip.ParsePrefix(r.Text("ipCidrRange")); err == nil && r.Text("network") == network {
			all = append(all, prefix)
		}
	}
	for _, r := range c.others(c.listGlobal(gcpGlobalAddress)) {
		length, _ := numberAt(r.Outputs, "prefixLength")
		address, err := netip.ParseAddr(r.Text("address"))
		if err == nil && length > 0 && r.Text("network") == network {
			all = append(all, netip.PrefixFrom(address, length))
		}
	}
	return all
}

// refuseOverlap: https://cloud.google.com/vpc/docs/subnets#valid-ranges.
func (c *Call) refuseOverlap(own netip.Prefix, network string) error {
	for _, other := range c.ranges(network) {
		if own.Overlaps(other) {
			return google.refuses("", "badRequest", "Invalid IPCidrRange: %s conflicts with existing subnetwork or allocated"+
				" range %s", own, other)
		}
	}
	return nil
}

func refuseSubnetwork(c *Call) error {
	text := c.text("ipCidrRange")
	if text == "" {
		return nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil || prefix != prefix.Masked() || prefix.Bits() < 4 || prefix.Bits() > 29 {
		return google.refuses("", "invalid", "Invalid value for field 'resource.ipCidrRange': '%s'", text)
	}
	return c.refuseOverlap(prefix, c.text("network"))
}

// refuseAddress: a range for peers has a length, and lies in a network:
// https://cloud.google.com/vpc/docs/configure-private-services-access#allocating-range.
func refuseAddress(c *Call) error {
	length, given := c.number("prefixLength")
	peering, network := c.text("purpose") == "VPC_PEERING", c.text("network")
	switch {
	case peering && (!given || c.text("addressType") != "INTERNAL"):
		return google.says("", "invalid", "Invalid value for field 'resource.prefixLength': a range for VPC_PEERING is"+
			" INTERNAL and has a prefix length")
	case !peering && given:
		return google.says("", "invalid", "Invalid value for field 'resource.prefixLength': only for VPC_PEERING")
	case !peering || c.text("address") == "":
		return nil
	}
	address, err := netip.ParseAddr(c.text("address"))
	if err != nil || netip.PrefixFrom(address, length) != netip.PrefixFrom(address, length).Masked() {
		return google.refuses("", "invalid", "Invalid value for field 'resource.address': '%s'", c.text("address"))
	}
	return c.refuseOverlap(netip.PrefixFrom(address, length), network)
}

func refuseConnection(c *Call) error {
	for _, name := range c.texts("reservedPeeringRanges[*]") {
		of, known := c.findGlobal(gcpGlobalAddress, "name", name)
		if known && (of.Text("purpose") != "VPC_PEERING" || of.Text("network") != c.text("network")) {
			return google.refuses("", "badRequest", "The allocated range %s is not one for VPC_PEERING in the network.", name)
		}
	}
	return nil
}

// peered refuses what lies in Google's own network where the tenant's has no connection with it:
// https://cloud.google.com/sql/docs/mysql/configure-private-services-access.
func peered(path string) check {
	return func(c *Call) error {
		for _, network := range c.texts(path) {
			to := func(r Resource) bool { return r.Text("network") == network }
			if network != "" && !slices.ContainsFunc(c.listGlobal(gcpConnection), to) {
				return google.refuses("", "badRequest", "Failed to create the resource because the network %s doesn't have at"+
					" least 1 private services connection. Please create a private services connection and retry.", network)
			}
		}
		return nil
	}
}

var portForm = regexp.MustCompile(`^\d{1,5}(-\d{1,5})?$`)

// refuseFirewallRule: a rule allows or denies, and looks at one direction:
// https://cloud.google.com/firewall/docs/firewalls.
func refuseFirewallRule(c *Call) error {
	allows, denies := len(props.Maps(c.Inputs, "allows[*]")), len(props.Maps(c.Inputs, "denies[*]"))
	priority, given := c.number("priority")
	egress := c.text("direction") == "EGRESS"
	switch {
	case (allows > 0) == (denies > 0):
		return google.says("", "invalid", "A firewall has either allowed or denied traffic, and not both")
	case given && (priority < 0 || priority > 65535):
		return google.refuses("", "invalid", "Invalid value for field 'resource.priority': '%d'", priority)
	case egress && len(c.texts("sourceRanges[*]"))+len(c.texts("sourceTags[*]")) > 0:
		return google.says("", "invalid", "EGRESS firewalls have no sources")
	}
	for _, port := range slices.Concat(c.texts("allows[*].ports[*]"), c.texts("denies[*].ports[*]")) {
		if !portForm.MatchString(port) {
			return google.refuses("", "invalid", "Invalid value for field 'resource.allowed[0].ports[0]': '%s'", port)
		}
	}
	for _, text := range slices.Concat(c.texts("destinationRanges[*]"), c.texts("sourceRanges[*]")) {
		if _, err := netip.ParsePrefix(text); err != nil {
			return google.refuses("", "invalid", "Invalid value for field 'resource.destinationRanges[0]': '%s'", text)
		}
	}
	return nil
}

func refuseEndpointGroup(c *Call) error {
	serverless := c.text("networkEndpointType") == "SERVERLESS" || c.text("networkEndpointType") == ""
	if serverless != (len(props.Maps(c.Inputs, "cloudRun")) > 0) {
		return google.says("", "invalid", "A SERVERLESS network endpoint group names a service, and no other does")
	}
	return nil
}

// refuseBackend: https://cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts#limitations.
func refuseBackend(c *Call) error {
	if c.has("healthChecks") {
		return google.says("", "invalid", "A backend service cannot have a healthcheck with serverless network endpoint"+
			" group backends.")
	}
	for _, header := range c.texts("customResponseHeaders[*]") {
		name, value, _ := strings.Cut(header, ":")
		if strings.TrimSpace(value) == "" || strings.Contains(name, " ") {
			return google.refuses("", "invalid", "Invalid value for field 'resource.customResponseHeaders[0]': '%s'", header)
		}
	}
	return nil
}

// refuseURLMap: each host has its matcher, each matcher its hosts:
// https://cloud.google.com/load-balancing/docs/url-map-concepts.
func refuseURLMap(c *Call) error {
	matchers, named := c.texts("pathMatchers[*].name"), c.texts("hostRules[*].pathMatcher")
	slices.Sort(matchers)
	slices.Sort(named)
	if !slices.Equal(slices.Compact(matchers), slices.Compact(named)) {
		return google.says("", "invalid", "Path matchers and host rules of a URL map do not fit together")
	}
	for _, path := range c.texts("pathMatchers[*].pathRules[*].paths[*]") {
		if !strings.HasPrefix(path, "/") || strings.Contains(strings.TrimSuffix(path, "/*"), "*") {
			return google.refuses("", "invalid", "Invalid value for field 'resource.pathMatchers[0].pathRules[0].paths[0]': "+
				"'%s'", path)
		}
	}
	return nil
}

// refuseManagedCertificate: https://cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs.
func refuseManagedCertificate(c *Call) error {
	domains := c.texts("managed.domains[*]")
	if len(domains) == 0 || len(domains) > 100 {
		return google.says("", "invalid", "A managed certificate has 1 to 100 domains")
	}
	for _, domain := range domains {
		if strings.Contains(domain, "*") || !strings.Contains(domain, ".") || len(domain) > 63 {
			return google.refuses("", "invalid", "Invalid value for field 'resource.managed.domains[0]': '%s'", domain)
		}
	}
	return nil
}

// lastRule is the priority of the rule that speaks of whoever no other speaks of.
const lastRule = 2147483647

// refuseSecurityPolicy: https://cloud.google.com/armor/docs/security-policy-overview.
func refuseSecurityPolicy(c *Call) error {
	seen := map[int]bool{}
	for _, rule := range props.Maps(c.Inputs, "rules[*]") {
		priority, _ := numberAt(rule, "priority")
		action := props.Text(rule, "action")
		limited := len(props.Maps(rule, "rateLimitOptions")) > 0
		switch {
		case seen[priority]:
			return google.refuses("", "invalid", "Two rules have the priority %d", priority)
		case limited != (action == "throttle" || action == "rate_based_ban"):
			return google.refuses("", "invalid", "Rate limit options go with throttle and rate_based_ban, and with nothing"+
				" else: %s", action)
		case (len(props.Maps(rule, "match.expr")) > 0) == (props.Text(rule, "match.versionedExpr") != ""):
			return google.says("", "invalid", "A match has either an expression or a versioned expression")
		}
		seen[priority] = true
	}
	if len(seen) > 0 && !seen[lastRule] {
		return google.says("", "invalid", "A security policy must have a default rule with priority 2147483647")
	}
	return nil
}

func refuseForwardingRule(c *Call) error {
	if ports := c.text("portRange"); ports != "443" && ports != "443-443" && c.text("target") != "" {
		return google.refuses("", "invalid", "Invalid value for field 'resource.portRange': '%s'. The port for a target"+
			" HTTPS proxy is 443", ports)
	}
	return nil
}
