package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"haven/components/cidr"
	"haven/components/limit"
)

// privateRanges are those of RFC 1918.
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
}

// cidr is private, of a size that holds a cell, and written by its network address.
func (c *checker) cidr(text string) {
	const path = "cell.network.cidr"
	space, err := netip.ParsePrefix(text)
	private := slices.ContainsFunc(privateRanges, func(all netip.Prefix) bool {
		return all.Contains(space.Addr()) && all.Bits() <= space.Bits()
	})
	switch {
	case err != nil || !space.Addr().Is4():
		c.refuse(path, text, "an IPv4 range", `write it like "10.20.0.0/16"`)
	case !private:
		c.refuse(path, text, "a private range (RFC 1918), within "+limit.List(privateRanges),
			`choose one, like "10.20.0.0/16"`)
	case space.Bits() < cidr.Largest || space.Bits() > cidr.Smallest:
		c.refuse(path, text, fmt.Sprintf("/%d to /%d", cidr.Largest, cidr.Smallest),
			fmt.Sprintf("choose a size, like %q", netip.PrefixFrom(space.Addr(), cidr.Largest).Masked()))
	case space != space.Masked():
		c.refuse(path, text, "a range written by its network address", fmt.Sprintf("write %q", space.Masked()))
	}
}

// regions are two different ones, so that the loss of one leaves the other.
func (c *checker) regions(role Role, region, recovery string) {
	c.region(role.path("region"), region)
	c.region(role.path("recoveryRegion"), recovery)
	if region == recovery {
		c.refuse(role.path("recoveryRegion"), recovery, "another region than "+role.path("region"),
			fmt.Sprintf("set %s to a region that does not fail with it", role.path("recoveryRegion")))
	}
}

func (c *checker) region(path, region string) {
	if _, known := zoneLetters[region]; known {
		return
	}
	names := slices.Sorted(maps.Keys(zoneLetters))
	c.refuse(path, region, "an AWS region in which every account has three zones", suggest(region, names))
}

// zones are three different ones of the region.
func (c *checker) zones(cell *Cell) {
	const path = "cell.network.zones"
	known := zonesOf(cell.Region)
	if known == nil {
		return
	}
	zones := cell.Network.Zones
	if len(zones) != cidr.Zones {
		c.refuse(path, words(fmt.Sprintf("%d zones", len(zones))), fmt.Sprintf("%d of %s", cidr.Zones, limit.List(known)),
			"name one for each copy that the cell keeps, or leave the field out")
	}
	for i, zone := range zones {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case !slices.Contains(known, zone):
			c.refuse(at, zone, "a zone of "+cell.Region+": "+limit.List(known), "choose one of them")
		case slices.Index(zones, zone) < i:
			c.refuse(at, zone, fmt.Sprintf("%d different zones", cidr.Zones), "choose another one of "+limit.List(known))
		}
	}
}

// interfaceEndpoints are services that have one, each named once.
func (c *checker) interfaceEndpoints(services []string) {
	for i, service := range services {
		path := fmt.Sprintf("cell.network.interfaceEndpoints[%d]", i)
		switch {
		case slices.Contains(gatewayServices, service):
			c.refuse(path, service, "a service with an interface endpoint", "remove it: the cell has a gateway endpoint for it")
		case !slices.Contains(endpointServices, service):
			c.refuse(path, service, "a service with an interface endpoint", suggest(service, endpointServices))
		case slices.Index(services, service) < i:
			c.refuse(path, service, "each service once", "remove it")
		}
	}
}
