package check_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/check"
	"haven/policy/exceptions"
	"haven/policy/graph"
	"haven/policy/rules"
	"haven/policy/rules/rulestest"
)

const bucket = "aws:s3/bucketV2:BucketV2"

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

var named = rules.Rule{ID: "named", Severity: rules.Low, Types: []string{bucket}, Check: func(l *rules.Look) {
	if l.Text("bucket") == "" {
		l.Refuse("bucket", "a name", "name it")
	}
}}

func copied(findings ...graph.Finding) check.Proof {
	return check.Proof{ID: "copies", Severity: rules.Critical, Check: func(*graph.Graph) []graph.Finding { return findings }}
}

func stack(buckets ...map[string]any) *graph.Graph {
	all := []*graph.Resource{rulestest.Resource(rules.Stack, "haven-demo", nil)}
	for i, inputs := range buckets {
		all = append(all, rulestest.Resource(bucket, string(rune('a'+i)), inputs))
	}
	return graph.New(all)
}

func over(t *testing.T, run check.Run, g *graph.Graph) []rules.Outcome {
	t.Helper()
	run.Now = now
	outcomes, err := run.Over(g)
	require.NoError(t, err)
	return outcomes
}

func TestRulesAndProofs(t *testing.T) {
	t.Parallel()
	root, a := rulestest.URN(rules.Stack, "haven-demo"), rulestest.URN(bucket, "a")
	g := stack(map[string]any{"bucket": "a"})
	pass := rules.Outcome{Rule: "named", URN: a, Result: rules.Pass, Severity: rules.Low}

	library := check.Library{Rules: []rules.Rule{named}, Proofs: []check.Proof{copied()}}
	assert.Equal(t, []rules.Outcome{pass, {Rule: "copies", URN: root, Result: rules.Pass, Severity: rules.Critical}},
		over(t, check.Run{Library: library}, g))
	assert.Equal(t, []rules.Outcome{pass}, over(t, check.Run{Library: library, Alone: true}, g))

	library.Proofs = []check.Proof{copied(
		graph.Finding{Rule: "copies/region", URN: a, Message: "none", Witness: []string{a, root}},
		graph.Finding{Rule: "copies", URN: a, Message: "?", Undecided: true},
	)}
	assert.Equal(t, []rules.Outcome{
		pass,
		{Rule: "copies/region", URN: a, Result: rules.Fail, Severity: rules.Critical, Message: "none", Witness: []string{a, root}},
		{Rule: "copies", URN: a, Result: rules.Undecided, Severity: rules.Critical, Message: "?"},
	}, over(t, check.Run{Library: library, MostUndecided: 100}, g))
	assert.True(t, library.Has("named"))
	assert.True(t, library.Has("copies/region"))
	assert.False(t, library.Has("copiesx"))
	assert.Equal(t, "copies", library.Policy(rules.Outcome{Rule: "copies/region"}))
	assert.Equal(t, "named", library.Policy(rules.Outcome{Rule: "named"}))
}

func TestWhatEndsTheRun(t *testing.T) {
	t.Parallel()
	_, err := check.Run{}.Over(graph.New(nil))
	assert.EqualError(t, err, "there is no stack to check")
	broken := check.Proof{ID: "x", Check: func(*graph.Graph) []graph.Finding { panic("no") }}
	_, err = check.Run{Library: check.Library{Proofs: []check.Proof{broken}}}.Over(stack())
	assert.EqualError(t, err, "the proof x is broken: it panicked: no")
	_, err = check.Run{Library: check.Library{Proofs: []check.Proof{copied(graph.Finding{Rule: "y"})}}}.Over(stack())
	assert.EqualError(t, err, "the proof copies is broken: it panicked: it found something for the rule y, which is not its own")
}

func TestTooMuchUndecided(t *testing.T) {
	t.Parallel()
	library := check.Library{Rules: []rules.Rule{named}}
	g := stack(map[string]any{"bucket": rulestest.Unknown}, map[string]any{"bucket": "b"})
	outcomes := over(t, check.Run{Library: library, MostUndecided: 49.9}, g)
	require.Len(t, outcomes, 3)
	assert.Equal(t, rules.Undecided, outcomes[0].Result)
	assert.Equal(t, check.TooUndecided, outcomes[2].Rule)
	assert.Equal(t, rules.Fail, outcomes[2].Result)
	assert.Equal(t, "1 of 2 outcomes are undecided (50.0 %); expected at most 49.9 %: bring up first "+
		"what the unknown values come from, or have a rule read something that is known", outcomes[2].Message)
	assert.Len(t, over(t, check.Run{Library: library, MostUndecided: 50}, g), 2)

	again := named
	again.ID = "named-again"
	library.Rules = append(library.Rules, again)
	assert.Len(t, over(t, check.Run{Library: library, MostUndecided: 49}, g), 5, "two rules that wait for one value are two")
}

