package drill_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/drill"
	"haven/infra/recovery"
	"haven/infra/sandbox/flow"
	"haven/stacks/config"
)

// TestTrialAbroad: what a drill in a real account brings up where tenants stand by comes up in the sandbox, too, from what
// lies there and without promoting anything, and goes again.
func TestTrialAbroad(t *testing.T) {
	options := demo(t)
	_, err := flow.Advance(options.World, flow.Options{To: begin.Add(30 * time.Hour)})
	require.NoError(t, err)
	bringing := &recovery.Recovery{Environment: options.Environment, Folder: options.Folder, Deployer: options.Deployer,
		Cloud: recovery.Sandbox{World: options.World}, AtOnce: true}
	tenants, err := recovery.Tenants(options.Environment, options.Deployer)
	require.NoError(t, err)
	made, err := bringing.Trial(ctx, tenants, true, time.Time{})
	require.NoError(t, err)
	require.Len(t, made, 3)
	var stacks []string
	for _, stack := range made {
		assert.Equal(t, "eu-central-1", stack.Region)
		assert.Equal(t, "demo-standby", stack.Cell)
		assert.NotEqual(t, recovery.Replica, stack.Source.Kind)
		exported, err := options.Deployer.Outputs(stack.Stack)
		require.NoError(t, err)
		outputs, _ := exported["tenant"].(map[string]any)
		assert.Equal(t, "drill", outputs["restoreMode"])
		assert.Equal(t, stack.DatabaseARN(), outputs["databaseArn"])
		assert.NotEmpty(t, outputs["restorationArn"])
		stacks = append(stacks, stack.Stack)
	}
	directory, err := config.LoadDir(options.Folder)
	require.NoError(t, err)
	there, err := directory.Environment("demo")
	require.NoError(t, err)
	left := recovery.Trials(there)
	require.Len(t, left, 3)
	for i, stack := range left {
		assert.Equal(t, made[i].DatabaseARN(), stack.DatabaseARN())
		assert.Equal(t, made[i].Tenant.Stack, stack.Tenant.Stack)
	}
	require.NoError(t, bringing.Retire(ctx, stacks...))
	files, err := filepath.Glob(filepath.Join(options.Folder, "*-trial.yaml"))
	require.NoError(t, err)
	assert.Empty(t, files)
}

// TestLive: each scenario is drilled in a real account, or says why it is not.
func TestLive(t *testing.T) {
	assert.Equal(t, []string{"application-corruption", "database-corruption", "region-loss"}, drill.LiveNames())
	for _, scenario := range drill.Scenarios() {
		abroad, err := scenario.Live()
		assert.Equal(t, scenario.Name == "region-loss", abroad)
		page, read := os.ReadFile(filepath.Join("runbooks", scenario.Name+".md"))
		require.NoError(t, read)
		if err != nil {
			assert.Regexp(t, "is not drilled in a real account: .{40,}; infra/drill/runbooks/"+scenario.Name+".md has the steps", err.Error())
			assert.Contains(t, string(page), "Not drilled there: ")
			continue
		}
		assert.Contains(t, string(page), "`haven drill "+scenario.Name+" --env ENV --account`")
	}
}
