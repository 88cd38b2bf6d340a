package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// publish puts an event on the default bus of a region: rules start state machines and tell topics.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
func (e *engine) publish(region, source, kind string, detail map[string]any) {
	published := map[string]any{
		"version": "0", "source": source, "detail-type": kind, "region": region, "time": e.now.Format(time.RFC3339),
		"detail": detail,
	}
	for _, rule := range e.all(ruleType) {
		var pattern map[string]any
		if rule.Region != region || json.Unmarshal([]byte(rule.Text("eventPattern")), &pattern) != nil ||
			rule.Text("state") == "DISABLED" || !matchesPattern(pattern, published) {
			continue
		}
		published["account"] = rule.Account
		for _, target := range e.all(targetType) {
			if target.Region == region && target.Account == rule.Account && target.Text("rule") == rule.Text("name") {
				e.startByRule(rule, target.Text("arn"), target.Text("roleArn"), published)
			}
		}
	}
}

// matchesPattern says whether an event has one of the wanted values at each field of a pattern.
func matchesPattern(pattern, event map[string]any) bool {
	for field, wanted := range pattern {
		switch wanted := wanted.(type) {
		case map[string]any:
			inner, is := event[field].(map[string]any)
			if !is || !matchesPattern(wanted, inner) {
				return false
			}
		case []any:
			if !slices.ContainsFunc(wanted, func(one any) bool { return matchesValue(one, event[field]) }) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func matchesValue(wanted, value any) bool {
	test, is := wanted.(map[string]any)
	if !is {
		return fmt.Sprint(wanted) == fmt.Sprint(value)
	}
	text := fmt.Sprint(value)
	for operator, operand := range test {
		switch operator {
		case "prefix":
			return strings.HasPrefix(text, fmt.Sprint(operand))
		case "suffix":
			return strings.HasSuffix(text, fmt.Sprint(operand))
		case "wildcard":
			return matches(fmt.Sprint(operand), text)
		case "equals-ignore-case":
			return strings.EqualFold(text, fmt.Sprint(operand))
		case "exists":
			return operand == (value != nil)
		case "anything-but":
			list, many := operand.([]any)
			if !many {
				list = []any{operand}
			}
			return !slices.ContainsFunc(list, func(one any) bool { return fmt.Sprint(one) == text })
		}
	}
	return false
}

// startByRule starts a state machine, where the target's role lets EventBridge.
func (e *engine) startByRule(rule interface{ Text(string) string }, arn, role string, input any) {
	machine, found := e.arn(stateMachineType, arn)
	if !found {
		return
	}
	err := firstOf(
		func() error { return e.assumed(role, "events.amazonaws.com", rule.Text("arn")) },
		func() error { return e.may(role, "states:StartExecution", arn, nil, nil) },
	)
	if err == nil {
		e.execute(machine, input)
	}
}
