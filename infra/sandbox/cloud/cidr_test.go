package cloud

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestHostsLieInTheirSubnetOutsideWhatAWSKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.IntRange(16, 28).Draw(t, "bits")
		prefix := netip.MustParsePrefix(fmt.Sprintf("10.%d.0.0/%d", rapid.IntRange(0, 255).Draw(t, "second"), bits))
		host := netip.MustParseAddr(hostIn(prefix.String(), rapid.String().Draw(t, "seed")))

		kept := prefix.Addr()
		for range 4 {
			assert.NotEqual(t, kept, host)
			kept = kept.Next()
		}
		assert.True(t, prefix.Contains(host))
		assert.True(t, prefix.Contains(host.Next()), "the last address is the broadcast's")
	})
}

func TestRegionsHaveZones(t *testing.T) {
	for name := range regions {
		all := zones(name)
		assert.NotEmpty(t, all, name)
		for i, zone := range all {
			assert.True(t, zoneIn(zone, name))
			assert.Regexp(t, fmt.Sprintf(`^[a-z]{3,5}\d-az%d$`, i+1), zoneID(zone))
		}
	}
	assert.Equal(t, "apne1-az1", zoneID("ap-northeast-1a"))
	assert.Equal(t, "euc1-az3", zoneID("eu-central-1c"))
	assert.Empty(t, zones("mars-1"))
}
