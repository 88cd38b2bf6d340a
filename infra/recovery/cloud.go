package recovery

import (
	"context"
	"time"
)

// Cloud is what recovery asks beside bringing up stacks. Every call goes to the region that its argument names, and
// none changes what is one for all regions.
type Cloud interface {
	// Now is its clock.
	Now() (time.Time, error)
	// Copies are those of a tenant's database in a region, those preferred first.
	Copies(ctx context.Context, tenant Tenant, region string) ([]Copy, error)
	// Dumps are the manifests of the tenant's complete dumps in the mirror's bucket, the newest first.
	Dumps(ctx context.Context, bucket, prefix string) ([]Copy, error)
	// Promote makes a replica a database of its own.
	Promote(ctx context.Context, replica string) error
	// Snapshot takes a snapshot of a database, and answers its ARN.
	Snapshot(ctx context.Context, database, name string) (string, error)
	// CopySnapshot copies one to another region, under a key of that one, and answers the copy's ARN.
	CopySnapshot(ctx context.Context, snapshot, region, key string) (string, error)
	// RunRestoration runs a job that brings a dump back off site, and answers of what time the data is.
	RunRestoration(ctx context.Context, job string) (time.Time, error)
	// Refill runs the state machine of that ARN, which brings back a stack's files and reads its database whole, by an
	// execution of that name, and waits for its end. One that is there is found, and not begun again but where it failed.
	Refill(ctx context.Context, machine, name string) error
	// Latch sets the latch that leads a tenant's users: to the standby, or back.
	Latch(ctx context.Context, tenant Tenant, taken bool) error
}

// Deployer brings stacks up and down as their files say.
type Deployer interface {
	Outputs
	Up(ctx context.Context, stacks ...string) error
	Down(ctx context.Context, stacks ...string) error
}

// Watcher is a Deployer that tells of what it makes while it makes it.
type Watcher interface {
	// UpWatching is Up, and tells of each resource as soon as it is as its stack declares it, by its type token and ID.
	UpWatching(ctx context.Context, made func(stack, token, id string), stacks ...string) error
}
