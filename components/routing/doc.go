// Package routing declares the way from a tenant's host to its tasks: certificate, DNS record, listener rules, target
// groups.
//
// It guarantees that a tenant answers for its own host alone, with a certificate of its own that ACM issues and renews
// and whose key never leaves AWS, and that a request reaches healthy tasks only. Any web task may answer any request:
// no cookie of the load balancer binds a person to one. Where people sign in at the load balancer, nothing else reaches
// a task, but for what bears a token on the paths named for it. A page that is shown in place of the tenant stands
// before all of that and changes none of it. Where a standby takes the host over, all that takes is there beforehand.
//
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-update-rules.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
package routing
