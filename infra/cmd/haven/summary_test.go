package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/environment"
)

func TestSummaryTellsThroughWhichWaveItWent(t *testing.T) {
	canaries := 0
	up := []environment.Result{{Stack: "demo-acme", Role: "tenant", Outcome: environment.Up}}
	for _, test := range []struct {
		report     environment.Report
		first, end string
	}{
		{
			environment.Report{Verb: "up", Environment: "demo", Changed: true, Stacks: up, Wave: &canaries},
			"demo, through wave 0, is up in the sandbox (0.0 s).",
			"Next: look at what is there; haven up demo then goes through all waves\n",
		},
		{
			environment.Report{Verb: "up", Environment: "demo", Changed: true, Stacks: up},
			"demo is up in the sandbox (0.0 s).", "haven down demo ends it\n",
		},
		{
			environment.Report{Verb: "preview", Environment: "demo", Stacks: up, Wave: &canaries},
			"demo, through wave 0, is as its stack files say: nothing to change (0.0 s).", "haven down demo ends it\n",
		},
	} {
		var text strings.Builder
		require.NoError(t, summarise(&text, test.report))
		assert.True(t, strings.HasPrefix(text.String(), "\n"+test.first+"\n"), text.String())
		assert.True(t, strings.HasSuffix(text.String(), test.end), text.String())
	}
}
