package cloud

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

const configService = "config.amazonaws.com"

// AWS Config: https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html.
func cfgTypes() []*Type {
	return []*Type{
		{
			Token: cfgRecorder, ID: func(c *Call) string { return named(c, "default") },
			References: []Reference{toRole("roleArn", recorderRoleRefused)},
			Refuse:     firstOf(onCreate(refuseSecondRecorder), refuseServiceLinkedRole, refuseRecordingGroup),
			Computed:   func(c *Call) map[string]property.Value { return c.outputs().fillText("name", c.ID).values },
		},
		{
			Token: cfgDeliveryChannel, ID: func(c *Call) string { return named(c, "default") },
			Refuse:       firstOf(onCreate(refuseSecondChannel), refuseChannelBucket),
			Computed:     func(c *Call) map[string]property.Value { return c.outputs().fillText("name", c.ID).values },
			RefuseDelete: refuseChannelDelete,
		},
		{
			Token: cfgRecorderStatus, ID: func(c *Call) string { return c.text("name") },
			References: []Reference{{Property: "name", To: cfgRecorder, By: "name",
				NotFound: awsConfig.says("StartConfigurationRecorder", "NoSuchConfigurationRecorderException",
					"Cannot find configuration recorder with the specified name '%s'.")}},
			Refuse: refuseStart,
		},
		{
			Token: cfgRule, ID: func(c *Call) string { return c.text("name") },
			Unique: []Unique{{Property: "name", Taken: awsConfig.says("PutConfigRule", "ResourceInUseException",
				"The rule %s exists already.")}},
			Refuse: firstOf(refuseRuleName, refuseManagedRule, refuseRuleWithoutRecorder), Computed: configRuleOutputs,
		},
	}
}

func named(c *Call, otherwise string) string {
	if name := c.text("name"); name != "" {
		return name
	}
	return otherwise
}

// refuseSecondRecorder: one customer managed recorder per account and region,
// https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigurationRecorder.html.
func refuseSecondRecorder(c *Call) error {
	if len(c.list(cfgRecorder)) > 0 {
		return awsConfig.refuses("PutConfigurationRecorder", "MaxNumberOfConfigurationRecordersExceededException",
			"Failed to put configuration recorder '%s' because the maximum number of configuration recorders: 1 is"+
				" reached.", c.ID)
	}
	return nil
}

var recorderRoleRefused = awsConfig.says("PutConfigurationRecorder", "InvalidRoleException",
	"The role '%s' does not exist or cannot be assumed by AWS Config.")

// refuseServiceLinkedRole: such a role must have been made before,
// https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html.
func refuseServiceLinkedRole(c *Call) error {
	arn := c.text("roleArn")
	if !strings.Contains(arn, ":role/aws-service-role/") {
		return nil
	}
	if _, found := c.findGlobal(iamServiceLinkedRole, "arn", arn); !found {
		return recorderRoleRefused.With(arn)
	}
	return nil
}

// refuseRecordingGroup: https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html.
func refuseRecordingGroup(c *Call) error {
	all := c.flag("recordingGroup.allSupported")
	if all && len(c.texts("recordingGroup.resourceTypes[*]")) > 0 ||
		!all && c.flag("recordingGroup.includeGlobalResourceTypes") {
		return awsConfig.says("PutConfigurationRecorder", "InvalidRecordingGroupException",
			"The recording group provided is not valid")
	}
	return nil
}

// refuseSecondChannel: https://docs.aws.amazon.com/config/latest/APIReference/API_PutDeliveryChannel.html.
func refuseSecondChannel(c *Call) error {
	switch {
	case len(c.list(cfgRecorder)) == 0:
		return awsConfig.says("PutDeliveryChannel", "NoAvailableConfigurationRecorderException",
			"Configuration recorder is not available to put delivery channel.")
	case len(c.list(cfgDeliveryChannel)) > 0:
		return awsConfig.refuses("PutDeliveryChannel", "MaxNumberOfDeliveryChannelsExceededException",
			"Failed to put delivery channel '%s' because the maximum number of delivery channels: 1 is reached.", c.ID)
	}
	return nil
}

