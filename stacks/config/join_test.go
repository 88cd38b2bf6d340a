package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/stacks/config"
)

var demoFacts = config.CellFacts{
	Environment: "demo", Domain: "demo.haven.example", Slots: 25,
	Maintenance: config.Maintenance{Window: "sun:03:00-sun:04:00", BackupWindow: "01:00-02:00"},
}

func parseAcme(t *testing.T) *config.Stack {
	t.Helper()
	stack, err := config.Parse("demo-acme", demoAcme)
	require.NoError(t, err)
	return stack
}

func TestJoinCellCompletesNameAndHost(t *testing.T) {
	stack := parseAcme(t)
	require.NoError(t, stack.JoinCell(demoFacts))
	assert.Equal(t, "acme", stack.Tenant.Name)
	assert.Equal(t, "acme.demo.haven.example", stack.Tenant.Host)
}

func TestJoinCellKeepsNameAndHost(t *testing.T) {
	stack := parseAcme(t)
	stack.Tenant.Name, stack.Tenant.Host = "acme-incorporated", "bpm.acme.demo.haven.example"
	require.NoError(t, stack.JoinCell(demoFacts))
	assert.Equal(t, "acme-incorporated", stack.Tenant.Name)
	assert.Equal(t, "bpm.acme.demo.haven.example", stack.Tenant.Host)
}

// TestJoinCellCompletesWindows: patches and snapshots of caches follow those of databases, and canaries come first.
func TestJoinCellCompletesWindows(t *testing.T) {
	type windows struct{ backup, maintenance, snapshot, cache string }
	for name, test := range map[string]struct {
		cell   config.Maintenance
		tenant func(*config.Tenant)
		want   windows
	}{
		"as the cell says": {
			config.Maintenance{Window: "sun:03:00-sun:04:00", BackupWindow: "01:00-02:00"}, func(*config.Tenant) {},
			windows{"01:00-02:00", "sun:03:00-sun:04:00", "02:00-03:00", "sun:04:00-sun:05:00"},
		},
		"a canary": {
			config.Maintenance{Window: "tue:22:00-wed:00:00", BackupWindow: "01:00-02:30"},
			func(t *config.Tenant) { t.Wave = 0 },
			windows{"01:00-02:30", "sat:22:00-sun:00:00", "03:00-04:30", "sun:00:00-sun:02:00"},
		},
		"its own": {
			config.Maintenance{Window: "sun:03:00-sun:04:00", BackupWindow: "01:00-02:00"},
			func(t *config.Tenant) {
				t.Wave, t.Database.MaintenanceWindow, t.Cache.SnapshotWindow = 0, "mon:07:00-mon:08:00", "12:00-13:00"
			},
			windows{"01:00-02:00", "mon:07:00-mon:08:00", "12:00-13:00", "thu:04:00-thu:05:00"},
		},
		"nothing known": {config.Maintenance{}, func(*config.Tenant) {}, windows{}},
	} {
		stack, facts := parseAcme(t), demoFacts
		facts.Maintenance = test.cell
		test.tenant(stack.Tenant)
		require.NoError(t, stack.JoinCell(facts), name)
		database, cache := stack.Tenant.Database, stack.Tenant.Cache
		assert.Equal(t, test.want, windows{
			database.BackupWindow, database.MaintenanceWindow, cache.SnapshotWindow, cache.MaintenanceWindow,
		}, name)
	}
}

func TestJoinCellTakesADigestOutsideTheDemo(t *testing.T) {
	stack := parseAcme(t)
	stack.Name = "prod-acme"
	stack.Tenant.Application.Image += "@sha256:" + strings.Repeat("0a", 32)
	prod := config.CellFacts{Environment: "prod", Domain: "haven.io", Slots: 25, Production: true}
	require.NoError(t, stack.JoinCell(prod))
}

func TestJoinCellNamesEverythingThatIsWrong(t *testing.T) {
	stack := parseAcme(t)
	stack.Tenant.Slot = 9
	stack.Tenant.Host = "acme.elsewhere.io"
	stack.Teardown = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	err := stack.JoinCell(config.CellFacts{Environment: "prod", Domain: "haven.io", Slots: 8, Production: true})
	assert.EqualError(t, err, strings.Join([]string{
		`Pulumi.demo-acme.yaml: teardown: got "2027-03-01T12:00:00Z"; want none in production; remove it; ` +
			`to tear production down, first take the mark production from its account and cells, reviewed like any change`,
		`Pulumi.demo-acme.yaml: tenant.application.image: got "public.ecr.aws/haven-demo/processmaker:4.15"; ` +
			`want an image with a digest, outside the environment "demo"; ` +
			`add "@sha256:<64 digits>", as the registry shows it, so that it can never be another image`,
		`Pulumi.demo-acme.yaml: tenant.cell: got "demo-cell"; want a cell of the environment that the stack's name ` +
			`"demo-acme" begins with; name another cell, or rename the file, like "Pulumi.prod-acme.yaml"`,
		`Pulumi.demo-acme.yaml: tenant.host: got "acme.elsewhere.io"; want a host below "haven.io", the domain of ` +
			`demo-cell; write it like "acme.haven.io", or leave it out`,
		`Pulumi.demo-acme.yaml: tenant.slot: got 9; want 1 to 8, the slots of demo-cell; ` +
			`choose a free slot, raise the cell's slots, or choose another cell`,
	}, "\n"))
}
