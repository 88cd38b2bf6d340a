package cloud

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Object Lock: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html.
func s3LockTypes() []*Type {
	return []*Type{
		ofBucket(s3ObjectLock, "PutObjectLockConfiguration", refuseObjectLock),
		{
			Token: s3AccountPublicAccessBlock, Global: true, ID: accountOf,
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().fillText("accountId", c.Account).values
			},
		},
	}
}

func accountOf(c *Call) string {
	if account := c.text("accountId"); account != "" {
		return account
	}
	return c.Account
}

// refuseObjectLock: a lock needs versions, and a retention is either in days or in years, of at least one.
func refuseObjectLock(c *Call) error {
	const operation = "PutObjectLockConfiguration"
	bucket := c.text("bucket")
	versioning, found := c.find(s3Versioning, "bucket", bucket)
	if !found || props.Text(versioning.Outputs, "versioningConfiguration.status") != "Enabled" {
		return s3.says(operation, "InvalidBucketState",
			"Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration").withStatus(409)
	}
	days, inDays := c.number("rule.defaultRetention.days")
	years, inYears := c.number("rule.defaultRetention.years")
	if c.has("rule") && (inDays == inYears || inDays && days < 1 || inYears && years < 1) {
		return s3.says(operation, "InvalidArgument", "Default retention period must be a positive integer value.")
	}
	return nil
}

// isLocked says whether Object Lock is turned on for a bucket, at its creation or since.
func (c *Call) isLocked(bucket Resource) bool {
	_, configured := c.World.Find(s3ObjectLock, bucket.Account, bucket.Region, "bucket", bucket.ID)
	return configured || props.Flag(bucket.Outputs, "objectLockEnabled")
}

// findBucket is a bucket of the account's in any region.
func (c *Call) findBucket(name string) (Resource, bool) {
	for _, bucket := range c.World.List(s3Bucket, c.Account, "") {
		if bucket.ID == name {
			return bucket, true
		}
	}
	return Resource{}, false
}

// bucketLets says whether a bucket's policy lets a service act on the bucket or one of its objects, in a context of
// condition keys.
func (c *Call) bucketLets(bucket Resource, service, action, object string, context map[string]string) bool {
	policy, found := c.World.Find(s3Policy, bucket.Account, bucket.Region, "bucket", bucket.ID)
	document, err := parsePolicy(policy.Text("policy"))
	return found && err == nil && document.lets(service, action, bucket.Text("arn")+object, context)
}

// lets says whether one of a policy's statements allows that to a service.
func (d policyDocument) lets(service, action, resource string, context map[string]string) bool {
	return slices.ContainsFunc(d.Statement, func(s statement) bool {
		return s.allows("Service", service, action, resource, context)
	})
}
