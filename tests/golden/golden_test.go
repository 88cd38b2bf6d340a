// Package golden holds what each demo stack declares. URNs are a public contract: a line that changes without an alias
// in the same commit would replace something a customer owns.
package golden

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/stacks"
	"haven/tests/harness"
)

var update = flag.Bool("update", false, "write the golden files anew from what the program declares")

// TestDeclared compares everything that a stack declares, inputs included, with its golden file.
func TestDeclared(t *testing.T) {
	for _, stack := range demoStacks {
		t.Run(stack, func(t *testing.T) {
			got := render(t, declare(t, stack))
			file := filepath.Join("testdata", stack+".golden")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), got,
				"a changed line is a changed contract; where that is meant, run go test ./tests/golden -update")
		})
	}
}

// TestDeclaredTwiceIsTheSame guards the order of maps and of parallel registrations out of the declarations.
func TestDeclaredTwiceIsTheSame(t *testing.T) {
	for _, stack := range demoStacks {
		assert.Equal(t, render(t, declare(t, stack)), render(t, declare(t, stack)), stack)
	}
}

// drawn are passwords that the program draws, another one each time.
var drawn = regexp.MustCompile(`Hv1-[A-Z2-7]{26}`)

// render is a line per resource, type|name|parent|inputs, sorted.
func render(t *testing.T, declared []harness.Declared) string {
	t.Helper()
	lines := make([]string, 0, len(declared))
	for _, d := range declared {
		inputs, err := json.Marshal(readable(resource.NewProperty(d.Inputs)))
		require.NoError(t, err)
		inputs = drawn.ReplaceAll(inputs, []byte("drawn"))
		lines = append(lines, fmt.Sprintf("%s|%s|%s|%s\n", d.Type, d.Name, d.Parent, inputs))
	}
	sort.Strings(lines)
	return strings.Join(lines, "")
}

// readable is a property value as plain values, in which secrets still show that they are secret.
func readable(v resource.PropertyValue) any {
	return v.MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		switch {
		case v.IsSecret():
			return map[string]any{"secret": readable(v.SecretValue().Element)}, true
		case v.IsOutput() && v.OutputValue().Secret:
			return map[string]any{"secret": readable(v.OutputValue().Element)}, true
		case v.IsOutput():
			return readable(v.OutputValue().Element), true
		}
		return nil, false
	})
}

// offsite is a stack that stands among the examples.
const offsite = "demo-acme-offsite"

var demoStacks = []string{"demo-account", "demo-cell", "demo-standby", "demo-mirror", "demo-acme", "demo-globex",
	"demo-initech", offsite}

// declare runs the program as that stack, with what its stack file says.
func declare(t *testing.T, stack string) []harness.Declared {
	t.Helper()
	r := harness.Environment()
	values := harness.StackValues
	if stack == offsite {
		values = harness.ExampleValues
	}
	require.NoError(t, harness.RunStack(r, stack, values(t, stack), stacks.Deploy))
	return r.Declared()
}
