package bucket

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// noncurrentDays is how long a deleted or overwritten object can be brought back.
	noncurrentDays = 30
	// incompleteUploadDays is how long an upload may take before its parts are thrown away.
	incompleteUploadDays = 7
	// compliance is the mode of Object Lock that nobody can lift.
	compliance = "COMPLIANCE"
)

// encrypt uses a bucket key where there is a key, unless each object is to have a call to KMS of its own.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
func (b *builder) encrypt() error {
	rule := s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
		ApplyServerSideEncryptionByDefault: encryption{SseAlgorithm: pulumi.String("AES256")},
	}
	if b.args.KeyARN != nil {
		rule = s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
			ApplyServerSideEncryptionByDefault: encryption{
				SseAlgorithm:   pulumi.String("aws:kms"),
				KmsMasterKeyId: b.args.KeyARN.ToStringOutput().ToStringPtrOutput(),
			},
			BucketKeyEnabled: pulumi.Bool(!b.args.KeyForEach),
		}
	}
	_, err := s3.NewBucketServerSideEncryptionConfigurationV2(b.ctx, b.name+"-encryption",
		&s3.BucketServerSideEncryptionConfigurationV2Args{
			Bucket: b.bucket.ID(),
			Rules:  s3.BucketServerSideEncryptionConfigurationV2RuleArray{rule},
		}, b.parent())
	return err
}

type encryption = s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs

// close leaves the bucket without access lists, and never public.
func (b *builder) close() error {
	_, err := s3.NewBucketOwnershipControls(b.ctx, b.name+"-ownership", &s3.BucketOwnershipControlsArgs{
		Bucket: b.bucket.ID(),
		Rule:   s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, b.parent())
	if err != nil {
		return err
	}
	_, err = s3.NewBucketPublicAccessBlock(b.ctx, b.name+"-public-access", &s3.BucketPublicAccessBlockArgs{
		Bucket:                b.bucket.ID(),
		BlockPublicAcls:       pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		RestrictPublicBuckets: pulumi.Bool(true),
	}, b.parent())
	return err
}

// keep keeps every version for its time.
func (b *builder) keep() error {
	versioning, err := s3.NewBucketVersioningV2(b.ctx, b.name+"-versioning", &s3.BucketVersioningV2Args{
		Bucket: b.bucket.ID(),
		VersioningConfiguration: s3.BucketVersioningV2VersioningConfigurationArgs{
			Status: pulumi.String("Enabled"),
		},
	}, b.parent())
	if err != nil {
		return err
	}
	b.own.Versioned = versioning
	versioned := pulumi.DependsOn([]pulumi.Resource{versioning})
	if err := b.lock(versioned); err != nil {
		return err
	}
	return b.expire(versioned)
}

// expire is bound by no lock in what it marks as deleted, and by each lock in what it removes.
func (b *builder) expire(versioned pulumi.ResourceOption) error {
	rule := s3.BucketLifecycleConfigurationV2RuleArgs{
		Id:     pulumi.String("expire"),
		Status: pulumi.String("Enabled"),
		Filter: s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")},
		Expiration: s3.BucketLifecycleConfigurationV2RuleExpirationArgs{
			Days: pulumi.Int(b.args.RetentionDays),
		},
		NoncurrentVersionExpiration: s3.BucketLifecycleConfigurationV2RuleNoncurrentVersionExpirationArgs{
			NoncurrentDays: pulumi.Int(noncurrentDays),
		},
		AbortIncompleteMultipartUpload: s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
			DaysAfterInitiation: pulumi.Int(incompleteUploadDays),
		},
	}
	settings := &s3.BucketLifecycleConfigurationV2Args{Bucket: b.bucket.ID()}
	if len(b.args.Transitions) > 0 {
		rule.Transitions = b.args.transitions()
		settings.TransitionDefaultMinimumObjectSize = pulumi.String("all_storage_classes_128K")
	}
	settings.Rules = s3.BucketLifecycleConfigurationV2RuleArray{rule}
	_, err := s3.NewBucketLifecycleConfigurationV2(b.ctx, b.name+"-lifecycle", settings, b.parent(), versioned)
	return err
}

func (a Args) transitions() s3.BucketLifecycleConfigurationV2RuleTransitionArray {
	var all s3.BucketLifecycleConfigurationV2RuleTransitionArray
	for _, transition := range a.Transitions {
		all = append(all, s3.BucketLifecycleConfigurationV2RuleTransitionArgs{
			Days:         pulumi.Int(transition.Days),
			StorageClass: pulumi.String(transition.Class),
		})
	}
	return all
}

func (b *builder) lock(versioned pulumi.ResourceOption) error {
	if !b.args.Locked {
		return nil
	}
	_, err := s3.NewBucketObjectLockConfigurationV2(b.ctx, b.name+"-lock", &s3.BucketObjectLockConfigurationV2Args{
		Bucket:            b.bucket.ID(),
		ObjectLockEnabled: pulumi.String("Enabled"),
		Rule: s3.BucketObjectLockConfigurationV2RuleArgs{
			DefaultRetention: s3.BucketObjectLockConfigurationV2RuleDefaultRetentionArgs{
				Mode: pulumi.String(compliance),
				Days: pulumi.Int(b.args.lockDays()),
			},
		},
	}, b.parent(), versioned)
	return err
}

// logAccess names each log after the bucket and the day of what it tells of, so that both can be found by prefix.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
func (b *builder) logAccess() error {
	if b.args.AccessLogs == nil {
		return nil
	}
	_, err := s3.NewBucketLoggingV2(b.ctx, b.name+"-logging", &s3.BucketLoggingV2Args{
		Bucket:       b.bucket.ID(),
		TargetBucket: b.args.AccessLogs,
		TargetPrefix: pulumi.String("s3/"),
		TargetObjectKeyFormat: s3.BucketLoggingV2TargetObjectKeyFormatArgs{
			PartitionedPrefix: s3.BucketLoggingV2TargetObjectKeyFormatPartitionedPrefixArgs{
				PartitionDateSource: pulumi.String("EventTime"),
			},
		},
	}, b.parent())
	return err
}

// announce has EventBridge told of what is made and deleted, where a rule can listen.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
func (b *builder) announce() error {
	if b.args.OwnEvents {
		return nil
	}
	_, err := s3.NewBucketNotification(b.ctx, b.name+"-notification", &s3.BucketNotificationArgs{
		Bucket:      b.bucket.ID(),
		Eventbridge: pulumi.Bool(true),
	}, b.parent())
	return err
}
