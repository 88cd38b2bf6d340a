package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"
)

// State machines of Step Functions run as they are defined, in JSONata:
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html. What they call is answered
// from the world (calls.go), where their role may call it. A call that fails is not tried again: within an advance
// nothing changes that would mend it.
const executionJob = "execution"

// machine is a definition.
type machine struct {
	StartAt string
	States  map[string]state
}

type state struct {
	Type          string
	Resource      string
	Arguments     any
	Assign        map[string]any
	Output        any
	Catch         []catch
	Choices       []choice
	Default       string
	Seconds       any
	Timestamp     string
	Items         any
	ItemProcessor *machine
	Branches      []machine
	Error, Cause  string
	Next          string
	End           bool
}

type catch struct {
	ErrorEquals []string
	Next        string
	Assign      map[string]any
	Output      any
}

type choice struct {
	Condition any
	Next      string
	Assign    map[string]any
	Output    any
}

// execution is a run of a machine, at a state.
type execution struct {
	ID      string
	Machine string // the ARN
	State   string
	Given   any // the input of the whole
	Input   any // of the state
	Vars    map[string]any
	Started time.Time
}

// failure is an error as states name it.
type failure struct{ Name, Cause string }

func (f failure) Error() string { return f.Name + ": " + f.Cause }

func failed(name, format string, args ...any) error {
	return failure{name, fmt.Sprintf(format, args...)}
}

// ended says how a run of states ended: done, or waiting for a time with a state to go on at.
type ended struct {
	output any
	until  time.Time
	next   string
}

// execute starts a state machine, where it may assume its role.
func (e *engine) execute(of cloud.Resource, input any) {
	arn := of.Text("arn")
	id := hexOf(arn, e.now.Format(time.RFC3339Nano), fmt.Sprint(input))[:32]
	e.carryOn(execution{ID: id, Machine: arn, Given: input, Input: input, Vars: map[string]any{}, Started: e.now})
}

// resume goes on after a wait.
func (e *engine) resume(x execution) { e.carryOn(x) }

// carryOn runs states until the execution ends or waits, and says how it ended.
func (e *engine) carryOn(x execution) {
	how, err := e.step(&x, true)
	if err == nil && !how.until.IsZero() {
		x.State = how.next
		e.later(executionJob, x.ID, how.until, x)
		return
	}
	status := "SUCCEEDED"
	if err != nil {
		status = "FAILED"
	}
	if of, found := e.arn(stateMachineType, x.Machine); found && of.Text("type") == "EXPRESS" {
		return // of which EventBridge hears nothing
	}
	e.publish(arnPart(x.Machine, 3), "aws.states", "Step Functions Execution Status Change", map[string]any{
		"stateMachineArn": x.Machine, "status": status, "executionArn": x.ID,
	})
}

// step runs states until the execution ends or, where it waits, until the next wait.
func (e *engine) step(x *execution, waits bool) (ended, error) {
	of, found := e.arn(stateMachineType, x.Machine)
	if !found {
		return ended{}, failed("States.Runtime", "the state machine is gone")
	}
	if err := e.assumed(of.Text("roleArn"), "states.amazonaws.com", x.Machine); err != nil {
		return ended{}, failed("States.Runtime", "%v", err)
	}
	definition, err := e.definition(of)
	if err != nil {
		return ended{}, failed("States.Runtime", "%v", err)
	}
	r := &running{engine: e, execution: x, of: of}
	if x.State == "" {
		x.State = definition.StartAt
	}
	return r.run(definition, x.State, x.Input, x.Vars, waits)
}

// definition reads that of a state machine once.
func (e *engine) definition(of cloud.Resource) (machine, error) {
	read, known := e.machines[of.ID]
	if known {
		return read, nil
	}
	err := json.Unmarshal([]byte(of.Text("definition")), &read)
	e.machines[of.ID] = read
	return read, err
}

// running is an execution while its states run.
type running struct {
	*engine
	execution *execution
	of        cloud.Resource
}

// mostStates ends a machine that goes round without a wait.
const mostStates = 10_000

