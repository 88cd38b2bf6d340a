// Package credentials declares a secret of a tenant that nobody chooses: a generated value in Secrets Manager.
//
// It guarantees that the value is generated once, and anew only when the program is told to rotate it, is encrypted with
// the tenant's key, is a Pulumi secret wherever it passes, and has a replica under the recovery region's key, so that
// recovery finds it with the primary region gone. A deleted secret can be recovered for 30 days; its name carries a
// random ending, so that a tenant that comes back within that time is not refused.
//
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/create-manage-multi-region-secrets.html
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
package credentials
