package queries

import "net/netip"

// special are the ranges that are no addresses of one host on the internet: whoever sends from one lies, or stands
// within the network.
// https://www.iana.org/assignments/iana-ipv4-special-registry
// https://www.iana.org/assignments/iana-ipv6-special-registry
var special = []string{
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7",
	"fe80::/10", "ff00::/8",
}

// Valid says whether a text is the address of one host on the internet.
func Valid(text string) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && address.Zone() == "" && !Listed(text, special)
}

// Listed says whether a text is an address of one of the ranges, which are in CIDR notation.
func Listed(text string, ranges []string) bool {
	address, err := netip.ParseAddr(text)
	if err != nil {
		return false
	}
	for _, within := range ranges {
		if prefix, err := netip.ParsePrefix(within); err == nil && prefix.Contains(address.Unmap()) {
			return true
		}
	}
	return false
}
