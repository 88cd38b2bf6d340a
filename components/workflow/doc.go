// Package workflow declares state machines of Step Functions with what they may do, what starts them and who is told
// when they fail.
//
// A workflow is no component: what it declares are children of the component that it belongs to.
//
// It guarantees:
//   - Its role may do what it was given and nothing else, and Step Functions may assume it for this state machine
//     alone. What starts it has a role of its own, which may start this state machine and nothing else.
//   - It writes no log: the permissions that logging needs, to write the resource policies of CloudWatch Logs among
//     them, cannot be limited to a log group. A standard workflow keeps the history of each execution for 90 days; an
//     express one keeps none, so that what passes through it is written nowhere.
//
// Express workflows run for five minutes at most, and are started by other state machines.
//
// https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
// https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
// https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
package workflow
