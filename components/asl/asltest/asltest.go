// Package asltest runs state machines of package asl in tests, without AWS: it walks their states, computes their
// expressions and leaves the calls to the test.
package asltest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	jsonata "github.com/blues/jsonata-go"

	"haven/components/asl"
)

// Error is what a call is refused with: "SecretsManager.ResourceNotFoundException" for instance.
type Error struct{ Name, Cause string }

func (e Error) Error() string { return e.Name + ": " + e.Cause }

// ErrCrash is what a call answers when the execution is to end there and then, whatever it would catch.
var ErrCrash = errors.New("crashed")

// Run is one execution of a state machine.
type Run struct {
	// Call makes a call: resource is "ecs:updateService" for a call of AWS's SDK.
	Call func(resource string, arguments map[string]any) (any, error)
	// Start is when the execution started.
	Start time.Time
	// Wait hears of waiting; nil for nothing.
	Wait func(time.Duration)
	// Visited are the states that it came through, in order.
	Visited []string
}

// most is how many states an execution may come through.
const most = 1000

// Execute runs the machine of that definition. The error is that of a Fail state, or of a call that nothing caught.
func (r *Run) Execute(definition string, input any) (any, error) {
	var machine asl.Machine
	if err := json.Unmarshal([]byte(definition), &machine); err != nil {
		return nil, err
	}
	return r.machine(machine, plain(input), map[string]any{})
}

func (r *Run) machine(m asl.Machine, input any, variables map[string]any) (any, error) {
	name := m.StartAt
	for range most {
		r.Visited = append(r.Visited, name)
		state, known := m.States[name]
		if !known {
			return nil, fmt.Errorf("no state %q", name)
		}
		s := scope{run: r, input: input, variables: variables}
		next, output, err := s.enter(state)
		if err != nil || next == "" {
			return output, err
		}
		name, input = next, output
	}
	return nil, fmt.Errorf("did not end within %d states", most)
}

// scope is what an expression of a state sees.
type scope struct {
	run                        *Run
	input, result, errorOutput any
	variables                  map[string]any
}

// enter runs a state and says which is next; "" for none.
func (s scope) enter(state asl.State) (next string, output any, err error) {
	switch state.Type {
	case "Fail":
		return "", nil, Error{state.Error, state.Cause}
	case "Succeed":
		return "", s.input, nil
	case "Choice":
		next, err = s.choose(state)
		return next, s.input, err
	case "Wait":
		if s.run.Wait != nil {
			s.run.Wait(time.Duration(state.Seconds) * time.Second)
		}
		return state.Next, s.input, nil
	case "Task", "Map", "Parallel":
		return s.work(state)
	}
	return "", nil, fmt.Errorf("no type %q", state.Type)
}

func (s scope) choose(state asl.State) (string, error) {
	for _, choice := range state.Choices {
		holds, err := s.value(choice.Condition)
		if err != nil {
			return "", err
		}
		if is, boolean := holds.(bool); !boolean {
			return "", fmt.Errorf("condition %s is %v", choice.Condition, holds)
		} else if is {
			return choice.Next, nil
		}
	}
	return state.Default, nil
}

func (s scope) work(state asl.State) (string, any, error) {
	result, err := s.attempt(state)
	if err == nil {
		s.result = plain(result)
		var output any
		if output, err = s.leave(state.Assign, state.Output, s.result); err == nil {
			return state.Next, output, nil
		}
	}
	var refused Error
	if !errors.As(err, &refused) {
		return "", nil, err
	}
	for _, c := range state.Catch {
		if matches(c.ErrorEquals, refused) {
			s.errorOutput = map[string]any{"Error": refused.Name, "Cause": refused.Cause}
			output, err := s.leave(c.Assign, c.Output, s.errorOutput)
			return c.Next, output, err
		}
	}
	return "", nil, err
}

