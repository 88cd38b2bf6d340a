package cloud

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
)

// network reads an IPv4 range as the provider validates it: https://registry.terraform.io/providers/hashicorp/aws wants
// a network address, not a host's.
func network(cidr string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil || !prefix.Addr().Is4():
		return netip.Prefix{}, fmt.Errorf("%q is not a valid IPv4 CIDR block", cidr)
	case prefix.Masked() != prefix:
		return netip.Prefix{}, fmt.Errorf("%q is not a valid CIDR block; did you mean %q?", cidr, prefix.Masked())
	}
	return prefix, nil
}

// between says whether a range is at most as large as /widest and at least as large as /narrowest.
func between(p netip.Prefix, widest, narrowest int) bool {
	return p.Bits() >= widest && p.Bits() <= narrowest
}

// inside says whether a range lies within another.
func inside(p, outer netip.Prefix) bool { return outer.Bits() <= p.Bits() && outer.Contains(p.Addr()) }

// hostIn is an address of a subnet that follows from the seed: never one of the first four and the last, which AWS
// keeps (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
func hostIn(cidr, seed string) string {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil {
		return ""
	}
	usable := uint32(1)<<(32-prefix.Bits()) - 5
	offset, _ := strconv.ParseUint(digest(8, seed), 16, 32) // eight hexadecimal digits always fit
	base := prefix.Masked().Addr().As4()
	var host [4]byte
	binary.BigEndian.PutUint32(host[:], binary.BigEndian.Uint32(base[:])+4+uint32(offset)%usable)
	return netip.AddrFrom4(host).String()
}
