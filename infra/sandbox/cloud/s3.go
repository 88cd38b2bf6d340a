package cloud

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Buckets and what is configured of them: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.
func s3Types() []*Type {
	return []*Type{
		{
			Token: s3Bucket, ID: func(c *Call) string { return c.name("bucket") },
			Refuse: onCreate(firstOf(refuseBucketName, refuseBucketTaken, tooManyBuckets)), Computed: bucketOutputs,
			RefuseDelete: refuseBucketDelete,
		},
		ofBucket(s3Policy, "PutBucketPolicy", refuseBucketPolicy),
		ofBucket(s3PublicAccessBlock, "PutPublicAccessBlock", nil),
		ofBucket(s3OwnershipControls, "PutBucketOwnershipControls", nil),
		ofBucket(s3Versioning, "PutBucketVersioning", refuseVersioning),
		ofBucket(s3Encryption, "PutBucketEncryption", refuseEncryption,
			toKey("rules[*].applyServerSideEncryptionByDefault.kmsMasterKeyId",
				s3.says("PutBucketEncryption", "KMS.NotFoundException", "Key '%s' does not exist"))),
		ofBucket(s3Lifecycle, "PutBucketLifecycleConfiguration", refuseLifecycle),
		ofBucket(s3Logging, "PutBucketLogging", nil, Reference{Property: "targetBucket", To: s3Bucket, By: "bucket",
			NotFound: s3.says("PutBucketLogging", "InvalidTargetBucketForLogging",
				"The target bucket for logging does not exist")}),
	}
}

// ofBucket is a part of a bucket's configuration; it goes by the bucket's name, and with the bucket.
func ofBucket(token, operation string, refuse check, more ...Reference) *Type {
	bucket := Reference{Property: "bucket", To: s3Bucket, By: "bucket",
		NotFound: s3.says(operation, "NoSuchBucket", "The specified bucket does not exist").withStatus(404)}
	return &Type{
		Token: token, ID: func(c *Call) string { return c.text("bucket") },
		References: append([]Reference{bucket}, more...), Refuse: refuse,
	}
}

var (
	bucketName         = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	reservedBucketName = regexp.MustCompile(`^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$`)
)

// refuseBucketName: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html.
func refuseBucketName(c *Call) error {
	name := c.ID
	_, err := netip.ParseAddr(name)
	if err == nil || !bucketName.MatchString(name) || reservedBucketName.MatchString(name) ||
		strings.Contains(name, "..") {
		return s3.says("CreateBucket", "InvalidBucketName", "The specified bucket is not valid.")
	}
	return nil
}

// refuseBucketTaken: names are shared by all accounts and regions.
func refuseBucketTaken(c *Call) error {
	for _, other := range c.World.List(s3Bucket, "", "") {
		switch {
		case other.ID != c.ID:
		case other.Account == c.Account:
			return s3.says("CreateBucket", "BucketAlreadyOwnedByYou",
				"Your previous request to create the named bucket"+
					" succeeded and you already own it.").withStatus(409)
		default:
			return s3.says("CreateBucket", "BucketAlreadyExists",
				"The requested bucket name is not available. The bucket"+
					" namespace is shared by all users of the system. Please select a different name and try"+
					" again.").withStatus(409)
		}
	}
	return nil
}

// tooManyBuckets counts those of all regions.
func tooManyBuckets(c *Call) error {
	return c.within(bucketsPerAccount, c.World.Count(s3Bucket, c.Account, "")+1, s3.says("CreateBucket",
		"TooManyBuckets", "You have attempted to create more buckets than allowed"))
}

func bucketOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", "arn:aws:s3:::"+c.ID).
		fillText("bucket", c.ID).
		text("bucketDomainName", c.ID+".s3.amazonaws.com").
		text("bucketRegionalDomainName", c.ID+".s3."+c.Region+".amazonaws.com").
		text("hostedZoneId", regions[c.Region].website).
		text("region", c.Region).
		fill("objectLockEnabled", property.New(false)).
		fillText("requestPayer", "BucketOwner").
		values
}

func malformedBucketPolicy(message string) error {
	return s3.says("PutBucketPolicy", "MalformedPolicy", message)
}

// refuseBucketPolicy: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html.
func refuseBucketPolicy(c *Call) error {
	text, bucket := c.text("policy"), c.text("bucket")
	if text == "" {
		return nil
	}
	document, err := parsePolicy(text)
	switch {
	case errors.Is(err, errNoPolicy):
		return malformedBucketPolicy("Policies must be valid JSON and the first byte must be '{'")
	case err != nil || len(document.Statement) == 0:
		return malformedBucketPolicy("Policy has invalid syntax")
	}
	for _, s := range document.Statement {
		if problem := bucketStatementProblem(s, bucket); problem != "" {
			return malformedBucketPolicy(problem)
		}
	}
	if len(document.strangers(c)) > 0 {
		return malformedBucketPolicy("Invalid principal in policy")
	}
	return refusePublicPolicy(c, document)
}

