package workflow

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/scheduler"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/iamdoc"
	"haven/components/partial"
)

// Event is a kind of events on the account's default bus.
type Event struct {
	// Part names the kind within the workflow, "succeeded".
	Part string
	// Description says what happened: "A rotation of a secret of demo-acme succeeded".
	Description string
	// Pattern matches the events.
	// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
	Pattern pulumi.StringInput
}

// Pattern is an event pattern as EventBridge takes it.
func Pattern(pattern map[string]any) string {
	text, err := json.Marshal(pattern)
	if err != nil {
		panic(err) // strings, lists and maps of them always encode
	}
	return string(text)
}

// StartOn starts the workflow on each such event, which is its input.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html
func (w *Workflow) StartOn(events ...Event) error {
	var rules []string
	for _, event := range events {
		rules = append(rules, w.args.arn("events", "rule/"+w.args.Scope.Name(w.rulePart(event))))
	}
	role, err := w.starter("-start", "events.amazonaws.com", rules...)
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	for _, event := range events {
		if err := w.rule(event, w.ARN, role.Arn); err != nil {
			return err
		}
	}
	return nil
}

// StartEvery starts the workflow again and again, with an empty input: by a rate, such as "rate(1 hour)", at once and
// then each hour, by a cron expression when that says. A call that fails is tried again for ten minutes.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based
func (w *Workflow) StartEvery(expression string) error {
	// A role for schedules is bound to their group; no policy can name a schedule itself.
	// https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
	role, err := w.starter("-schedule", "scheduler.amazonaws.com", w.args.arn("scheduler", "schedule-group/default"))
	if err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	if w.args.Paused {
		return nil
	}
	_, err = scheduler.NewSchedule(w.ctx, w.name+"-schedule", &scheduler.ScheduleArgs{
		Name:               pulumi.String(w.args.Scope.Name(w.args.Part)),
		Description:        pulumi.String(w.args.Description),
		ScheduleExpression: pulumi.String(expression),
		FlexibleTimeWindow: scheduler.ScheduleFlexibleTimeWindowArgs{Mode: pulumi.String("OFF")},
		Target: scheduler.ScheduleTargetArgs{
			Arn:     w.ARN,
			RoleArn: role.Arn,
			Input:   pulumi.String("{}"),
			RetryPolicy: scheduler.ScheduleTargetRetryPolicyArgs{
				MaximumEventAgeInSeconds: pulumi.Int(600),
				MaximumRetryAttempts:     pulumi.Int(5),
			},
		},
	}, w.opts...)
	if err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	return nil
}

// TellFailures tells a topic of each execution that did not succeed. Only those of the standard type are known to
// EventBridge.
// https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
func (w *Workflow) TellFailures(topicARN pulumi.StringInput) error {
	return w.Tell(Event{
		Part:        "unfinished",
		Description: "What should have happened did not: " + w.args.Description,
		Pattern: pulumix.Apply(partial.Text(w.ctx, w.ARN), func(arn string) string {
			return Pattern(map[string]any{
				"source":      []string{"aws.states"},
				"detail-type": []string{"Step Functions Execution Status Change"},
				"detail": map[string]any{
					"stateMachineArn": []string{arn},
					"status":          []string{"ABORTED", "FAILED", "TIMED_OUT"},
				},
			})
		}).Untyped().(pulumi.StringOutput),
	}, topicARN)
}

// Tell tells a topic of each such event.
func (w *Workflow) Tell(event Event, topicARN pulumi.StringInput) error {
	return w.rule(event, topicARN, nil)
}

func (w *Workflow) rulePart(event Event) string { return w.args.Part + "-" + event.Part }

// starter is a role that a service assumes to start the workflow.
func (w *Workflow) starter(suffix, service string, sources ...string) (*iam.Role, error) {
	return w.role(suffix, assumed{
		description: "Starts the state machine " + w.args.Scope.Name(w.args.Part),
		service:     service,
		sources:     sources,
		policy:      pulumix.ApplyErr(partial.Text(w.ctx, w.ARN), starting).Untyped().(pulumi.StringOutput),
	})
}

func starting(machineARN string) (string, error) {
	return iamdoc.Document{Statements: []iamdoc.Statement{{
		Sid:       "Start",
		Actions:   []string{"states:StartExecution"},
		Resources: []string{machineARN},
	}}}.Identity()
}

// rule sends a kind of events to a target, by a role where the target asks for one.
func (w *Workflow) rule(event Event, target pulumi.StringInput, roleARN pulumi.StringPtrInput) error {
	part := w.rulePart(event)
	rule, err := cloudwatch.NewEventRule(w.ctx, w.name+"-"+event.Part, &cloudwatch.EventRuleArgs{
		Name:         pulumi.String(w.args.Scope.Name(part)),
		Description:  pulumi.String(event.Description),
		EventPattern: event.Pattern.ToStringOutput(),
		Tags:         w.args.tags(part),
	}, w.opts...)
	if err != nil {
		return fmt.Errorf("rule %s: %w", event.Part, err)
	}
	_, err = cloudwatch.NewEventTarget(w.ctx, w.name+"-"+event.Part+"-target", &cloudwatch.EventTargetArgs{
		Rule:     rule.Name,
		TargetId: pulumi.String(part),
		Arn:      target,
		RoleArn:  roleARN,
	}, w.opts...)
	if err != nil {
		return fmt.Errorf("target of rule %s: %w", event.Part, err)
	}
	return nil
}
