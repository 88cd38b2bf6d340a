package cloud

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// machine is a definition in the Amazon States Language, as far as its states lead to each other:
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html.
type machine struct {
	QueryLanguage string
	StartAt       string
	States        map[string]state
}

type state struct {
	Type, Next, Default string
	End                 bool
	Resource            string
	QueryLanguage       string
	Catch               []struct{ Next string }
	Choices             []struct{ Next string }
	Branches            []machine
	ItemProcessor       *machine
	fields              map[string]any // all of them, as they are written
}

func (s *state) UnmarshalJSON(text []byte) error {
	type plain state
	if err := json.Unmarshal(text, (*plain)(s)); err != nil {
		return err
	}
	return json.Unmarshal(text, &s.fields)
}

var stateTypes = []string{"Choice", "Fail", "Map", "Parallel", "Pass", "Succeed", "Task", "Wait"}

// The diagnostics of a definition.
const (
	badSchema    = "SCHEMA_VALIDATION_FAILED"
	noTransition = "MISSING_TRANSITION_TARGET"
)

func definitionRefused(code, reason, at string) error {
	return stepFunctions.refuses("CreateStateMachine", "InvalidDefinition",
		"Invalid State Machine Definition: '%s: %s at %s'", code, reason, at)
}

func refuseDefinition(c *Call) error {
	text := c.text("definition")
	if text == "" {
		return nil
	}
	const longest = 1 << 20
	var definition machine
	if err := json.Unmarshal([]byte(text), &definition); err != nil || len(text) > longest {
		return definitionRefused("INVALID_JSON_DESCRIPTION", "the definition is no JSON of 1 MB at most", "/")
	}
	judge := definitionJudge{express: c.text("type") == "EXPRESS", seen: map[string]string{}}
	language, err := judge.language(definition.QueryLanguage, "JSONPath", "")
	if err != nil {
		return err
	}
	return judge.refuse(definition, language, "")
}

// definitionJudge says what is wrong with a definition.
type definitionJudge struct {
	express bool
	seen    map[string]string // where the states of a name stand
}

// refuse looks at a machine that stands at a path of the definition.
func (j definitionJudge) refuse(m machine, language, path string) error {
	if _, found := m.States[m.StartAt]; !found {
		return definitionRefused(noTransition, "Missing 'Next' target: "+m.StartAt, path+"/StartAt")
	}
	for _, name := range slices.Sorted(maps.Keys(m.States)) {
		at := path + "/States/" + name
		if first, taken := j.seen[name]; taken {
			return definitionRefused("DUPLICATE_STATE_NAME", "Duplicate state name: "+name+", as at "+first, at)
		}
		j.seen[name] = at
		if err := j.refuseState(m, m.States[name], language, at); err != nil {
			return err
		}
	}
	return m.refuseUnreachable(path)
}

func (j definitionJudge) refuseState(m machine, s state, language, at string) error {
	language, err := j.language(s.QueryLanguage, language, at)
	if err != nil {
		return err
	}
	targets := s.targets()
	switch {
	case !slices.Contains(stateTypes, s.Type):
		return definitionRefused(badSchema, "the state's type is not known: "+s.Type, at+"/Type")
	case !s.End && len(targets) == 0 && !slices.Contains([]string{"Fail", "Succeed"}, s.Type):
		return definitionRefused(badSchema, "a state has 'Next' or 'End'", at)
	}
	for _, target := range targets {
		if _, found := m.States[target]; !found {
			return definitionRefused(noTransition, "Missing 'Next' target: "+target, at)
		}
	}
	if s.Type == "Task" {
		if err := j.refuseTask(s, at); err != nil {
			return err
		}
	}
	if err := s.refuseFields(language, at); err != nil {
		return err
	}
	for _, inner := range s.inner() {
		if err := j.refuse(inner, language, at); err != nil {
			return err
		}
	}
	return nil
}

// refuseTask: https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html. Express workflows wait for
// nothing. The names within a call are those of the SDK for Java, which writes no two capitals in a row:
// https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html.
func (j definitionJudge) refuseTask(s state, at string) error {
	waits := strings.HasSuffix(s.Resource, ".sync") || strings.HasSuffix(s.Resource, ".sync:2") ||
		strings.HasSuffix(s.Resource, ".waitForTaskToken")
	switch {
	case s.Resource == "":
		return definitionRefused(badSchema, "the field 'Resource' is required", at)
	case j.express && waits:
		return definitionRefused(badSchema, "Express state machine does not support '"+s.Resource+"'", at+"/Resource")
	case !strings.HasPrefix(s.Resource, "arn:aws:states:::aws-sdk:rds:"):
		return nil
	}
	for _, field := range []string{"Arguments", "Parameters"} {
		arguments, _ := s.fields[field].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(arguments)) {
			if strings.HasPrefix(name, "DB") {
				return definitionRefused(badSchema, "The field \""+name+"\" is not supported by Step Functions", at+"/"+field)
			}
		}
	}
	return nil
}

// refuseUnreachable: each state can be come to.
func (m machine) refuseUnreachable(path string) error {
	reached, next := map[string]bool{}, []string{m.StartAt}
	for len(next) > 0 {
		name := next[0]
		next = next[1:]
		if !reached[name] {
			reached[name] = true
			next = append(next, m.States[name].targets()...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.States)) {
		if !reached[name] {
			return definitionRefused(noTransition, "State \""+name+"\" is not reachable.", path+"/States/"+name)
		}
	}
	return nil
}

// targets are the states that may follow.
func (s state) targets() []string {
	var targets []string
	for _, target := range []string{s.Next, s.Default} {
		if target != "" {
			targets = append(targets, target)
		}
	}
	for _, choice := range slices.Concat(s.Catch, s.Choices) {
		targets = append(targets, choice.Next)
	}
	return targets
}

// inner are the machines within a state.
func (s state) inner() []machine {
	if s.ItemProcessor != nil {
		return append(s.Branches, *s.ItemProcessor)
	}
	return s.Branches
}
