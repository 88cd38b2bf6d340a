package archive

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/bucket"
	"haven/components/iamdoc"
	"haven/components/naming"
)

func (b *builder) buckets() error {
	var err error
	source := b.args.bucket(b.args.Region)
	source.KeyARN, source.AccessLogs = b.args.KeyARN, b.args.AccessLogs
	source.KeyOnly, source.StrictLocks = true, true
	source.Refusals = b.args.refusals(source.Bucket, nil, "s3:DeleteObjectVersion")
	if b.source, err = bucket.New(b.ctx, b.name+"-source", source, b.parent()); err != nil {
		return err
	}
	replica := b.args.bucket(b.args.RecoveryRegion)
	replica.KeyARN, replica.AccessLogs = b.args.ReplicaKeyARN, b.args.RecoveryAccessLogs
	replica.Refusals = b.args.refusals(replica.Bucket, []string{"s3:PutObject"},
		"s3:DeleteObject", "s3:DeleteObjectVersion")
	b.replica, err = bucket.New(b.ctx, b.name+"-replica", replica, b.parent(), pulumi.Providers(b.args.Recovery))
	if err != nil {
		return err
	}
	b.own.ReplicaBucket, b.own.ReplicaARN = b.replica.Name, b.replica.ARN
	if err := b.measure("source", b.source, b.parent()); err != nil {
		return err
	}
	return b.measure("replica", b.replica, b.afar())
}

// bucket is what the two have in common.
func (a Args) bucket(region string) bucket.Args {
	return bucket.Args{
		Scope:         a.Scope,
		Bucket:        BucketName(a.Scope, a.Account, region),
		Class:         naming.Confidential,
		KeyForEach:    true,
		RetentionDays: a.RetentionDays,
		Transitions:   transitions(a.RetentionDays),
		OwnEvents:     true,
		Locked:        true,
		LockDays:      a.LockDays,
		Protected:     a.Protected,
	}
}

// Classes charge for so many days, however soon an object leaves them.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
const (
	youngDays   = 30 // in which most of what is restored is restored
	instantDays = 90
	deepDays    = 180
)

// transitions are those that pay before an object expires: each class is held for what it charges at least.
func transitions(retentionDays int) []bucket.Transition {
	var all []bucket.Transition
	if retentionDays >= youngDays+instantDays {
		all = append(all, bucket.Transition{Days: youngDays, Class: "GLACIER_IR"})
	}
	if retentionDays >= youngDays+instantDays+deepDays {
		all = append(all, bucket.Transition{Days: youngDays + instantDays, Class: "DEEP_ARCHIVE"})
	}
	return all
}

// refusals hold for everyone: no writing where none is due, no removing while the archive is protected, no unlocking of
// what is locked. Lifecycle rules and replication ask no bucket's policy about that. A tenant's role carries its tenant
// as a tag.
func (a Args) refusals(name string, writes []string, removals ...string) []iamdoc.Statement {
	deny := func(sid, resource string, conditions iamdoc.Conditions, actions ...string) iamdoc.Statement {
		return iamdoc.Statement{
			Sid:        sid,
			Effect:     iamdoc.Deny,
			Principals: iamdoc.Principals{Anyone: true},
			Actions:    actions,
			Resources:  []string{resource},
			Conditions: conditions,
		}
	}
	arn := bucket.ARN(name)
	all := []iamdoc.Statement{deny("DenyTenantsToConfigure", arn,
		iamdoc.Conditions{"Null": {"aws:PrincipalTag/tenant": {"false"}}},
		"s3:DeleteBucket*", "s3:Put*Configuration", "s3:PutBucket*")}
	if len(writes) > 0 {
		all = append(all, deny("DenyWriting", arn+"/*", nil, writes...))
	}
	if a.Protected {
		removals = append(removals, "s3:BypassGovernanceRetention")
		all = append(all, deny("DenyRemoval", arn+"/*", nil, removals...))
	}
	return all
}

// metricFilter is a dimension of the metrics of requests: all of a bucket's.
const metricFilter = "EntireBucket"

// measure counts the requests to a bucket.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-configurations.html
func (b *builder) measure(which string, of *bucket.Bucket, where pulumi.ResourceOption) error {
	_, err := s3.NewBucketMetric(b.ctx, b.name+"-"+which+"-metric", &s3.BucketMetricArgs{
		Bucket: of.Name,
		Name:   pulumi.String(metricFilter),
	}, where)
	if err != nil {
		return fmt.Errorf("metric of the %s: %w", which, err)
	}
	return nil
}