func bucketStatementProblem(s statement, bucket string) string {
	resources := slices.Concat(s.Resource, s.NotResource)
	switch {
	case s.Effect != "Allow" && s.Effect != "Deny":
		return "Missing required field Effect"
	case s.Principal == nil && s.NotPrincipal == nil:
		return "Missing required field Principal"
	case len(s.Action) == 0 && len(s.NotAction) == 0:
		return "Missing required field Action"
	case len(resources) == 0:
		return "Missing required field Resource"
	}
	objects, whole := false, false
	for _, resource := range resources {
		name, key := strings.CutPrefix(resource, "arn:aws:s3:::"+bucket)
		if !key || name != "" && !strings.HasPrefix(name, "/") {
			return "Policy has invalid resource"
		}
		objects, whole = objects || name != "", whole || name == ""
	}
	for _, action := range s.Action {
		switch {
		case action != "*" && !strings.HasPrefix(action, "s3:"):
			return "Policy has invalid action"
		case strings.Contains(action, "Bucket") && !whole, strings.Contains(action, "Object") &&
			!strings.Contains(action, "Bucket") && !objects:
			return "Action does not apply to any resource(s) in statement"
		}
	}
	return ""
}

// refusePublicPolicy: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html.
func refusePublicPolicy(c *Call, document policyDocument) error {
	block, found := c.find(s3PublicAccessBlock, "bucket", c.text("bucket"))
	if !found || !props.Flag(block.Outputs, "blockPublicPolicy") {
		return nil
	}
	for _, s := range document.Statement {
		if s.Effect == "Allow" && s.names("AWS", "*") && len(s.Condition) == 0 {
			return s3.refuses("PutBucketPolicy", "AccessDenied",
				"User: arn:aws:iam::%s:root is not authorized to perform:"+
					" s3:PutBucketPolicy on resource: \"arn:aws:s3:::%s\" because public policies are blocked by the"+
					" BlockPublicPolicy block public access setting.", c.Account, c.text("bucket")).withStatus(403)
		}
	}
	return nil
}

// refuseVersioning: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html, versioning is never undone.
func refuseVersioning(c *Call) error {
	if c.Old == nil {
		return nil
	}
	was, is := props.Text(c.Old.Inputs, "versioningConfiguration.status"), c.text("versioningConfiguration.status")
	if is == "Disabled" && was != "" && was != "Disabled" {
		return fmt.Errorf("versioning_configuration.status cannot be updated from '%s' to '%s'", was, is)
	}
	if is != enabled {
		return c.refuseSuspension()
	}
	return nil
}

// refuseSuspension: what needs versions keeps a bucket from suspending them.
func (c *Call) refuseSuspension() error {
	refused := func(message string) error {
		return s3.says("PutBucketVersioning", "InvalidBucketState", message).withStatus(409)
	}
	bucket, _ := c.findBucket(c.text("bucket"))
	_, replicated := c.find(s3Replication, "bucket", bucket.ID)
	switch {
	case c.isLocked(bucket):
		return refused("An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.")
	case replicated:
		return refused("A replication configuration is present on this bucket, so you cannot change the versioning state." +
			" To change the versioning state, first delete the replication configuration.")
	}
	return nil
}

// refuseEncryption: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html.
func refuseEncryption(c *Call) error {
	for _, rule := range props.Maps(c.Inputs, "rules[*].applyServerSideEncryptionByDefault") {
		if Text(rule, "kmsMasterKeyId") != "" && !strings.HasPrefix(Text(rule, "sseAlgorithm"), "aws:kms") {
			return s3.says("PutBucketEncryption", "InvalidArgument",
				"a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse")
		}
	}
	return nil
}

// refuseLifecycle:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html.
func refuseLifecycle(c *Call) error {
	seen := map[string]bool{}
	for _, rule := range props.Maps(c.Inputs, "rules[*]") {
		id := Text(rule, "id")
		if seen[id] {
			return lifecycleRefused("Rule ID must be unique. Found same ID for one or more rules")
		}
		seen[id] = true
		if err := refuseLifecycleRule(rule); err != nil {
			return err
		}
	}
	return nil
}

func lifecycleRefused(format string, args ...any) error {
	return s3.refuses("PutBucketLifecycleConfiguration", "InvalidArgument", format, args...)
}

var lifecycleActions = []string{"abortIncompleteMultipartUpload", "expiration", "noncurrentVersionExpiration",
	"noncurrentVersionTransitions", "transitions"}

func refuseLifecycleRule(rule property.Map) error {
	if !slices.ContainsFunc(lifecycleActions, func(name string) bool { return !absent(rule, name) }) {
		return s3.says("PutBucketLifecycleConfiguration", "InvalidRequest",
			"At least one action needs to be specified in a rule")
	}
	expires, hasExpiry := numberAt(rule, "expiration.days")
	for _, transition := range props.Maps(rule, "transitions[*]") {
		days, given := numberAt(transition, "days")
		class := Text(transition, "storageClass")
		switch {
		case given && days < 30 && strings.HasSuffix(class, "_IA"):
			return lifecycleRefused("'Days' in Transition action must be greater than or equal to 30 for"+
				" storageClass '%s'",
				class)
		case given && hasExpiry && expires <= days:
			return lifecycleRefused("'Days' in the Expiration action for rule '%s' must be greater than 'Days' in the"+
				" Transition action", Text(rule, "id"))
		}
	}
	return nil
}
