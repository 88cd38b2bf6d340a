package google

import (
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/monitoring"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// Severity is Cloud Monitoring's word for how soon somebody has to look.
type Severity string

// Severities.
const (
	Critical Severity = "CRITICAL"
	Warning  Severity = "WARNING"
)

// Alarm is a state that somebody should hear of.
type Alarm struct {
	// Part is the end of its name.
	Part     string
	Severity Severity
	Title    string
	// Demand is what has happened, and what to do first.
	Demand string
	// Condition is what raises it; exactly one of its kinds is set.
	Condition monitoring.AlertPolicyConditionArgs
}

// autoClose is how long an alarm stays open after its last event.
const autoClose = 24 * time.Hour

// NewAlarm makes the alert policy of an alarm of that component.
func NewAlarm(ctx *pulumi.Context, name string, scope naming.Scope, component string, one Alarm,
	channels pulumi.StringArrayInput, opts ...pulumi.ResourceOption,
) error {
	one.Condition.DisplayName = pulumi.String(one.Title)
	strategy := monitoring.AlertPolicyAlertStrategyArgs{AutoClose: pulumi.String(Seconds(autoClose))}
	if one.Condition.ConditionMatchedLog != nil { // which takes a limit, and nothing else does
		strategy.NotificationRateLimit = monitoring.AlertPolicyAlertStrategyNotificationRateLimitArgs{
			Period: pulumi.String(Seconds(5 * time.Minute)),
		}
	}
	_, err := monitoring.NewAlertPolicy(ctx, name, &monitoring.AlertPolicyArgs{
		DisplayName:          pulumi.String(scope.Name(one.Part)),
		Combiner:             pulumi.String("OR"),
		Conditions:           monitoring.AlertPolicyConditionArray{one.Condition},
		NotificationChannels: channels,
		AlertStrategy:        strategy,
		Severity:             pulumi.String(one.Severity),
		Documentation: monitoring.AlertPolicyDocumentationArgs{
			Content:  pulumi.String(one.Demand),
			MimeType: pulumi.String("text/markdown"),
		},
		UserLabels: Labels(scope, component, naming.Internal),
	}, opts...)
	return err
}

// Channels makes a channel for each mail address, and is their names by address.
func Channels(ctx *pulumi.Context, name string, scope naming.Scope, component string, emails []string,
	opts ...pulumi.ResourceOption,
) (map[string]pulumi.StringOutput, error) {
	channels := map[string]pulumi.StringOutput{}
	for _, email := range emails {
		if _, made := channels[email]; made {
			continue
		}
		channel, err := monitoring.NewNotificationChannel(ctx, name+"-"+email, &monitoring.NotificationChannelArgs{
			DisplayName: pulumi.String(email),
			Type:        pulumi.String("email"),
			Labels:      pulumi.StringMap{"email_address": pulumi.String(email)},
			UserLabels:  Labels(scope, component, naming.Internal),
		}, opts...)
		if err != nil {
			return nil, err
		}
		channels[email] = channel.Name
	}
	return channels, nil
}

// Logged holds when an entry that matches the filter is logged.
func Logged(filter string) monitoring.AlertPolicyConditionArgs {
	return monitoring.AlertPolicyConditionArgs{
		ConditionMatchedLog: monitoring.AlertPolicyConditionConditionMatchedLogArgs{Filter: pulumi.String(filter)},
	}
}
