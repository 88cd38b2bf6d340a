package rotation

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sfn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/iamdoc"
)

// events start the machine when a rotation succeeds, and tell the topic when one fails.
func (d declaration) events(machine *sfn.StateMachine) error {
	const start = part + "-start"
	role, err := d.role(assumed{
		part:        start,
		description: "Starts what rolls the services of " + d.args.Scope.Stack,
		service:     "events.amazonaws.com",
		source:      d.args.arn("events", "rule/"+d.args.Scope.Name(part+"-succeeded")),
		policy:      pulumix.ApplyErr(machine.Arn, starting).Untyped().(pulumi.StringOutput),
	})
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if err := d.rule("succeeded", "RotationSucceeded", machine.Arn, role.Arn); err != nil {
		return err
	}
	if d.args.FailureTopicARN == nil {
		return nil
	}
	return d.rule("failed", "RotationFailed", d.args.FailureTopicARN, nil)
}

// starting is what starting the machine takes.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html
func starting(machineARN string) (string, error) {
	return iamdoc.Document{Statements: []iamdoc.Statement{{
		Sid:       "StartRolling",
		Actions:   []string{"states:StartExecution"},
		Resources: []string{machineARN},
	}}}.Identity()
}

// rule sends one kind of event about the secrets to a target, by a role where the target asks for one.
func (d declaration) rule(outcome, event string, target pulumi.StringInput, roleARN pulumi.StringPtrInput) error {
	physical := part + "-" + outcome
	rule, err := cloudwatch.NewEventRule(d.ctx, d.name+"-"+outcome, &cloudwatch.EventRuleArgs{
		Name:        pulumi.String(d.args.Scope.Name(physical)),
		Description: pulumi.String("A rotation of a secret of " + d.args.Scope.Stack + " " + outcome),
		EventPattern: pulumix.Apply(d.args.SecretARNs.ToStringArrayOutput(), func(secrets []string) string {
			return pattern(event, secrets)
		}).Untyped().(pulumi.StringOutput),
		Tags: d.args.tags(physical),
	}, d.parent)
	if err != nil {
		return fmt.Errorf("rule %s: %w", outcome, err)
	}
	_, err = cloudwatch.NewEventTarget(d.ctx, d.name+"-"+outcome+"-target", &cloudwatch.EventTargetArgs{
		Rule:     rule.Name,
		TargetId: pulumi.String(physical),
		Arn:      target,
		RoleArn:  roleARN,
	}, d.parent)
	if err != nil {
		return fmt.Errorf("target of rule %s: %w", outcome, err)
	}
	return nil
}

// pattern matches an event about any of the secrets. It is the same in whatever order they are listed.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
func pattern(event string, secrets []string) string {
	text, err := json.Marshal(map[string]any{
		"source":      []string{"aws.secretsmanager"},
		"detail-type": []string{"AWS Service Event via CloudTrail"},
		"detail": map[string]any{
			"eventSource":         []string{"secretsmanager.amazonaws.com"},
			"eventName":           []string{event},
			"additionalEventData": map[string]any{"SecretId": slices.Sorted(slices.Values(secrets))},
		},
	})
	if err != nil {
		panic(err) // maps and lists of strings always encode
	}
	return string(text)
}