func TestWhichExceptionsMustBeUsed(t *testing.T) {
	t.Parallel()
	library := check.Library{Rules: []rules.Rule{named}, Proofs: []check.Proof{copied()}}
	for name, test := range map[string]struct {
		rule, resource string
		some, alone    bool
		used           bool
	}{
		"of this stack":                    {"named", "demo::a", false, false, false},
		"of this stack alone":              {"named", "demo::a", false, true, false},
		"of another stack":                 {"named", "other::a", false, false, true},
		"of many, and more are to come":    {"named", "dem*::a", false, true, true},
		"of many":                          {"named", "dem*::a", false, false, false},
		"of many, of which these are some": {"named", "dem*::a", true, false, true},
		"of this stack among some":         {"named", "demo::a", true, false, false},
		"of a proof of all stacks":         {"copies/region", "demo::a", false, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := check.Run{Library: library, Some: test.some, Alone: test.alone, Exceptions: []exceptions.Exception{
				{Rule: test.rule, Resource: test.resource, Expires: now},
			}}
			var unused []string
			for _, o := range over(t, run, stack(map[string]any{"bucket": "a"})) {
				if o.Result == rules.Fail {
					unused = append(unused, o.Rule)
				}
			}
			if test.used {
				assert.Empty(t, unused)
			} else {
				assert.Equal(t, []string{exceptions.Unused}, unused)
			}
		})
	}
}

// TestAReleasedDatabase alone of its stack's may be deleted.
func TestAReleasedDatabase(t *testing.T) {
	t.Parallel()
	open := rules.Rule{ID: "rds-deletion-protection", Types: []string{bucket}, Check: func(l *rules.Look) {
		l.Refuse("deletionProtection", "true", "set it")
	}}
	root := rulestest.Resource(rules.Stack, "haven-demo", nil)
	root.Outputs = graph.Object(map[string]any{"tenant": map[string]any{"released": []any{"demo-acme-replica"}}})
	instance := func(name string) *graph.Resource {
		return rulestest.Resource(bucket, name, map[string]any{"identifier": "demo-acme-" + name})
	}
	outcomes := over(t, check.Run{Library: check.Library{Rules: []rules.Rule{open}}},
		graph.New([]*graph.Resource{root, instance("database"), instance("replica")}))
	require.Len(t, outcomes, 2)
	assert.Equal(t, rules.Fail, outcomes[0].Result)
	assert.Equal(t, rules.Excepted, outcomes[1].Result)
	assert.Contains(t, outcomes[1].Message, "(lifted, as the tenant's stack exports it as released)")
}

// TestWhatBringsATenantBackWaitsForNothing: it is not refused because much of it is not known yet.
func TestWhatBringsATenantBackWaitsForNothing(t *testing.T) {
	t.Parallel()
	unknown := rules.Rule{ID: "named", Types: []string{bucket}, Check: func(l *rules.Look) { l.Known("name") }}
	for _, test := range []struct {
		exports map[string]any
		want    []rules.Result
	}{
		{map[string]any{"restoredOf": "demo-acme"}, []rules.Result{rules.Undecided}},
		{map[string]any{"restoredOf": "", "quarantined": []any{1.0}}, []rules.Result{rules.Undecided}},
		{map[string]any{"restoredOf": "", "quarantined": []any{}}, []rules.Result{rules.Undecided, rules.Fail}},
	} {
		root := rulestest.Resource(rules.Stack, "haven-demo", nil)
		root.Outputs = graph.Object(map[string]any{"tenant": test.exports})
		outcomes := over(t, check.Run{Library: check.Library{Rules: []rules.Rule{unknown}}, MostUndecided: 2},
			graph.New([]*graph.Resource{root, rulestest.Resource(bucket, "a", map[string]any{"name": rulestest.Unknown})}))
		var results []rules.Result
		for _, o := range outcomes {
			results = append(results, o.Result)
		}
		assert.Equal(t, test.want, results, test.exports)
	}
}

// TestATenantThatLeaves gives up what keeps it from being deleted, and nothing else.
func TestATenantThatLeaves(t *testing.T) {
	t.Parallel()
	open := func(id string) rules.Rule {
		return rules.Rule{ID: id, Types: []string{bucket}, Check: func(l *rules.Look) {
			l.Refuse("deletionProtection", "true", "set it")
		}}
	}
	library := check.Library{Rules: []rules.Rule{open("rds-deletion-protection"), open("named")}}
	for state, want := range map[string]rules.Result{"leaving": rules.Excepted, "active": rules.Fail} {
		root := rulestest.Resource(rules.Stack, "haven-demo", nil)
		root.Outputs = graph.Object(map[string]any{"tenant": map[string]any{"state": state, "deletionDate": "2026-12-31"}})
		outcomes := over(t, check.Run{Library: library},
			graph.New([]*graph.Resource{root, rulestest.Resource(bucket, "a", map[string]any{})}))
		require.Len(t, outcomes, 2)
		assert.Equal(t, want, outcomes[0].Result)
		assert.Equal(t, rules.Fail, outcomes[1].Result)
		if want == rules.Excepted {
			assert.Contains(t, outcomes[0].Message, "(lifted, as the tenant leaves and may be gone from 2026-12-31 on)")
		}
	}
}
