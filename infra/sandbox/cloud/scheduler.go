package cloud

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

const schedulerService = "scheduler.amazonaws.com"

// Schedules and their groups: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html. What a
// schedule calls is not looked for when it is made, only when it is due.
func schedulerTypes() []*Type {
	return []*Type{
		{
			Token: schedulerGroup, ID: func(c *Call) string { return c.name("name") },
			Unique: []Unique{{Property: "name", Taken: scheduleGroupTaken}},
			Refuse: firstOf(scheduleName("name"), refuseDefaultGroup), Computed: scheduleGroupOutputs,
		},
		{
			Token: schedulerSchedule, ID: func(c *Call) string { return groupOf(c) + "/" + c.name("name") },
			References: []Reference{
				{Property: "groupName", To: schedulerGroup, By: "name",
					When: func(name string) bool { return name != defaultGroup },
					NotFound: schedules.says("CreateSchedule", "ResourceNotFoundException",
						"Schedule group %s does not exist.").withStatus(404)},
				toRole("target.roleArn", scheduleRoleRefused),
				toKey("kmsKeyArn", scheduleRefused("The provided KMS key %s is not valid.")),
			},
			Refuse: firstOf(scheduleName("name"), onCreate(refuseScheduleTwice), refuseExpression, refuseWindow,
				refuseRetries, refuseScheduleTarget, refuseScheduledTask, refuseScheduleRole),
			Computed: scheduleOutputs,
		},
	}
}

var scheduleGroupTaken = schedules.says("CreateScheduleGroup", "ConflictException",
	"Schedule group %s already exists.").withStatus(409)

// defaultGroup is there in each account and region.
const defaultGroup = "default"

func groupOf(c *Call) string { return cmp.Or(c.text("groupName"), defaultGroup) }

func scheduleRefused(format string, args ...any) Error {
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	return schedules.says("CreateSchedule", "ValidationException", format)
}

var scheduleNameForm = regexp.MustCompile(`^[0-9A-Za-z_.-]{1,64}$`)

func scheduleName(path string) check {
	return func(c *Call) error {
		if name := c.text(path); name != "" && !scheduleNameForm.MatchString(name) {
			return fmt.Errorf("invalid value for %s (must match %s): %q", path, scheduleNameForm, name)
		}
		return nil
	}
}

func refuseDefaultGroup(c *Call) error {
	if c.text("name") == defaultGroup {
		return scheduleGroupTaken.With(defaultGroup)
	}
	return nil
}

// refuseScheduleTwice: a name is unique within its group.
func refuseScheduleTwice(c *Call) error {
	for _, other := range c.list(schedulerSchedule) {
		if other.ID == groupOf(c)+"/"+c.text("name") {
			return schedules.refuses("CreateSchedule", "ConflictException", "Schedule %s already exists.",
				c.text("name")).withStatus(409)
		}
	}
	return nil
}

// The forms of an expression: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html. A cron has
// six fields, and a question mark in exactly one of day-of-month and day-of-week.
var (
	onceForm = regexp.MustCompile(`^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$`)
	rateForm = regexp.MustCompile(`^rate\([1-9]\d* (minutes?|hours?|days?)\)$`)
	cronForm = regexp.MustCompile(`^cron\((.+)\)$`)
	fields   = []*regexp.Regexp{
		cronField(`[0-5]?\d`, ""),
		cronField(`1?\d|2[0-3]`, ""),
		cronField(`0?[1-9]|[12]\d|3[01]`, `\?|L|LW|\d{1,2}W`),
		cronField(`0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC`, ""),
		cronField(`[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT`, `\?|L|[1-7]L|[1-7]#[1-5]`),
		cronField(`19[7-9]\d|20\d\d|21\d\d`, ""),
	}
)

// cronField is a list of values, ranges and steps, or one of the forms besides.
func cronField(value, besides string) *regexp.Regexp {
	item := `(?:\*|(?:` + value + `)(?:-(?:` + value + `))?)(?:/\d+)?`
	if besides != "" {
		besides = `|` + besides
	}
	return regexp.MustCompile(`^(?:` + item + `(?:,` + item + `)*` + besides + `)$`)
}

func refuseExpression(c *Call) error {
	text := c.text("scheduleExpression")
	if text == "" || rateForm.MatchString(text) || isCron(text) {
		return nil
	}
	if once := onceForm.FindStringSubmatch(text); once != nil {
		if _, err := time.Parse("2006-01-02T15:04:05", once[1]); err == nil {
			return nil
		}
	}
	return scheduleRefused("Invalid Schedule Expression %s.", text)
}

