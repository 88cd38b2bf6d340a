package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	havenengine "haven/infra/engine"
	"haven/infra/environment"
	"haven/infra/evidence"
	"haven/infra/export"
	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/stacks"
)

// TestStates takes a tenant through its life, each step an ordinary update of its stack.
func TestStates(t *testing.T) {
	c := newSmallClone(t)
	c.checkpoints = false
	c.enter("active", "")
	active := c.world()
	assert.Equal(t, map[string]any{
		"demo-acme-web": 2.0, "demo-acme-worker": 1.0, "demo-acme-websocket": 1.0, "demo-acme-scheduler": 1.0,
	}, c.running())
	assert.Zero(t, c.pages())
	c.assertOutputs("demo-cell", "cell", stacks.CellOutputs{})

	c.enter("suspended", "")
	stopped := map[string]any{
		"demo-acme-web": 0.0, "demo-acme-worker": 0.0, "demo-acme-websocket": 0.0, "demo-acme-scheduler": 0.0,
	}
	assert.Equal(t, stopped, c.running())
	assert.Equal(t, 1, c.pages())
	assert.Equal(t, data(active), data(c.world()), "a suspended tenant keeps its data")

	c.enter("active", "")
	assert.Equal(t, data(active), data(c.world()))
	assert.Zero(t, c.pages())
	assert.Equal(t, 2.0, c.running()["demo-acme-web"])

	c.writeState("gone", past)
	c.assertRefused(`tenant.state: demo-acme was "active" until now; bring it up in the state leaving with the ` +
		"deletion date 2026-03-31 first")
	c.enter("leaving", future)
	assert.Equal(t, stopped, c.running())
	assert.Equal(t, 1, c.pages())
	assert.Equal(t, data(active), data(c.world()), "a leaving tenant has its data until it is gone")
	c.writeState("gone", future)
	c.assertRefused("tenant.state: demo-acme may not be gone before 2999-12-31; leave it in the state leaving until " +
		"then")
	c.writeState("gone", past)
	c.assertRefused(`tenant.state: demo-acme was "leaving" until now; bring it up in the state leaving with the ` +
		"deletion date 2026-03-31 first")
	assert.Equal(t, data(active), data(c.world()), "a refusal deletes nothing")

	c.enter("leaving", past)
	c.writeState("gone", past)
	c.assertRefused("tenant.state: demo-acme may not be gone without its final dump below s3://demo-cell-archive-")
	assert.Equal(t, data(active), data(c.world()))
	advanced := c.haven("sandbox", "advance", "14h")
	require.Zero(t, advanced.status, advanced)
	c.enter("gone", past)
	assert.Empty(t, data(c.ofTenant()))
	assert.Empty(t, c.ofTenant())
	assert.ElementsMatch(t, []string{
		"demo-acme-database-final-20260331-000000", "demo-acme-cache-final-20260331-000000",
	}, c.snapshots())
	record := c.assertOutputs("demo-acme", "tenant", stacks.DeletionRecord{})
	assert.Equal(t, "gone", record["state"])
	assert.Equal(t, "demo-acme-database-final-20260331-000000", record["finalSnapshot"])
	at, err := time.Parse(time.RFC3339, fmt.Sprint(record["deletedAt"]))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now().Add(14*time.Hour), at, 15*time.Minute, "by the sandbox's clock")
	assert.Regexp(t, `^tenants/acme/final/\d{8}T\d{6}Z/manifest\.json$`, record["manifestKey"])
	assert.Regexp(t, "^[0-9a-f]{64}$", record["manifestSha256"])

	c.assertCertified(record)

	again := c.mustReport("up", "demo")
	assert.False(t, again.Changed, "%+v", again)
	assert.Equal(t, record, c.assertOutputs("demo-acme", "tenant", stacks.DeletionRecord{}), "the record stays as it was")
}

// assertCertified asserts that the deletion is certified, with the export that was there before and what outlives it.
func (c *clone) assertCertified(record map[string]any) {
	c.t.Helper()
	shown := c.haven("tenant", "certificate", "acme", "--json")
	require.Zero(c.t, shown.status, shown)
	var certificate evidence.Record
	require.NoError(c.t, json.Unmarshal([]byte(shown.stdout), &certificate))
	assert.True(c.t, certificate.Simulated)
	assert.Equal(c.t, record["manifestSha256"], certificate.Deletion.Export.ManifestSHA256)
	assert.Equal(c.t, record["deletedAt"], certificate.Deletion.DeletedAt)
	var deleted, outlives []string
	for _, each := range certificate.Deletion.Deleted {
		deleted = append(deleted, each.Type)
	}
	for _, each := range certificate.Deletion.Outlives {
		outlives = append(outlives, each.What)
	}
	assert.Subset(c.t, deleted, []string{"aws:rds/instance:Instance", "aws:efs/fileSystem:FileSystem", "aws:kms/key:Key"})
	assert.Subset(c.t, outlives, []string{"final snapshot of the database", "final snapshot of the cache",
		"key pending deletion", "locked objects: dumps, and exports of snapshots"})
	page := c.haven("tenant", "certificate", "demo-acme")
	assert.Contains(c.t, page.stdout, "# Certificate of deletion: acme")
	final := c.haven("tenant", "export", "acme", "--final", "--to", c.path("export"), "--json")
	require.Zero(c.t, final.status, "the final dump outlives the tenant: %s", final)
	var exported export.Report
	require.NoError(c.t, json.Unmarshal([]byte(final.stdout), &exported))
	assert.Equal(c.t, record["manifestSha256"], exported.ManifestSHA256)
}

