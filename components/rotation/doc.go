// Package rotation owns that a tenant's services take up a secret that was rotated.
//
// A task reads its secrets when it starts, and never again. RDS rotates the master password of a database by itself,
// and the old one is no longer valid: a task keeps the connections that it has and cannot open others. So EventBridge
// hears of each rotation of the tenant's secrets and starts a state machine, which asks ECS for a new deployment of
// each of the tenant's services. ECS then replaces their tasks as in any roll-out, and the new ones read the new value.
//
// It guarantees:
//   - Only a rotation that succeeded rolls services, and only one of the tenant's secrets. A value that is put by hand
//     does not: a rotation puts values too, before they are valid.
//   - The role of the state machine may update these services and nothing else. Without iam:PassRole it cannot give
//     them another task definition. That of EventBridge may start the state machine and nothing else.
//   - What ECS refuses is tried again for ten minutes. What fails then shows in the metric ExecutionsFailed of the
//     state machine, which package alarms watches.
//   - A rotation that failed is told to a topic, where there is one.
//
// Step Functions is the simplest that calls ECS: EventBridge itself has no target that updates a service, and a
// function would be code to keep and a runtime to patch.
//
// EventBridge hears of rotations by way of CloudTrail: the account needs a trail that logs management events, as the
// account's stack has one.
//
// What the program rotates, as the cache's token, needs none of this: task definitions name its version.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/monitoring-eventbridge.html
// https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
package rotation
