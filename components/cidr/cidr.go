package cidr

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"

	"haven/components/arguments"
)

const (
	// Zones is how many availability zones a VPC spans.
	Zones = 3
	// Largest and Smallest are the prefix lengths that a VPC may have.
	Largest, Smallest = 16, 20
)

// Zone is the share of one availability zone.
type Zone struct {
	Name string
	// Private holds what runs, Public what faces the internet, Isolated what has no way to it.
	Private, Public, Isolated netip.Prefix
}

// Plan divides a VPC among three zones, in their order. The error names everything that is wrong: a range that is not
// IPv4, not private (RFC 1918), not the first address of its prefix, or not from /16 to /20; zones that are not three
// different ones.
func Plan(vpc string, zones []string) ([]Zone, error) {
	var problems arguments.Problems
	space, err := parse(vpc)
	problems.Check("CIDR", err)
	problems.Check("Zones", checkZones(zones))
	if err := problems.Err(); err != nil {
		return nil, err
	}
	plan := make([]Zone, len(zones))
	for i, name := range zones {
		quarter := part(space, 2, i)
		plan[i] = Zone{
			Name:     name,
			Private:  part(quarter, 1, 0),
			Public:   part(quarter, 3, 4),
			Isolated: part(quarter, 3, 5),
		}
	}
	return plan, nil
}

func parse(vpc string) (netip.Prefix, error) {
	space, err := netip.ParsePrefix(vpc)
	switch {
	case err != nil || !space.Addr().Is4():
		return space, fmt.Errorf(`%q, expected an IPv4 range such as "10.20.0.0/16"`, vpc)
	case space.Bits() < Largest || space.Bits() > Smallest:
		return space, fmt.Errorf("%q, expected a prefix from /%d to /%d", vpc, Largest, Smallest)
	case space != space.Masked():
		return space, fmt.Errorf("%q, expected its first address, %q", vpc, space.Masked())
	case !space.Addr().IsPrivate():
		return space, fmt.Errorf("%q, expected a private range, in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16", vpc)
	}
	return space, nil
}

func checkZones(zones []string) error {
	distinct := slices.Compact(slices.Sorted(slices.Values(zones)))
	if len(zones) != Zones || len(distinct) != Zones {
		return fmt.Errorf("%q, expected %d different ones", zones, Zones)
	}
	return nil
}

// part is one of the 2^bits equal parts of a range.
func part(whole netip.Prefix, bits, index int) netip.Prefix {
	length := whole.Bits() + bits
	address := whole.Addr().As4()
	first := binary.BigEndian.Uint32(address[:]) + uint32(index)<<(32-length)
	binary.BigEndian.PutUint32(address[:], first)
	return netip.PrefixFrom(netip.AddrFrom4(address), length)
}
