package bucket

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/iamdoc"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:bucket:Bucket"

// Args are all required, but for KeyARN, AccessLogs, Locked, Writers and Protected.
type Args struct {
	Scope naming.Scope
	// Bucket is the physical name. Changing it makes another bucket.
	Bucket string
	// Class is how sensitive the contents are.
	Class naming.Classification
	// KeyARN encrypts the objects. Default: S3's own keys, for services that can write with no others.
	KeyARN pulumi.StringInput
	// AccessLogs is the name of the bucket, of the same region, that access is logged to. Default: access is not logged.
	AccessLogs pulumi.StringInput
	// RetentionDays is how long objects are kept, at least 1.
	RetentionDays int
	// Locked keeps everyone from deleting an object within RetentionDays (Object Lock, compliance mode). It cannot be
	// undone: the bucket outlives its stack until its last object has expired. Changing it makes another bucket.
	Locked bool
	// Writers are the statements of the bucket's policy beside the one that refuses plain HTTP. Default: none, so that
	// only the account's own identities reach it.
	Writers []iamdoc.Statement
	// Protected refuses to delete the bucket while it holds anything. False only while the stack is torn down.
	Protected bool
}

// Bucket is a bucket that may be written to.
type Bucket struct {
	pulumi.ResourceState
	// Name and ARN are known once the bucket's policy stands, so that a service that tries to write at once may.
	Name, ARN pulumi.StringOutput
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
	return problems.Err()
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
	for _, part := range []func() error{b.encrypt, b.close, b.keep, b.logAccess} {
		if err := part(); err != nil {
			return err
		}
	}
	return b.admit()
}

// admit lets the writers in, and nobody over plain HTTP. Whoever reads the outputs comes after it.
func (b *builder) admit() error {
	arn := ARN(b.args.Bucket)
	statements := append(slices.Clone(b.args.Writers), iamdoc.DenyPlainTransport("s3", arn, arn+"/*"))
	text, err := iamdoc.Document{Statements: statements}.Resource()
	if err != nil {
		return err
	}
	policy, err := s3.NewBucketPolicy(b.ctx, b.name+"-policy", &s3.BucketPolicyArgs{
		Bucket: b.bucket.ID(),
		Policy: pulumi.String(text),
	}, b.parent())
	if err != nil {
		return err
	}
	b.own.Name = policy.Bucket
	b.own.ARN = pulumi.Sprintf("arn:aws:s3:::%s", policy.Bucket)
	return nil
}

func (b *builder) parent() pulumi.ResourceOption { return pulumi.Parent(b.own) }
