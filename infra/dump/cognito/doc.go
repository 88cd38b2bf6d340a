// Package cognito reads who may sign in from a user pool of Amazon Cognito, and brings them back into another.
//
// AWS has no backup of user pools: accounts are listed and made again. What comes back of an account is its attributes
// (the address, whether it was verified, the name), its groups and whether it was enabled. What does not:
//   - The password: nobody is told it, so that a new one that nobody knows takes its place. Its owner asks for another at
//     the sign-in page ("Forgot your password?"), by a code sent to the verified address. Nobody is sent anything before
//     they ask, so that a drill stays unheard. Without SES, Cognito sends some fifty mails a day.
//   - The second factor: its owner enrols an authenticator app at the first sign-in. Until then the mailbox alone proves
//     who somebody is; an administrator who wants more disables the accounts first.
//   - The identifier "sub", which Cognito draws: an application that keeps it has to find its people by their address.
//   - Accounts of a SAML or OIDC provider, and their groups: Cognito makes them anew when their owners sign in.
//   - Clients, their secrets and the pool's settings: the stack declares them.
//
// Accounts that are there already stay as they are, so that bringing them back can be done again after a failure.
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/disaster-recovery-resiliency.html
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserPassword.html
package cognito
