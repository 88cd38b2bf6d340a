package flow

import (
	"errors"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"

	"github.com/blues/jsonata-go"
)

// friday is one at noon.
var friday = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func TestExpressions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ expression, zone, want string }{
		{"rate(15 minutes)", "UTC", "2026-11-20T12:05:00Z 2026-11-20T12:20:00Z"},
		{"rate(1 hour)", "UTC", "2026-11-20T12:50:00Z 2026-11-20T13:50:00Z"},
		{"at(2026-11-21T00:00:00)", "Europe/Dublin", "2026-11-21T00:00:00Z never"},
		{"at(2026-11-01T00:00:00)", "UTC", "never never"},
		{"cron(5 */6 * * ? *)", "UTC", "2026-11-20T12:05:00Z 2026-11-20T18:05:00Z"},
		{"cron(0 1 * * ? *)", "Europe/Berlin", "2026-11-21T00:00:00Z 2026-11-22T00:00:00Z"},
		{"cron(0 3 ? * 1 *)", "UTC", "2026-11-22T03:00:00Z 2026-11-29T03:00:00Z"},
		{"cron(0 3 ? * MON-FRI *)", "UTC", "2026-11-23T03:00:00Z 2026-11-24T03:00:00Z"},
		{"cron(0 3 ? * 2-6 2027)", "UTC", "2027-01-01T03:00:00Z 2027-01-04T03:00:00Z"},
		{"cron(0 0 1 1 ? 2027-2028)", "UTC", "2027-01-01T00:00:00Z 2028-01-01T00:00:00Z"},
		{"cron(0 0 1 1 ? 2025)", "UTC", "never never"},
	} {
		due, err := parseExpression(test.expression, test.zone, friday.Add(-10*time.Minute))
		require.NoError(t, err, test.expression)
		first := due(friday)
		second := first
		if !first.IsZero() {
			second = due(first)
		}
		assert.Equal(t, test.want, moment(first)+" "+moment(second), test.expression)
	}
	for _, text := range []string{"", "cron(* * * * *)", "rate(five minutes)", "cron(0 0 L * ? *)"} {
		_, err := parseExpression(text, "UTC", friday)
		assert.Error(t, err, text)
	}
	_, err := parseExpression("rate(1 day)", "Mars/Olympus", friday)
	assert.Error(t, err)
}

func moment(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format(time.RFC3339)
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	event := map[string]any{"source": "aws.rds", "detail": map[string]any{"EventID": "RDS-EVENT-0091",
		"name": "rds:acme-1"}}
	for _, test := range []struct {
		pattern map[string]any
		want    bool
	}{
		{map[string]any{"source": []any{"aws.rds", "aws.s3"}}, true},
		{map[string]any{"source": []any{"aws.s3"}}, false},
		{map[string]any{"source": "aws.rds"}, false},
		{map[string]any{"detail": map[string]any{"EventID": []any{"RDS-EVENT-0091"}}}, true},
		{map[string]any{"detail": map[string]any{"name": []any{map[string]any{"prefix": "rds:acme-"}}}}, true},
		{map[string]any{"detail": map[string]any{"name": []any{map[string]any{"prefix": "rds:globex-"}}}}, false},
		{map[string]any{"detail": map[string]any{"name": []any{map[string]any{"suffix": "-1"}}}}, true},
		{map[string]any{"detail": map[string]any{"name": []any{map[string]any{"wildcard": "rds:*-1"}}}}, true},
		{map[string]any{"detail": map[string]any{"name": []any{map[string]any{"equals-ignore-case": "RDS:ACME-1"}}}}, true},
		{map[string]any{"detail": map[string]any{"name": []any{map[string]any{"anything-but": "rds:acme-1"}}}}, false},
		{map[string]any{"detail": map[string]any{"name": []any{map[string]any{"anything-but": []any{"x"}}}}}, true},
		{map[string]any{"detail": map[string]any{"none": []any{map[string]any{"exists": false}}}}, true},
		{map[string]any{"detail": map[string]any{"name": []any{map[string]any{"numeric": []any{">", 1}}}}}, false},
		{map[string]any{"region": map[string]any{"name": []any{"x"}}}, false},
	} {
		assert.Equal(t, test.want, matchesPattern(test.pattern, event), "%v", test.pattern)
	}
}

const machineARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:m"

// runningMachine is one of that definition, whose role may put metrics of one namespace.
func runningMachine(definition string) (*engine, cloud.Resource) {
	text := func(fields map[string]string) property.Map {
		values := map[string]property.Value{}
		for name, value := range fields {
			values[name] = property.New(value)
		}
		return property.NewMap(values)
	}
	roleARN := "arn:aws:iam::123456789012:role/m"
	of := cloud.Resource{Account: "123456789012", Region: "eu-west-1", Type: stateMachineType, ID: machineARN,
		Outputs: text(map[string]string{"arn": machineARN, "name": "m", "roleArn": roleARN, "definition": definition})}
	role := cloud.Resource{Account: "123456789012", Region: "global", Type: roleType, ID: "m",
		Outputs: text(map[string]string{"arn": roleARN, "name": "m", "assumeRolePolicy": `{"Statement":{"Effect":"Allow",` +
			`"Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole"}}`})}
	policy := cloud.Resource{Account: "123456789012", Region: "global", Type: rolePolicyType, ID: "m:m",
		Outputs: text(map[string]string{"role": "m", "policy": `{"Statement":{"Effect":"Allow",` +
			`"Action":"cloudwatch:PutMetricData","Resource":"*","Condition":{"StringEquals":{"cloudwatch:namespace":"Own"}}}}`})}
	e := &estate{
		byType: map[string][]cloud.Resource{stateMachineType: {of}, roleType: {role}, rolePolicyType: {policy}},
		byARN:  map[string]cloud.Resource{machineARN: of, roleARN: role}, made: map[string]time.Time{},
		by: map[[3]string]cloud.Resource{},
	}
	return &engine{estate: e, permits: newPermits(e), now: friday, machines: map[string]machine{},
		expressions: map[string]*jsonata.Expr{},
		data: &data{series: map[string]*world.Series{}, jobs: map[string]world.Job{},
			buckets: map[string]*bucket{}}}, of
}

