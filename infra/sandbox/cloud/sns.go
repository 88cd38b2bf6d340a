package cloud

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Topics: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html.
func snsTypes() []*Type {
	return []*Type{
		{
			Token: snsTopic, ID: func(c *Call) string { return c.arn("sns", c.name("name")) },
			References: []Reference{toKey("kmsMasterKeyId", sns.says("CreateTopic", "KMSNotFoundException",
				"Key '%s' does not exist"))},
			Unique: []Unique{{Property: "name", Taken: sns.says("CreateTopic", "InvalidParameter", "Invalid parameter:"+
				" Attributes Reason: Topic already exists with different attributes")}},
			Refuse: firstOf(refuseTopicName, refuseSignatureVersion), Computed: topicOutputs,
		},
		{
			Token: snsTopicPolicy, ID: func(c *Call) string { return c.text("arn") },
			References: []Reference{toTopic("arn", "SetTopicAttributes")},
			Refuse:     refuseTopicPolicy,
			Computed:   func(c *Call) map[string]property.Value { return c.outputs().text("owner", c.Account).values },
		},
		{
			Token:      snsTopicSubscription,
			ID:         func(c *Call) string { return c.text("topic") + ":" + uuid(randomHex(32)) },
			References: []Reference{toTopic("topic", "Subscribe")},
			Refuse:     refuseEndpoint, Computed: subscriptionOutputs,
		},
	}
}

// toTopic is a topic; it may go while it is named, and takes its subscriptions along.
func toTopic(property, operation string) Reference {
	return Reference{Property: property, To: snsTopic, By: "arn",
		NotFound: sns.says(operation, "NotFound", "Topic does not exist").withStatus(404)}
}

var topicName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

func refuseTopicName(c *Call) error {
	if name := c.text("name"); name != "" && !topicName.MatchString(name) && !c.flag("fifoTopic") {
		return sns.says("CreateTopic", "InvalidParameter", "Invalid parameter: Topic Name")
	}
	return nil
}

// refuseSignatureVersion: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html.
func refuseSignatureVersion(c *Call) error {
	return inRange("signatureVersion", "signature_version", 1, 2)(c)
}

func topicOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		fillText("name", lastPart(c.ID, ":")).
		text("arn", c.ID).
		text("owner", c.Account).
		text("beginningArchiveTime", "").
		values
}

// topicActions are what a topic's policy may speak of:
// https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html.
var topicActions = []string{
	"sns:addpermission", "sns:deletetopic", "sns:getdataprotectionpolicy", "sns:gettopicattributes",
	"sns:listsubscriptionsbytopic", "sns:listtagsforresource", "sns:publish", "sns:putdataprotectionpolicy",
	"sns:receive", "sns:removepermission", "sns:settopicattributes", "sns:subscribe",
}

// refuseTopicPolicy: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html.
func refuseTopicPolicy(c *Call) error {
	refused := func(reason string) error {
		return sns.says("SetTopicAttributes", "InvalidParameter", "Invalid parameter: "+reason)
	}
	text, topic := c.text("policy"), c.text("arn")
	if text == "" {
		return nil
	}
	document, err := parsePolicy(text)
	if err != nil || len(document.Statement) == 0 {
		return refused("Policy Reason: Invalid policy document")
	}
	for _, s := range document.Statement {
		outOfScope := func(action string) bool { return !slices.Contains(topicActions, strings.ToLower(action)) }
		switch {
		case s.Principal == nil && s.NotPrincipal == nil || len(s.Action)+len(s.NotAction) == 0:
			return refused("Policy Error: null")
		case slices.ContainsFunc(slices.Concat(s.Action, s.NotAction), outOfScope):
			return refused("Policy statement action out of service scope!")
		case slices.ContainsFunc(s.Resource, func(resource string) bool { return resource != topic }):
			return refused("Policy Reason: Policy statement resource must match the topic's ARN")
		}
	}
	if len(document.strangers(c)) > 0 {
		return refused("Policy Error: PrincipalNotFound")
	}
	return nil
}

// refuseEndpoint: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html.
func refuseEndpoint(c *Call) error {
	endpoint := c.text("endpoint")
	if protocol := c.text("protocol"); endpoint == "" || protocol != "email" && protocol != "email-json" {
		return nil
	}
	if parsed, err := mail.ParseAddress(endpoint); err != nil || parsed.Address != endpoint {
		return sns.says("Subscribe", "InvalidParameter", "Invalid parameter: Email address")
	}
	return nil
}

// subscriptionOutputs: an address confirms by the link it is sent, which in the sandbox nobody follows.
// https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
func subscriptionOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.ID).
		text("ownerId", c.Account).
		set("confirmationWasAuthenticated", property.New(false)).
		set("pendingConfirmation", property.New(c.text("protocol") == "email" || c.text("protocol") == "email-json")).
		values
}
