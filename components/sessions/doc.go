// Package sessions owns how a region's people and programs get inside of machines: by Session Manager, and by no other
// way. It is one component per account and region.
//
// It guarantees that each session is encrypted by a key of its own beside TLS, is logged as it goes to an encrypted log
// group, and ends after 20 idle minutes or an hour; that what automations write is logged encrypted too; and that no
// document of Systems Manager can be shared with everybody.
//
// The preferences are a document of a fixed name. Where it exists already, since somebody saved preferences in AWS's
// console, import it (`pulumi import`) before the first update.
//
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-create-preferences-cli.html
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-enable-encryption.html
// https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-ssm-sharing.html
package sessions
