package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	onlyPass = `{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}`
	rollEach = `{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Map","End":true,"ItemProcessor":` +
		`{"StartAt":"C","States":{"C":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:ecs:updateService","End":true}}}}}}`
)

func TestStateMachines(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		runner := s.make(iamRole, settings{"name": "states", "assumeRolePolicy": trust("states.amazonaws.com")})
		logs := s.make(logGroup, settings{"name": "/haven/machine"}).Text("arn")
		base := settings{"name": "roll", "roleArn": runner.Text("arn"), "definition": onlyPass}
		s.make(stateMachine, with(base, settings{"name": "taken"}))
		try := func(name string, changes settings, want string) attempt {
			return attempt{name, stateMachine, with(base, changes), want}
		}
		define := func(name, states, want string) attempt {
			return try(name, settings{"definition": `{"StartAt":"A","States":{` + states + `}}`}, want)
		}
		logged := func(destination any) settings {
			return settings{"loggingConfiguration": with(settings{"level": "ALL"}, settings{"logDestination": destination})}
		}
		return []attempt{
			try("machine", nil, ""),
			try("nested", settings{"definition": rollEach}, ""),
			try("taken", settings{"name": "taken"}, "api error StateMachineAlreadyExists: State Machine Already Exists: 'taken'"),
			try("odd name", settings{"name": "a b"}, "the name should only contain"),
			try("no JSON", settings{"definition": "{"}, "api error InvalidDefinition: Invalid State Machine Definition"),
			define("no start", `"B":{"Type":"Pass","End":true}`, "Missing 'Next' target: A at /StartAt"),
			define("odd type", `"A":{"Type":"Jump","End":true}`, "the state's type is not known: Jump"),
			define("leads nowhere", `"A":{"Type":"Pass","Next":"B"}`, "Missing 'Next' target: B at /States/A"),
			define("caught nowhere", `"A":{"Type":"Pass","End":true,"Catch":[{"Next":"B"}]}`, "Missing 'Next' target: B"),
			define("no end", `"A":{"Type":"Pass"}`, "a state has 'Next' or 'End'"),
			define("end", `"A":{"Type":"Succeed"}`, ""),
			define("task of nothing", `"A":{"Type":"Task","End":true}`, "the field 'Resource' is required"),
			define("branch", `"A":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"B","States":{}}]}`,
				"Missing 'Next' target: B at /States/A/StartAt"),
			define("unreachable", `"A":{"Type":"Succeed"},"B":{"Type":"Succeed"}`, `State "B" is not reachable.`),
			define("names twice", `"A":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"A",`+
				`"States":{"A":{"Type":"Succeed"}}}]}`, "DUPLICATE_STATE_NAME"),
			define("names of another SDK", `"A":{"Type":"Task","End":true,`+
				`"Resource":"arn:aws:states:::aws-sdk:rds:describeDBInstances","Parameters":{"DBInstanceIdentifier":"a"}}`,
				`The field "DBInstanceIdentifier" is not supported`),
			try("express that waits", settings{"type": "EXPRESS", "definition": `{"StartAt":"A","States":{"A":{"Type":"Task",` +
				`"End":true,"Resource":"arn:aws:states:::ecs:runTask.sync"}}}`}, "Express state machine does not support"),
			try("role of others", settings{"roleArn": s.role.Text("arn")}, "api error AccessDeniedException: Neither"),
			try("no such role", settings{"roleArn": "arn:aws:iam::123456789012:role/none"}, "api error AccessDeniedException"),
			try("logged", logged(logs+":*"), ""),
			try("logged to a part", logged(logs), "Log Destination must end with :*"),
			try("logged nowhere", logged("arn:aws:logs:eu-west-1:123456789012:log-group:x:*"), "Log Destination not found."),
			try("logged to nothing", logged(nil), "Must specify exactly one Log Destination."),
			try("no such key", settings{"encryptionConfiguration": settings{"kmsKeyId": "arn:k"}}, "Invalid KMS key: arn:k"),
		}
	})
}

