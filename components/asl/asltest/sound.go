package asltest

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/asl"
)

// Sound asserts of a definition, and of the machines within its states, that each state that follows another exists,
// that each can be reached and leads on or ends, and that each call is tried again where it is refused. It answers the
// machine.
func Sound(t testing.TB, definition string) asl.Machine {
	t.Helper()
	var machine asl.Machine
	require.NoError(t, json.Unmarshal([]byte(definition), &machine))
	sound(t, machine)
	return machine
}

func sound(t testing.TB, machine asl.Machine) {
	t.Helper()
	reached := map[string]bool{}
	reach(t, machine, machine.StartAt, reached)
	for name, state := range machine.States {
		assert.True(t, reached[name], "%s can be reached", name)
		if state.Type == "Task" {
			assert.NotEmpty(t, state.Retry, "%s is tried again", name)
		}
		if ends := state.Type == "Succeed" || state.Type == "Fail" || state.Type == "Choice"; !ends {
			assert.Equal(t, state.Next == "", state.End, "%s leads on or ends", name)
		}
		inner := state.Branches
		if state.ItemProcessor != nil {
			inner = append(inner, state.ItemProcessor.Machine)
		}
		for _, each := range inner {
			sound(t, each)
		}
	}
}

func reach(t testing.TB, machine asl.Machine, name string, reached map[string]bool) {
	t.Helper()
	state, known := machine.States[name]
	require.True(t, known, "%s exists", name)
	if reached[name] {
		return
	}
	reached[name] = true
	for _, next := range following(state) {
		reach(t, machine, next, reached)
	}
}

func following(state asl.State) []string {
	var next []string
	for _, name := range []string{state.Next, state.Default} {
		if name != "" {
			next = append(next, name)
		}
	}
	for _, choice := range state.Choices {
		next = append(next, choice.Next)
	}
	for _, c := range state.Catch {
		next = append(next, c.Next)
	}
	return next
}
