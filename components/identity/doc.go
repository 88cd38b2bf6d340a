// Package identity declares who may sign in to a tenant: a Cognito user pool of the tenant's own, in which people sign
// in by password or by the customer's own SAML or OIDC provider, and in which scripts have accounts of their own.
//
// It guarantees that nobody makes an account but an administrator; that a password has fourteen characters of every
// kind, is none of the last ones and none that is known to be stolen, and needs a second factor from an authenticator
// app beside it; that a sign-in of high risk is blocked and its account's owner told; that a session ends after the hours given; that an answer never tells whether an account exists; that a
// script may do what it was given and nothing else; and that the pool cannot be deleted but by a teardown. Of users of
// a SAML or OIDC provider it guarantees the session's length: their passwords, second factors and risks are their
// provider's.
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/managing-security.html
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-identity-federation.html
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
package identity