func TestQueryLanguages(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		runner := s.make(iamRole, settings{"name": "states", "assumeRolePolicy": trust("states.amazonaws.com")})
		of := func(name, language, state, want string) attempt {
			return attempt{name, stateMachine, settings{"name": "look", "roleArn": runner.Text("arn"), "definition": `{` +
				`"QueryLanguage":"` + language + `","StartAt":"A","States":{"A":{"Type":"Pass","End":true` + state + `}}}`}, want}
		}
		choice := func(name, language, choice, want string) attempt {
			return attempt{name, stateMachine, settings{"name": "look", "roleArn": runner.Text("arn"), "definition": `{` +
				`"QueryLanguage":"` + language + `","StartAt":"A","States":{"A":{"Type":"Choice","Choices":[` + choice +
				`]},"B":{"Type":"Succeed"}}}`}, want}
		}
		return []attempt{
			of("JSONata", "JSONata", `,"Output":"{% $millis() / 60000 %}","Assign":{"a":["{% $states.input.b %}"]}`, ""),
			of("other case", "JSONATA", "", "the value must be one of JSONPath, JSONata: JSONATA at /QueryLanguage"),
			of("paths in JSONata", "JSONata", `,"ResultPath":"$.a"`, "The field 'ResultPath' is not supported with JSONata"),
			of("arguments of paths", "JSONPath", `,"Output":"a"`, "The field 'Output' is not supported with JSONPath"),
			of("state of JSONata", "JSONPath", `,"QueryLanguage":"JSONata","Output":"{% 1 %}"`, ""),
			of("state of paths", "JSONata", `,"QueryLanguage":"JSONPath"`, "QueryLanguage cannot be JSONPath within JSONata"),
			of("odd expression", "JSONata", `,"Output":{"a":["{% 1 + %}"]}`,
				"the value is no valid JSONata expression: {% 1 + %} at /States/A/Output/a[0]"),
			of("open expression", "JSONata", `,"Output":"{% 1"`, "the value is no valid JSONata expression: {% 1"),
			of("text", "JSONata", `,"Output":"50 %"`, ""),
			choice("condition", "JSONata", `{"Condition":"{% true %}","Next":"B"}`, ""),
			choice("no condition", "JSONata", `{"Next":"B"}`, "the field 'Condition' is required at /States/A/Choices[0]"),
			choice("variable", "JSONPath", `{"Variable":"$.a","IsPresent":true,"Next":"B"}`, ""),
		}
	})
}

func TestStateMachineOutputs(t *testing.T) {
	s := full(t)
	runner := s.make(iamRole, settings{"name": "states", "assumeRolePolicy": trust("states.amazonaws.com")})
	base := settings{"name": "roll", "roleArn": runner.Text("arn"), "definition": onlyPass}
	made := s.make(stateMachine, base)
	assert.Equal(t, "arn:aws:states:eu-west-1:123456789012:stateMachine:roll", made.ID)
	assert.Equal(t, made.ID, made.Text("arn"))
	assert.Equal(t, "2025-03-01T12:00:00Z", made.Text("creationDate"))
	changed, err := s.update(made, with(base, settings{"definition": rollEach}))
	expect(t, err, "")
	assert.NotEqual(t, made.Text("revisionId"), changed.Text("revisionId"))
}

func TestStateMachinesAreStartedByARole(t *testing.T) {
	s := newWorld(t)
	s.make(eventsRule, settings{"name": "rotated", "eventPattern": `{"source":["aws.secretsmanager"]}`})
	_, err := s.try(eventsTarget, settings{"rule": "rotated",
		"arn": "arn:aws:states:eu-west-1:123456789012:stateMachine:roll"})
	expect(t, err, "api error ValidationException: RoleArn is required for target arn:aws:states:")
}
