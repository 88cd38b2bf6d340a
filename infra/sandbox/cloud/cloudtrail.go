package cloud

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

const cloudTrailService = "cloudtrail.amazonaws.com"

// Trails: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html.
func cloudTrailTypes() []*Type {
	return []*Type{{
		Token: cloudTrailTrail, ID: func(c *Call) string { return c.arn("cloudtrail", "trail/"+c.text("name")) },
		References: []Reference{
			toKey("kmsKeyId", cloudTrail.says("CreateTrail", "KmsKeyNotFoundException", "KMS key '%s' does not exist")),
			toRole("cloudWatchLogsRoleArn", trailRoleRefused),
		},
		Unique: []Unique{{Property: "name", Taken: cloudTrail.says("CreateTrail", "TrailAlreadyExistsException",
			"Trail %s already exists")}},
		Refuse: firstOf(refuseTrailName, onCreate(refuseTooManyTrails), refuseOrganizationTrail, refuseTrailBucket,
			refuseTrailKey, refuseTrailLogs, refuseTrailInsights),
		Computed: trailOutputs,
	}}
}

var (
	trailName        = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{1,126}[a-zA-Z0-9]$`)
	trailRoleRefused = cloudTrail.says("CreateTrail", "InvalidCloudWatchLogsRoleArnException",
		"Access denied. Verify in IAM that the role has adequate permissions.")
)

func refuseTrailName(c *Call) error {
	if !trailName.MatchString(c.text("name")) {
		return cloudTrail.says("CreateTrail", "InvalidTrailNameException",
			"Trail name must be 3 to 128 letters, digits, '.', '_' and '-', and begin and end with a letter or digit.")
	}
	return nil
}

// refuseTooManyTrails: a trail of all regions counts in each.
func refuseTooManyTrails(c *Call) error {
	count := 0
	for _, trail := range c.World.List(cloudTrailTrail, c.Account, "") {
		if trail.Region == c.Region || props.Flag(trail.Outputs, "isMultiRegionTrail") {
			count++
		}
	}
	return c.within(trailsPerRegion, count+1, cloudTrail.refuses("CreateTrail",
		"MaximumNumberOfTrailsExceededException", "User: %s already has %d trails in %s.", c.Account, count, c.Region))
}

// refuseOrganizationTrail: the sandbox's accounts belong to no organization.
func refuseOrganizationTrail(c *Call) error {
	if c.flag("isOrganizationTrail") {
		return cloudTrail.says("CreateTrail", "OrganizationsNotInUseException",
			"Your account is not a member of an organization.").withStatus(404)
	}
	return nil
}

// refuseTrailBucket:
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html.
func refuseTrailBucket(c *Call) error {
	name := c.text("s3BucketName")
	if name == "" {
		return nil
	}
	bucket, found := c.findBucket(name)
	if !found {
		return cloudTrail.refuses("CreateTrail", "S3BucketDoesNotExistException", "S3 bucket %s does not exist!", name)
	}
	prefix := "/"
	if given := c.text("s3KeyPrefix"); given != "" {
		prefix = "/" + given + "/"
	}
	context := c.trailContext()
	context["s3:x-amz-acl"] = "bucket-owner-full-control"
	if !c.bucketLets(bucket, cloudTrailService, "s3:GetBucketAcl", "", context) ||
		!c.bucketLets(bucket, cloudTrailService, "s3:PutObject", prefix+"AWSLogs/"+c.Account+"/x", context) {
		return cloudTrail.refuses("CreateTrail", "InsufficientS3BucketPolicyException",
			"Incorrect S3 bucket policy is detected for bucket: %s", name)
	}
	return nil
}

func (c *Call) trailContext() map[string]string {
	return map[string]string{"aws:SourceArn": c.ID, "aws:SourceAccount": c.Account}
}

// refuseTrailKey: the key lies in the bucket's region, and its policy lets CloudTrail use it,
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html.
func refuseTrailKey(c *Call) error {
	key, found := c.findKey(c.Region, c.text("kmsKeyId"))
	bucket, _ := c.findBucket(c.text("s3BucketName"))
	if !found {
		return nil
	}
	document, err := parsePolicy(key.Text("policy"))
	context := c.trailContext()
	context["kms:EncryptionContext:aws:cloudtrail:arn"] = c.ID
	refused := err != nil || bucket.Region != key.Region
	for _, action := range []string{"kms:GenerateDataKey", "kms:DescribeKey"} {
		refused = refused || !document.lets(cloudTrailService, action, key.Text("arn"), context)
	}
	if refused {
		return cloudTrail.refuses("CreateTrail", "InsufficientEncryptionPolicyException",
			"Insufficient permissions to access S3 bucket %s or KMS key %s.", bucket.ID, key.Text("arn"))
	}
	return nil
}

// refuseTrailLogs:
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html.
func refuseTrailLogs(c *Call) error {
	group, role := c.text("cloudWatchLogsGroupArn"), c.text("cloudWatchLogsRoleArn")
	if group == "" && !c.has("cloudWatchLogsGroupArn") {
		return nil
	}
	if !c.has("cloudWatchLogsRoleArn") {
		return cloudTrail.says("CreateTrail", "InvalidCloudWatchLogsRoleArnException",
			"You must specify a role ARN as well as a log group.")
	}
	if group == "" || role == "" {
		return nil
	}
	arn, whole := strings.CutSuffix(group, ":*")
	if _, found := c.find(logGroup, "arn", arn); !whole || !found {
		return cloudTrail.says("CreateTrail", "InvalidCloudWatchLogsLogGroupArnException",
			"CloudTrail cannot validate the specified log group ARN.")
	}
	if assumed, found := c.findGlobal(iamRole, "arn", role); found && !trusts(assumed, cloudTrailService, c.ID) {
		return trailRoleRefused
	}
	return nil
}

// refuseTrailInsights:
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html.
func refuseTrailInsights(c *Call) error {
	selectors := props.Maps(c.Inputs, "advancedEventSelectors[*]")
	if len(selectors) == 0 || len(props.Maps(c.Inputs, "insightSelectors[*]")) == 0 {
		return nil
	}
	for _, selector := range selectors {
		for _, field := range props.Maps(selector, "fieldSelectors[*]") {
			if Text(field, "field") == "eventCategory" && slices.Contains(props.Texts(field, "equals[*]"), "Management") {
				return nil
			}
		}
	}
	return cloudTrail.says("PutInsightSelectors", "InvalidInsightSelectorsException",
		"Insights can be enabled only for trails that log management events.")
}

func trailOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.ID).
		text("homeRegion", c.Region).
		text("snsTopicArn", "").
		values
}
