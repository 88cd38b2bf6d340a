package cloud

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Rules and their targets: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html. To put a rule of
// a name that is there changes it. A rule of another bus than the default one is named "<bus>/<rule>".
func eventsTypes() []*Type {
	return []*Type{
		{
			Token: eventsRule, ID: func(c *Call) string { return onBus(c, c.name("name")) },
			Refuse:   firstOf(refuseRuleOfEventsName, refuseEventPattern, onCreate(tooManyEventRules)),
			Computed: eventRuleOutputs,
		},
		{
			Token: eventsTarget,
			ID:    func(c *Call) string { return onBus(c, c.text("rule")+"-"+targetID(c)) },
			References: []Reference{
				{Property: "rule", To: eventsRule, By: "name",
					NotFound: eventBridge.says("PutTargets", "ResourceNotFoundException",
						"Rule %s does not exist on EventBus default."),
					InUse: eventBridge.says("DeleteRule", "ValidationException",
						"Rule can't be deleted since it has targets.")},
				toRole("roleArn", targetRoleRefused),
			},
			Refuse:   firstOf(tooManyTargets, refuseTargetRole),
			Computed: func(c *Call) map[string]property.Value { return c.outputs().fillText("targetId", targetID(c)).values },
		},
	}
}

func onBus(c *Call, name string) string {
	if bus := c.text("eventBusName"); bus != "" && bus != "default" {
		return bus + "/" + name
	}
	return name
}

// targetID is the one given, or one of the provider's.
func targetID(c *Call) string {
	switch {
	case c.text("targetId") != "":
		return c.text("targetId")
	case c.Old != nil:
		return c.Old.Text("targetId")
	}
	return "terraform-" + digest(26, c.URN)
}

var eventRuleName = regexp.MustCompile(`^[0-9A-Za-z._-]{1,64}$`)

func refuseRuleOfEventsName(c *Call) error {
	if name := c.text("name"); name != "" && !eventRuleName.MatchString(name) {
		return fmt.Errorf(`invalid value for name (must match %s): %q`, eventRuleName, name)
	}
	return nil
}

// refuseEventPattern: each leaf of a pattern is a list of what it matches,
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html.
func refuseEventPattern(c *Call) error {
	text := c.text("eventPattern")
	if text == "" {
		return nil
	}
	refused := func(reason string) error {
		return eventBridge.refuses("PutRule", "InvalidEventPatternException",
			"Event pattern is not valid. Reason: %s", reason)
	}
	var pattern map[string]any
	if err := json.Unmarshal([]byte(text), &pattern); err != nil {
		return refused("Filter is not an object")
	}
	switch bad, found := emptyField(pattern); {
	case len(text) > 4096:
		return eventBridge.says("PutRule", "ValidationException", "1 validation error detected: Value at"+
			" 'eventPattern' failed to satisfy constraint: Member must have length less than or equal to 4096")
	case len(pattern) == 0:
		return refused("Empty event pattern")
	case found:
		return refused(fmt.Sprintf("%q must be an object or an array", bad))
	}
	return nil
}

// emptyField is a field of a pattern that is neither a non-empty object nor a non-empty list.
func emptyField(pattern map[string]any) (string, bool) {
	for name, value := range pattern {
		switch value := value.(type) {
		case map[string]any:
			if bad, found := emptyField(value); found || len(value) == 0 {
				return strings.TrimSuffix(name+"."+bad, "."), true
			}
		case []any:
			if len(value) == 0 {
				return name, true
			}
		default:
			return name, true
		}
	}
	return "", false
}

var tooManyTargets = oneMoreOf(targetsPerRule, "rule", eventBridge.says("PutTargets", "LimitExceededException",
	"The requested resource exceeds the maximum number allowed."))

func tooManyEventRules(c *Call) error {
	onSame := 1
	for _, rule := range c.list(eventsRule) {
		if onBus(c, "") == strings.TrimSuffix(rule.ID, lastPart(rule.ID, "/")) {
			onSame++
		}
	}
	return c.within(rulesPerBus, onSame, eventBridge.says("PutRule", "LimitExceededException",
		"The requested resource exceeds the maximum number allowed."))
}

var targetRoleRefused = eventBridge.says("PutTargets", "ValidationException",
	"Provided role '%s' cannot be assumed by principal 'events.amazonaws.com'.")

// refuseTargetRole: a bus of another region and a state machine take events by a role only, and EventBridge must be let
// in by it, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html and
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html.
func refuseTargetRole(c *Call) error {
	target, arn := c.text("arn"), c.text("roleArn")
	region, _, resource, _ := arnParts(target)
	farBus := strings.HasPrefix(resource, "event-bus/") && region != c.Region
	if (farBus || strings.HasPrefix(resource, "stateMachine:")) && !c.has("roleArn") {
		return eventBridge.refuses("PutTargets", "ValidationException", "RoleArn is required for target %s.", target)
	}
	role, found := c.findGlobal(iamRole, "arn", arn)
	if found && !trusts(role, "events.amazonaws.com", c.arn("events", "rule/"+c.text("rule"))) {
		return targetRoleRefused.With(arn)
	}
	return nil
}

func eventRuleOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		fillText("name", lastPart(c.ID, "/")).
		text("arn", c.arn("events", "rule/"+c.ID)).
		values
}
