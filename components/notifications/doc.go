// Package notifications owns how people are told: a topic for each severity, who is subscribed to it, and the rules by
// which what the account's own services find reaches the right one. It is one component per account and region.
//
// It guarantees:
//   - Each topic has somebody subscribed, is encrypted by a key of its region, and takes messages over TLS from the
//     account itself and from four AWS services: EventBridge, CloudWatch alarms, Budgets and Cost Anomaly Detection.
//   - Each finding of GuardDuty, Security Hub's own controls, Inspector and Access Analyzer, each event of AWS Health,
//     and what RDS tells of failures, fail-overs, changes and maintenance of databases, is told once, by its severity.
//     Security Hub's copies of the other services' findings are left out.
//   - Each sign-in of the root user and each use of the emergency role is critical. AWS reports both in us-east-1 too,
//     whatever region they are about: a Forwarding brings them from there.
//
// A subscriber has to confirm by the link in the first message; until then nothing is sent to that address.
//
// https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
// https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event.html
package notifications
