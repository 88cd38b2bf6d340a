// Package routing declares the way from a tenant's host to its tasks: certificate, DNS record, listener rule, target
// group.
//
// It guarantees that a tenant answers for its own host alone, with a certificate of its own that ACM issues and renews
// and whose key never leaves AWS, and that a request reaches healthy tasks only. No cookie of the load balancer is set:
// any task may answer any request.
//
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-update-rules.html
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
package routing
