// Package quotas owns what AWS is asked to let an account have in one region beyond what every account has.
//
// It guarantees that databases are not refused for their number while data is brought back: a generation that is brought
// back stands beside the one that it replaces, with groups of its own, and that may be so for all tenants of a cell at
// once. AWS grants a request in minutes, or after somebody has looked at it; nothing here waits for that. What has been
// granted stays when the component goes.
//
// https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
package quotas