// refuseChannelBucket: the bucket's and the key's policies let AWS Config in, and the bucket has no Object Lock, which
// it does not support. https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html,
// https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html.
func refuseChannelBucket(c *Call) error {
	name, keyARN := c.text("s3BucketName"), c.text("s3KmsKeyArn")
	if name == "" {
		return nil
	}
	bucket, found := c.findBucket(name)
	if !found {
		return awsConfig.refuses("PutDeliveryChannel", "NoSuchBucketException",
			"Cannot find a S3 bucket with an empty bucket name or the specified name '%s'.", name)
	}
	context := map[string]string{"aws:SourceAccount": c.Account, "s3:x-amz-acl": "bucket-owner-full-control"}
	lets := func(action, object string) bool { return c.bucketLets(bucket, configService, action, object, context) }
	if c.isLocked(bucket) || !lets("s3:GetBucketAcl", "") || !lets("s3:ListBucket", "") ||
		!lets("s3:PutObject", "/AWSLogs/"+c.Account+"/Config/x") || !c.keyLetsConfig(bucket.Region, keyARN) {
		return awsConfig.refuses("PutDeliveryChannel", "InsufficientDeliveryPolicyException",
			"Insufficient delivery policy to s3 bucket: %s, unable to write to bucket, provided s3 key prefix is '%s',"+
				" provided kms key is '%s'.", name, orNull(c.text("s3KeyPrefix")), orNull(keyARN))
	}
	return nil
}

// keyLetsConfig: the key must lie in the bucket's region.
func (c *Call) keyLetsConfig(region, keyARN string) bool {
	if keyARN == "" {
		return true
	}
	key, found := c.findKey(region, keyARN)
	document, err := parsePolicy(key.Text("policy"))
	context := map[string]string{"aws:SourceAccount": c.Account}
	return found && err == nil && document.lets(configService, "kms:GenerateDataKey", keyARN, context) &&
		document.lets(configService, "kms:Decrypt", keyARN, context)
}

func orNull(text string) string {
	if text == "" {
		return "null"
	}
	return text
}

// refuseChannelDelete: https://docs.aws.amazon.com/config/latest/APIReference/API_DeleteDeliveryChannel.html.
func refuseChannelDelete(c *Call) error {
	for _, status := range c.list(cfgRecorderStatus) {
		if props.Flag(status.Outputs, "isEnabled") {
			return awsConfig.refuses("DeleteDeliveryChannel", "LastDeliveryChannelDeleteFailedException",
				"Failed to delete last specified delivery channel with name '%s', because there is a running"+
					" configuration recorder.", c.ID)
		}
	}
	return nil
}

// refuseStart: https://docs.aws.amazon.com/config/latest/APIReference/API_StartConfigurationRecorder.html.
func refuseStart(c *Call) error {
	if c.flag("isEnabled") && len(c.list(cfgDeliveryChannel)) == 0 {
		return awsConfig.says("StartConfigurationRecorder", "NoAvailableDeliveryChannelException",
			"Delivery channel is not available to start configuration recorder.")
	}
	return nil
}

func refuseRuleName(c *Call) error {
	if name := c.text("name"); len(name) > 128 {
		return fmt.Errorf("expected length of name to be in the range (0 - 128), got %s", name)
	}
	return nil
}

var managedRule = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$`)

// refuseManagedRule: https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html.
func refuseManagedRule(c *Call) error {
	identifier, parameters := c.text("source.sourceIdentifier"), c.text("inputParameters")
	if c.text("source.owner") == "AWS" && identifier != "" && !managedRule.MatchString(identifier) {
		return awsConfig.refuses("PutConfigRule", "InvalidParameterValueException",
			"The sourceIdentifier %s is invalid. Please refer to the documentation for a list of valid"+
				" sourceIdentifiers that can be used when AWS is the Owner.", identifier)
	}
	var plain map[string]string
	if parameters != "" && json.Unmarshal([]byte(parameters), &plain) != nil {
		return awsConfig.refuses("PutConfigRule", "InvalidParameterValueException",
			"Invalid json %s passed in the inputParameters field.", parameters)
	}
	return nil
}

// refuseRuleWithoutRecorder: https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigRule.html.
func refuseRuleWithoutRecorder(c *Call) error {
	if len(c.list(cfgRecorder)) == 0 {
		return awsConfig.says("PutConfigRule", "NoAvailableConfigurationRecorderException",
			"Configuration Recorder is not available to put config rule.")
	}
	return nil
}

func configRuleOutputs(c *Call) map[string]property.Value {
	id := "config-rule-" + digest(6, c.Account, c.Region, c.ID)
	return c.outputs().
		keep("ruleId", property.New(id)).
		text("arn", c.arn("config", "config-rule/"+id)).
		values
}
