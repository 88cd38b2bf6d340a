// Package operators owns the roles that people take on: to look, to operate, and to act in an emergency.
//
// It guarantees:
//   - Each role is taken on with a second factor, given within the last hour, and for a few hours at most. Nobody has a
//     password or a key of this account by it. The second factor counts in the request itself: a principal that is a
//     role of another identity provider has to bring it along.
//   - Who looks sees configuration, and no customer's data. Who operates can restart services, open a recorded session
//     in a task, make backups and read logs, of this environment only, and can read no secret.
//   - The emergency role can do nearly everything for an hour: it manages no identities, and cannot stop, change or
//     silence what records and reports it. It is taken on in the regions whose alarms report it, and in no other.
//
// AWS's console takes roles on in a region of its choice; where that is refused, use the command line with a regional
// STS endpoint.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
package operators