// run goes from state to state. Within a map or a branch there is no waiting: what follows a wait is done at once.
func (r *running) run(m machine, at string, input any, vars map[string]any, waits bool) (ended, error) {
	for range mostStates {
		s, found := m.States[at]
		if !found {
			return ended{}, failed("States.Runtime", "there is no state %q", at)
		}
		scope := scope{r: r, name: at, input: input, vars: vars}
		output, next, err := r.do(s, &scope)
		if err != nil {
			if output, next, err = caught(s, &scope, err); err != nil {
				return ended{}, err
			}
		}
		input = output
		switch {
		case s.Type == "Succeed" || next == "" && s.End:
			return ended{output: output}, nil
		case s.Type == "Wait" && waits:
			r.execution.Input = input
			until, err := scope.until(s)
			return ended{until: until, next: next}, err
		}
		at = next
	}
	return ended{}, failed("States.Runtime", "more than %d states", mostStates)
}

// do does what a state does, and says what it puts out and what comes next.
func (r *running) do(s state, scope *scope) (output any, next string, err error) {
	output, next = scope.input, s.Next
	switch s.Type {
	case "Pass", "Wait", "Succeed":
	case "Fail":
		return nil, "", failed(s.Error, "%s", s.Cause)
	case "Task":
		output, err = r.task(s, scope)
	case "Map":
		output, err = r.each(s, scope)
	case "Parallel":
		output, err = r.branches(s, scope)
	case "Choice":
		return r.choose(s, scope)
	default:
		err = failed("States.Runtime", "no type of state: %q", s.Type)
	}
	if err != nil {
		return nil, "", err
	}
	scope.result = output
	output, err = scope.leave(s.Assign, s.Output, output)
	return output, next, err
}

func (r *running) task(s state, scope *scope) (any, error) {
	arguments, err := scope.evaluate(s.Arguments)
	if err != nil {
		return nil, err
	}
	given, _ := arguments.(map[string]any)
	return r.call(caller{role: r.of.Text("roleArn"), account: r.of.Account, region: r.of.Region}, s.Resource, given)
}

func (r *running) each(s state, scope *scope) (any, error) {
	items, err := scope.evaluate(s.Items)
	if err != nil {
		return nil, err
	}
	list, many := items.([]any)
	if !many {
		list = []any{items}
	}
	outputs := []any{}
	for _, item := range list {
		how, err := r.run(*s.ItemProcessor, s.ItemProcessor.StartAt, item, maps.Clone(scope.vars), false)
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, how.output)
	}
	return outputs, nil
}

func (r *running) branches(s state, scope *scope) (any, error) {
	input := scope.input
	if s.Arguments != nil {
		var err error
		if input, err = scope.evaluate(s.Arguments); err != nil {
			return nil, err
		}
	}
	var outputs []any
	for _, branch := range s.Branches {
		how, err := r.run(branch, branch.StartAt, input, maps.Clone(scope.vars), false)
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, how.output)
	}
	return outputs, nil
}

func (r *running) choose(s state, scope *scope) (any, string, error) {
	for _, choice := range s.Choices {
		holds, err := scope.evaluate(choice.Condition)
		if err != nil {
			return nil, "", err
		}
		if holds == true {
			output, err := scope.leave(choice.Assign, choice.Output, scope.input)
			return output, choice.Next, err
		}
	}
	if s.Default == "" {
		return nil, "", failed("States.NoChoiceMatched", "no choice of %s holds", scope.name)
	}
	output, err := scope.leave(s.Assign, s.Output, scope.input)
	return output, s.Default, err
}

// caught is where an error leads; the error itself where nothing catches it.
func caught(s state, scope *scope, err error) (any, string, error) {
	var f failure
	if !errors.As(err, &f) {
		f = failure{"States.Runtime", err.Error()}
	}
	for _, c := range s.Catch {
		match := slices.ContainsFunc(c.ErrorEquals, func(name string) bool {
			return name == f.Name || name == "States.ALL" || name == "States.TaskFailed" && !strings.HasPrefix(f.Name, "States.")
		})
		if match {
			scope.problem = map[string]any{"Error": f.Name, "Cause": f.Cause}
			output, err := scope.leave(c.Assign, c.Output, scope.problem)
			return output, c.Next, err
		}
	}
	return nil, "", err
}
