package archive

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/bucket"
	"haven/components/iamdoc"
	"haven/components/partial"
)

const (
	minute = 60
	day    = 24 * 60 * minute

	// The queues: of new objects, of those that nobody could take, and of what replication did not do in time.
	created      = "created"
	dead         = "created-dead"
	unreplicated = "unreplicated"

	createdDays = 4
	longestDays = 14 // SQS keeps nothing for longer

	// A message that was taken, and is not done with, is offered again so many seconds later, so many times.
	offeredAgainSeconds = 5 * minute
	mostReceives        = 20
	// longPollSeconds is the longest that a taker may wait for a message.
	longPollSeconds = 20
)

// told is a queue and the policy that admits who sends to it.
type told struct {
	queue  *sqs.Queue
	policy *sqs.QueuePolicy
}

// tell sends events about the bucket to its queues, and those of the replica and the bucket to EventBridge.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html
func (b *builder) tell() error {
	objects, err := b.objects()
	if err != nil {
		return err
	}
	failures, err := b.queue(unreplicated, &sqs.QueueArgs{
		MessageRetentionSeconds: pulumi.Int(longestDays * day),
	}, b.args.admission(unreplicated))
	if err != nil {
		return err
	}
	b.own.QueueARN, b.own.QueueURL = objects.queue.Arn, objects.policy.QueueUrl
	_, err = s3.NewBucketNotification(b.ctx, b.name+"-source-notification", &s3.BucketNotificationArgs{
		Bucket:      b.source.Name,
		Eventbridge: pulumi.Bool(true),
		Queues: s3.BucketNotificationQueueArray{
			objects.about(created, "s3:ObjectCreated:*"),
			failures.about(unreplicated, "s3:Replication:OperationFailedReplication",
				"s3:Replication:OperationMissedThreshold", "s3:Replication:OperationNotTracked"),
		},
	}, b.parent(), pulumi.DependsOn([]pulumi.Resource{objects.policy, failures.policy}))
	if err != nil {
		return err
	}
	_, err = s3.NewBucketNotification(b.ctx, b.name+"-replica-notification", &s3.BucketNotificationArgs{
		Bucket:      b.replica.Name,
		Eventbridge: pulumi.Bool(true),
	}, b.afar())
	return err
}

func (t told) about(id string, events ...string) s3.BucketNotificationQueueArgs {
	return s3.BucketNotificationQueueArgs{
		Id:       pulumi.String(id),
		QueueArn: t.queue.Arn,
		Events:   pulumi.ToStringArray(events),
	}
}

// objects is the queue of new objects, with another for those that nobody could take.
func (b *builder) objects() (told, error) {
	rest, err := b.queue(dead, &sqs.QueueArgs{
		MessageRetentionSeconds: pulumi.Int(longestDays * day),
		RedriveAllowPolicy: pulumi.String(text(map[string]any{
			"redrivePermission": "byQueue", "sourceQueueArns": []string{b.args.queueARN(created)}})),
	})
	if err != nil {
		return told{}, err
	}
	return b.queue(created, &sqs.QueueArgs{
		MessageRetentionSeconds:  pulumi.Int(createdDays * day),
		VisibilityTimeoutSeconds: pulumi.Int(offeredAgainSeconds),
		ReceiveWaitTimeSeconds:   pulumi.Int(longPollSeconds),
		RedrivePolicy: pulumix.Apply(partial.Text(b.ctx, rest.queue.Arn), func(arn string) string {
			return text(map[string]any{"deadLetterTargetArn": arn, "maxReceiveCount": mostReceives})
		}).Untyped().(pulumi.StringOutput),
	}, b.args.admission(created))
}

// queue makes a queue that is encrypted by SQS's own keys, and takes nothing over plain HTTP.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html
func (b *builder) queue(which string, settings *sqs.QueueArgs, admitted ...iamdoc.Statement) (told, error) {
	physical := b.args.queueName(which)
	settings.Name = pulumi.String(physical)
	settings.SqsManagedSseEnabled = pulumi.Bool(true)
	settings.Tags = b.tags(physical)
	queue, err := sqs.NewQueue(b.ctx, b.name+"-"+which, settings, b.parent())
	if err != nil {
		return told{}, fmt.Errorf("queue %s: %w", which, err)
	}
	document, err := iamdoc.Document{
		Statements: append(admitted, iamdoc.DenyPlainTransport("sqs", b.args.queueARN(which))),
	}.Resource()
	if err != nil {
		return told{}, fmt.Errorf("queue %s: %w", which, err)
	}
	policy, err := sqs.NewQueuePolicy(b.ctx, b.name+"-"+which+"-policy", &sqs.QueuePolicyArgs{
		QueueUrl: queue.Url,
		Policy:   pulumi.String(document),
	}, b.parent())
	if err != nil {
		return told{}, fmt.Errorf("queue %s: %w", which, err)
	}
	return told{queue, policy}, nil
}

// admission lets S3 send to a queue what happens in the archive's bucket, and nothing else.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
func (a Args) admission(which string) iamdoc.Statement {
	return iamdoc.Statement{
		Sid:        "SendEvents",
		Principals: iamdoc.Principals{Services: []string{"s3.amazonaws.com"}},
		Actions:    []string{"sqs:SendMessage"},
		Resources:  []string{a.queueARN(which)},
		Conditions: iamdoc.FromAccount(a.Account, bucket.ARN(BucketName(a.Scope, a.Account, a.Region))),
	}
}

func (a Args) queueName(which string) string { return a.Scope.Name(part + "-" + which) }

func (a Args) queueARN(which string) string {
	return fmt.Sprintf("arn:aws:sqs:%s:%s:%s", a.Region, a.Account, a.queueName(which))
}

func text(value map[string]any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err) // strings, numbers and lists of strings always encode
	}
	return string(encoded)
}
