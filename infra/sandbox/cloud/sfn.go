package cloud

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
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
	case len(props.At(c.Inputs, logging+".logDestination")) == 0:
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
