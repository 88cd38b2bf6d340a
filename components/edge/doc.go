// Package edge owns what faces the internet for a cell: its DNS zone, its certificate and its load balancer.
//
// It guarantees:
//   - Clients reach the cell over TLS 1.2 or 1.3 with forward secrecy only; plain HTTP is redirected and never served.
//     Browsers are told to stay with HTTPS for two years, not to guess content types, and not to be framed elsewhere.
//   - Only Amazon's authority may issue certificates below the cell's domain, and none for wildcards.
//   - The load balancer stands in every zone, forwards to the private subnets on the application's port and nowhere
//     else, and answers 404 to whatever no tenant's rule matches.
//   - One load balancer serves many tenants, so a request that is not exactly RFC 7230 is refused: nothing can be
//     smuggled from one tenant's connection into another's.
//   - Every request is logged to a bucket that nobody else can write to and that keeps deleted logs for 30 days. Its
//     encryption is S3's own (AES-256), the only one that load balancers can write with; access to it is not logged to
//     itself, which would never end.
//
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
// https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html
package edge
