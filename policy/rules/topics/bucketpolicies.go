package topics

import (
	"slices"

	"haven/policy/access"
	"haven/policy/rules"
)

var bucketPolicies = []rules.Rule{
	on("s3-policy-no-public", notPublic("policy"), bucketPolicy),
	across("s3-policy-no-foreign-account", noForeignAccount("policy"), bucketPolicy),
	across("s3-tls-only", companion(bucketPolicy, "bucket", "a policy that denies what does not come over TLS",
		onlyTLS), bucket),
	on("s3-policy-no-lockout", noLockout, bucketPolicy),
}

func onlyTLS(policy *rules.Look) {
	if policy.Known("policy") && !deniesPlain(clauses(policy, "policy")) {
		policy.RefuseFound("policy", "without a Deny of requests that do not come over TLS",
			"one for everybody and everything",
			"add one with aws:SecureTransport = false")
	}
}

func noLockout(l *rules.Look) {
	for _, c := range clauses(l, "policy") {
		all := slices.Contains(c.Actions, "*") || slices.Contains(c.Actions, "s3:*") || slices.Contains(c.Actions,
			"s3:PutBucketPolicy")
		if c.Deny && all && slices.Contains(c.Principals[access.AWS], "*") && len(c.Conditions) == 0 {
			l.RefuseFound("policy", "closed to everybody but the root user in "+statement(c), "a condition on whom it denies",
				"add a condition")
		}
	}
}
