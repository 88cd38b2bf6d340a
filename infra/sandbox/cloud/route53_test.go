package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/policy/props"
)

func TestZones(t *testing.T) {
	each(t, full, func(*site) []attempt {
		return []attempt{
			{"new", route53Zone, settings{"name": "other.haven.example"}, ""},
			{"same name again", route53Zone, settings{"name": "demo.haven.example"}, ""},
			{"reserved", route53Zone, settings{"name": "example.com"},
				"api error InvalidDomainName: example.com is reserved by AWS!"},
			{"below reserved", route53Zone, settings{"name": "a.example.org"}, "a.example.org is reserved by AWS!"},
			{"no name", route53Zone, settings{"name": "a..b"},
				"api error InvalidDomainName: a..b is not a valid domain name"},
		}
	})
	s := full(t)
	assert.Len(t, props.Texts(s.zone.Outputs, "nameServers[*]"), 4)
	expect(t, s.delete(s.zone), "api error HostedZoneNotEmpty")
	forced, err := s.update(s.zone, settings{"name": "demo.haven.example", "forceDestroy": true})
	assert.NoError(t, err)
	assert.NoError(t, s.delete(forced))
}

func TestRecords(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		lb := s.loadBalancer()
		record := func(changes settings) settings {
			return with(settings{"zoneId": s.zone.ID, "name": "www.demo.haven.example", "type": "A", "ttl": 60,
				"records": []string{"192.0.2.1"}}, changes)
		}
		values := func(kind string, values ...string) settings { return record(settings{"type": kind, "records": values}) }
		alias := func(target, zone string) settings {
			return record(settings{"ttl": nil, "records": nil,
				"aliases": []settings{{"name": target, "zoneId": zone, "evaluateTargetHealth": true}}})
		}
		s.make(route53Record, record(settings{"name": "taken"}))
		return []attempt{
			{"new", route53Record, record(nil), ""},
			{"relative name", route53Record, record(settings{"name": "api"}), ""},
			{"taken", route53Record, record(settings{"name": "taken"}),
				"api error InvalidChangeBatch: [Tried to create resource record set" +
					" [name='taken.demo.haven.example.', type='A'] but it already exists]"},
			{"taken but to be overwritten", route53Record, record(settings{"name": "taken", "allowOverwrite": true}), ""},
			{"the zone's own", route53Record, record(settings{"name": "demo.haven.example", "type": "NS",
				"records": []string{"ns.x"}}), "but it already exists"},
			{"beside a CNAME", route53Record, record(settings{"name": "taken", "type": "CNAME",
				"records": []string{"x."}}), "conflicting RRSet of type A"},
			{"CNAME at the top", route53Record, record(settings{"name": "demo.haven.example", "type": "CNAME",
				"records": []string{"x."}}), "is not permitted at apex"},
			{"outside", route53Record, record(settings{"name": "xdemo.haven.example"}),
				"RRSet with DNS name xdemo.haven.example. is not permitted in zone demo.haven.example."},
			{"no zone", route53Record, record(settings{"zoneId": "Z1"}),
				"StatusCode: 404, api error NoSuchHostedZone: No hosted zone found with ID: Z1"},
			{"no address", route53Record, values("A", "x"),
				"ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with 'x'"},
			{"no long address", route53Record, values("AAAA", "192.0.2.1"), "AAAARRDATAIllegalIPv6Address"},
			{"CAA", route53Record, values("CAA", `0 issue "amazon.com"`, `128 iodef "mailto:a@b"`), ""},
			{"CAA without quotes", route53Record, values("CAA", `0 issue amazon.com`), "CAARRDATAIllegalFormat"},
			{"alias", route53Record, alias(lb.Text("dnsName"), lb.Text("zoneId")), ""},
			{"alias to nothing", route53Record, alias("none-1.eu-west-1.elb.amazonaws.com", lb.Text("zoneId")),
				"but that target was not found"},
			{"alias to another region's zone", route53Record, alias(lb.Text("dnsName"), regions[germany].loadBalancer),
				"but the alias target name does not lie within the target zone"},
			{"alias in the zone", route53Record, alias("taken.demo.haven.example", s.zone.ID), ""},
			{"alias in the zone to nothing", route53Record, alias("none.demo.haven.example", s.zone.ID),
				"but that target was not found"},
		}
	})
	s := full(t)
	r := s.make(route53Record, settings{"zoneId": s.zone.ID, "name": "WWW", "type": "A", "ttl": 60,
		"records": []string{"192.0.2.1"}})
	assert.Equal(t, s.zone.ID+"_www_A", r.ID)
	assert.Equal(t, "www.demo.haven.example", r.Text("fqdn"))
}

func TestCertificates(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		pending := s.make(acmCertificate, settings{"domainName": "new.demo.haven.example", "validationMethod": "DNS"}).ID
		name := props.Text(s.certificate.Outputs, "domainValidationOptions[*].resourceRecordName")
		return []attempt{
			{"requested", acmCertificate, settings{"domainName": "a.haven.example", "validationMethod": "DNS"}, ""},
			{"no domain", acmCertificate, settings{"domainName": "nodots", "validationMethod": "DNS"},
				"Value 'nodots' at 'domainName'"},
			{"issued", acmCertificateValidation, settings{"certificateArn": s.certificate.ID,
				"validationRecordFqdns": []string{name}}, ""},
			{"record not named", acmCertificateValidation, settings{"certificateArn": s.certificate.ID,
				"validationRecordFqdns": []string{"x"}},
				"missing demo.haven.example DNS validation record"},
			{"record not there", acmCertificateValidation, settings{"certificateArn": pending},
				"(last state: 'PENDING_VALIDATION', timeout: 1h15m0s)"},
			{"no such certificate", acmCertificateValidation, settings{"certificateArn": "arn:c"},
				"Could not find certificate arn:c."},
		}
	})
}

func TestCAAForbidsOthers(t *testing.T) {
	for records, want := range map[string]string{`0 issue "amazon.com"`: "", `0 iodef "mailto:a@b"`: "",
		`0 issue ";"`:               "last error: CAA_ERROR",
		`0 issue "letsencrypt.org"`: "last error: CAA_ERROR"} {
		s := full(t)
		s.make(route53Record, settings{"zoneId": s.zone.ID, "name": "demo.haven.example", "type": "CAA", "ttl": 60,
			"records": []string{records}})
		arn := s.issue("www")
		_, err := s.try(acmCertificateValidation, settings{"certificateArn": arn})
		expect(t, err, want)
	}
}

func TestValidationRecordsAreSharedByRegions(t *testing.T) {
	s := full(t)
	s.in(germany, func() {
		twin := s.make(acmCertificate, settings{"domainName": "demo.haven.example", "validationMethod": "DNS"})
		s.make(acmCertificateValidation, settings{"certificateArn": twin.ID})
	})
}
