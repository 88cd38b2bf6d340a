package archive

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/bucket"
	"haven/components/naming"
	"haven/components/replica"
)

// Type is the component's type token.
const Type = "haven:archive:Archive"

// part names everything within the stack.
const part = "archive"

// longestLockDays is what Object Lock takes at most: a hundred years.
const longestLockDays = 36500

// Args are all required, but for AccessLogs, RecoveryAccessLogs, Topics and Protected.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits.
	Account string
	// Region holds the bucket, RecoveryRegion its replica. They differ. Changing one makes other buckets.
	Region, RecoveryRegion string
	// KeyARN encrypts the objects, ReplicaKeyARN those of the replica; each is of its bucket's region.
	KeyARN, ReplicaKeyARN pulumi.StringInput
	// AccessLogs and RecoveryAccessLogs are the buckets, of each region, that access is logged to. Default: it is not.
	AccessLogs, RecoveryAccessLogs pulumi.StringInput
	// LockDays is how long an object is locked that asks for no longer itself, 1 to 36,500.
	LockDays int
	// RetentionDays is how long objects are kept, and the longest lock that one may ask for: LockDays to 36,500, and as
	// many as any tenant's tier locks.
	RetentionDays int
	// Topics are told of alarms. Default: nobody is.
	Topics Topics
	// Recovery is the provider of RecoveryRegion.
	Recovery *aws.Provider
	// Protected keeps everyone from deleting versions, and the buckets while they hold any. False only while the stack
	// is torn down; what is locked stays nevertheless.
	Protected bool
}

// Topics are the ARNs of the SNS topics that critical alarms tell, in each region.
type Topics struct {
	Region, Recovery pulumi.StringInput
}

// Archive is a cell's bucket of backups.
type Archive struct {
	pulumi.ResourceState
	// Bucket and ARN are known once everything stands that an object's copies depend on.
	Bucket, ARN pulumi.StringOutput
	// ReplicaBucket and ReplicaARN are those of the recovery region.
	ReplicaBucket, ReplicaARN pulumi.StringOutput
	// QueueARN and QueueURL are the queue that tells of new objects.
	QueueARN, QueueURL pulumi.StringOutput
}

// BucketName is the name of the archive's bucket in a region, that of the recovery region included.
func BucketName(scope naming.Scope, account, region string) string {
	return scope.Bucket(part, account, region)
}

// Prefix is what the keys of a tenant's objects begin with.
func Prefix(tenant string) string { return "tenants/" + tenant + "/" }

// New makes an archive.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Archive, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	a := &Archive{}
	if err := ctx.RegisterComponentResource(Type, name, a, opts...); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	if err := (&builder{ctx: ctx, own: a, name: name, args: args}).declare(); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{
		"bucket":        a.Bucket,
		"arn":           a.ARN,
		"replicaBucket": a.ReplicaBucket,
		"replicaArn":    a.ReplicaARN,
		"queueArn":      a.QueueARN,
		"queueUrl":      a.QueueURL,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("RecoveryRegion", a.RecoveryRegion != "")
	problems.OtherRegion("RecoveryRegion", a.RecoveryRegion, "Region", a.Region)
	problems.Require("KeyARN", a.KeyARN != nil)
	problems.Require("ReplicaKeyARN", a.ReplicaKeyARN != nil)
	problems.Within("LockDays", a.LockDays, 1, longestLockDays)
	problems.Within("RetentionDays", a.RetentionDays, max(a.LockDays, 1), longestLockDays)
	problems.Require("Recovery", a.Recovery != nil)
	return problems.Err()
}

// builder declares an archive part by part.
type builder struct {
	ctx             *pulumi.Context
	own             *Archive
	name            string
	args            Args
	source, replica *bucket.Bucket
}

func (b *builder) declare() error {
	if err := b.buckets(); err != nil {
		return err
	}
	if err := b.replicate(); err != nil {
		return err
	}
	if err := b.tell(); err != nil {
		return fmt.Errorf("events: %w", err)
	}
	return b.alarms()
}

// replicate copies everything to the replica. Whoever reads the archive's name comes after it.
func (b *builder) replicate() error {
	side := func(of *bucket.Bucket, region string, key, topic pulumi.StringInput) replica.Side {
		return replica.Side{Bucket: of, Name: BucketName(b.args.Scope, b.args.Account, region), Region: region, KeyARN: key,
			TopicARN: topic}
	}
	name, err := replica.Declare(b.ctx, b.name, replica.Args{
		Scope:    b.args.Scope,
		Account:  b.args.Account,
		Part:     part,
		Source:   side(b.source, b.args.Region, b.args.KeyARN, b.args.Topics.Region),
		Target:   side(b.replica, b.args.RecoveryRegion, b.args.ReplicaKeyARN, b.args.Topics.Recovery),
		Subject:  "Backups",
		Failures: "The queue " + b.args.queueName(unreplicated) + " names the objects and the reasons.",
		Recovery: b.args.Recovery,
	}, b.parent())
	if err != nil {
		return err
	}
	b.own.Bucket = name
	b.own.ARN = pulumi.Sprintf("arn:aws:s3:::%s", name)
	return nil
}

func (b *builder) parent() pulumi.ResourceOption { return pulumi.Parent(b.own) }

// afar makes a child in the recovery region.
func (b *builder) afar() pulumi.ResourceOption {
	return pulumi.Composite(b.parent(), pulumi.Provider(b.args.Recovery))
}

func (b *builder) tags(physical string) pulumi.StringMap {
	return pulumi.ToStringMap(b.args.Scope.Tags(part, physical, naming.Internal))
}
