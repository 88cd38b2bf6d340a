package topics

import (
	"slices"
	"strings"

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
	both := slices.DeleteFunc(clauses(policy, "policy"), func(c access.Clause) bool { return !wholeBucket(c) })
	if policy.Known("policy") && !deniesPlain(both) {
		policy.RefuseFound("policy", "without a Deny of requests that do not come over TLS",
			"one for everybody and everything",
			"add one with aws:SecureTransport = false")
	}
}

// wholeBucket says whether a statement is about a bucket and what is in it.
func wholeBucket(c access.Clause) bool {
	objects := func(r string) bool { return strings.HasSuffix(r, "/*") }
	itself := func(r string) bool { return !objects(r) }
	return slices.Contains(c.Resources, "*") ||
		slices.ContainsFunc(c.Resources, objects) && slices.ContainsFunc(c.Resources, itself)
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
