package edge

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/iamdoc"
	"haven/components/naming"
)

// noncurrentDays is how long a deleted or overwritten log can be brought back.
const noncurrentDays = 30

// accessLogs is the bucket of access logs and what must stand before a load balancer can write to it.
type accessLogs struct {
	bucket *s3.BucketV2
	policy *s3.BucketPolicy
}

func (b *builder) logBucket() (*accessLogs, error) {
	physical := b.args.Scope.Bucket("lb-logs", b.args.Account, b.args.Region)
	bucket, err := s3.NewBucketV2(b.ctx, b.name+"-logs", &s3.BucketV2Args{
		Bucket:       pulumi.String(physical),
		ForceDestroy: pulumi.Bool(!b.args.Protected),
		Tags:         b.tags(physical, naming.Confidential),
	}, b.parent())
	if err != nil {
		return nil, err
	}
	if err := b.closeBucket(bucket); err != nil {
		return nil, err
	}
	if err := b.keepVersions(bucket); err != nil {
		return nil, err
	}
	policy, err := b.bucketPolicy(physical, bucket)
	return &accessLogs{bucket: bucket, policy: policy}, err
}

// closeBucket leaves the bucket encrypted, without access lists, and never public.
func (b *builder) closeBucket(bucket *s3.BucketV2) error {
	_, err := s3.NewBucketServerSideEncryptionConfigurationV2(b.ctx, b.name+"-logs-encryption",
		&s3.BucketServerSideEncryptionConfigurationV2Args{
			Bucket: bucket.ID(),
			Rules: s3.BucketServerSideEncryptionConfigurationV2RuleArray{
				s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
					ApplyServerSideEncryptionByDefault: encryption{SseAlgorithm: pulumi.String("AES256")},
				},
			},
		}, b.parent())
	if err != nil {
		return err
	}
	_, err = s3.NewBucketOwnershipControls(b.ctx, b.name+"-logs-ownership", &s3.BucketOwnershipControlsArgs{
		Bucket: bucket.ID(),
		Rule:   s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, b.parent())
	if err != nil {
		return err
	}
	_, err = s3.NewBucketPublicAccessBlock(b.ctx, b.name+"-logs-public-access", &s3.BucketPublicAccessBlockArgs{
		Bucket:                bucket.ID(),
		BlockPublicAcls:       pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		RestrictPublicBuckets: pulumi.Bool(true),
	}, b.parent())
	return err
}

type encryption = s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs

// keepVersions keeps each log for its time, and what was deleted for a while longer.
func (b *builder) keepVersions(bucket *s3.BucketV2) error {
	versioning, err := s3.NewBucketVersioningV2(b.ctx, b.name+"-logs-versioning", &s3.BucketVersioningV2Args{
		Bucket: bucket.ID(),
		VersioningConfiguration: s3.BucketVersioningV2VersioningConfigurationArgs{
			Status: pulumi.String("Enabled"),
		},
	}, b.parent())
	if err != nil {
		return err
	}
	_, err = s3.NewBucketLifecycleConfigurationV2(b.ctx, b.name+"-logs-lifecycle",
		&s3.BucketLifecycleConfigurationV2Args{
			Bucket: bucket.ID(),
			Rules: s3.BucketLifecycleConfigurationV2RuleArray{s3.BucketLifecycleConfigurationV2RuleArgs{
				Id:     pulumi.String("expire"),
				Status: pulumi.String("Enabled"),
				Filter: s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")},
				Expiration: s3.BucketLifecycleConfigurationV2RuleExpirationArgs{
					Days: pulumi.Int(b.args.LogRetentionDays),
				},
				NoncurrentVersionExpiration: s3.BucketLifecycleConfigurationV2RuleNoncurrentVersionExpirationArgs{
					NoncurrentDays: pulumi.Int(noncurrentDays),
				},
				AbortIncompleteMultipartUpload: s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
					DaysAfterInitiation: pulumi.Int(7),
				},
			}},
		}, b.parent(), pulumi.DependsOn([]pulumi.Resource{versioning}))
	return err
}

// bucketPolicy lets this account's load balancers in this region write their logs, and nobody use plain HTTP.
func (b *builder) bucketPolicy(physical string, bucket *s3.BucketV2) (*s3.BucketPolicy, error) {
	arn := "arn:aws:s3:::" + physical
	balancers := fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:loadbalancer/*", b.args.Region, b.args.Account)
	policy, err := iamdoc.Document{Statements: []iamdoc.Statement{
		{
			Sid:        "DeliverLogs",
			Principals: iamdoc.Principals{Services: []string{"logdelivery.elasticloadbalancing.amazonaws.com"}},
			Actions:    []string{"s3:PutObject"},
			Resources:  []string{arn + "/AWSLogs/" + b.args.Account + "/*"},
			Conditions: iamdoc.Conditions{iamdoc.ArnLike: {"aws:SourceArn": {balancers}}},
		},
		iamdoc.DenyPlainTransport("s3", arn, arn+"/*"),
	}}.Resource()
	if err != nil {
		return nil, err
	}
	return s3.NewBucketPolicy(b.ctx, b.name+"-logs-policy", &s3.BucketPolicyArgs{
		Bucket: bucket.ID(),
		Policy: pulumi.String(policy),
	}, b.parent())
}