func isCron(text string) bool {
	inner := cronForm.FindStringSubmatch(text)
	if inner == nil {
		return false
	}
	given := strings.Fields(inner[1])
	if len(given) != len(fields) || (given[2] == "?") == (given[4] == "?") {
		return false
	}
	for i, field := range fields {
		if !field.MatchString(given[i]) {
			return false
		}
	}
	return true
}

// refuseWindow: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-flexible-time-windows.html.
func refuseWindow(c *Call) error {
	const window = "flexibleTimeWindow.maximumWindowInMinutes"
	_, given := c.number(window)
	switch mode := c.text("flexibleTimeWindow.mode"); {
	case mode == "FLEXIBLE" && !given:
		return scheduleRefused("MaximumWindowInMinutes must be provided for the FLEXIBLE time window mode.")
	case mode == "OFF" && given:
		return scheduleRefused("MaximumWindowInMinutes must not be provided for the OFF time window mode.")
	}
	return inRange(window, "flexible_time_window.0.maximum_window_in_minutes", 1, 1440)(c)
}

// refuseRetries: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html.
var refuseRetries = firstOf(
	inRange("target.retryPolicy.maximumEventAgeInSeconds", "target.0.retry_policy.0.maximum_event_age_in_seconds",
		60, 86400),
	inRange("target.retryPolicy.maximumRetryAttempts", "target.0.retry_policy.0.maximum_retry_attempts", 0, 185),
)

// refuseScheduleTarget: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets.html and
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html.
func refuseScheduleTarget(c *Call) error {
	const universal = "arn:aws:scheduler:::aws-sdk:"
	target, letters := c.text("target.arn"), c.text("target.deadLetterConfig.arn")
	region, _, _, form := arnParts(target)
	switch {
	case target != "" && !form:
		return scheduleRefused("Provided Arn is not in correct format.")
	case target != "" && region != c.Region && !strings.HasPrefix(target, universal):
		return scheduleRefused("Provided Arn %s is not of the region %s.", target, c.Region)
	case letters != "" && !strings.HasPrefix(letters, c.arn("sqs", "")):
		return scheduleRefused("The dead-letter queue %s is no Amazon SQS queue of this account and region.", letters)
	case strings.HasSuffix(letters, ".fifo"):
		return scheduleRefused("The dead-letter queue must be a standard queue.")
	}
	return nil
}

// refuseScheduledTask: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_EcsParameters.html.
func refuseScheduledTask(c *Call) error {
	const task = "target.ecsParameters"
	_, _, resource, _ := arnParts(c.text("target.arn"))
	onCluster := strings.HasPrefix(c.text("target.arn"), "arn:aws:ecs:") && strings.HasPrefix(resource, "cluster/")
	given := len(props.At(c.Inputs, task)) > 0
	fargate := c.text(task+".launchType") == "FARGATE"
	definition := c.text(task + ".taskDefinitionArn")
	switch {
	case onCluster && !given:
		return scheduleRefused("EcsParameters is required for the target %s.", c.text("target.arn"))
	case given && !onCluster && c.text("target.arn") != "":
		return scheduleRefused("EcsParameters is not supported for the target %s.", c.text("target.arn"))
	case definition != "" && !strings.Contains(definition, ":task-definition/"):
		return scheduleRefused("The task definition %s is no ARN of a task definition.", definition)
	case fargate && len(props.At(c.Inputs, task+".networkConfiguration.subnets[*]")) == 0:
		return scheduleRefused("NetworkConfiguration is required for the launch type FARGATE.")
	case fargate && len(props.At(c.Inputs, task+".capacityProviderStrategies[*]")) > 0:
		return scheduleRefused("A capacity provider strategy and a launch type cannot both be given.")
	}
	return inRange(task+".taskCount", "target.0.ecs_parameters.0.task_count", 1, 10)(c)
}

var scheduleRoleRefused = scheduleRefused(
	"The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")

// refuseScheduleRole: a schedule acts for its group,
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html.
func refuseScheduleRole(c *Call) error {
	role, found := c.findGlobal(iamRole, "arn", c.text("target.roleArn"))
	if found && !trusts(role, schedulerService, c.arn("scheduler", "schedule-group/"+groupOf(c))) {
		return scheduleRoleRefused
	}
	return nil
}

func scheduleGroupOutputs(c *Call) map[string]property.Value {
	now := property.New(c.Now.UTC().Format(time.RFC3339))
	return c.outputs().
		fillText("name", c.ID).
		text("arn", c.arn("scheduler", "schedule-group/"+c.ID)).
		text("state", "ACTIVE").
		keep("creationDate", now).
		keep("lastModificationDate", now).
		values
}

func scheduleOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		fillText("name", lastPart(c.ID, "/")).
		fillText("groupName", groupOf(c)).
		text("arn", c.arn("scheduler", "schedule/"+c.ID)).
		values
}
