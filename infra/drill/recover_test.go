package drill_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/drill"
	"haven/infra/recovery"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
	"haven/stacks/config"
)

// recoverer recovers the environment as the verbs do: each begins with the stack files as they are.
func recoverer(t *testing.T, options drill.Options) (*recovery.Recovery, []recovery.Tenant) {
	t.Helper()
	directory, err := config.LoadDir(options.Folder)
	require.NoError(t, err)
	environment, err := directory.Environment("demo")
	require.NoError(t, err)
	tenants, err := recovery.Tenants(environment, options.Deployer)
	require.NoError(t, err)
	require.Len(t, tenants, 3)
	return &recovery.Recovery{Environment: environment, Folder: options.Folder, Deployer: options.Deployer,
		Cloud: recovery.Sandbox{World: options.World}}, tenants
}

func stacksOf(all []recovery.Restoring) (names []string) {
	for _, stack := range all {
		names = append(names, stack.Stack)
	}
	return names
}

// TestRecover: a tenant without a copy keeps nobody waiting; who was taken over stays what it was made from, however
// often that is asked for; and what was written meanwhile comes home.
func TestRecover(t *testing.T) {
	options := demo(t)
	bringing, tenants := recoverer(t, options)
	ready, err := bringing.Provide(ctx, tenants)
	require.NoError(t, err)
	assert.Equal(t, []string{"demo-acme-dr", "demo-globex-dr", "demo-initech-dr"}, stacksOf(ready))
	_, err = flow.Advance(options.World, flow.Options{To: begin.Add(2 * time.Hour)})
	require.NoError(t, err)
	require.NoError(t, flow.Strike(options.World, world.RegionLost, "eu-west-1"))

	bringing, tenants = recoverer(t, options)
	taken, err := bringing.TakeOver(ctx, tenants)
	require.EqualError(t, err, "initech: there is no dump to bring its files back from")
	assert.Equal(t, []string{"demo-acme-dr", "demo-globex-dr"}, stacksOf(taken))
	acme := databaseOf(t, options.World, "demo-acme-dr")

	_, err = flow.Advance(options.World, flow.Options{To: begin.Add(4 * time.Hour)})
	require.NoError(t, err)
	written, err := flow.Commit(options.World, acme, "committed while away")
	require.NoError(t, err)
	bringing, tenants = recoverer(t, options)
	again, err := bringing.TakeOver(ctx, tenants)
	require.EqualError(t, err, "initech: there is no dump to bring its files back from")
	assert.Equal(t, stacksOf(taken), stacksOf(again))
	assert.Equal(t, acme, databaseOf(t, options.World, "demo-acme-dr"))
	for i, stack := range again {
		assert.Equal(t, taken[i].Source.ID, stack.Source.ID, stack.Stack)
	}

	require.NoError(t, flow.Heal(options.World))
	bringing, tenants = recoverer(t, options)
	away, err := bringing.Taken(tenants)
	require.NoError(t, err)
	home, err := bringing.BringHome(ctx, away)
	require.NoError(t, err)
	assert.Equal(t, []string{"demo-acme-drill", "demo-globex-drill"}, stacksOf(home))
	require.NoError(t, options.World.View(func(tx *world.Tx) error {
		held := world.Ledgers.All(tx, databaseOf(t, options.World, "demo-acme-drill"))
		require.Len(t, held, 1)
		assert.Equal(t, written, held[0].Commits[len(held[0].Commits)-1].Time, "what was written comes home")
		return nil
	}))
}

// databaseOf is the Pulumi ID of a stack's database.
func databaseOf(t *testing.T, w *world.World, stack string) string {
	t.Helper()
	made, err := w.ByURN("urn:pulumi:" + stack + "::haven::haven:stacks:Tenant$haven:database:Database$" + database +
		"::database-instance")
	require.NoError(t, err)
	require.Len(t, made, 1)
	return made[0].ID
}
