// Package recovery brings tenants back from the copies of their data: it chooses the copy, writes the stack files that
// start from it, and brings those stacks up side by side.
//
// All that it knows of a tenant stands in what the tenant's stack has exported and in its stack file: no call goes to the
// region that is lost. What is no resource but an act — promoting a replica, taking a snapshot back, setting a latch — is
// asked of a [Cloud], in the region that answers.
//
// A replica that was promoted stays a resource of the tenant's own stack, which made it: the stack that takes over names
// it and owns nothing of it, so that to take that one down leaves the data. It goes when the tenant's own stack does,
// and leaves its automated backups.
package recovery
