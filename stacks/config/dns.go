package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"haven/components/limit"
)

// The limits of a name in DNS (RFC 1035) and of a certificate's common name at ACM.
// https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
const (
	maxLabel      = 63
	maxDNSName    = 253
	maxCommonName = 64
)

var (
	dnsLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	// awsDomains are AWS's own, or those of the documentation, of which Route 53 and ACM allow no zone or certificate.
	// https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-failed.html
	awsDomains = []string{"amazonaws.com", "awsglobalaccelerator.com", "cloudfront.net", "elasticbeanstalk.com",
		"example.com", "example.net", "example.org"}
	// reservedTLDs never exist in the public DNS (RFC 2606, RFC 6762).
	reservedTLDs = []string{"example", "invalid", "local", "localhost", "test"}
)

const (
	dnsWant = "a DNS name in lower case: labels of letters, digits and hyphens, each at most 63 characters, " +
		"with dots between"
	dnsFix = `write it like "acme.haven.example"`
)

// dnsName says whether a name is one that a host in the public DNS may have, in lower case.
func dnsName(name string) bool {
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if len(label) > maxLabel || !dnsLabel.MatchString(label) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(labels) > 1 && len(name) <= maxDNSName && strings.Trim(last, "0123456789") != ""
}

// below says whether a name lies below a domain, at any depth.
func below(name, domain string) bool {
	return strings.HasSuffix(name, "."+domain)
}

// publicName checks a name that gets records and a certificate, and says whether it may.
func (c *checker) publicName(path, name string) bool {
	switch {
	case !dnsName(name):
		c.refuse(path, name, dnsWant, dnsFix)
	case len(name) > maxCommonName:
		c.refuse(path, name, fmt.Sprintf("at most %d characters, ACM's limit for a certificate", maxCommonName), "shorten it")
	default:
		return true
	}
	return false
}

// domain is a zone that Route 53 can serve and ACM can certify; only the demo's need not exist.
func (c *checker) domain(cell *Cell) {
	const path = "cell.domain"
	domain := cell.Domain
	if !c.publicName(path, domain) {
		return
	}
	if slices.ContainsFunc(awsDomains, func(own string) bool { return domain == own || below(domain, own) }) {
		c.refuse(path, domain, "a domain outside "+limit.List(awsDomains)+", which AWS keeps", "use a domain of your own")
		return
	}
	tld := domain[strings.LastIndex(domain, ".")+1:]
	if slices.Contains(reservedTLDs, tld) && cell.Environment != demo && c.sound("cell.environment") {
		c.refuse(path, domain,
			fmt.Sprintf("a public domain: .%s is reserved, and allowed in the environment %q only", tld, demo),
			"use a domain of your own")
	}
}

// host is where a tenant's users find it. That it lies in its cell's domain is checked when it joins the cell.
func (c *checker) host(host string) {
	c.publicName("tenant.host", host)
}
