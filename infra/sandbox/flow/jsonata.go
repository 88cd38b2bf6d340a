package flow

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/blues/jsonata-go"
	"github.com/blues/jsonata-go/jlib"
	"github.com/blues/jsonata-go/jtypes"
)

// scope is what the expressions of a state see.
type scope struct {
	r       *running
	name    string
	input   any
	vars    map[string]any
	result  any
	problem any
}

// leave sets the variables and makes the output of a state that is done.
func (s *scope) leave(assign map[string]any, output, fallback any) (any, error) {
	assigned := map[string]any{}
	for name, value := range assign {
		evaluated, err := s.evaluate(value)
		if err != nil {
			return nil, err
		}
		assigned[name] = evaluated
	}
	if output != nil {
		var err error
		if fallback, err = s.evaluate(output); err != nil {
			return nil, err
		}
	}
	for name, value := range assigned { // all see the variables as they were
		s.vars[name] = value
	}
	return fallback, nil
}

// until is when a wait is over.
func (s *scope) until(of state) (time.Time, error) {
	if of.Timestamp != "" {
		at, err := s.evaluate(of.Timestamp)
		if err != nil {
			return time.Time{}, err
		}
		return time.Parse(time.RFC3339, fmt.Sprint(at))
	}
	seconds, err := s.evaluate(of.Seconds)
	if err != nil {
		return time.Time{}, err
	}
	count, _ := seconds.(float64)
	return s.r.now.Add(time.Duration(max(1, count)) * time.Second), nil
}

// evaluate puts values in the place of all expressions within a value.
func (s *scope) evaluate(value any) (any, error) {
	switch value := value.(type) {
	case string:
		inner, begins := strings.CutPrefix(strings.TrimSpace(value), "{%")
		inner, ends := strings.CutSuffix(inner, "%}")
		if begins && ends {
			return s.ask(inner)
		}
	case map[string]any:
		evaluated := map[string]any{}
		for name, each := range value {
			var err error
			if evaluated[name], err = s.evaluate(each); err != nil {
				return nil, err
			}
		}
		return evaluated, nil
	case []any:
		evaluated := make([]any, len(value))
		for i, each := range value {
			var err error
			if evaluated[i], err = s.evaluate(each); err != nil {
				return nil, err
			}
		}
		return evaluated, nil
	}
	return value, nil
}

const evaluationError = "States.QueryEvaluationError"

// ask evaluates an expression. Its times are the sandbox's.
func (s *scope) ask(text string) (any, error) {
	kept, known := s.r.expressions[text]
	if !known {
		var err error
		if kept, err = jsonata.Compile(text); err != nil {
			return nil, failed(evaluationError, "%s: %v", s.name, err)
		}
		s.r.expressions[text] = kept
	}
	expression := *kept // its variables are this evaluation's alone
	variables := map[string]any{"states": s.states()}
	for name, value := range s.vars {
		variables[name] = value
	}
	if err := expression.RegisterVars(variables); err != nil {
		return nil, failed(evaluationError, "%s: %v", s.name, err)
	}
	if err := expression.RegisterExts(s.functions()); err != nil {
		return nil, failed(evaluationError, "%s: %v", s.name, err)
	}
	value, err := expression.Eval(nil)
	if err != nil {
		return nil, failed(evaluationError, "%s: %s: %v", s.name, strings.TrimSpace(text), err)
	}
	return plain(value)
}

// plain is a value as JSON would give it back.
func plain(value any) (any, error) {
	switch value.(type) {
	case nil, string, float64, bool:
		return value, nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, failed(evaluationError, "%v", err)
	}
	var back any
	return back, json.Unmarshal(raw, &back)
}

// states is the reserved variable of that name.
// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
func (s *scope) states() map[string]any {
	x, of := s.r.execution, s.r.of
	return map[string]any{
		"input": s.input, "result": s.result, "errorOutput": s.problem,
		"context": map[string]any{
			"Execution": map[string]any{"Id": x.ID, "Name": x.ID, "Input": x.Given, "RoleArn": of.Text("roleArn"),
				"StartTime": x.Started.Format(timestamp)},
			"State":        map[string]any{"Name": s.name, "EnteredTime": s.r.now.Format(timestamp)},
			"StateMachine": map[string]any{"Id": x.Machine, "Name": of.Text("name")},
		},
	}
}

// timestamp is how AWS writes times in JSON.
const timestamp = "2006-01-02T15:04:05.000Z"

// functions are those that tell the time, and those that Step Functions adds to JSONata's.
func (s *scope) functions() map[string]jsonata.Extension {
	now := s.r.now.UnixMilli()
	return map[string]jsonata.Extension{
		"millis": {Func: func() float64 { return float64(now) }},
		"now": {Func: func(picture, zone jtypes.OptionalString) (string, error) {
			return jlib.FromMillis(now, picture, zone)
		}},
		"parse": {Func: func(text string) (any, error) {
			var value any
			return value, json.Unmarshal([]byte(text), &value)
		}},
		"uuid": {Func: func() string { return hexOf(s.r.execution.ID, s.name)[:32] }},
	}
}
