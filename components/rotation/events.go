package rotation

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/partial"
	"haven/components/workflow"
)

// event is what Secrets Manager tells of the secrets.
func (a Args) event(ctx *pulumi.Context, outcome, name string) workflow.Event {
	return workflow.Event{
		Part:        outcome,
		Description: "A rotation of a secret of " + a.Scope.Stack + " " + outcome,
		Pattern: pulumix.Apply(partial.Array(ctx, a.SecretARNs), func(secrets []string) string {
			return pattern(name, secrets)
		}).Untyped().(pulumi.StringOutput),
	}
}

// pattern matches an event about any of the secrets. It is the same in whatever order they are listed.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
func pattern(event string, secrets []string) string {
	return workflow.Pattern(map[string]any{
		"source":      []string{"aws.secretsmanager"},
		"detail-type": []string{"AWS Service Event via CloudTrail"},
		"detail": map[string]any{
			"eventSource":         []string{"secretsmanager.amazonaws.com"},
			"eventName":           []string{event},
			"additionalEventData": map[string]any{"SecretId": slices.Sorted(slices.Values(secrets))},
		},
	})
}
