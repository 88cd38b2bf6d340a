package flow_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
)

const offsiteStack = "demo-acme-offsite"

// offsite is the demo of which AWS is lost, and a deployer with the file of a tenant that comes back off site, from the
// newest dump in the mirror. The example's other values are as they stand.
func offsite(t *testing.T) (*world.World, *flowtest.Deployer, world.Object) {
	t.Helper()
	begin := time.Date(2026, 11, 20, 12, 7, 0, 0, time.UTC)
	w := world.At(filepath.Join(t.TempDir(), "world.db")).Ticking(func() time.Time { return begin })
	folder := t.TempDir()
	source := filepath.Join("..", "..", "..", "stacks")
	require.NoError(t, os.CopyFS(folder, os.DirFS(source)))
	d := flowtest.New(w, folder)
	require.NoError(t, d.Environment(context.Background(), "demo"))
	_, err := flow.Advance(w, flow.Options{To: begin.Add(30 * time.Hour), Seed: 1})
	require.NoError(t, err)
	var newest world.Object
	require.NoError(t, w.Update(func(tx *world.Tx) error {
		for _, object := range world.Objects.All(tx, "demo-mirror-haven-demo-mirror") {
			if strings.HasPrefix(object.Key, "tenants/acme/dumps/") && strings.HasSuffix(object.Key, "/manifest.json") &&
				object.Made.After(newest.Made) {
				newest = object
			}
		}
		return tx.Strike(world.ProviderLost, "aws")
	}))
	require.NotEmpty(t, newest.Key, "a dump lies in the mirror")
	serve(t, d, newest, false)
	return w, d, newest
}

// serve writes the stack's file for a dump.
func serve(t *testing.T, d *flowtest.Deployer, dump world.Object, serving bool) {
	t.Helper()
	name := "Pulumi." + offsiteStack + ".yaml"
	text, err := os.ReadFile(filepath.Join(d.Folder, "examples", name))
	require.NoError(t, err)
	prefix := strings.TrimSuffix(dump.Key, "/manifest.json")
	changed := strings.Replace(string(text), "tenants/acme/dumps/20261121T220000Z", prefix, 1)
	if !serving {
		changed = strings.Replace(changed, "serving: true", "serving: false", 1)
	}
	require.NoError(t, os.WriteFile(filepath.Join(d.Folder, name), []byte(changed), 0o600))
}

func ledgerOf(t *testing.T, w *world.World, source string) world.Ledger {
	t.Helper()
	var found []world.Ledger
	require.NoError(t, w.View(func(tx *world.Tx) error { found = world.Ledgers.All(tx, source); return nil }))
	require.Len(t, found, 1, source)
	return found[0]
}

// TestATenantComesBackOffSite: with AWS lost a tenant's place in Google Cloud comes up, takes the newest dump of the
// mirror, and serves. AWS is not asked for anything.
func TestATenantComesBackOffSite(t *testing.T) {
	t.Parallel()
	w, d, dump := offsite(t)
	ctx := context.Background()
	require.NoError(t, d.Up(ctx, offsiteStack))
	exported, err := d.Outputs(offsiteStack)
	require.NoError(t, err)
	outputs := exported["offsite"].(map[string]any)
	assert.Empty(t, outputs["url"], "nothing runs on empty stores")

	at, err := flow.RunRestoration(w, outputs["restoreJob"].(string))
	require.NoError(t, err)
	assert.Equal(t, dump.DataTime, at)
	was := ledgerOf(t, w, dump.Source).At(dump.DataTime)
	is := ledgerOf(t, w, outputs["databaseId"].(string))
	assert.Positive(t, is.Transactions())
	assert.Equal(t, was.Digest(), is.Digest(), "each transaction that was committed before the dump, and no other")
	_, err = flow.RunRestoration(w, outputs["restoreJob"].(string))
	assert.ErrorContains(t, err, "is not empty: restore into an empty one")

	serve(t, d, dump, true)
	require.NoError(t, d.Up(ctx, offsiteStack))
	exported, err = d.Outputs(offsiteStack)
	require.NoError(t, err)
	served := exported["offsite"].(map[string]any)
	assert.Equal(t, "https://acme.offsite.haven.example", served["url"])
	assert.NotEmpty(t, served["address"])
	assert.NotEmpty(t, served["nameServers"])
	assert.Equal(t, outputs["databaseId"], served["databaseId"], "the same database")

	before, err := w.Entries()
	require.NoError(t, err)
	require.NoError(t, d.Up(ctx, offsiteStack))
	after, err := w.Entries()
	require.NoError(t, err)
	assert.Equal(t, before, after, "there is nothing to change")
	for _, one := range d.Declared(offsiteStack) {
		assert.NotContains(t, one.URN, "aws:")
	}
	require.NoError(t, w.View(func(tx *world.Tx) error {
		for _, call := range world.Calls.All(tx) {
			assert.Equal(t, "gcp", call.Provider, call.URN)
			assert.Empty(t, call.Refused, call.URN)
		}
		return nil
	}))
}

// TestWhatARestorationRefuses takes away one thing at a time.
func TestWhatARestorationRefuses(t *testing.T) {
	t.Parallel()
	w, d, dump := offsite(t)
	require.NoError(t, d.Up(context.Background(), offsiteStack))
	exported, err := d.Outputs(offsiteStack)
	require.NoError(t, err)
	job := exported["offsite"].(map[string]any)["restoreJob"].(string)

	_, err = flow.RunRestoration(w, "projects/none")
	assert.EqualError(t, err, "projects/none: there is no such job")
	for want, spoil := range map[string]func(*world.Tx) error{
		"there is no whole manifest": func(tx *world.Tx) error { return world.Objects.Delete(tx, dump) },
		"database.sql.zst is missing, or was altered": func(tx *world.Tx) error {
			part := objectAt(tx, dump.Bucket, strings.Replace(dump.Key, "manifest.json", "database.sql.zst", 1))
			part.SHA256 = strings.Repeat("0", 64)
			return world.Objects.Put(tx, part)
		},
		"does not have storage.objects.get access": func(tx *world.Tx) error {
			for _, grant := range tx.List("gcp:storage/bucketIAMMember:BucketIAMMember", "haven-demo-mirror", "") {
				if strings.Contains(grant.URN, offsiteStack) {
					return tx.Delete(world.KeyOf(grant))
				}
			}
			return nil
		},
	} {
		path := filepath.Join(t.TempDir(), "world.db")
		for _, end := range []string{"", ".key"} {
			copied, err := os.ReadFile(w.Path() + end)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path+end, copied, 0o600))
		}
		spoilt := world.At(path).Ticking(func() time.Time { return time.Date(2026, 11, 20, 12, 7, 0, 0, time.UTC) })
		require.NoError(t, spoilt.Update(spoil))
		_, err = flow.RunRestoration(spoilt, job)
		assert.ErrorContains(t, err, want)
	}
}

func objectAt(tx *world.Tx, bucket, key string) world.Object {
	for _, object := range world.Objects.All(tx, bucket, key) {
		return object
	}
	return world.Object{}
}
