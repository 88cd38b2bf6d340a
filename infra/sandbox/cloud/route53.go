package cloud

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Hosted zones: https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html; records:
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html.
func route53Types() []*Type {
	return []*Type{
		{
			Token: route53Zone, Global: true, ID: func(*Call) string { return "Z" + randomFrom(upperAlphanumeric, 20) },
			Refuse: firstOf(refuseZone, tooManyZones), Computed: zoneOutputs, RefuseDelete: refuseZoneDelete,
		},
		{
			Token: route53Record, Global: true, ID: recordID,
			References: []Reference{{Property: "zoneId", To: route53Zone, By: "id",
				NotFound: route53.says("ChangeResourceRecordSets", "NoSuchHostedZone",
					"No hosted zone found with ID: %s").withStatus(404)}},
			Refuse:   firstOf(refuseRecordName, refuseFailover, refuseRecordTaken, refuseRecordValues, refuseAliasTarget),
			Computed: recordOutputs,
		},
		healthCheckType(),
	}
}

var (
	domainName     = regexp.MustCompile(`^([a-z0-9_*]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	reservedDomain = regexp.MustCompile(`^(.+\.)?example\.(com|net|org)$`)
)

var tooManyZones = oneMore(zonesPerAccount, route53.says("CreateHostedZone", "TooManyHostedZones",
	"Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones."))

func refuseZone(c *Call) error {
	name := strings.ToLower(strings.TrimSuffix(c.text("name"), "."))
	switch {
	case c.Old != nil || name == "":
		return nil
	case len(name) > 255 || !domainName.MatchString(name):
		return route53.refuses("CreateHostedZone", "InvalidDomainName", "%s is not a valid domain name", name)
	case reservedDomain.MatchString(name):
		return route53.refuses("CreateHostedZone", "InvalidDomainName", "%s is reserved by AWS!", name)
	}
	return nil
}

func zoneOutputs(c *Call) map[string]property.Value {
	var servers []string
	for _, domain := range []string{"com", "net", "org", "co.uk"} {
		servers = append(servers, "ns-"+decimal(c.ID+domain, 2048)+".awsdns-"+decimal(domain+c.ID, 64)+"."+domain)
	}
	return c.outputs().
		text("arn", "arn:aws:route53:::hostedzone/"+c.ID).
		text("zoneId", c.ID).
		set("nameServers", strs(servers...)).
		text("primaryNameServer", servers[0]).
		values
}

// refuseZoneDelete: https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html.
func refuseZoneDelete(c *Call) error {
	if c.flag("forceDestroy") {
		return nil
	}
	for _, record := range c.listGlobal(route53Record) {
		if record.Text("zoneId") == c.ID {
			return route53.says("DeleteHostedZone", "HostedZoneNotEmpty",
				"The specified hosted zone contains non-required resource record sets and so cannot be deleted.")
		}
	}
	return nil
}

func recordID(c *Call) string {
	parts := []string{c.text("zoneId"), strings.ToLower(strings.TrimSuffix(c.text("name"), ".")), c.text("type")}
	if set := c.text("setIdentifier"); set != "" {
		parts = append(parts, set)
	}
	return strings.Join(parts, "_")
}

func recordZone(c *Call) string {
	zone, _ := c.findGlobal(route53Zone, "id", c.text("zoneId"))
	return strings.ToLower(strings.TrimSuffix(zone.Text("name"), "."))
}

// fqdn is the record's whole name: the provider appends the zone's name where it does not end with it already.
func fqdn(c *Call) string {
	name, zone := strings.ToLower(strings.TrimSuffix(c.text("name"), ".")), recordZone(c)
	switch {
	case name == "":
		return zone
	case strings.HasSuffix(name, zone):
		return name
	}
	return name + "." + zone
}

func recordOutputs(c *Call) map[string]property.Value {
	return c.outputs().text("fqdn", fqdn(c)).values
}

func changeRefused(format string, args ...any) error {
	return route53.refuses("ChangeResourceRecordSets", "InvalidChangeBatch", "["+format+"]", args...)
}

func refuseRecordName(c *Call) error {
	name, zone, kind := fqdn(c), recordZone(c), c.text("type")
	switch {
	case name != zone && !strings.HasSuffix(name, "."+zone):
		return changeRefused("RRSet with DNS name %s. is not permitted in zone %s.", name, zone)
	case name == zone && kind == "CNAME":
		return changeRefused("RRSet of type CNAME with DNS name %s. is not permitted at apex in zone %s.", name, zone)
	}
	return nil
}

func refuseRecordTaken(c *Call) error {
	name, zone, kind := fqdn(c), recordZone(c), c.text("type")
	if c.flag("allowOverwrite") {
		return nil
	}
	taken := func() error {
		return changeRefused("Tried to create resource record set [name='%s.', type='%s'] but it already exists", name,
			kind)
	}
	if c.Old == nil && name == zone && (kind == "NS" || kind == "SOA") {
		return taken()
	}
	for _, other := range c.others(c.listGlobal(route53Record)) {
		otherKind := other.Text("type")
		switch {
		case other.Text("zoneId") != c.text("zoneId") || other.Text("fqdn") != name:
		case otherKind == kind && other.Text("setIdentifier") == c.text("setIdentifier"):
			return taken()
		case (otherKind == "CNAME") != (kind == "CNAME"):
			return changeRefused("RRSet of type %s with DNS name %s. is not permitted because a conflicting RRSet of"+
				" type %s"+
				" with the same DNS name already exists in zone %s.", kind, name, otherKind, zone)
		}
	}
	return nil
}

// caaValue: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#CAAFormat.
var caaValue = regexp.MustCompile(`^(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5]) ([a-z0-9]+) "([^"]*)"$`)

