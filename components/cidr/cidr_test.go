package cidr_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/components/cidr"
)

func TestPlans(t *testing.T) {
	t.Parallel()
	type row struct{ private, public, isolated string }
	tests := map[string][]row{
		"10.20.0.0/16": {
			{"10.20.0.0/19", "10.20.32.0/21", "10.20.40.0/21"},
			{"10.20.64.0/19", "10.20.96.0/21", "10.20.104.0/21"},
			{"10.20.128.0/19", "10.20.160.0/21", "10.20.168.0/21"},
		},
		"172.16.64.0/18": {
			{"172.16.64.0/21", "172.16.72.0/23", "172.16.74.0/23"},
			{"172.16.80.0/21", "172.16.88.0/23", "172.16.90.0/23"},
			{"172.16.96.0/21", "172.16.104.0/23", "172.16.106.0/23"},
		},
		"192.168.16.0/20": {
			{"192.168.16.0/23", "192.168.18.0/25", "192.168.18.128/25"},
			{"192.168.20.0/23", "192.168.22.0/25", "192.168.22.128/25"},
			{"192.168.24.0/23", "192.168.26.0/25", "192.168.26.128/25"},
		},
	}
	for vpc, want := range tests {
		t.Run(vpc, func(t *testing.T) {
			t.Parallel()
			plan, err := cidr.Plan(vpc, []string{"a", "b", "c"})
			require.NoError(t, err)
			for i, zone := range plan {
				assert.Equal(t, []string{"a", "b", "c"}[i], zone.Name)
				assert.Equal(t, want[i], row{zone.Private.String(), zone.Public.String(), zone.Isolated.String()})
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	three := []string{"a", "b", "c"}
	tests := []struct {
		name  string
		vpc   string
		zones []string
		want  string
	}{
		{"no range", "ten", three, `CIDR: "ten", expected an IPv4 range such as "10.20.0.0/16"`},
		{"IPv6", "fd00::/18", three, `CIDR: "fd00::/18", expected an IPv4 range such as "10.20.0.0/16"`},
		{"too large", "10.0.0.0/15", three, `CIDR: "10.0.0.0/15", expected a prefix from /16 to /20`},
		{"too small", "10.0.0.0/21", three, `CIDR: "10.0.0.0/21", expected a prefix from /16 to /20`},
		{"host bits", "10.20.1.0/16", three, `CIDR: "10.20.1.0/16", expected its first address, "10.20.0.0/16"`},
		{"public", "8.8.0.0/16", three,
			`CIDR: "8.8.0.0/16", expected a private range, in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16`},
		{"two zones", "10.0.0.0/16", three[:2], `Zones: ["a" "b"], expected 3 different ones`},
		{"four zones", "10.0.0.0/16", append(three, "d"), `Zones: ["a" "b" "c" "d"], expected 3 different ones`},
		{"a zone twice", "10.0.0.0/16", []string{"a", "b", "a"}, `Zones: ["a" "b" "a"], expected 3 different ones`},
		{"everything", "10.0.0.0/8", nil, `CIDR: "10.0.0.0/8", expected a prefix from /16 to /20` + "\n" +
			`Zones: [], expected 3 different ones`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := cidr.Plan(test.vpc, test.zones)
			assert.EqualError(t, err, test.want)
		})
	}
}

// TestProperties: every subnet lies in the VPC and is aligned, none overlap, a quarter stays free, and each is large
// enough for what it is to hold.
func TestProperties(t *testing.T) {
	t.Parallel()
	const tasksPerZone = 2 * 25 * 20 / (cidr.Zones - 1) // replaced all at once, with a zone lost
	rapid.Check(t, func(t *rapid.T) {
		vpc := ranges().Draw(t, "vpc")
		plan, err := cidr.Plan(vpc.String(), []string{"a", "b", "c"})
		require.NoError(t, err)

		var all []netip.Prefix
		used := 0
		for _, zone := range plan {
			assert.Greater(t, size(zone.Private), size(zone.Public)+size(zone.Isolated))
			assert.GreaterOrEqual(t, size(zone.Private)-5, tasksPerZone)
			assert.LessOrEqual(t, zone.Public.Bits(), 27)
			assert.GreaterOrEqual(t, size(zone.Isolated)-5, 2*25, "a database and a restored generation per tenant")
			all = append(all, zone.Private, zone.Public, zone.Isolated)
		}
		for i, subnet := range all {
			used += size(subnet)
			assert.Equal(t, subnet.Masked(), subnet)
			assert.True(t, vpc.Contains(subnet.Addr()) && vpc.Bits() < subnet.Bits(), "%s lies in %s", subnet, vpc)
			for _, other := range all[:i] {
				assert.False(t, subnet.Overlaps(other), "%s overlaps %s", subnet, other)
			}
		}
		assert.LessOrEqual(t, used, size(vpc)*3/4)
	})
}

// TestZoneNamesMoveNothing: only the order of the zones decides which addresses each has.
func TestZoneNamesMoveNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		vpc := ranges().Draw(t, "vpc").String()
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,6}`), 3, 3, rapid.ID[string]).Draw(t, "zones")
		plan, err := cidr.Plan(vpc, names)
		require.NoError(t, err)
		other, err := cidr.Plan(vpc, []string{"a", "b", "c"})
		require.NoError(t, err)
		for i := range plan {
			assert.Equal(t, names[i], plan[i].Name)
			plan[i].Name = other[i].Name
		}
		assert.Equal(t, other, plan)
	})
}

func ranges() *rapid.Generator[netip.Prefix] {
	return rapid.Custom(func(t *rapid.T) netip.Prefix {
		base := rapid.SampledFrom([]string{"10.%d.%d.0", "172.16.%[2]d.0", "192.168.%[2]d.0"}).Draw(t, "base")
		second := rapid.IntRange(0, 255).Draw(t, "second")
		third := rapid.IntRange(0, 255).Draw(t, "third")
		address := netip.MustParseAddr(fmt.Sprintf(base, second, third))
		return netip.PrefixFrom(address, rapid.IntRange(cidr.Largest, cidr.Smallest).Draw(t, "length")).Masked()
	})
}

func size(p netip.Prefix) int { return 1 << (32 - p.Bits()) }
