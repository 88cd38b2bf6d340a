package rules_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	generate "github.com/pulumi/pulumi/sdk/v3/go/property/testing"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/policy/graph"
	"haven/policy/props"
	"haven/policy/rules"
	"haven/policy/rules/rulestest"
)

const (
	subnet  = "aws:ec2/subnet:Subnet"
	vpc     = "aws:ec2/vpc:Vpc"
	flowLog = "aws:ec2/flowLog:FlowLog"
	group   = "aws:ec2/securityGroup:SecurityGroup"
)

var unknown = property.New(property.Computed)

func object(fields map[string]property.Value) property.Value {
	return property.New(property.NewMap(fields))
}

func resource(token, name string, inputs map[string]property.Value) *graph.Resource {
	return &graph.Resource{URN: "urn:pulumi:demo::haven::" + token + "::" + name, Type: token, Stack: "demo",
		Inputs: property.NewMap(inputs)}
}

func run(t *testing.T, rule rules.Rule, resources ...*graph.Resource) []rules.Outcome {
	t.Helper()
	outcomes, err := rules.Run([]rules.Rule{rule}, graph.New(resources), nil)
	require.NoError(t, err)
	return outcomes
}

var noPublicIP = rules.Rule{
	ID: "subnet-no-public-ip", Severity: rules.High, Types: []string{subnet},
	Check: func(l *rules.Look) {
		if l.Flag("mapPublicIpOnLaunch") {
			l.Refuse("mapPublicIpOnLaunch", "false or absent", "remove it")
		}
	},
}

func TestResults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		inputs  map[string]property.Value
		result  rules.Result
		message string
	}{
		"absent":        {nil, rules.Pass, ""},
		"right":         {map[string]property.Value{"mapPublicIpOnLaunch": property.New(false)}, rules.Pass, ""},
		"wrong":         {map[string]property.Value{"mapPublicIpOnLaunch": property.New(true)}, rules.Fail, "mapPublicIpOnLaunch is true; expected false or absent: remove it"},
		"unknown":       {map[string]property.Value{"mapPublicIpOnLaunch": unknown}, rules.Undecided, "not known yet: mapPublicIpOnLaunch"},
		"of other type": {map[string]property.Value{"mapPublicIpOnLaunch": property.New("true")}, rules.Pass, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := resource(subnet, "private", test.inputs)
			outcomes := run(t, noPublicIP, r, resource(vpc, "main", nil))
			require.Len(t, outcomes, 1)
			got := outcomes[0]
			assert.Equal(t, "subnet-no-public-ip", got.Rule)
			assert.Equal(t, r.URN, got.URN)
			assert.Equal(t, rules.High, got.Severity)
			assert.Equal(t, test.result, got.Result)
			assert.Equal(t, test.message, got.Message)
		})
	}
}

func TestRefusingWhatIsUnknownIsUndecided(t *testing.T) {
	t.Parallel()
	rule := rules.Rule{ID: "x", Types: []string{group}, Check: func(l *rules.Look) {
		l.Refuse("name", "anything else", "choose one")
	}}
	assert.Equal(t, rules.Undecided, run(t, rule, resource(group, "g", map[string]property.Value{"name": unknown}))[0].Result)
}

func TestEachRefusalIsAFailure(t *testing.T) {
	t.Parallel()
	rule := rules.Rule{ID: "x", Types: []string{group}, Check: func(l *rules.Look) {
		for _, ingress := range l.Each("ingress") {
			if port, ok := ingress.Number("fromPort"); ok && port == 22 {
				ingress.RefuseFound("", "open on port 22", "no such rule", "remove it")
			}
		}
	}}
	open := object(map[string]property.Value{"fromPort": property.New(22.0), "cidr": unknown})
	closed := object(map[string]property.Value{"fromPort": property.New(443.0)})
	outcomes := run(t, rule, resource(group, "g", map[string]property.Value{
		"ingress": property.New([]property.Value{open, closed, unknown, open}),
	}))
	require.Len(t, outcomes, 2)
	assert.Equal(t, "ingress[0] is open on port 22; expected no such rule: remove it", outcomes[0].Message)
	assert.Equal(t, "ingress[3] is open on port 22; expected no such rule: remove it", outcomes[1].Message)
	assert.Equal(t, "remove it", outcomes[0].Fix)
	assert.Empty(t, outcomes[0].Witness)
}

