package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Certificates: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html.
func acmTypes() []*Type {
	return []*Type{
		{
			Token: acmCertificate, ID: func(c *Call) string { return c.arn("acm", "certificate/"+uuid(randomHex(32))) },
			Refuse: refuseCertificate, Computed: certificateOutputs,
		},
		{
			Token: acmCertificateValidation, ID: issuedAt,
			References: []Reference{{Property: "certificateArn", To: acmCertificate, By: "arn",
				NotFound: acm.says("DescribeCertificate", "ResourceNotFoundException",
					"Could not find certificate %s.")}},
			Refuse: refuseValidation,
		},
	}
}

var certificateDomain = regexp.MustCompile(
	`^(\*\.)?(([A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+([A-Za-z0-9-]{1,62}[A-Za-z0-9])$`)

// refuseCertificate: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html.
func refuseCertificate(c *Call) error {
	for _, domain := range certificateDomains(c) {
		if len(domain) > 253 || !certificateDomain.MatchString(domain) {
			return acm.refuses("RequestCertificate", "ValidationException",
				"1 validation error detected: Value '%s' at"+
					" 'domainName' failed to satisfy constraint: Member must satisfy regular expression pattern: %s",
				domain, certificateDomain)
		}
	}
	if name := c.text("domainName"); len(name) > 64 {
		return acm.refuses("RequestCertificate", "InvalidDomainValidationOptionsException",
			"The first domain name can be no longer than 64 characters: %s", name)
	}
	return nil
}

// certificateDomains are the names of a certificate, the common name first, each once.
func certificateDomains(c *Call) []string {
	rest := c.texts("subjectAlternativeNames[*]")
	slices.Sort(rest)
	var all []string
	for _, domain := range append(c.texts("domainName"), rest...) {
		if !slices.Contains(all, domain) {
			all = append(all, domain)
		}
	}
	return all
}

func certificateOutputs(c *Call) map[string]property.Value {
	domains := certificateDomains(c)
	out := c.outputs().
		text("arn", c.ID).
		text("type", "AMAZON_ISSUED").
		fillText("keyAlgorithm", "RSA_2048").
		fill("subjectAlternativeNames", strs(domains...)).
		text("status", "PENDING_VALIDATION").
		text("renewalEligibility", "INELIGIBLE").
		set("pendingRenewal", property.New(false)).
		set("validationEmails", strs())
	if c.text("validationMethod") != "DNS" {
		return out.values
	}
	var options []property.Value
	for _, domain := range domains {
		options = append(options, validationOption(c.Account, domain))
	}
	return out.set("domainValidationOptions", property.New(options)).values
}

// validationOption is the record that proves a domain. It is the same for every certificate of an account, in every
// region, and for a domain and its wildcard: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html.
func validationOption(account, domain string) property.Value {
	base := strings.TrimPrefix(domain, "*.")
	return object(map[string]property.Value{
		"domainName":         property.New(domain),
		"resourceRecordName": property.New("_" + digest(32, "name", account, base) + "." + base + "."),
		"resourceRecordType": property.New("CNAME"),
		"resourceRecordValue": property.New("_" + digest(32, "value", account, base) +
			".xlfgrmvvlj.acm-validations.aws."),
	})
}

// issued says whether a certificate's domains are proven by records of the world's zones.
func issued(c *Call, certificate Resource) bool {
	options := props.Maps(certificate.Outputs, "domainValidationOptions[*]")
	for _, option := range options {
		if !proven(c, option) {
			return false
		}
	}
	return len(options) > 0 && forbiddenByCAA(c, certificate) == ""
}

func proven(c *Call, option property.Map) bool {
	return slices.ContainsFunc(c.listGlobal(route53Record), func(record Resource) bool {
		return record.Text("fqdn") == strings.TrimSuffix(Text(option, "resourceRecordName"), ".") &&
			record.Text("type") == Text(option, "resourceRecordType") &&
			slices.ContainsFunc(props.Texts(record.Outputs, "records[*]"), func(value string) bool {
				return strings.TrimSuffix(value, ".") == strings.TrimSuffix(Text(option, "resourceRecordValue"), ".")
			})
	})
}

// amazonAuthorities may each be named in a CAA record: https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html.
var amazonAuthorities = []string{"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"}

// forbiddenByCAA is the first domain whose CAA records let only others issue, "" where there is none.
func forbiddenByCAA(c *Call, certificate Resource) string {
	for _, option := range props.Maps(certificate.Outputs, "domainValidationOptions[*]") {
		domain := Text(option, "domainName")
		if base, wildcard := strings.CutPrefix(domain, "*."); !mayIssue(caaRecords(c, base), wildcard) {
			return domain
		}
	}
	return ""
}

// caaRecords are those of the closest name upwards that has any, as RFC 8659 looks for them.
func caaRecords(c *Call, domain string) []string {
	for name, more := domain, true; more; _, name, more = strings.Cut(name, ".") {
		for _, record := range c.listGlobal(route53Record) {
			if record.Text("type") == "CAA" && record.Text("fqdn") == name {
				return props.Texts(record.Outputs, "records[*]")
			}
		}
	}
	return nil
}

func mayIssue(records []string, wildcard bool) bool {
	byTag := map[string][]string{}
	for _, record := range records {
		if m := caaValue.FindStringSubmatch(record); m != nil {
			byTag[m[1]] = append(byTag[m[1]], m[2])
		}
	}
	relevant := byTag["issue"]
	if wildcard && len(byTag["issuewild"]) > 0 {
		relevant = byTag["issuewild"]
	}
	return len(relevant) == 0 || slices.ContainsFunc(relevant, func(value string) bool {
		authority, _, _ := strings.Cut(value, ";")
		return slices.Contains(amazonAuthorities, strings.TrimSpace(authority))
	})
}

// refuseValidation:
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/acm_certificate_validation; the provider
// waits, here the outcome is known at once.
func refuseValidation(c *Call) error {
	certificate, _ := c.find(acmCertificate, "arn", c.text("certificateArn"))
	if fqdns := c.texts("validationRecordFqdns[*]"); len(fqdns) > 0 {
		for _, option := range props.Maps(certificate.Outputs, "domainValidationOptions[*]") {
			name := strings.TrimSuffix(Text(option, "resourceRecordName"), ".")
			if !slices.ContainsFunc(fqdns, func(f string) bool { return strings.TrimSuffix(f, ".") == name }) {
				return fmt.Errorf("missing %s DNS validation record: %s", Text(option, "domainName"), name)
			}
		}
	}
	if forbiddenByCAA(c, certificate) != "" {
		return fmt.Errorf("waiting for ACM Certificate (%s) to be issued: unexpected state 'FAILED', wanted target"+
			" 'ISSUED'."+
			" last error: CAA_ERROR", certificate.ID)
	}
	if !issued(c, certificate) {
		return fmt.Errorf("waiting for ACM Certificate (%s) to be issued: timeout while waiting for state to become"+
			" 'ISSUED'"+
			" (last state: 'PENDING_VALIDATION', timeout: 1h15m0s)", certificate.ID)
	}
	return nil
}

// issuedAt: the provider's ID is the certificate's time of issue, to the fraction of a second.
func issuedAt(c *Call) string {
	fraction, _ := strconv.ParseInt(digest(7, c.text("certificateArn")), 16, 64) // seven hexadecimal digits always fit
	return c.Now.UTC().Truncate(time.Second).Add(time.Duration(fraction)).String()
}
