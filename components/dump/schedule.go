package dump

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/scheduler"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/iamdoc"
	"haven/components/partial"
	"haven/components/task"
	"haven/components/tiers"
)

// A call that ECS refuses is made again for half an hour, which is well within the time between two dumps.
const (
	retrySeconds = 1800
	retries      = 10
)

// schedule starts the runs, in a group of the tenant's own.
func (d *declaration) schedule() (*scheduler.Schedule, error) {
	group, err := scheduler.NewScheduleGroup(d.Context, d.Name+"-group", &scheduler.ScheduleGroupArgs{
		Name: pulumi.String(d.Scope.Name(part)),
		Tags: d.args.tags(part),
	}, d.Parent)
	if err != nil {
		return nil, fmt.Errorf("schedule group: %w", err)
	}
	queue, err := d.undelivered()
	if err != nil {
		return nil, err
	}
	role, err := d.scheduleRole(queue)
	if err != nil {
		return nil, err
	}
	schedule, err := scheduler.NewSchedule(d.Context, d.Name+"-schedule", &scheduler.ScheduleArgs{
		Name:               pulumi.String(d.Scope.Name(part)),
		Description:        pulumi.String("Dumps the data of " + d.Scope.Stack),
		GroupName:          group.Name,
		ScheduleExpression: pulumi.String(d.args.times()),
		FlexibleTimeWindow: scheduler.ScheduleFlexibleTimeWindowArgs{Mode: pulumi.String("OFF")},
		Target: scheduler.ScheduleTargetArgs{
			Arn:           d.args.ClusterARN,
			RoleArn:       role.Arn,
			EcsParameters: d.run(),
			RetryPolicy: scheduler.ScheduleTargetRetryPolicyArgs{
				MaximumEventAgeInSeconds: pulumi.Int(retrySeconds),
				MaximumRetryAttempts:     pulumi.Int(retries),
			},
			DeadLetterConfig: scheduler.ScheduleTargetDeadLetterConfigArgs{Arn: queue.Arn},
		},
	}, d.Parent, pulumi.DependsOn(d.ready))
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	return schedule, nil
}

// times are those of the dumps, in UTC: every so many hours, from an hour and a minute that follow from the stack's
// name.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
func (a Args) times() string {
	promise, _ := tiers.Of(a.Tier) // validated
	every := int(promise.DumpEvery / time.Hour)
	spread := fnv.New32a()
	_, _ = spread.Write([]byte(a.Scope.Stack)) // never fails
	first := int(spread.Sum32()) % (every * 60)
	return fmt.Sprintf("cron(%d %d/%d * * ? *)", first%60, first/60, every)
}

// run is one task, without an address outside, whose costs are the tenant's.
func (d *declaration) run() scheduler.ScheduleTargetEcsParametersArgs {
	return scheduler.ScheduleTargetEcsParametersArgs{
		TaskDefinitionArn: d.definition.Arn,
		TaskCount:         pulumi.Int(1),
		LaunchType:        pulumi.String("FARGATE"),
		PlatformVersion:   pulumi.String(task.PlatformVersion),
		NetworkConfiguration: scheduler.ScheduleTargetEcsParametersNetworkConfigurationArgs{
			Subnets:        d.args.SubnetIDs,
			SecurityGroups: task.Given(d.args.SecurityGroupID, d.args.DatabaseClientsID),
			AssignPublicIp: pulumi.Bool(false),
		},
		EnableExecuteCommand: pulumi.Bool(false),
		EnableEcsManagedTags: pulumi.Bool(true),
		PropagateTags:        pulumi.String("TASK_DEFINITION"),
	}
}

const undeliveredPart = part + "-undelivered"