// Two deletion dates.
const past, future = "2026-03-31", "2999-12-31"

// enter brings the tenant up in a state, and asserts that this was all there was to do.
func (c *clone) enter(state, deletionDate string) {
	c.t.Helper()
	c.writeState(state, deletionDate)
	report := c.mustReport("up", "demo")
	assert.Equal(c.t, environment.Up, outcomes(report)["demo-acme"], state)
	c.assertConsistent()
	same := c.haven("up", "demo", "--expect-no-changes")
	assert.Zero(c.t, same.status, "%s: %s", state, same)
}

func (c *clone) writeState(state, deletionDate string) {
	c.t.Helper()
	text := `config:
  haven:role: tenant
  haven:tenant:
    cell: demo-cell
    slot: 1
    state: ` + state + `
    application:
      image: public.ecr.aws/haven-demo/processmaker:4.15
`
	if deletionDate != "" {
		text += fmt.Sprintf("    deletionDate: %q\n", deletionDate)
	}
	require.NoError(c.t, os.WriteFile(c.stackFile("demo-acme"), []byte(text), 0o644))
}

func (c *clone) assertRefused(want string) {
	c.t.Helper()
	refused := c.haven("up", "demo")
	assert.Equal(c.t, 1, refused.status)
	assert.Contains(c.t, refused.stderr, want)
}

// running is how many tasks each service is to have.
func (c *clone) running() map[string]any {
	counts := map[string]any{}
	for _, entry := range c.world() {
		if entry.Type == "aws:ecs/service:Service" {
			counts[fmt.Sprint(entry.Outputs["name"])] = entry.Outputs["desiredCount"]
		}
	}
	return counts
}

// pages is how many rules answer with a page.
func (c *clone) pages() int {
	pages := 0
	for _, entry := range c.world() {
		if strings.HasSuffix(entry.URN, "::routing-page-rule") {
			pages++
		}
	}
	return pages
}

// data are the IDs of what holds a tenant's data, and of the keys to it.
func data(entries []world.Entry) (ids []string) {
	types := []string{"aws:rds/instance:Instance", "aws:efs/fileSystem:FileSystem", "aws:kms/key:Key",
		"aws:elasticache/replicationGroup:ReplicationGroup", "aws:secretsmanager/secret:Secret"}
	for _, entry := range entries {
		if slices.Contains(types, entry.Type) && strings.Contains(entry.URN, "urn:pulumi:demo-acme::") {
			ids = append(ids, entry.Type+" "+entry.ID)
		}
	}
	return ids
}

// ofTenant is what the world holds of demo-acme.
func (c *clone) ofTenant() []world.Entry {
	return slices.DeleteFunc(c.world(), func(entry world.Entry) bool {
		return !strings.Contains(entry.URN, "urn:pulumi:demo-acme::")
	})
}

// snapshots are the names of the final snapshots that deletions left.
func (c *clone) snapshots() (names []string) {
	ended := c.haven("sandbox", "retained", "--json")
	require.Zero(c.t, ended.status, ended)
	var left []cloud.Retained
	require.NoError(c.t, json.Unmarshal([]byte(ended.stdout), &left))
	for _, each := range left {
		if strings.Contains(strings.ToLower(each.Type), "snapshot") {
			names = append(names, each.ID)
		}
	}
	return names
}

// assertOutputs asserts that a stack exports, under that name, exactly the fields that its readers know, and no secret;
// it answers what is there.
func (c *clone) assertOutputs(stack, name string, readAs any) map[string]any {
	c.t.Helper()
	state, err := havenengine.ReadState(c.checkout(), stack)
	require.NoError(c.t, err)
	exported, _ := state.Outputs()[name].(map[string]any)
	var fields, got []string
	for i := range reflect.TypeOf(readAs).NumField() {
		fields = append(fields, reflect.TypeOf(readAs).Field(i).Tag.Get("mapstructure"))
	}
	for field, value := range exported {
		got = append(got, field)
		inner, _ := value.(map[string]any)
		assert.NotContains(c.t, inner, secretSignature, "%s of %s is a secret", field, stack)
	}
	assert.ElementsMatch(c.t, fields, got, stack)
	return exported
}

// secretSignature marks an encrypted value in a state.
const secretSignature = "4dabf18193072939515e22adb298388d"
