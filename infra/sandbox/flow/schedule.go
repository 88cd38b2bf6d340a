package flow

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/policy/access"
	"haven/policy/props"
)

// schedules are those of EventBridge and of its scheduler.
func (e *engine) schedules() []event {
	var all []event
	for _, schedule := range e.all(scheduleType) {
		zone := firstText(schedule.Text("scheduleExpressionTimezone"), "UTC")
		due, err := parseExpression(schedule.Text("scheduleExpression"), zone, e.madeAt(schedule))
		if err != nil || schedule.Text("state") == "DISABLED" {
			continue
		}
		all = append(all, event{rank: beginning, id: "schedule|" + schedule.ID + schedule.Region,
			again: e.flexible(schedule, due), do: func() { e.invoke(schedule) }})
	}
	for _, rule := range e.all(ruleType) {
		due, err := parseExpression(rule.Text("scheduleExpression"), "UTC", e.madeAt(rule))
		if err != nil || rule.Text("state") == "DISABLED" {
			continue
		}
		all = append(all, event{rank: beginning, id: "rule|" + rule.ID + rule.Region, again: due,
			do: func() { e.invokeRule(rule) }})
	}
	return all
}

// flexible is when a schedule is invoked: some time within its window.
func (e *engine) flexible(schedule cloud.Resource, due expression) expression {
	window := time.Duration(number(schedule.Outputs, "flexibleTimeWindow.maximumWindowInMinutes")) * time.Minute
	if window == 0 {
		return due
	}
	delayed := func(at time.Time) time.Time {
		return at.Add(e.between(0, window, "window", schedule.ID, at.Format(time.RFC3339)))
	}
	return func(after time.Time) time.Time {
		next := due(after.Add(-window))
		for !next.IsZero() && !delayed(next).After(after) {
			next = due(next)
		}
		if next.IsZero() {
			return next
		}
		return delayed(next)
	}
}

// invoke calls what a schedule calls, where its role may. A policy can tell schedules apart by their group alone.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
func (e *engine) invoke(schedule cloud.Resource) {
	target, role := text(schedule, "target.arn"), text(schedule, "target.roleArn")
	group := fmt.Sprintf("arn:aws:scheduler:%s:%s:schedule-group/%s", schedule.Region, schedule.Account,
		firstText(schedule.Text("groupName"), "default"))
	if e.assumed(role, "scheduler.amazonaws.com", group) != nil {
		return
	}
	input := asJSON(text(schedule, "target.input"))
	if strings.HasSuffix(target, ":aws-sdk:sfn:startExecution") {
		call, _ := input.(map[string]any)
		target, _ = call["StateMachineArn"].(string)
		given, _ := call["Input"].(string)
		input = asJSON(given)
	}
	if machine, found := e.arn(stateMachineType, target); found {
		if e.may(role, "states:StartExecution", target, nil, nil) == nil {
			e.execute(machine, input)
		}
		return
	}
	for _, parameters := range props.Maps(schedule.Outputs, "target.ecsParameters") {
		e.runTask(role, target, props.Text(parameters, "taskDefinitionArn"),
			props.Texts(parameters, "networkConfiguration.securityGroups[*]"))
	}
}

func asJSON(text string) any {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil || value == nil {
		return map[string]any{}
	}
	return value
}

func (e *engine) invokeRule(rule cloud.Resource) {
	for _, target := range e.all(targetType) {
		if target.Region != rule.Region || target.Account != rule.Account || target.Text("rule") != rule.Text("name") {
			continue
		}
		role := target.Text("roleArn")
		e.startByRule(rule, target.Text("arn"), role, asJSON(target.Text("input")))
		for _, parameters := range props.Maps(target.Outputs, "ecsTarget") {
			if e.assumed(role, "events.amazonaws.com", rule.Text("arn")) == nil {
				e.runTask(role, target.Text("arn"), props.Text(parameters, "taskDefinitionArn"),
					props.Texts(parameters, "networkConfiguration.securityGroups[*]"))
			}
		}
	}
}

// runTask starts a task of Fargate that a schedule runs.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/tasks-scheduled-eventbridge-scheduler.html
func (e *engine) runTask(role, cluster, definitionARN string, groups []string) {
	if definition, found := e.taskDefinition(definitionARN); found && e.mayRun(role, cluster, definition) == nil {
		e.startDump(definition, groups)
	}
}

// mayRun says whether a role may run a task and hand its roles on.
func (e *engine) mayRun(role, cluster string, definition cloud.Resource) error {
	checks := []func() error{
		func() error {
			return e.may(role, "ecs:RunTask", definition.Text("arn"), nil, access.Context{"ecs:cluster": {cluster}})
		},
	}
	for _, handed := range []string{definition.Text("taskRoleArn"), definition.Text("executionRoleArn")} {
		if handed != "" {
			checks = append(checks, func() error {
				return e.may(role, "iam:PassRole", handed, nil, access.Context{"iam:PassedToService": {"ecs-tasks.amazonaws.com"}})
			})
		}
	}
	return firstOf(checks...)
}

// taskDefinition is the one of an ARN; the latest revision where that names none.
func (e *engine) taskDefinition(arn string) (cloud.Resource, bool) {
	if definition, found := e.arn(taskDefinitionType, arn); found {
		return definition, true
	}
	for _, definition := range e.all(taskDefinitionType) {
		if definition.Text("arnWithoutRevision") == arn {
			return definition, true
		}
	}
	return cloud.Resource{}, false
}