var logged = rules.Rule{
	ID: "vpc-flow-logs", Types: []string{vpc}, Whole: true,
	Check: func(l *rules.Look) {
		logs := l.Naming(flowLog, "vpcId")
		if len(logs) == 0 {
			l.RefuseFound("", "no flow log names it", "one of all traffic", "add one")
		}
		for _, log := range logs {
			if log.Text("trafficType") != "ALL" {
				log.Refuse("trafficType", `"ALL"`, "log all traffic")
			}
		}
	},
}

func TestWhatOtherResourcesDecide(t *testing.T) {
	t.Parallel()
	main, other := resource(vpc, "main", nil), resource(vpc, "other", nil)
	main.ID = "vpc-1"
	log := func(vpcID property.Value, on ...*graph.Resource) *graph.Resource {
		r := resource(flowLog, "log", map[string]property.Value{"vpcId": vpcID, "trafficType": property.New("REJECT")})
		r.Dependencies = map[string][]string{}
		for _, r2 := range on {
			r.Dependencies["vpcId"] = append(r.Dependencies["vpcId"], r2.URN)
		}
		return r
	}
	none := "no flow log names it; expected one of all traffic: add one"
	wrong := `log.trafficType is "REJECT"; expected "ALL": log all traffic`
	for name, test := range map[string]struct {
		log  *graph.Resource
		want string
	}{
		"by value":              {log(property.New("vpc-1")), wrong},
		"of another":            {log(property.New("vpc-2"), main), none},
		"by dependency":         {log(unknown, main), wrong},
		"depends on another":    {log(unknown, other), none},
		"depends on both, so 1": {log(unknown, main, other), wrong},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outcomes := run(t, logged, main, other, test.log)
			assert.Equal(t, rules.Fail, outcomes[0].Result)
			assert.Equal(t, test.want, outcomes[0].Message)
			if test.want == wrong {
				assert.Equal(t, []string{main.URN, test.log.URN}, outcomes[0].Witness)
			}
		})
	}
}

func TestABrokenRuleEndsTheRun(t *testing.T) {
	t.Parallel()
	broken := func(check func(*rules.Look)) error {
		outcomes, err := rules.Run([]rules.Rule{{ID: "x", Types: []string{vpc}, Check: check}},
			graph.New([]*graph.Resource{resource(vpc, "main", nil)}), nil)
		assert.Nil(t, outcomes)
		return err
	}
	const about = "the rule x is broken: it panicked on urn:pulumi:demo::haven::aws:ec2/vpc:Vpc::main: "
	assert.EqualError(t, broken(func(*rules.Look) { panic("no") }), about+"no")
	assert.EqualError(t, broken(func(l *rules.Look) { l.Graph() }), about+"it asks for the graph, but it is not Whole")
	assert.EqualError(t, broken(func(l *rules.Look) { l.FlagParameter("y") }),
		about+"it asks for the parameter y, which it does not have")
}

func TestNoRuleTakesUnknownForAFailure(t *testing.T) {
	t.Parallel()
	main := rulestest.Resource(vpc, "main", map[string]any{"cidrBlock": "10.0.0.0/16"})
	log := rulestest.Resource(flowLog, "log", map[string]any{"vpcId": "main", "trafficType": "ALL"})
	rulestest.Unknowns(t, logged, main, log)
	rulestest.Unknowns(t, noPublicIP, rulestest.Resource(subnet, "private", map[string]any{
		"mapPublicIpOnLaunch": false, "tags": map[string]any{"a": "b"}, "list": []any{map[string]any{"c": 1}},
	}))
}

// Whatever stands in a resource, a rule that reads all of it neither panics nor passes while some of it is unknown.
func TestAnyResourceCanBeRead(t *testing.T) {
	t.Parallel()
	paths := []string{"a", "a.b", "a[*]", "a[*].b", "b[*].a.b", "a.a[*]"}
	rapid.Check(t, func(t *rapid.T) {
		inputs := property.NewMap(rapid.MapOf(rapid.SampledFrom([]string{"a", "b"}), generate.Value(4)).Draw(t, "inputs"))
		path := rapid.SampledFrom(paths).Draw(t, "path")
		refuses := rapid.Bool().Draw(t, "refuses")
		r := &graph.Resource{URN: "urn:pulumi:demo::haven::x::y", Type: "x", Inputs: inputs}
		outcomes, err := rules.Run([]rules.Rule{{ID: "x", Types: []string{"x"}, Whole: true, Check: func(l *rules.Look) {
			l.Text(path)
			l.Texts(path)
			l.Number(path)
			l.Flag(path)
			l.Has(path)
			l.Named(path, "x")
			for _, inner := range l.Each(path) {
				inner.Text("a")
			}
			if refuses {
				l.Refuse(path, "something else", "change it")
			}
		}}}, graph.New([]*graph.Resource{r}), nil)
		require.NoError(t, err)
		known := props.Known(inputs, path)
		switch {
		case !known:
			assert.Equal(t, rules.Undecided, outcomes[0].Result)
		case refuses:
			assert.Equal(t, rules.Fail, outcomes[0].Result)
		default:
			assert.Equal(t, rules.Pass, outcomes[0].Result)
		}
	})
}

