// Package rotation owns that a tenant's services take up a secret that was rotated.
//
// A task reads its secrets when it starts, and never again. RDS rotates the master password of a database by itself,
// and the old one is no longer valid: a task keeps the connections that it has and cannot open others. So EventBridge
// hears of each rotation of the tenant's secrets and starts a state machine, which asks ECS for a new deployment of
// each of the tenant's services. ECS then replaces their tasks as in any roll-out, and the new ones read the new
// value.
//
// It guarantees:
//   - Only a rotation that succeeded rolls services, and only one of the tenant's secrets. A value that is put by
//     hand does not: a rotation puts values too, before they are valid.
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
// # Passwords that RDS does not rotate
//
// RDS refuses a read replica of an instance whose password it manages, so the password of such an instance is rotated
// here: at once, because the program knows the first one, and then every thirty days. A state machine looks each hour
// at the staging labels of the secret, which say all there is to know: a pending version is kept, the database is
// told it, the version becomes the current one, the services are rolled, the label goes. It guarantees:
//   - The password that the database takes is always in the secret, as the current or the pending version. Wherever
//     an execution dies, the next one finishes, within the hour.
//   - Nothing keeps the password but the secret. What sees it is an express workflow that writes no log, and Step
//     Functions keeps no history of those; its errors repeat none of it, and CloudTrail leaves passwords out.
//   - A rotation that does not finish within fifty minutes, or fails, is told to a topic, each hour until it is
//     mended.
//   - Nobody but this pair of state machines gets a permission: the one may not read the secret, the other may
//     neither move its labels nor roll services.
//
// From when the database takes the new password until it is current, a minute or so, a task that starts is refused
// and started again; RDS's own rotation is no different. Connections stay.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
// https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/monitoring-eventbridge.html
// https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
package rotation
