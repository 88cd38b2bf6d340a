package iamdoc

// TrustService lets an AWS service assume a role, on behalf of this account's resources only. Sources are the ARNs, "*"
// and "?" allowed, of the resources it may act for; without one any of the account's.
//
// The conditions keep the service from being used as a confused deputy by another account.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
func TrustService(service, account string, sources ...string) Document {
	return Document{Statements: []Statement{{
		Principals: Principals{Services: []string{service}},
		Actions:    []string{"sts:AssumeRole"},
		Conditions: FromAccount(account, sources...),
	}}}
}

// FromAccount are the conditions that a service acts for this account, and for one of these resources where any is
// given.
func FromAccount(account string, sources ...string) Conditions {
	conditions := Conditions{StringEquals: {"aws:SourceAccount": {account}}}
	if len(sources) > 0 {
		conditions[ArnLike] = map[string][]string{"aws:SourceArn": sources}
	}
	return conditions
}

// DenyPlainTransport denies every action of a service ("s3") on these resources to a request that did not come over
// TLS. A repository's policy names none.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
func DenyPlainTransport(service string, resources ...string) Statement {
	return Statement{
		Sid:        "DenyPlainTransport",
		Effect:     Deny,
		Principals: Principals{Anyone: true},
		Actions:    []string{service + ":*"},
		Resources:  resources,
		Conditions: Conditions{Bool: {"aws:SecureTransport": {"false"}}},
	}
}