func refuseRecordValues(c *Call) error {
	for _, value := range c.texts("records[*]") {
		address, err := netip.ParseAddr(value)
		switch kind := c.text("type"); {
		case kind == "A" && (err != nil || !address.Is4()):
			return fatal("ARRDATAIllegalIPv4Address", "Value is not a valid IPv4 address", value)
		case kind == "AAAA" && (err != nil || !address.Is6()):
			return fatal("AAAARRDATAIllegalIPv6Address", "Value is not a valid IPv6 address", value)
		case kind == "CAA" && !caaValue.MatchString(value):
			return fatal("CAARRDATAIllegalFormat", `Value should be <flags> <tag> "<value>"`, value)
		}
	}
	return nil
}

func fatal(code, problem, value string) error {
	return changeRefused("Invalid Resource Record: 'FATAL problem: %s (%s) encountered with '%s''", code, problem,
		value)
}

// refuseAliasTarget: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html.
func refuseAliasTarget(c *Call) error {
	for _, alias := range props.Maps(c.Inputs, "aliases[*]") {
		target := strings.TrimSuffix(strings.ToLower(Text(alias, "name")), ".")
		zone := Text(alias, "zoneId")
		within, found := aliasTarget(c, zone, target)
		switch {
		case !within:
			return changeRefused("Tried to create an alias that targets %s., type %s in zone %s, but the alias"+
				" target name"+
				" does not lie within the target zone", target, c.text("type"), zone)
		case !found:
			return changeRefused("Tried to create an alias that targets %s., type %s in zone %s, but that target was"+
				" not"+
				" found", target, c.text("type"), zone)
		}
	}
	return nil
}

// aliasTarget says whether a target lies within its zone, and whether it exists. Zones that are neither a load
// balancer's nor the world's are believed.
func aliasTarget(c *Call, zone, target string) (within, found bool) {
	for name, region := range regions {
		if region.loadBalancer == zone {
			host := strings.TrimPrefix(target, "dualstack.")
			_, found = c.World.Find(lbLoadBalancer, c.Account, name, "dnsName", host)
			return strings.HasSuffix(target, "."+name+".elb.amazonaws.com"), found
		}
	}
	own, known := c.findGlobal(route53Zone, "id", zone)
	if !known {
		return true, true
	}
	found = slices.ContainsFunc(c.listGlobal(route53Record), func(r Resource) bool {
		return r.Text("zoneId") == zone && r.Text("fqdn") == target && r.Text("type") == c.text("type")
	})
	return strings.HasSuffix("."+target, "."+own.Text("name")), found
}
