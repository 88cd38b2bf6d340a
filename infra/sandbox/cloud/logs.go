package cloud

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Log groups: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html.
func logsTypes() []*Type {
	return []*Type{{
		Token: logGroup, ID: func(c *Call) string { return c.name("name") },
		References: []Reference{toKey("kmsKeyId", logKeyRefused)},
		Unique: []Unique{{Property: "name", Taken: cloudWatchLogs.says("CreateLogGroup",
			"ResourceAlreadyExistsException",
			"The specified log group already exists")}},
		Refuse:   firstOf(refuseLogGroupName, refuseRetention, refuseLogKey),
		Computed: logGroupOutputs,
	}}
}

var logGroupName = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)

func refuseLogGroupName(c *Call) error {
	if name := c.text("name"); name != "" && !logGroupName.MatchString(name) {
		return fmt.Errorf(`"name" isn't a valid log group name (alphanumeric characters, underscores, hyphens, slashes,`+
			` hash signs and dots are allowed, up to 512 characters): %q`, name)
	}
	return nil
}

// retentions: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html; 0 is
// for ever.
var retentions = []int{0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
	3288, 3653}

func refuseRetention(c *Call) error {
	if days, ok := c.number("retentionInDays"); ok && !slices.Contains(retentions, days) {
		return fmt.Errorf("expected retention_in_days to be one of %v, got %d", retentions, days)
	}
	return nil
}

var logKeyRefused = cloudWatchLogs.says("CreateLogGroup", "AccessDeniedException",
	"The specified KMS key does not exist or is not allowed to be used with Arn '%s'")

// refuseLogKey: the key's policy must let the logs service of the region use it for this group,
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html.
func refuseLogKey(c *Call) error {
	key, found := c.findKey(c.Region, c.text("kmsKeyId"))
	if !found {
		return nil
	}
	group := c.arn("logs", "log-group:"+c.ID)
	context := map[string]string{
		"kms:EncryptionContext:aws:logs:arn": group, "aws:SourceArn": group, "aws:SourceAccount": c.Account,
	}
	document, err := parsePolicy(key.Text("policy"))
	for _, action := range []string{"kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"} {
		allowed := slices.ContainsFunc(document.Statement, func(s statement) bool {
			return s.allows("Service", "logs."+c.Region+".amazonaws.com", action, key.Text("arn"), context)
		})
		if err != nil || !allowed {
			return logKeyRefused.With(group)
		}
	}
	return nil
}

func logGroupOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		fillText("name", c.ID).
		text("arn", c.arn("logs", "log-group:"+c.ID)).
		fillText("logGroupClass", "STANDARD").
		values
}
