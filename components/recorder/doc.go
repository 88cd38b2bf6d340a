// Package recorder owns the record of how a region's resources are configured, and the rules that it is judged by: one
// component per account and region.
//
// It guarantees:
//   - Every change of every resource type that AWS Config knows is recorded, continuously; that of global ones (IAM) in
//     the home region only, so that it is recorded once.
//   - The history lies in a bucket of the region itself, encrypted by a key of its own, which only AWS Config of this
//     account writes to. It has no lock: AWS Config delivers to no locked bucket. The audit trail, which is locked,
//     tells who changed anything in it.
//   - AWS's own rules judge every resource, each time it changes or once a day: what is found reaches Security Hub.
//
// The home region's recorder makes the role that AWS Config works by, AWSServiceRoleForConfig, which an account has
// once: where it exists already, import it (`pulumi import`) before the first update.
//
// https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html
// https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html
// https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
package recorder
