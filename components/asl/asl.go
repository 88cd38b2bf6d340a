// Package asl writes state machines in the Amazon States Language from typed values.
//
// It is pure: no Pulumi, no cloud SDK. Every machine computes with JSONata, so that there is one way in which states
// hand values on: `Assign` keeps them in variables, and what a state puts out is what it says in `Output`.
//
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
package asl

import "encoding/json"

// Machine is a state machine, or one within a state of another.
type Machine struct {
	// Comment says what it does. Only the outermost machine has one.
	Comment string `json:",omitempty"`
	// TimeoutSeconds ends the execution as TIMED_OUT. Default 0, no limit but the year that Step Functions has.
	TimeoutSeconds int `json:",omitempty"`
	// StartAt names the first state.
	StartAt string
	States  map[string]State
}

// State is one step. Which fields it may have depends on its type. A value may be an Expression at any depth.
type State struct {
	// Type is "Task", "Choice", "Wait", "Map", "Parallel", "Succeed" or "Fail".
	Type string
	// Resource is what a Task calls, such as "arn:aws:states:::aws-sdk:ecs:updateService", with Arguments.
	Resource  string         `json:",omitempty"`
	Arguments map[string]any `json:",omitempty"`
	// Assign sets variables from the result, for all later states.
	Assign map[string]any `json:",omitempty"`
	// Output is what the state puts out. Default nil: the result as it is.
	Output any `json:",omitempty"`
	// Retry and Catch say what becomes of errors, first match first. Default none: the execution fails.
	Retry []Retry `json:",omitempty"`
	Catch []Catch `json:",omitempty"`
	// Choices are tried in order; where none holds, Default is next.
	Choices []Choice `json:",omitempty"`
	Default string   `json:",omitempty"`
	// Seconds is how long a Wait waits.
	Seconds int `json:",omitempty"`
	// Items are what a Map runs its ItemProcessor for.
	Items         any        `json:",omitempty"`
	ItemProcessor *Processor `json:",omitempty"`
	// Branches are what a Parallel runs side by side.
	Branches []Machine `json:",omitempty"`
	// Error and Cause are what a Fail ends the execution with.
	Error string `json:",omitempty"`
	Cause string `json:",omitempty"`
	// Next is the state that follows; End says that none does.
	Next string `json:",omitempty"`
	End  bool   `json:",omitempty"`
}

// Processor is the machine that a Map runs for each item, within the execution itself.
type Processor struct {
	ProcessorConfig ProcessorConfig
	Machine
}

// ProcessorConfig is how a Map runs; only INLINE is supported here.
type ProcessorConfig struct{ Mode string }

// Inline is a Map's processor of that machine.
func Inline(m Machine) *Processor { return &Processor{ProcessorConfig{"INLINE"}, m} }

// Retry is when and how often a Task is tried again: after IntervalSeconds, then each time BackoffRate times as long.
type Retry struct {
	ErrorEquals     []string
	IntervalSeconds int
	BackoffRate     float64
	MaxAttempts     int
}

// AnyError is what matches each error but those that end an execution whatever it says.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
const AnyError = "States.ALL"

// Persistently tries again for ten minutes: after 10 seconds, then twice as long each time.
var Persistently = []Retry{{ErrorEquals: []string{AnyError}, IntervalSeconds: 10, BackoffRate: 2, MaxAttempts: 6}}

// Catch is where an error that was not mended by trying again leads.
type Catch struct {
	ErrorEquals []string
	// Assign sets variables then, and Output is what the state puts out. Default nil: the error and its cause.
	Assign map[string]any `json:",omitempty"`
	Output any            `json:",omitempty"`
	Next   string
}

// Choice leads on where its condition, an Expression, is true.
type Choice struct {
	Condition string
	Next      string
}

// Expression is a JSONata expression as a value of a state.
func Expression(jsonata string) string { return "{% " + jsonata + " %}" }

// SDK is the resource of a Task that calls an API of AWS, SDK("ecs", "updateService") for instance. The names within
// its arguments and its result are those of AWS's SDK for Java: "DbInstanceIdentifier".
// https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
func SDK(service, call string) string { return "arn:aws:states:::aws-sdk:" + service + ":" + call }

// String is the machine's definition, the same for the same machine.
func (m Machine) String() string {
	text, err := json.Marshal(struct {
		QueryLanguage string
		Machine
	}{"JSONata", m})
	if err != nil {
		panic(err) // strings, numbers, lists and maps of them always encode
	}
	return string(text)
}
