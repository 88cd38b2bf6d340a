// Package options changes every option of every role and holds what is declared against what was declared before.
package options

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/stacks"
	"haven/stacks/config"
	"haven/tests/harness"
)

// TestEveryOptionIsWalked: a new field of a stack file has to say here what it is changed to.
func TestEveryOptionIsWalked(t *testing.T) {
	for role, settings := range map[config.Role]any{
		config.RoleAccount: config.Account{}, config.RoleCell: config.Cell{}, config.RoleMirror: config.Mirror{},
		config.RoleOffsite: config.Offsite{},
		config.RoleTenant:  config.Tenant{},
	} {
		assert.ElementsMatch(t, fields("", reflect.TypeOf(settings)), slices.Collect(maps.Keys(options[role])), role)
	}
}

// fields are the paths of all settings in a struct, as a stack file writes them.
func fields(path string, of reflect.Type) (paths []string) {
	for i := range of.NumField() {
		field := of.Field(i)
		name := path + field.Tag.Get("json")
		if field.Type.Kind() == reflect.Struct {
			paths = append(paths, fields(name+".", field.Type)...)
		} else {
			paths = append(paths, name)
		}
	}
	return paths
}

// TestNoOptionReplacesData changes each option, and back.
func TestNoOptionReplacesData(t *testing.T) {
	for role, of := range options {
		for path, option := range of {
			if option.moves != "" {
				continue
			}
			for name, base := range bases[role] {
				t.Run(fmt.Sprintf("%s.%s of %s", role, path, name), func(t *testing.T) {
					before, err := declare(role, base)
					require.NoError(t, err)
					after, err := declare(role, change(base, path, option))
					require.NoError(t, err)
					assert.NotEmpty(t, before.data())
					assert.Empty(t, harm(before, after), "there")
					if option.oneWay[name] == "" {
						assert.Empty(t, harm(after, before), "and back")
					}
				})
			}
		}
	}
}

// TestNoPairOfOptionsReplacesData changes one option after the other.
func TestNoPairOfOptionsReplacesData(t *testing.T) {
	for role, of := range options {
		t.Run(string(role), rapid.MakeCheck(func(t *rapid.T) {
			var paths []string
			for path, option := range of {
				if option.moves == "" {
					paths = append(paths, path)
				}
			}
			slices.Sort(paths)
			base := bases[role][rapid.SampledFrom(slices.Sorted(maps.Keys(bases[role]))).Draw(t, "base")]
			pick := rapid.SampledFrom(paths)
			first, second := pick.Draw(t, "first"), pick.Draw(t, "second")
			one := change(base, first, of[first])
			before, err := declare(role, one)
			require.NoError(t, err)
			after, err := declare(role, change(one, second, of[second]))
			if err != nil {
				return // these two do not go together, and validation says so before anything is declared
			}
			assert.Empty(t, harm(before, after))
		}))
	}
}

// TestWhatMoves: what is listed as moving a stack does so, or is refused; none of these excuses outlives its reason.
func TestWhatMoves(t *testing.T) {
	for role, of := range options {
		for path, option := range of {
			for name, base := range bases[role] {
				if option.moves == "" {
					continue
				}
				t.Run(fmt.Sprintf("%s.%s of %s", role, path, name), func(t *testing.T) {
					before, err := declare(role, base)
					require.NoError(t, err)
					after, err := declare(role, change(base, path, option))
					assert.True(t, err != nil || len(harm(before, after)) > 0, "moves nothing")
				})
			}
		}
	}
}

// TestRollOut: another image changes task definitions, and by them services, and nothing else.
func TestRollOut(t *testing.T) {
	for name, base := range bases[config.RoleTenant] {
		before, err := declare(config.RoleTenant, base)
		require.NoError(t, err)
		after, err := declare(config.RoleTenant, change(base, "application.image",
			options[config.RoleTenant]["application.image"]))
		require.NoError(t, err)
		require.Equal(t, slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after)))
		assert.ElementsMatch(t, tasks, changed(before, after), name)
		for _, key := range tasks {
			assert.NotContains(t, after[key].Input("containerDefinitions"), "processmaker:4.15", key)
		}
	}
}

// TestTokenRotation: another token rolls all services, which read it when they start, and changes nothing else.
func TestTokenRotation(t *testing.T) {
	for name, base := range bases[config.RoleTenant] {
		before, err := declare(config.RoleTenant, base)
		require.NoError(t, err)
		after, err := declare(config.RoleTenant, change(base, "cache.tokenRotation",
			options[config.RoleTenant]["cache.tokenRotation"]))
		require.NoError(t, err)
		assert.ElementsMatch(t, tasks, changed(before, after), name)
		for _, key := range tasks {
			assert.Contains(t, before[key].Input("containerDefinitions"), ":::cache-token-version-id", key)
			assert.Contains(t, after[key].Input("containerDefinitions"), ":::cache-token-version-1-id", key)
		}
	}
}

// tasks are what each process of a tenant runs.
var tasks = []string{
	"aws:ecs/taskDefinition:TaskDefinition application-scheduler-task of application",
	"aws:ecs/taskDefinition:TaskDefinition application-task of application",
	"aws:ecs/taskDefinition:TaskDefinition application-websocket-task of application",
	"aws:ecs/taskDefinition:TaskDefinition application-worker-task of application",
}

// changed are the resources of both declarations whose inputs differ.
func changed(before, after declaration) []string {
	var keys []string
	for key := range before {
		if now, still := after[key]; still && !reflect.DeepEqual(before[key].Inputs, now.Inputs) {
			keys = append(keys, key)
		}
	}
	return keys
}

// declaration is what a stack declares, by type, name and parent: what makes a resource's URN.
type declaration map[string]harness.Declared

// known are the declarations asked for so far, by role and settings: a walk asks for the same again and again.
var known = map[string]declaration{}

func declare(role config.Role, settings map[string]any) (declaration, error) {
	text, err := json.Marshal(settings)
	if err != nil {
		return nil, err
	}
	if declared, done := known[string(role)+string(text)]; done {
		return declared, nil
	}
	r := harness.Environment()
	values := map[string]string{"role": string(role), string(role): string(text)}
	if err := harness.RunStack(r, stackNames[role], values, stacks.Deploy); err != nil {
		return nil, err
	}
	declared := declaration{}
	for _, d := range r.Declared() {
		declared[fmt.Sprintf("%s %s of %s", d.Type, d.Name, d.Parent)] = d
	}
	known[string(role)+string(text)] = declared
	return declared, nil
}

// change is settings in which an option, and whatever has to go with it, has its other value.
func change(settings map[string]any, path string, option option) map[string]any {
	changed := maps.Clone(settings)
	for other, value := range option.with {
		put(changed, other, value)
	}
	put(changed, path, option.other)
	return changed
}

// put sets a value, or with nil removes it, without touching maps that other settings share.
func put(settings map[string]any, path string, value any) {
	name, rest, deeper := strings.Cut(path, ".")
	switch {
	case !deeper && value == nil:
		delete(settings, name)
		return
	case !deeper:
		settings[name] = value
		return
	}
	inner, _ := settings[name].(map[string]any)
	inner = maps.Clone(inner)
	if inner == nil {
		inner = map[string]any{}
	}
	put(inner, rest, value)
	settings[name] = inner
}
