package mirror

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/bucket"
	"haven/components/google"
	"haven/components/iamdoc"
	"haven/components/mirror/limits"
	"haven/components/naming"
	"haven/components/partial"
)

// TransferType is the type token of what pulls one cell's backups.
const TransferType = "haven:mirror:Transfer"

// TransferArgs are all required.
type TransferArgs struct {
	// Scope is the mirror's.
	Scope naming.Scope
	// Cell is the stack name of the cell whose backups are copied.
	Cell string
	// Source is where they lie.
	Source Source
	// Sink is the mirror's bucket, AgentSubjectID who writes to it, Agent the same as Google Cloud's policies name it.
	Sink, AgentSubjectID, Agent pulumi.StringInput
	// Project is the mirror's, known once its services are enabled.
	Project pulumi.StringInput
	// Channels are told when the hourly job no longer runs.
	Channels pulumi.StringArrayInput
	// RetentionDays is how long the mirror keeps a copy: what is older at the source is not copied any more.
	RetentionDays int
}

// Source is a cell's backup bucket, as its stack exports it.
type Source struct {
	// Region is the bucket's.
	Region string
	// Bucket is its name, KeyARN what its objects are encrypted with, QueueARN the queue that is told of new ones.
	Bucket, KeyARN, QueueARN string
}

// Transfer is what pulls a cell's backups.
type Transfer struct {
	pulumi.ResourceState
	// RoleARN is the role in the cell's account that the transfer agent takes on.
	RoleARN pulumi.StringOutput
}

// NewTransfer makes the role, with the AWS provider of the cell's account, and the jobs, with Google Cloud's: one that
// follows the bucket's events, and one that looks every hour for what events have missed, with an alarm when it no longer
// does.
func NewTransfer(ctx *pulumi.Context, name string, args TransferArgs, opts ...pulumi.ResourceOption) (
	*Transfer, error,
) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("transfer %s: %w", name, err)
	}
	t := &Transfer{}
	if err := ctx.RegisterComponentResource(TransferType, name, t, opts...); err != nil {
		return nil, fmt.Errorf("transfer %s: %w", name, err)
	}
	if err := t.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("transfer %s: %w", name, err)
	}
	return t, ctx.RegisterResourceOutputs(t, pulumi.Map{"roleArn": t.RoleARN})
}

func (a TransferArgs) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Cell", a.Cell != "")
	problems.Require("Source.Region", a.Source.Region != "")
	problems.Require("Source.Bucket", a.Source.Bucket != "")
	problems.Require("Source.KeyARN", a.Source.KeyARN != "")
	problems.Require("Source.QueueARN", a.Source.QueueARN != "")
	problems.Require("Sink", a.Sink != nil)
	problems.Require("AgentSubjectID", a.AgentSubjectID != nil)
	problems.Require("Agent", a.Agent != nil)
	problems.Require("Project", a.Project != nil)
	problems.Require("Channels", a.Channels != nil)
	problems.Within("RetentionDays", a.RetentionDays, limits.MinRetentionDays, limits.MaxRetentionDays)
	return problems.Err()
}

// physical is the name of the role, "<mirror's stack>-<cell's stack>", at most 49 of IAM's 64 characters.
func (a TransferArgs) physical() string { return a.Scope.Name(a.Cell) }

func (t *Transfer) declare(ctx *pulumi.Context, name string, args TransferArgs) error {
	role, err := iam.NewRole(ctx, name+"-role", &iam.RoleArgs{
		Name:             pulumi.String(args.physical()),
		Description:      pulumi.String("Lets the mirror of " + args.Scope.Environment + " read the backups of " + args.Cell),
		AssumeRolePolicy: trust(partial.Text(ctx, args.AgentSubjectID)),
		Tags:             pulumi.ToStringMap(args.Scope.Tags("mirror", args.physical(), naming.Internal)),
	}, pulumi.Parent(t))
	if err != nil {
		return err
	}
	text, err := args.Source.reading().Identity()
	if err != nil {
		return err
	}
	policy, err := iam.NewRolePolicy(ctx, name+"-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(args.physical()),
		Role:   role.Name,
		Policy: pulumi.String(text),
	}, pulumi.Parent(t))
	if err != nil {
		return err
	}
	t.RoleARN = role.Arn
	reports, reporter, err := t.report(ctx, name, args)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	for _, job := range args.jobs(reports) {
		job.args.TransferSpec = args.spec(role.Arn, job.conditions)
		_, err := storage.NewTransferJob(ctx, name+"-"+job.part, job.args, pulumi.Parent(t),
			pulumi.DependsOn([]pulumi.Resource{policy, reporter}))
		if err != nil {
			return fmt.Errorf("%s: %w", job.part, err)
		}
	}
	return nil
}

