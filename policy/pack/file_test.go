package pack_test

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/check"
	"haven/policy/exceptions"
	"haven/policy/graph"
	"haven/policy/pack"
	"haven/policy/rules"
)

func TestReadConfiguration(t *testing.T) {
	t.Parallel()
	short := rules.Outcome{Rule: "short", Result: rules.Fail}
	filled := rules.Outcome{Rule: "filled", Result: rules.Fail}
	for text, advised := range map[string][2]bool{
		``:                    {false, false},
		`{}`:                  {false, false},
		`{"all": "advisory"}`: {true, true},
		`{"all": "advisory", "short": "mandatory"}`:   {false, true},
		`{"all": "advisory", "short": {}}`:            {true, true},
		`{"short": {"enforcementLevel": "advisory"}}`: {true, false},
		`{"filled": "remediate"}`:                     {false, false},
	} {
		configured, err := pack.ReadConfiguration(library, []byte(text))
		require.NoError(t, err, text)
		assert.Equal(t, advised, [2]bool{configured.Advises(short), configured.Advises(filled)}, text)
	}
	for text, want := range map[string]string{
		`[]`:                   "expected an object of policies",
		`{"short": 3}`:         "short: the level is 3; expected one of advisory, disabled, mandatory, remediate",
		`{"all": "often"}`:     "all: the level is often",
		`{"long": "advisory"}`: `there is no policy "long"`,
		`{"undecided-share": {"mostPercent": "2"}}`: "undecided-share: mostPercent is a string; expected a number like",
	} {
		_, err := pack.ReadConfiguration(library, []byte(text))
		assert.ErrorContains(t, err, want, text)
	}
}

// TestConfigured: what is disabled says nothing, and neither do exceptions from it; parameters are kept to.
func TestConfigured(t *testing.T) {
	t.Parallel()
	long := graph.New([]*graph.Resource{
		{Stack: "demo", URN: urn(rules.Stack, "haven-demo"), Type: rules.Stack},
		{Stack: "demo", URN: urn(bucket, "b"), Type: bucket, Inputs: named(property.New("seven-s"))},
	})
	failed := func(text string) []string {
		configured, err := pack.ReadConfiguration(library, []byte(text))
		require.NoError(t, err)
		accepted, err := exceptions.Parse([]byte(accepting), library.Has, time.Now())
		require.NoError(t, err)
		outcomes, err := configured.Over(long, check.Run{Exceptions: accepted, Now: time.Now(), Alone: true})
		require.NoError(t, err)
		var found []string
		for _, o := range outcomes {
			if o.Result == rules.Fail || o.Result == rules.Excepted {
				found = append(found, string(o.Result)+" "+o.Rule)
			}
		}
		return found
	}
	assert.ElementsMatch(t, []string{"fail short", "excepted filled"}, failed(``))
	assert.ElementsMatch(t, []string{"excepted filled"}, failed(`{"short": {"most": 7}}`))
	assert.ElementsMatch(t, []string{"fail short"}, failed(`{"filled": "disabled"}`))
	assert.Empty(t, failed(`{"all": "disabled"}`))
}

// accepting has to expire within a year.
var accepting = `exceptions:
  - {rule: filled, resource: "*::b", owner: us, reason: it is new, approver: them, expires: ` +
	time.Now().AddDate(0, 1, 0).Format(time.DateOnly) + "}\n"
