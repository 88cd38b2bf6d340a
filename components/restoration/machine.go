package restoration

import (
	"fmt"
	"strings"

	"haven/components/asl"
	"haven/components/iamdoc"
	"haven/components/task"
)

// lookSeconds are between two looks at the task, mostHours how long the largest database may take.
const (
	lookSeconds = 30
	mostHours   = 24
)

// steps run the task and wait for its end.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
func steps(cluster, definition string, subnets, groups []string, stack string) asl.Machine {
	const run, wait, look, judge, done, lost = "Run", "Wait", "Look", "Judge", "Done", "Lost"
	const seen = "$states.result.Tasks[0]"
	return asl.Machine{
		Comment: "Brings back the data of " + stack, TimeoutSeconds: mostHours * 3600, StartAt: run,
		States: map[string]asl.State{
			run: {
				Type: "Task", Resource: asl.SDK("ecs", "runTask"),
				Arguments: map[string]any{
					"Cluster": cluster, "TaskDefinition": definition, "Count": 1, "LaunchType": "FARGATE",
					"PlatformVersion":      task.PlatformVersion,
					"EnableEcsManagedTags": true, "PropagateTags": "TASK_DEFINITION",
					"NetworkConfiguration": map[string]any{"AwsvpcConfiguration": map[string]any{
						"Subnets": subnets, "SecurityGroups": groups, "AssignPublicIp": "DISABLED",
					}},
				},
				Assign: map[string]any{"task": asl.Expression(seen + ".TaskArn")},
				Output: map[string]any{},
				Retry:  asl.Persistently, Next: wait,
			},
			wait: {Type: "Wait", Seconds: lookSeconds, Next: look},
			look: {
				Type: "Task", Resource: asl.SDK("ecs", "describeTasks"),
				Arguments: map[string]any{"Cluster": cluster, "Tasks": []any{asl.Expression("$task")}},
				Assign: map[string]any{
					"status": asl.Expression(seen + ".LastStatus"),
					"failed": asl.Expression("$count(" + seen + ".Containers[$not(ExitCode = 0)])"),
				},
				Output: map[string]any{},
				Retry:  asl.Persistently, Next: judge,
			},
			judge: {
				Type: "Choice",
				Choices: []asl.Choice{
					{Condition: asl.Expression("$status = 'STOPPED' and $failed = 0"), Next: done},
					{Condition: asl.Expression("$status = 'STOPPED'"), Next: lost},
				},
				Default: wait,
			},
			done: {Type: "Succeed"},
			lost: {Type: "Fail", Error: "NotRestored",
				Cause: "A container of the task failed; its log says why."},
		},
	}
}

// steering is what the machine may do: run this task, and look at it.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
func (a Args) steering(known map[string]string) (string, error) {
	cluster := known["cluster"]
	onCluster := iamdoc.Conditions{iamdoc.ArnEquals: {"ecs:cluster": {cluster}}}
	arn := func(resource string) string {
		return fmt.Sprintf("arn:aws:ecs:%s:%s:%s", a.Region, a.Account, resource)
	}
	tasks := []string{arn("task/" + cluster[strings.LastIndex(cluster, "/")+1:] + "/*")}
	return iamdoc.Document{Statements: []iamdoc.Statement{
		{
			Sid:        "RunRestoration",
			Actions:    []string{"ecs:RunTask"},
			Resources:  []string{arn("task-definition/" + a.Scope.Name(part) + ":*")},
			Conditions: onCluster,
		},
		{
			Sid:        "TagRestoration",
			Actions:    []string{"ecs:TagResource"},
			Resources:  tasks,
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: {"ecs:CreateAction": {"RunTask"}}},
		},
		{
			Sid:        "LookAtRestoration",
			Actions:    []string{"ecs:DescribeTasks"},
			Resources:  tasks,
			Conditions: onCluster,
		},
		{
			Sid:        "RunAs",
			Actions:    []string{"iam:PassRole"},
			Resources:  []string{known["execution"], known["task"]},
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: {"iam:PassedToService": {"ecs-tasks.amazonaws.com"}}},
		},
	}}.Identity()
}
