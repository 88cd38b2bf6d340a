package topics

import (
	"slices"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

const (
	certificate = "aws:acm/certificate:Certificate"
	validation  = "aws:acm/certificateValidation:CertificateValidation"
	zone        = "aws:route53/zone:Zone"
	record      = "aws:route53/record:Record"
	signing     = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"
	queryLog    = "aws:route53/queryLog:QueryLog"
)

var names = []rules.Rule{
	on("acm-ct-logging", usually("options.certificateTransparencyLoggingPreference", "ENABLED"), certificate),
	on("acm-no-wildcard", noWildcard, certificate),
	on("acm-key-algorithm", usually("keyAlgorithm", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1"),
		certificate),
	across("acm-renewable", renewable, certificate),
	across("r53-dnssec", public(companion(signing, "hostedZoneId", "its records signed", nil)), zone),
	across("r53-query-logging", public(companion(queryLog, "zoneId", "a log of what it is asked", nil)), zone),
	across("r53-record-target-exists", noDanglingRecord, record),
}

// public demands something only of the zones that the internet can ask.
func public(check func(*rules.Look)) func(*rules.Look) {
	return func(l *rules.Look) {
		if !filled(l, "vpcs") {
			check(l)
		}
	}
}

func noWildcard(l *rules.Look) {
	for _, path := range []string{"domainName", "subjectAlternativeNames[*]"} {
		for _, name := range l.Texts(path) {
			if strings.HasPrefix(name, "*") {
				l.RefuseFound(path, name, "the names of hosts", "request a certificate for each host")
			}
		}
	}
}

// renewable is what ACM renews by itself: as long as the records by which it was validated stay.
// https://docs.aws.amazon.com/acm/latest/userguide/dns-renewal-validation.html
func renewable(l *rules.Look) {
	oneOf(l, "validationMethod", "DNS")
	companion(validation, "certificateArn", "records that validate it", nil)(l)
}

func noDanglingRecord(l *rules.Look) {
	if l.MadeFrom("type", certificate) || !slices.Contains([]string{"A", "AAAA"}, l.Text("type")) {
		return // a certificate is validated by CNAME records
	}
	for _, text := range l.Texts("records[*]") {
		own := func(a *graph.Resource) bool { return a.Text("publicIp") == text }
		if !slices.ContainsFunc(l.Graph().OfType(address), own) {
			l.RefuseFound("records[*]", text, "the address of an Eip of this stack, or an alias", "make it an alias")
		}
	}
}
