// Package access says whether IAM would allow a request, and why.
//
// It is pure: JSON documents in, a decision with its deciding statement out; it knows no resource, no program and no
// cloud. It decides as AWS does: a Deny that matches is final, then the policies of the principal, of its boundaries,
// of the resource and of the resource's key each have their say.
//
// What is not known never grants: a condition on a key that the request does not speak of makes an Allow not match, and
// the decision names the key. A Deny is then judged as for a request without that key, as AWS judges it.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
package access
