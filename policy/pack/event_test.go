package pack_test

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/check"
	"haven/policy/pack"
	"haven/policy/rules"
)

// TestWhatIsToldIsRead: what an engine passes on of the pack's findings reads as what the pack has found.
func TestWhatIsToldIsRead(t *testing.T) {
	t.Parallel()
	response, err := started(t, library, "").AnalyzeStack(context.Background(), stack(t, long, urn(rules.Stack, "haven-demo")))
	require.NoError(t, err)
	require.Len(t, response.Diagnostics, 2)
	d := response.Diagnostics[1]
	event := apitype.PolicyEvent{
		ResourceURN: d.Urn, Message: "<{%fg 13%}>" + d.Message + "<{%reset%}>\n", Color: "raw", PolicyName: d.PolicyName,
		PolicyPackName: d.PolicyPackName, EnforcementLevel: "mandatory", Severity: "high",
	}
	o, refuses, ours := pack.Told(event)
	assert.True(t, ours)
	assert.True(t, refuses)
	assert.Equal(t, rules.Outcome{
		Rule: "filled", URN: urn(bucket, "b"), Result: rules.Fail, Severity: rules.High, Fix: "add one",
		Message: "it is empty; expected an object: add one", Witness: []string{"b", "b"},
	}, o)
	assert.Equal(t, "it is empty; expected an object", o.Found())

	event.EnforcementLevel = "advisory"
	o, refuses, _ = pack.Told(event)
	assert.False(t, refuses)
	assert.Equal(t, rules.Fail, o.Result, "it fails, though nothing is refused for it")

	for message, want := range map[string]rules.Outcome{
		"excepted: it is empty (accepted by b)": {Rule: "filled", Result: rules.Excepted, Message: "it is empty (accepted by b)"},
		"1 of 3 are undecided:\nshort of b":     {Rule: check.TooUndecided, Result: rules.Undecided, Message: "1 of 3 are undecided:\nshort of b"},
	} {
		o, refuses, ours = pack.Told(apitype.PolicyEvent{PolicyPackName: pack.Name, PolicyName: want.Rule, Message: message,
			EnforcementLevel: "advisory"})
		assert.True(t, ours)
		assert.False(t, refuses)
		assert.Equal(t, want, o)
	}
	_, _, ours = pack.Told(apitype.PolicyEvent{PolicyPackName: "another"})
	assert.False(t, ours)
}
