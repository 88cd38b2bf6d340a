package drill_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/drill"
)

var update = flag.Bool("update", false, "write the runbooks anew")

// TestRunbooks: the runbooks say what is drilled.
func TestRunbooks(t *testing.T) {
	for _, scenario := range drill.Scenarios() {
		path := filepath.Join("runbooks", scenario.Name+".md")
		if *update {
			require.NoError(t, os.MkdirAll("runbooks", 0o755))
			require.NoError(t, os.WriteFile(path, scenario.Runbook(), 0o600))
		}
		page, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(scenario.Runbook()), string(page), "go test ./infra/drill -run TestRunbooks -update")
		for _, step := range scenario.Steps {
			assert.NotEmpty(t, step.Person+step.Haven, "%s: %s", scenario.Name, step.Name)
		}
	}
	_, err := drill.ScenarioNamed("flood")
	require.EqualError(t, err, `there is no scenario "flood"; there are application-corruption, database-corruption, `+
		`zone-loss, network-loss, region-loss, provider-loss`)
}
