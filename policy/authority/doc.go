// Package authority proves who may do what: that no tenant's role reaches anything of another tenant, and that nobody
// can delete what a restore needs.
//
// A role's authority is what IAM would allow it: its own policies within its boundary, the policy of the resource, the
// policy of the resource's key and the grants on it; and whatever the roles may do that it can take on, by AssumeRole or
// by handing them to a service that works for it. Whatever of a request is the asker's to choose is taken to be chosen
// for the worst. A finding names the way, resource by resource.
//
// Of an environment each tenant is held against all that the others have. Of one stack alone it is held against
// strangers: what a tenant would have whose name begins with this one's, and one whose name has nothing to do with it.
// So a stack that keeps to itself is proven closed without the others, and each of a thousand by itself.
//
// A policy that is not known yet makes a proof undecided. What the network lets through is proven elsewhere.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
package authority