// trust lets the transfer agent of one project take a role on, and nobody else who comes with a token of Google's.
// https://cloud.google.com/storage-transfer/docs/source-amazon-s3#federated_identity
func trust(subjectID pulumi.StringInput) pulumi.StringOutput {
	return subjectID.ToStringOutput().ApplyT(func(subject string) (string, error) {
		return iamdoc.Document{Statements: []iamdoc.Statement{{
			Principals: iamdoc.Principals{Federated: []string{"accounts.google.com"}},
			Actions:    []string{"sts:AssumeRoleWithWebIdentity"},
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: {"accounts.google.com:sub": {subject}}},
		}}}.Trust()
	}).(pulumi.StringOutput)
}

// reading is what a transfer takes: to list the bucket, to read the tenants' objects with the bucket's key, and to take
// events off the queue.
// https://cloud.google.com/storage-transfer/docs/event-driven-aws#configure-permissions
func (s Source) reading() iamdoc.Document {
	source := bucket.ARN(s.Bucket)
	tenants := source + "/tenants/*"
	return iamdoc.Document{Statements: []iamdoc.Statement{{
		Sid:       "ListBackups",
		Actions:   []string{"s3:GetBucketLocation", "s3:ListBucket"},
		Resources: []string{source},
	}, {
		Sid:       "ReadBackups",
		Actions:   []string{"s3:GetObject"},
		Resources: []string{tenants},
	}, {
		Sid:       "DecryptBackups",
		Actions:   []string{"kms:Decrypt"},
		Resources: []string{s.KeyARN},
		Conditions: iamdoc.Conditions{
			iamdoc.StringEquals: {"kms:ViaService": {"s3." + s.Region + ".amazonaws.com"}},
			iamdoc.StringLike:   {"kms:EncryptionContext:aws:s3:arn": {tenants}},
		},
	}, {
		Sid: "TakeEvents",
		Actions: []string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
			"sqs:ReceiveMessage"},
		Resources: []string{s.QueueARN},
	}}}
}

type job struct {
	part       string
	args       *storage.TransferJobArgs
	conditions storage.TransferJobTransferSpecObjectConditionsPtrInput
}

// jobs are the two ways of a copy. What the mirror has deleted when its retention ended is not copied again, though the
// source may keep it for longer.
func (a TransferArgs) jobs(reports storage.TransferJobNotificationConfigPtrInput) []job {
	described := func(how string) pulumi.StringInput {
		return pulumi.String(fmt.Sprintf("%s: backups of %s, %s", a.Scope.Stack, a.Cell, how))
	}
	kept := google.Seconds(time.Duration(a.RetentionDays) * day)
	return []job{
		{part: "events", args: &storage.TransferJobArgs{
			Description: described("as they are made"),
			Status:      pulumi.String("ENABLED"),
			EventStream: storage.TransferJobEventStreamArgs{Name: pulumi.String(a.Source.QueueARN)},
		}},
		{part: "hourly", args: &storage.TransferJobArgs{
			Description:        described("every hour"),
			Status:             pulumi.String("ENABLED"),
			NotificationConfig: reports,
			Schedule: storage.TransferJobScheduleArgs{
				RepeatInterval: pulumi.String(google.Seconds(time.Hour)),
				// In the past, so that the first run is at the next midnight, UTC.
				ScheduleStartDate: storage.TransferJobScheduleScheduleStartDateArgs{
					Year: pulumi.Int(2026), Month: pulumi.Int(1), Day: pulumi.Int(1),
				},
				StartTimeOfDay: storage.TransferJobScheduleStartTimeOfDayArgs{
					Hours: pulumi.Int(0), Minutes: pulumi.Int(0), Seconds: pulumi.Int(0), Nanos: pulumi.Int(0),
				},
			},
		}, conditions: storage.TransferJobTransferSpecObjectConditionsArgs{
			MaxTimeElapsedSinceLastModification: pulumi.String(kept),
		}},
	}
}

// spec copies from the bucket as the role, and leaves alone what is there: each key is written once, so an object under
// a known key is either the same or an intruder's.
// https://cloud.google.com/storage-transfer/docs/reference/rest/v1/TransferOptions
func (a TransferArgs) spec(role pulumi.StringInput, conditions storage.TransferJobTransferSpecObjectConditionsPtrInput,
) storage.TransferJobTransferSpecInput {
	return storage.TransferJobTransferSpecArgs{
		AwsS3DataSource: storage.TransferJobTransferSpecAwsS3DataSourceArgs{
			BucketName: pulumi.String(a.Source.Bucket),
			RoleArn:    role.ToStringOutput().ToStringPtrOutput(),
		},
		GcsDataSink:      storage.TransferJobTransferSpecGcsDataSinkArgs{BucketName: a.Sink},
		ObjectConditions: conditions,
		TransferOptions: storage.TransferJobTransferSpecTransferOptionsArgs{
			OverwriteWhen: pulumi.String("NEVER"), // and delete nothing, on either side, which is the default
		},
	}
}
