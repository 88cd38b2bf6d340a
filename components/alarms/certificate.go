package alarms

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// certificateAlarms: ACM renews 60 days before a certificate expires, and tries again until it has. One that has
// expired reports no days any more, and its alarm stays.
// https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
// https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
func certificateAlarms(certificate pulumi.StringInput) []alarm {
	days := metric{
		"AWS/CertificateManager", "DaysToExpiry", pulumi.StringMap{"CertificateArn": certificate}, "Minimum",
	}
	return []alarm{{
		part: "certificate", severity: warning,
		description: "The certificate expires within 45 days, and was not renewed. Look at its validation records.",
		measured:    days, is: below, threshold: 45, seconds: day, periods: 1, missing: ignore,
	}, {
		part: "certificate-expiring", severity: critical,
		description: "The certificate expires within 14 days: browsers will refuse the site. Restore its validation records.",
		measured:    days, is: below, threshold: 14, seconds: day, periods: 1, missing: ignore,
	}}
}

// standbyAlarms are those of the certificate that waits in another region, whose names say so.
func standbyAlarms(certificate pulumi.StringInput) []alarm {
	all := certificateAlarms(certificate)
	for i := range all {
		all[i].part = "standby-" + all[i].part
		all[i].description = "Where the host is taken over: " + all[i].description
	}
	return all
}
