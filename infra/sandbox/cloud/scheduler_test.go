package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	scheduledMachine = "arn:aws:states:eu-west-1:123456789012:stateMachine:look"
	scheduledCluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/demo-cell-cluster"
	scheduledTask    = "arn:aws:ecs:eu-west-1:123456789012:task-definition/demo-acme-dump:1"
	deadLetters      = "arn:aws:sqs:eu-west-1:123456789012:demo-acme-dump"
)

func schedule(role Resource, changes settings) settings {
	return with(settings{
		"name": "look", "scheduleExpression": "rate(15 minutes)", "flexibleTimeWindow": settings{"mode": "OFF"},
		"target": settings{"arn": scheduledMachine, "roleArn": role.Text("arn")},
	}, changes)
}

func TestSchedules(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		starter := s.make(iamRole, settings{"name": "starter", "assumeRolePolicy": trust("scheduler.amazonaws.com")})
		s.make(schedulerGroup, settings{"name": "demo-acme"})
		s.make(schedulerSchedule, schedule(starter, settings{"name": "taken"}))
		try := func(name string, changes settings, want string) attempt {
			return attempt{name, schedulerSchedule, schedule(starter, changes), want}
		}
		at := func(expression, want string) attempt {
			return try(expression, settings{"scheduleExpression": expression}, want)
		}
		to := func(name string, target settings, want string) attempt {
			return try(name, settings{"target": with(settings{"arn": scheduledMachine, "roleArn": starter.Text("arn")}, target)}, want)
		}
		task := func(name string, changes settings, want string) attempt {
			return to(name, settings{"arn": scheduledCluster, "ecsParameters": with(settings{
				"taskDefinitionArn": scheduledTask, "launchType": "FARGATE",
				"networkConfiguration": settings{"subnets": []string{"subnet-1"}},
			}, changes)}, want)
		}
		const invalid = "api error ValidationException: Invalid Schedule Expression "
		return []attempt{
			try("schedule", nil, ""),
			try("taken", settings{"name": "taken"}, "api error ConflictException: Schedule taken already exists."),
			try("taken elsewhere", settings{"name": "taken", "groupName": "demo-acme"}, ""),
			try("no such group", settings{"groupName": "none"},
				"api error ResourceNotFoundException: Schedule group none does not exist."),
			try("odd name", settings{"name": "a b"}, "invalid value for name"),
			try("no such key", settings{"kmsKeyArn": "arn:k"}, "The provided KMS key arn:k is not valid."),
			at("rate(1 hour)", ""), at("cron(7/15 * * * ? *)", ""), at("cron(30 1,13 * * ? *)", ""),
			at("cron(0 8 ? * MON-FRI 2026-2030)", ""), at("cron(0 0 L * ? *)", ""), at("at(2026-11-21T23:00:00)", ""),
			at("rate(15 min)", invalid+"rate(15 min)."), at("rate(0 hours)", invalid), at("every hour", invalid),
			at("cron(7/15 * * * * *)", invalid), at("cron(0 8 ? * ? *)", invalid), at("cron(0 24 * * ? *)", invalid),
			at("cron(0 8 * * ?)", invalid), at("cron(0 8 * 13 ? *)", invalid), at("at(2026-13-01T00:00:00)", invalid),
			try("window", settings{"flexibleTimeWindow": settings{"mode": "FLEXIBLE", "maximumWindowInMinutes": 15}}, ""),
			try("window of nothing", settings{"flexibleTimeWindow": settings{"mode": "FLEXIBLE"}},
				"MaximumWindowInMinutes must be provided for the FLEXIBLE"),
			try("window while off", settings{"flexibleTimeWindow": settings{"mode": "OFF", "maximumWindowInMinutes": 15}},
				"MaximumWindowInMinutes must not be provided"),
			try("long window", settings{"flexibleTimeWindow": settings{"mode": "FLEXIBLE", "maximumWindowInMinutes": 1441}},
				"to be in the range (1 - 1440), got 1441"),
			to("retries", settings{"retryPolicy": settings{"maximumRetryAttempts": 186}}, "in the range (0 - 185), got 186"),
			to("age", settings{"retryPolicy": settings{"maximumEventAgeInSeconds": 59}}, "in the range (60 - 86400), got 59"),
			to("role of others", settings{"roleArn": s.role.Text("arn")}, "must allow AWS EventBridge Scheduler"),
			to("no such role", settings{"roleArn": "arn:aws:iam::123456789012:role/none"}, "must allow AWS EventBridge Scheduler"),
			to("target of no form", settings{"arn": "look"}, "Provided Arn is not in correct format."),
			to("target of another region", settings{"arn": "arn:aws:states:eu-central-1:123456789012:stateMachine:look"},
				"is not of the region eu-west-1"),
			to("call of an API", settings{"arn": "arn:aws:scheduler:::aws-sdk:rds:startDBInstance"}, ""),
			to("dead letters", settings{"deadLetterConfig": settings{"arn": deadLetters}}, ""),
			to("dead letters to a topic", settings{"deadLetterConfig": settings{"arn": topicARN}}, "is no Amazon SQS queue"),
			to("dead letters in order", settings{"deadLetterConfig": settings{"arn": deadLetters + ".fifo"}}, "standard queue"),
			to("task of no parameters", settings{"arn": scheduledCluster}, "EcsParameters is required for the target"),
			to("parameters of no task", settings{"ecsParameters": settings{"taskDefinitionArn": scheduledTask}},
				"EcsParameters is not supported for the target"),
			task("task", nil, ""),
			task("task of no definition", settings{"taskDefinitionArn": scheduledCluster}, "is no ARN of a task definition"),
			task("task of no network", settings{"networkConfiguration": nil}, "NetworkConfiguration is required"),
			task("task of two minds", settings{"capacityProviderStrategies": []settings{{"capacityProvider": "FARGATE"}}},
				"cannot both be given"),
			task("tasks", settings{"taskCount": 11}, "in the range (1 - 10), got 11"),
			{"group", schedulerGroup, settings{"name": "other"}, ""},
			{"group taken", schedulerGroup, settings{"name": "demo-acme"}, "api error ConflictException: Schedule group demo-acme"},
			{"default group", schedulerGroup, settings{"name": "default"}, "Schedule group default already exists."},
			{"group of an odd name", schedulerGroup, settings{"name": "a/b"}, "invalid value for name"},
		}
	})
}

