package mirror

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/pubsub"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// unseen is how long no hourly run may have succeeded: one may be late, or be dropped because the one before still runs.
const unseen = 3 * time.Hour

// reports is the name of the topic that the hourly job tells of each run that succeeded.
func (a TransferArgs) reports() string { return a.physical() + "-hourly" }

// report makes the topic that a job tells of each run that succeeded, and the alarm when it no longer does. Of a job
// that is off nobody else would hear: the one that follows events brings the same objects, and what it brings is counted
// alike. Runs are told of that found nothing, too, so that an archive that nothing is written to raises no alarm.
// https://cloud.google.com/storage-transfer/docs/notifications
// https://cloud.google.com/pubsub/docs/monitoring
func (t *Transfer) report(ctx *pulumi.Context, name string, args TransferArgs) (
	storage.TransferJobNotificationConfigPtrInput, pulumi.Resource, error,
) {
	topic, err := pubsub.NewTopic(ctx, name+"-hourly-reports", &pubsub.TopicArgs{
		Name:    pulumi.String(args.reports()),
		Project: args.Project,
		Labels:  labels(args.Scope, naming.Internal),
	}, pulumi.Parent(t))
	if err != nil {
		return nil, nil, fmt.Errorf("topic: %w", err)
	}
	admitted, err := pubsub.NewTopicIAMMember(ctx, name+"-hourly-reporter", &pubsub.TopicIAMMemberArgs{
		Topic:   topic.Name,
		Project: args.Project,
		Role:    pulumi.String("roles/pubsub.publisher"),
		Member:  args.Agent,
	}, pulumi.Parent(t))
	if err != nil {
		return nil, nil, fmt.Errorf("topic: %w", err)
	}
	err = newAlarm(ctx, name+"-hourly-silence", args.Scope, alarm{
		part:     "hourly-" + args.Cell,
		severity: warning,
		title:    "The hourly transfer does not run",
		demand: fmt.Sprintf("No hourly transfer of the backups of %s has succeeded for %d h: what an event missed stays "+
			"missing. See whether the job is enabled, then its last runs' errors.", args.Cell, int(unseen.Hours())),
		condition: none(fmt.Sprintf(`pubsub_googleapis_com:topic_send_request_count{`+
			`monitored_resource="pubsub_topic",topic_id=%q,response_class="success"}`, args.reports()), unseen),
	}, args.Channels, pulumi.Parent(t), pulumi.DependsOn([]pulumi.Resource{topic}))
	if err != nil {
		return nil, nil, fmt.Errorf("alarm: %w", err)
	}
	return storage.TransferJobNotificationConfigArgs{
		PubsubTopic:   topic.ID(),
		EventTypes:    pulumi.ToStringArray([]string{"TRANSFER_OPERATION_SUCCESS"}),
		PayloadFormat: pulumi.String("NONE"), // that there is a message is all it has to say
	}, admitted, nil
}