func TestMachines(t *testing.T) {
	t.Parallel()
	const put = `"Type":"Task","Resource":"arn:aws:states:::aws-sdk:cloudwatch:putMetricData",` +
		`"Arguments":{"Namespace":"Own",` +
		`"MetricData":[{"MetricName":"Age","Value":"{% $age %}"}]}`
	for _, test := range []struct {
		name, definition string
		want             any
		err              string
	}{
		{"what comes in goes out", `{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}`, map[string]any{"n": 2.0},
			""},
		{"output", `{"StartAt":"A","States":{"A":{"Type":"Succeed","Output":{"m":"{% $states.input.n * 2 %}"}}}}`,
			map[string]any{"m": 4.0}, ""},
		{"the time",
			`{"StartAt":"A","States":{"A":{"Type":"Succeed","Output":"{% $fromMillis($millis()) & ' ' & $now() %}"}}}`,
			"2026-11-20T12:00:00.000Z 2026-11-20T12:00:00.000Z", ""},
		{"variables", `{"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"x":5},"Next":"B"},` +
			`"B":{"Type":"Succeed","Output":"{% $x %}"}}}`, 5.0, ""},
		{"variables are set together", `{"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"x":1},"Next":"B"},"B":{` +
			`"Type":"Pass","Assign":{"x":2,"y":"{% $x %}"},"Next":"C"},"C":{"Type":"Succeed","Output":"{% $y %}"}}}`, 1.0, ""},
		{"choice", `{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Condition":"{% $states.input.n > 5 %}",` +
			`"Next":"B"}],"Default":"C"},"B":{"Type":"Succeed","Output":"b"},"C":{"Type":"Succeed","Output":"c"}}}`, "c", ""},
		{"no choice", `{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Condition":"{% false %}","Next":"A"}]}}}`,
			nil, "States.NoChoiceMatched: no choice of A holds"},
		{"map", `{"StartAt":"A","States":{"A":{"Type":"Map","Items":[1,2],"End":true,"ItemProcessor":{"StartAt":"B",` +
			`"States":{"B":{"Type":"Pass","Output":"{% $states.input + 1 %}","End":true}}}}}}`, []any{2.0, 3.0}, ""},
		{"branches", `{"StartAt":"A","States":{"A":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"B","States":{` +
			`"B":{"Type":"Succeed","Output":1}}},{"StartAt":"C","States":{"C":{"Type":"Succeed","Output":2}}}]}}}`,
			[]any{1.0, 2.0}, ""},
		{"call", `{"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"age":7},"Next":"B"},"B":{` + put + `,"End":true}}}`,
			map[string]any{}, ""},
		{"no value", `{"StartAt":"B","States":{"B":{` + put + `,"End":true}}}`, nil, "States.QueryEvaluationError"},
		{"caught", `{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:sfn:startExecution",` +
			`"Arguments":{"StateMachineArn":"none"},"Catch":[{"ErrorEquals":["States.TaskFailed"],"Next":"B",` +
			`"Output":"{% $states.errorOutput.Error %}"}],"End":true},"B":{"Type":"Succeed"}}}`,
			"Sfn.StateMachineDoesNotExistException", ""},
		{"not caught",
			`{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:rds:describeDBInstances",` +
				`"Catch":[{"ErrorEquals":["Other"],"Next":"A"}],"End":true}}}`, nil, "Rds.AccessDeniedException"},
		{"not known",
			`{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","End":true}}}`, nil,
			"States.Runtime: the sandbox does not answer arn:aws:states:::lambda:invoke"},
		{"fail", `{"StartAt":"A","States":{"A":{"Type":"Fail","Error":"Lost","Cause":"all of it"}}}`, nil,
			"Lost: all of it"},
		{"no state", `{"StartAt":"A","States":{}}`, nil, `States.Runtime: there is no state "A"`},
		{"for ever", `{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"A"}}}`, nil,
			"States.Runtime: more than 10000 states"},
		{"no JSON", `{`, nil, "States.Runtime: unexpected end of JSON input"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e, _ := runningMachine(test.definition)
			input := map[string]any{"n": 2.0}
			how, err := e.step(&execution{Machine: machineARN, Given: input, Input: input, Vars: map[string]any{}}, true)
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, how.output)
		})
	}
}

func TestMachinesWait(t *testing.T) {
	t.Parallel()
	e, of := runningMachine(`{"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"age":9},"Next":"W"},` +
		`"W":{"Type":"Wait","Seconds":300,"Next":"B"},"B":{"Type":"Task","End":true,` +
		`"Resource":"arn:aws:states:::aws-sdk:cloudwatch:putMetricData","Arguments":{"Namespace":"Own",` +
		`"MetricData":[{"MetricName":"Age","Value":"{% $age %}"}]}}}}`)
	e.execute(of, map[string]any{})
	require.Len(t, e.queue, 1, "it waits")
	assert.Equal(t, friday.Add(5*time.Minute), e.queue[0].at)
	assert.Empty(t, e.data.series)
	e.now = e.queue[0].at
	e.queue[0].do()
	require.Len(t, e.data.series, 1)
	for _, series := range e.data.series {
		assert.Equal(t, []world.Sample{{Time: friday.Add(5 * time.Minute), Value: 9}}, series.Points)
	}
	assert.Empty(t, e.data.jobs)
}

func TestFirstOf(t *testing.T) {
	t.Parallel()
	wrong := errors.New("wrong")
	no, yes := func() error { return wrong }, func() error { return nil }
	assert.NoError(t, firstOf())
	assert.NoError(t, firstOf(yes, yes))
	assert.Equal(t, wrong, firstOf(yes, no, func() error { panic("not asked") }))
}
