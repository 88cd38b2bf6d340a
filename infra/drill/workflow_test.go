package drill_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"haven/infra/drill"
)

// TestScheduledDrills: the workflow drills scenarios that there are, the loss of AWS in the yearly run alone.
func TestScheduledDrills(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", ".github", "workflows", "drills.yml"))
	require.NoError(t, err)
	var workflow struct {
		On struct {
			Schedule []struct{ Cron string }
		}
		Jobs map[string]struct{ Env map[string]string }
	}
	require.NoError(t, yaml.Unmarshal(text, &workflow))
	require.Len(t, workflow.On.Schedule, 2, "each quarter, and each year")
	scenario := workflow.Jobs["drill"].Env["SCENARIO"]
	assert.Contains(t, scenario, "github.event.schedule == '"+workflow.On.Schedule[1].Cron+"' && 'provider-loss'")
	named := regexp.MustCompile(`'([a-z]+-[a-z]+)'`).FindAllStringSubmatch(scenario, -1)
	require.Len(t, named, 2)
	for _, name := range named {
		_, err := drill.ScenarioNamed(name[1])
		assert.NoError(t, err)
	}
}
