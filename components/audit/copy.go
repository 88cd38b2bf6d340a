package audit

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/bucket"
	"haven/components/iamdoc"
	"haven/components/keys"
	"haven/components/replica"
)

// copyLogs copies the log files to the recovery region. A key asks for each of them there, so that the role of the
// replication is held to this bucket's objects.
func (b *builder) copyLogs(key *keys.RegionalKey, logs *bucket.Bucket) error {
	copied, err := keys.NewRegional(b.ctx, b.name+"-replica-key", keys.RegionalArgs{
		Scope:       b.args.Scope,
		Account:     b.args.Account,
		Part:        "audit-replica",
		Description: "the copy of the audit trail",
		Uses: []iamdoc.Statement{
			keys.ReadThrough(b.args.Account, b.args.RecoveryRegion, "s3"),
			keys.WriteThrough(b.args.Account, b.args.RecoveryRegion, "s3"),
		},
	}, b.parent(), pulumi.Providers(b.args.Recovery))
	if err != nil {
		return err
	}
	settings := b.args.bucket(b.args.RecoveryRegion)
	settings.KeyARN, settings.AccessLogs, settings.KeyForEach = copied.ARN, b.args.RecoveryAccessLogs, true
	settings.Refusals = []iamdoc.Statement{b.args.refuseWriting()}
	target, err := bucket.New(b.ctx, b.name+"-replica", settings, b.parent(), pulumi.Providers(b.args.Recovery))
	if err != nil {
		return err
	}
	b.audit.ReplicaBucketARN = target.ARN
	if err := b.announce(logs, b.name+"-logs-notification", b.parent()); err != nil {
		return err
	}
	abroad := pulumi.Composite(b.parent(), pulumi.Provider(b.args.Recovery))
	if err := b.announce(target, b.name+"-replica-notification", abroad); err != nil {
		return err
	}
	side := func(of *bucket.Bucket, region string, key, topic pulumi.StringInput) replica.Side {
		return replica.Side{Bucket: of, Name: b.args.bucketName(region), Region: region, KeyARN: key, TopicARN: topic}
	}
	_, err = replica.Declare(b.ctx, b.name, replica.Args{
		Scope:     b.args.Scope,
		Account:   b.args.Account,
		Part:      "audit",
		Source:    side(logs, b.args.Region, key.ARN, b.args.Topics.Region),
		Target:    side(target, b.args.RecoveryRegion, copied.ARN, b.args.Topics.Recovery),
		BucketKey: true,
		Subject:   "Log files of the audit trail",
		Failures:  "S3 says of each log file whether it was copied, in its replication status.",
		Recovery:  b.args.Recovery,
	}, b.parent())
	return err
}

// announce sends events about what is in a bucket to EventBridge.
func (b *builder) announce(of *bucket.Bucket, name string, where pulumi.ResourceOption) error {
	_, err := s3.NewBucketNotification(b.ctx, name, &s3.BucketNotificationArgs{
		Bucket:      of.Name,
		Eventbridge: pulumi.Bool(true),
	}, where)
	return err
}

// refuseWriting holds for everyone but replication, which asks no bucket's policy about it.
func (a Args) refuseWriting() iamdoc.Statement {
	actions := []string{"s3:PutObject"}
	if a.Protected {
		actions = append(actions, "s3:DeleteObject", "s3:DeleteObjectVersion")
	}
	return iamdoc.Statement{
		Sid:        "DenyWriting",
		Effect:     iamdoc.Deny,
		Principals: iamdoc.Principals{Anyone: true},
		Actions:    actions,
		Resources:  []string{bucket.ARN(a.bucketName(a.RecoveryRegion)) + "/*"},
	}
}
