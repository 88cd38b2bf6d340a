// Package athena asks the queries that a cell has saved in its account's Athena.
//
// The credentials are those that the AWS CLI would use; the SDK looks for them in the same places
// (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html). They need to be allowed to run
// queries in the workgroup, to read its tables and the buckets beneath them, and to write answers. Nothing is asked of
// another account than the one that is named.
package athena