// undelivered keeps the calls that never reached ECS, for SQS's longest. They name the task and hold no data.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
func (d *declaration) undelivered() (*sqs.Queue, error) {
	queue, err := sqs.NewQueue(d.Context, d.Name+"-undelivered", &sqs.QueueArgs{
		Name:                    pulumi.String(d.Scope.Name(undeliveredPart)),
		MessageRetentionSeconds: pulumi.Int(14 * 24 * 3600),
		SqsManagedSseEnabled:    pulumi.Bool(true),
		Tags:                    d.args.tags(undeliveredPart),
	}, d.Parent)
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	policy := pulumix.ApplyErr(partial.Text(d.Context, queue.Arn), func(arn string) (string, error) {
		return iamdoc.Document{Statements: []iamdoc.Statement{iamdoc.DenyPlainTransport("sqs", arn)}}.Resource()
	})
	_, err = sqs.NewQueuePolicy(d.Context, d.Name+"-undelivered-policy", &sqs.QueuePolicyArgs{
		QueueUrl: queue.Url,
		Policy:   policy.Untyped().(pulumi.StringOutput),
	}, d.Parent)
	if err != nil {
		return nil, fmt.Errorf("queue policy: %w", err)
	}
	return queue, nil
}

const scheduleRole = part + "-schedule"

// scheduleRole is the scheduler's, for schedules of the tenant's own group: a role cannot be bound to one schedule.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
func (d *declaration) scheduleRole(queue *sqs.Queue) (*iam.Role, error) {
	group := d.args.arn("scheduler", "schedule-group/"+d.Scope.Name(part))
	trust, err := iamdoc.TrustService("scheduler.amazonaws.com", d.Account, group).Trust()
	if err != nil {
		return nil, fmt.Errorf("schedule role: %w", err)
	}
	role, err := iam.NewRole(d.Context, d.Name+"-schedule-role", &iam.RoleArgs{
		Name:             pulumi.String(d.Scope.Name(scheduleRole)),
		Description:      pulumi.String("Starts the dumps of " + d.Scope.Stack),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             d.args.tags(scheduleRole),
	}, d.Parent)
	if err != nil {
		return nil, fmt.Errorf("schedule role: %w", err)
	}
	values := pulumi.StringMap{
		"family": d.definition.ArnWithoutRevision, "cluster": d.args.ClusterARN, "queue": queue.Arn,
		"execution": d.execution.Arn, "task": d.role.Arn,
	}
	policy := pulumix.ApplyErr(partial.Map(d.Context, values), d.args.scheduling)
	permission, err := d.Permit("schedule", scheduleRole, role, policy.Untyped().(pulumi.StringOutput))
	if err != nil {
		return nil, err
	}
	d.ready = append(d.ready, permission)
	return role, nil
}

// scheduling is what starting the runs takes. Tagging them as they start is a right of its own.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/tasks-scheduled-eventbridge-scheduler.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
func (a Args) scheduling(known map[string]string) (string, error) {
	cluster := known["cluster"]
	onCluster := iamdoc.Conditions{iamdoc.ArnEquals: {"ecs:cluster": {cluster}}}
	return iamdoc.Document{Statements: []iamdoc.Statement{
		{
			Sid:        "RunDump",
			Actions:    []string{"ecs:RunTask"},
			Resources:  []string{known["family"] + ":*"},
			Conditions: onCluster,
		},
		{
			Sid:        "TagDump",
			Actions:    []string{"ecs:TagResource"},
			Resources:  []string{a.arn("ecs", "task/"+cluster[strings.LastIndex(cluster, "/")+1:]+"/*")},
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: {"ecs:CreateAction": {"RunTask"}}},
		},
		{
			Sid:        "RunAs",
			Actions:    []string{"iam:PassRole"},
			Resources:  []string{known["execution"], known["task"]},
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: {"iam:PassedToService": {"ecs-tasks.amazonaws.com"}}},
		},
		{
			Sid:       "KeepUndelivered",
			Actions:   []string{"sqs:SendMessage"},
			Resources: []string{known["queue"]},
		},
	}}.Identity()
}
