// Package restoration brings the files of a tenant back from a dump, and its database too where that has no other source,
// and reads the database whole.
//
// A state machine runs one task of the dump's program. It brings back what the dump holds, and reads every index of every
// table: what RDS makes from a snapshot is there long before it is fast, because its blocks come from S3 when they are
// first asked for. A database that came back by other means is read while the files come back, one that is loaded from
// the dump afterwards. Whoever brings a tenant back starts the machine as soon as it is there, while the rest of the stack
// is made, by an execution that is named after the dump: to start it again is to find the same.
//
// It guarantees: the task reads this tenant's dumps and nothing else of the archive, writes this tenant's files and
// database and nothing else, and verifies the whole dump before it touches anything; the machine may run this task and
// look at it, and nothing else; an execution succeeds once everything is back and was read, and fails otherwise.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
package restoration
