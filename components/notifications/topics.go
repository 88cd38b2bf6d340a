package notifications

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/iamdoc"
	"haven/components/keys"
	"haven/components/naming"
)

// signatureVersion 2 signs messages by SHA-256.
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
const signatureVersion = 2

// events is EventBridge. Neither a topic's policy nor a key's may narrow it by a source's account or ARN: it gives none
// to encrypted topics, so that nothing would ever arrive.
// https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
const events = "events.amazonaws.com"

var spending = []string{"budgets.amazonaws.com", "costalerts.amazonaws.com"}

const alarms = "cloudwatch.amazonaws.com"

// topics declares a topic for each severity; the ARNs follow its policy.
func (n *Notifications) topics(ctx *pulumi.Context, name string, args Args) (map[Severity]pulumi.StringOutput, error) {
	key, err := keys.NewRegional(ctx, name+"-key", keys.RegionalArgs{
		Scope:       args.Scope,
		Account:     args.Account,
		Part:        "notifications",
		Description: "the notifications",
		Uses:        args.keyUses(),
	}, pulumi.Parent(n))
	if err != nil {
		return nil, err
	}
	arns := map[Severity]pulumi.StringOutput{}
	for _, severity := range severities {
		if arns[severity], err = n.topic(ctx, name+"-"+string(severity), args, severity, key.ARN); err != nil {
			return nil, fmt.Errorf("topic %s: %w", severity, err)
		}
	}
	return arns, nil
}

func (n *Notifications) topic(
	ctx *pulumi.Context, name string, args Args, severity Severity, keyARN pulumi.StringInput,
) (pulumi.StringOutput, error) {
	physical := args.Scope.Name(string(severity))
	topic, err := sns.NewTopic(ctx, name, &sns.TopicArgs{
		Name:             pulumi.String(physical),
		DisplayName:      pulumi.String(fmt.Sprintf("%s: %s", args.Scope.Environment, severity)),
		KmsMasterKeyId:   keyARN.ToStringOutput(),
		SignatureVersion: pulumi.Int(signatureVersion),
		Tags:             pulumi.ToStringMap(args.Scope.Tags("notifications", physical, naming.Internal)),
	}, pulumi.Parent(n))
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	text, err := args.access(physical).Resource()
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	policy, err := sns.NewTopicPolicy(ctx, name+"-policy", &sns.TopicPolicyArgs{
		Arn:    topic.Arn,
		Policy: pulumi.String(text),
	}, pulumi.Parent(n))
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	for _, email := range args.emails(severity) {
		_, err := sns.NewTopicSubscription(ctx, name+"-"+email, &sns.TopicSubscriptionArgs{
			Topic:    topic.Arn,
			Protocol: pulumi.String("email"),
			Endpoint: pulumi.String(email),
		}, pulumi.Parent(n))
		if err != nil {
			return pulumi.StringOutput{}, err
		}
	}
	return policy.Arn, nil
}

// access lets the services publish to the topic of that name, and nobody over plain HTTP. SNS takes no "sns:*" here.
// https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
func (a Args) access(physical string) iamdoc.Document {
	topic := fmt.Sprintf("arn:aws:sns:%s:%s:%s", a.Region, a.Account, physical)
	publish := func(sid string, conditions iamdoc.Conditions, services ...string) iamdoc.Statement {
		return iamdoc.Statement{
			Sid:        sid,
			Principals: iamdoc.Principals{Services: services},
			Actions:    []string{"sns:Publish"},
			Resources:  []string{topic},
			Conditions: conditions,
		}
	}
	alarm := fmt.Sprintf("arn:aws:cloudwatch:%s:%s:alarm:*", a.Region, a.Account)
	denyPlain := iamdoc.DenyPlainTransport("sns", topic)
	denyPlain.Actions = []string{"sns:Publish"}
	return iamdoc.Document{Statements: []iamdoc.Statement{
		publish("PublishEvents", nil, events),
		publish("PublishAlarms", iamdoc.FromAccount(a.Account, alarm), alarms),
		publish("PublishSpending", iamdoc.FromAccount(a.Account), spending...),
		denyPlain,
	}}
}

// keyUses let the same services, and the account's own principals by way of SNS, encrypt what they publish.
func (a Args) keyUses() []iamdoc.Statement {
	encrypt := func(sid string, conditions iamdoc.Conditions, services ...string) iamdoc.Statement {
		return iamdoc.Statement{
			Sid:        sid,
			Principals: iamdoc.Principals{Services: services},
			Actions:    []string{"kms:Decrypt", "kms:GenerateDataKey*"},
			Resources:  []string{"*"},
			Conditions: conditions,
		}
	}
	return append([]iamdoc.Statement{
		encrypt("EncryptEvents", nil, events),
		encrypt("EncryptFromAccount", iamdoc.FromAccount(a.Account), append([]string{alarms}, spending...)...),
	}, keys.UseThrough(a.Account, a.Region, "sns")...)
}