// leave sets variables, and answers what is put out: said, or otherwise.
func (s scope) leave(assign map[string]any, said, otherwise any) (any, error) {
	assigned, err := s.value(plain(assign))
	if err != nil {
		return nil, err
	}
	output := otherwise
	if said != nil {
		if output, err = s.value(plain(said)); err != nil {
			return nil, err
		}
	}
	if variables, is := assigned.(map[string]any); is {
		maps.Copy(s.variables, variables)
	}
	return output, nil
}

// attempt makes the call of a state, as often as its retries allow.
func (s scope) attempt(state asl.State) (any, error) {
	for tried := 0; ; tried++ {
		result, err := s.once(state)
		var refused Error
		if !errors.As(err, &refused) {
			return result, err
		}
		at := slices.IndexFunc(state.Retry, func(r asl.Retry) bool { return matches(r.ErrorEquals, refused) })
		if at < 0 || tried >= state.Retry[at].MaxAttempts {
			return nil, err
		}
	}
}

func (s scope) once(state asl.State) (any, error) {
	switch state.Type {
	case "Map":
		return s.each(state)
	case "Parallel":
		return s.branches(state)
	}
	arguments, err := s.value(plain(state.Arguments))
	if err != nil {
		return nil, err
	}
	resource := strings.TrimPrefix(state.Resource, "arn:aws:states:::aws-sdk:")
	return s.run.Call(resource, arguments.(map[string]any))
}

func (s scope) each(state asl.State) (any, error) {
	items, err := s.value(plain(state.Items))
	if err != nil {
		return nil, err
	}
	var results []any
	for _, item := range items.([]any) {
		result, err := s.run.machine(state.ItemProcessor.Machine, item, maps.Clone(s.variables))
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return results, nil
}

func (s scope) branches(state asl.State) (any, error) {
	var results []any
	for _, branch := range state.Branches {
		result, err := s.run.machine(branch, s.input, maps.Clone(s.variables))
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return results, nil
}

func matches(names []string, err Error) bool {
	return slices.Contains(names, asl.AnyError) || slices.Contains(names, err.Name)
}

// value is a value with its expressions computed.
func (s scope) value(v any) (any, error) {
	switch v := v.(type) {
	case string:
		if expression, is := strings.CutPrefix(v, "{%"); is {
			return s.compute(strings.TrimSuffix(expression, "%}"))
		}
	case map[string]any:
		computed := map[string]any{}
		for name, element := range v {
			value, err := s.value(element)
			if err != nil {
				return nil, err
			}
			computed[name] = value
		}
		return computed, nil
	case []any:
		computed := make([]any, len(v))
		for i, element := range v {
			value, err := s.value(element)
			if err != nil {
				return nil, err
			}
			computed[i] = value
		}
		return computed, nil
	}
	return v, nil
}

func (s scope) compute(expression string) (any, error) {
	compiled, err := jsonata.Compile(expression)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", expression, err)
	}
	variables := maps.Clone(s.variables)
	variables["states"] = map[string]any{
		"input": s.input, "result": s.result, "errorOutput": s.errorOutput,
		"context": map[string]any{"Execution": map[string]any{"StartTime": s.run.Start.UTC().Format(time.RFC3339)}},
	}
	if err := compiled.RegisterVars(variables); err != nil {
		return nil, err
	}
	// $parse is Step Functions' own: JSONata has no function that reads JSON.
	// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
	parse := jsonata.Extension{Func: func(text string) (any, error) {
		var parsed any
		err := json.Unmarshal([]byte(text), &parsed)
		return parsed, err
	}}
	if err := compiled.RegisterExts(map[string]jsonata.Extension{"parse": parse}); err != nil {
		return nil, err
	}
	value, err := compiled.Eval(nil)
	if err != nil {
		return nil, Error{"States.QueryEvaluationError", fmt.Sprintf("%s: %s", expression, err)}
	}
	return plain(value), nil
}

// plain is a value as JSON knows it.
func plain(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		panic(err)
	}
	return value
}
