package bucket

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/iamdoc"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:bucket:Bucket"

// Args are all required, but for KeyARN and what follows AccessLogs, RetentionDays excepted.
type Args struct {
	Scope naming.Scope
	// Bucket is the physical name. Changing it makes another bucket.
	Bucket string
	// Class is how sensitive the contents are.
	Class naming.Classification
	// KeyARN encrypts the objects. Default: S3's own keys, for services that can write with no others.
	KeyARN pulumi.StringInput
	// KeyForEach asks KMS for each object, with the object's ARN as the encryption context, so that a policy can hold
	// whoever reads to a prefix; each costs a call. Default: one for many, by a bucket key, with the bucket's ARN.
	KeyForEach bool
	// KeyOnly refuses objects that ask for another encryption than by KeyARN, which it needs.
	KeyOnly bool
	// AccessLogs is the name of the bucket, of the same region, that access is logged to. Default: access is not logged.
	AccessLogs pulumi.StringInput
	// OwnEvents is for whoever declares itself whom the bucket tells of its objects: S3 keeps one declaration of it for a
	// bucket. Default: EventBridge is told.
	OwnEvents bool
	// RetentionDays is how long objects are kept, at least 1.
	RetentionDays int
	// Transitions move objects to cheaper storage, in the order of their days. Objects below 128 KiB stay, for they
	// would cost more. Default: none moves.
	Transitions []Transition
	// Locked keeps everyone from deleting an object within LockDays (Object Lock, compliance mode). It cannot be undone:
	// the bucket outlives its stack until its last object has expired. Changing it makes another bucket.
	Locked bool
	// LockDays is how long an object is locked that says nothing else itself, up to RetentionDays. Default: RetentionDays.
	LockDays int
	// StrictLocks refuses objects that ask for a lock in another mode, for less than LockDays or for more than
	// RetentionDays.
	StrictLocks bool
	// Writers are the statements of the bucket's policy that let others than the account's own identities reach it.
	// Default: none.
	Writers []iamdoc.Statement
	// Refusals are the statements that deny, beside the one that refuses plain HTTP. Default: none.
	Refusals []iamdoc.Statement
	// Protected refuses to delete the bucket while it holds anything. False only while the stack is torn down.
	Protected bool
}

// Transition moves objects to a storage class, "GLACIER_IR" for instance, so many days after they were written.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
type Transition struct {
	Days  int
	Class string
}

// Bucket is a bucket that may be written to.
type Bucket struct {
	pulumi.ResourceState
	// Name and ARN are known once the bucket's policy stands, so that a service that tries to write at once may.
	Name, ARN pulumi.StringOutput
	// Versioned is what keeps versions; what needs them, as replication does, depends on it.
	Versioned pulumi.Resource
}

// ARN is the ARN of the bucket of that name, for policies that are written before the bucket is there.
func ARN(name string) string { return "arn:aws:s3:::" + name }

// New makes a bucket.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Bucket, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("bucket %s: %w", name, err)
	}
	b := &Bucket{}
	if err := ctx.RegisterComponentResource(Type, name, b, opts...); err != nil {
		return nil, fmt.Errorf("bucket %s: %w", name, err)
	}
	if err := (&builder{ctx: ctx, own: b, name: name, args: args}).declare(); err != nil {
		return nil, fmt.Errorf("bucket %s: %w", name, err)
	}
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{"name": b.Name, "arn": b.ARN})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Bucket", a.Bucket != "")
	problems.Require("Class", a.Class != "")
	problems.Require("RetentionDays", a.RetentionDays > 0)
	problems.Require("KeyARN", a.KeyARN != nil || !a.KeyForEach && !a.KeyOnly)
	if a.LockDays != 0 && a.RetentionDays > 0 {
		problems.Within("LockDays", a.LockDays, 1, a.RetentionDays)
	}
	return problems.Err()
}

func (a Args) lockDays() int {
	if a.LockDays == 0 {
		return a.RetentionDays
	}
	return a.LockDays
}

// builder declares a bucket part by part.
type builder struct {
	ctx    *pulumi.Context
	own    *Bucket
	name   string
	args   Args
	bucket *s3.BucketV2
}

func (b *builder) declare() error {
	var err error
	b.bucket, err = s3.NewBucketV2(b.ctx, b.name+"-bucket", &s3.BucketV2Args{
		Bucket:            pulumi.String(b.args.Bucket),
		ForceDestroy:      pulumi.Bool(!b.args.Protected),
		ObjectLockEnabled: pulumi.Bool(b.args.Locked),
		Tags:              pulumi.ToStringMap(b.args.Scope.Tags("bucket", b.args.Bucket, b.args.Class)),
	}, b.parent())
	if err != nil {
		return err
	}
	for _, part := range []func() error{b.encrypt, b.close, b.keep, b.logAccess, b.announce} {
		if err := part(); err != nil {
			return err
		}
	}
	return b.admit()
}

func (b *builder) parent() pulumi.ResourceOption { return pulumi.Parent(b.own) }
