package limits_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/components/firewall/limits"
)

func TestRange(t *testing.T) {
	t.Parallel()
	const noRange = ", expected a range of IPv4 addresses in CIDR notation, /1 to /32; " +
		`write one address like "203.0.113.7/32"`
	for text, want := range map[string]string{
		"203.0.113.7/32": "",
		"203.0.113.0/24": "",
		"128.0.0.0/1":    "",
		"0.0.0.0/0":      `"0.0.0.0/0"` + noRange,
		"203.0.113.7":    `"203.0.113.7"` + noRange,
		"2001:db8::/32":  `"2001:db8::/32"` + noRange,
		"acme.example":   `"acme.example"` + noRange,
		"":               `""` + noRange,
		"203.0.113.7/24": `"203.0.113.7/24", expected a range that begins at its first address; write "203.0.113.0/24"`,
	} {
		if want == "" {
			assert.NoError(t, limits.Range(text), text)
		} else {
			assert.EqualError(t, limits.Range(text), want, text)
		}
	}
}

// TestRangeTakesWhatItAdvises: each range is taken once its first address is written.
func TestRangeTakesWhatItAdvises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		address := netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address")))
		prefix := netip.PrefixFrom(address, rapid.IntRange(1, 32).Draw(t, "bits"))
		require.NoError(t, limits.Range(prefix.Masked().String()))
		if prefix != prefix.Masked() {
			require.ErrorContains(t, limits.Range(prefix.String()), prefix.Masked().String())
		}
	})
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	const fix = "; it counts the requests of one address within five minutes"
	assert.NoError(t, limits.RateLimit(10))
	assert.NoError(t, limits.RateLimit(2_000_000_000))
	assert.EqualError(t, limits.RateLimit(9), "9, expected 10 to 2000000000"+fix)
	assert.EqualError(t, limits.RateLimit(2_000_000_001), "2000000001, expected 10 to 2000000000"+fix)
}