func TestScheduleOutputs(t *testing.T) {
	s := full(t)
	own := "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/demo-acme"
	starter := s.make(iamRole, settings{"name": "starter",
		"assumeRolePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",` +
			`"Principal":{"Service":"scheduler.amazonaws.com"},` +
			`"Condition":{"ArnLike":{"aws:SourceArn":["` + own + `"]}}}]}`})
	group := s.make(schedulerGroup, settings{"name": "demo-acme"})
	assert.Equal(t, "demo-acme", group.ID)
	assert.Equal(t, own, group.Text("arn"))
	assert.Equal(t, "ACTIVE", group.Text("state"))
	made := s.make(schedulerSchedule, schedule(starter, settings{"groupName": "demo-acme"}))
	assert.Equal(t, "demo-acme/look", made.ID)
	assert.Equal(t, "arn:aws:scheduler:eu-west-1:123456789012:schedule/demo-acme/look", made.Text("arn"))
	_, err := s.try(schedulerSchedule, schedule(starter, nil))
	expect(t, err, "must allow AWS EventBridge Scheduler") // it may act for its own group only
	changed, err := s.update(made, schedule(starter,
		settings{"groupName": "demo-acme", "scheduleExpression": "rate(1 hour)"}))
	expect(t, err, "")
	assert.Equal(t, "demo-acme", changed.Text("groupName"))
}
