// Package limits is what a cell's firewall may be told: which ranges of addresses it can hold and how many requests it
// can count.
//
// It is pure: no Pulumi, no cloud SDK, so that a stack file is checked by the same rules as the component. Each
// function answers nil or a *limit.Error; the caller adds the field.
package limits

import (
	"fmt"
	"net/netip"

	"haven/components/limit"
)

// MaxRanges is how many ranges a list holds.
// https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
const MaxRanges = 10000

// The requests of one address within five minutes that AWS WAF can be told to allow.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
const (
	MinRateLimit = 10
	MaxRateLimit = 2_000_000_000
)

// RateLimit is a number of requests that AWS WAF can count to.
func RateLimit(requests int) error {
	return limit.Between(requests, MinRateLimit, MaxRateLimit, "it counts the requests of one address within five minutes")
}

// Range is a range of IPv4 addresses in CIDR notation, the only kind that reaches the load balancer. AWS WAF holds no
// range of all addresses.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_IPSet.html
func Range(text string) error {
	if prefix, err := netip.ParsePrefix(text); err == nil && prefix.Addr().Is4() && prefix.Bits() > 0 {
		if masked := prefix.Masked(); masked != prefix {
			return &limit.Error{
				Got:  text,
				Want: "a range that begins at its first address",
				Fix:  fmt.Sprintf("write %q", masked.String()),
			}
		}
		return nil
	}
	return &limit.Error{
		Got:  text,
		Want: "a range of IPv4 addresses in CIDR notation, /1 to /32",
		Fix:  `write one address like "203.0.113.7/32"`,
	}
}