func TestWhatIsUnknownButMadeFromAResourceIsFilled(t *testing.T) {
	t.Parallel()
	const key = "aws:kms/key:Key"
	rule := rules.Rule{ID: "x", Types: []string{group}, Check: func(l *rules.Look) {
		if !l.Filled("name") {
			l.Refuse("name", "a name", "set it")
		}
		if l.MadeFrom("name", vpc) {
			l.RefuseFound("", "named after a VPC", "another name", "set it")
		}
	}}
	for name, test := range map[string]struct {
		value property.Value
		from  []string
		want  rules.Result
	}{
		"known":            {property.New("a"), nil, rules.Pass},
		"known, from some": {property.New("a"), []string{rulestest.URN(vpc, "a")}, rules.Pass},
		"empty":            {property.New(""), nil, rules.Fail},
		"an empty list":    {property.New([]property.Value{}), nil, rules.Fail},
		"null":             {property.New(property.Null), nil, rules.Fail},
		"secret":           {unknown.WithSecret(true), nil, rules.Pass},
		"unknown":          {unknown, nil, rules.Undecided},
		"from a key":       {unknown, []string{rulestest.URN(key, "a")}, rules.Pass},
		"from a VPC":       {unknown, []string{rulestest.URN(vpc, "a")}, rules.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := resource(group, "g", map[string]property.Value{"name": test.value})
			r.Dependencies = map[string][]string{"name": test.from}
			assert.Equal(t, test.want, run(t, rule, r)[0].Result)
		})
	}
}

// TestTextsThatAreKnownInPart: what a document holds of another resource is no wildcard; of nobody knows what, it may be.
func TestTextsThatAreKnownInPart(t *testing.T) {
	t.Parallel()
	const partly = `{"Resource": ["` + "04da6b54-80e4-46f7-96ec-b56ff0331ba9" + `"]}`
	rule := rules.Rule{ID: "r", Types: []string{subnet}, Check: func(l *rules.Look) {
		if strings.Contains(l.Text("policy"), "*") {
			l.Refuse("policy", "no wildcard", "remove it")
		}
	}}
	r := resource(subnet, "s", map[string]property.Value{"policy": property.New(partly)})
	r.Dependencies = map[string][]string{"policy": {"urn:of:a:bucket"}}
	assert.Equal(t, rules.Pass, run(t, rule, r)[0].Result)
	r.Dependencies = nil
	assert.Equal(t, rules.Undecided, run(t, rule, r)[0].Result)
	r.Dependencies = map[string][]string{"policy": {"urn:of:a:bucket"}}
	r.Inputs = r.Inputs.Set("policy", property.New(strings.Replace(partly, "[", `["*", `, 1)))
	assert.Equal(t, rules.Fail, run(t, rule, r)[0].Result, "what is known of it decides")
}

func TestWhatIsForeignAndHowManyThereAre(t *testing.T) {
	t.Parallel()
	r := resource(subnet, "s", map[string]property.Value{
		"member": unknown, "other": unknown, "known": property.New("allUsers"),
		"list": property.New([]property.Value{unknown, property.New("a")}), "hidden": unknown,
	})
	r.Dependencies = map[string][]string{"member": {"urn:of:an:account"}}
	rule := rules.Rule{ID: "r", Types: []string{subnet}, Check: func(l *rules.Look) {
		assert.True(t, l.Foreign("member"))
		assert.False(t, l.Foreign("other"))
		assert.False(t, l.Foreign("known"))
		assert.Equal(t, 2, l.Count("list"))
		assert.Zero(t, l.Count("none"))
		assert.True(t, l.Sure())
		assert.Zero(t, l.Count("hidden"))
		assert.False(t, l.Sure())
	}}
	assert.Equal(t, rules.Undecided, run(t, rule, r)[0].Result)
}
