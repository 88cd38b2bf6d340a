package cloud

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

const stepFunctionsService = "states.amazonaws.com"

// State machines: https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html.
func stepFunctionsTypes() []*Type {
	return []*Type{{
		Token: stateMachine,
		ID:    func(c *Call) string { return c.arn("states", "stateMachine:"+c.name("name")) },
		References: []Reference{
			toRole("roleArn", machineRoleRefused),
			toKey("encryptionConfiguration.kmsKeyId", stepFunctions.says("CreateStateMachine",
				"InvalidEncryptionConfiguration", "Invalid KMS key: %s")),
		},
		Unique: []Unique{{Property: "name", Taken: stepFunctions.says("CreateStateMachine", "StateMachineAlreadyExists",
			"State Machine Already Exists: '%s'")}},
		Refuse:   firstOf(refuseMachineName, refuseDefinition, refuseMachineRole, refuseMachineLogs),
		Computed: stateMachineOutputs,
	}}
}

var machineName = regexp.MustCompile(`^[0-9A-Za-z_-]{1,80}$`)

func refuseMachineName(c *Call) error {
	if name := c.text("name"); name != "" && !machineName.MatchString(name) {
		return fmt.Errorf("the name should only contain 0-9, A-Z, a-z, - and _, up to 80: %q", name)
	}
	return nil
}

var machineRoleRefused = stepFunctions.says("CreateStateMachine", "AccessDeniedException",
	"Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the"+
		" provided role.")

func refuseMachineRole(c *Call) error {
	role, found := c.findGlobal(iamRole, "arn", c.text("roleArn"))
	if found && !trusts(role, stepFunctionsService, c.ID) {
		return machineRoleRefused
	}
	return nil
}

// machine is a definition in the Amazon States Language, as far as its states lead to each other:
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html.
type machine struct {
	StartAt string
	States  map[string]state
}

type state struct {
	Type, Next, Default string
	End                 bool
	Resource            string
	Catch               []struct{ Next string }
	Choices             []struct{ Next string }
	Branches            []machine
	ItemProcessor       *machine
}

var stateTypes = []string{"Choice", "Fail", "Map", "Parallel", "Pass", "Succeed", "Task", "Wait"}

func refuseDefinition(c *Call) error {
	text := c.text("definition")
	if text == "" {
		return nil
	}
	refused := func(code, reason, at string) error {
		return stepFunctions.refuses("CreateStateMachine", "InvalidDefinition",
			"Invalid State Machine Definition: '%s: %s at %s'", code, reason, at)
	}
	const longest = 1 << 20
	var definition machine
	if err := json.Unmarshal([]byte(text), &definition); err != nil || len(text) > longest {
		return refused("INVALID_JSON_DESCRIPTION", "the definition is no JSON of 1 MB at most", "/")
	}
	return definition.refuse("", refused)
}

// refuse says what is wrong with a machine that stands at a path of the definition.
func (m machine) refuse(path string, refused func(code, reason, at string) error) error {
	if _, found := m.States[m.StartAt]; !found {
		return refused("MISSING_TRANSITION_TARGET", "Missing 'Next' target: "+m.StartAt, path+"/StartAt")
	}
	for name, s := range m.States {
		at := path + "/States/" + name
		if !slices.Contains(stateTypes, s.Type) {
			return refused("SCHEMA_VALIDATION_FAILED", "the state's type is not known: "+s.Type, at+"/Type")
		}
		if s.Type == "Task" && s.Resource == "" {
			return refused("SCHEMA_VALIDATION_FAILED", "the field 'Resource' is required", at)
		}
		targets := s.targets()
		if !s.End && len(targets) == 0 && !slices.Contains([]string{"Fail", "Succeed"}, s.Type) {
			return refused("SCHEMA_VALIDATION_FAILED", "a state has 'Next' or 'End'", at)
		}
		for _, target := range targets {
			if _, found := m.States[target]; !found {
				return refused("MISSING_TRANSITION_TARGET", "Missing 'Next' target: "+target, at)
			}
		}
		for _, inner := range s.inner() {
			if err := inner.refuse(at, refused); err != nil {
				return err
			}
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

// refuseMachineLogs: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html.
func refuseMachineLogs(c *Call) error {
	const logging = "loggingConfiguration"
	refused := func(reason string) error {
		return stepFunctions.refuses("CreateStateMachine", "InvalidLoggingConfiguration",
			"Invalid Logging Configuration: %s", reason)
	}
	level, destination := c.text(logging+".level"), c.text(logging+".logDestination")
	group, whole := strings.CutSuffix(destination, ":*")
	_, found := c.find(logGroup, "arn", group)
	switch {
	case level == "" || level == "OFF":
		return nil
	case len(At(c.Inputs, logging+".logDestination")) == 0:
		return refused("Must specify exactly one Log Destination.")
	case destination != "" && !whole:
		return refused("Log Destination must end with :*")
	case destination != "" && !found:
		return refused("Log Destination not found.")
	}
	return nil
}

func stateMachineOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		fillText("name", lastPart(c.ID, ":")).
		fillText("description", "").
		text("arn", c.ID).
		text("status", "ACTIVE").
		text("revisionId", uuid(digest(32, c.ID, c.text("definition"), c.text("roleArn")))).
		text("stateMachineVersionArn", "").
		keep("creationDate", property.New(c.Now.UTC().Format(time.RFC3339))).
		fill("encryptionConfiguration", object(map[string]property.Value{"type": property.New("AWS_OWNED_KEY")})).
		fill("loggingConfiguration", object(map[string]property.Value{
			"includeExecutionData": property.New(false), "level": property.New("OFF")})).
		fill("tracingConfiguration", object(map[string]property.Value{"enabled": property.New(false)})).
		values
}
