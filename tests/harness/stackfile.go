package harness

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// StackValues are the values of the project's own namespace in the stack file of that stack, as Pulumi hands them to a
// program: text as it is, objects as JSON. It is for tests in tests/<package>.
func StackValues(t testing.TB, stack string) map[string]string {
	t.Helper()
	return StackFileValues(t, filepath.Join("..", "..", "stacks", "Pulumi."+stack+".yaml"))
}

// ExampleValues is StackValues for a stack that lives for a drill only, whose file stands among the examples.
func ExampleValues(t testing.TB, stack string) map[string]string {
	t.Helper()
	return StackFileValues(t, filepath.Join("..", "..", "stacks", "examples", "Pulumi."+stack+".yaml"))
}

// StackFileValues is StackValues for the stack file of that path.
func StackFileValues(t testing.TB, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var file struct{ Config map[string]any }
	require.NoError(t, yaml.Unmarshal(text, &file))
	values := map[string]string{}
	for key, value := range file.Config {
		name, own := strings.CutPrefix(key, Project+":")
		if !own {
			continue
		}
		if plain, ok := value.(string); ok {
			values[name] = plain
			continue
		}
		object, err := json.Marshal(value)
		require.NoError(t, err)
		values[name] = string(object)
	}
	return values
}
