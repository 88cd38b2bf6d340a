package environment

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/engine"
	"haven/infra/evidence"
	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/stacks/config"
)

// leaver is a tenant that is to be gone, its state and its world.
type leaver struct {
	*Operator
	t     *testing.T
	stack *config.Stack
}

func newLeaver(t *testing.T) *leaver {
	t.Helper()
	l := &leaver{&Operator{Checkout: engine.Checkout{Root: t.TempDir()}}, t,
		&config.Stack{Name: "demo-acme", Role: config.RoleTenant, Tenant: &config.Tenant{State: config.Gone}}}
	until := time.Now().AddDate(0, 0, 30).UTC().Truncate(time.Second)
	require.NoError(t, world.At(l.Checkout.World()).Update(func(tx *world.Tx) error {
		for _, left := range []cloud.Retained{
			{Type: "aws:kms/key:Key", ID: "key", Name: "key", Region: "eu-west-1", Until: until},
			{Type: "aws:rds/snapshot:Snapshot", ID: "acme-final", Name: "acme-final", Region: "eu-west-1"},
			{Type: "aws:kms/key:Key", ID: "another's", Name: "another's", Region: "eu-west-1", Until: until},
		} {
			if err := tx.Retain(left); err != nil {
				return err
			}
		}
		for _, point := range []world.Point{
			{ID: "arn:aws:rds:eu-west-1:1:snapshot:rds:a", Source: "database", Expires: until},
			{ID: "arn:aws:rds:eu-west-1:1:snapshot:rds:b", Source: "another's"},
			{ID: "arn:aws:rds:eu-west-1:1:snapshot:c", Source: "database", Vault: "arn:of-a-vault-that-is-gone"},
		} {
			if err := world.Points.Put(tx, point); err != nil {
				return err
			}
		}
		for _, key := range []string{"tenants/acme/final/1/manifest.json", "tenants/acme2/dumps/1/manifest.json"} {
			object := world.Object{Bucket: "archive", Key: key, Version: "1", RetainUntil: until}
			if err := world.Objects.Put(tx, object); err != nil {
				return err
			}
		}
		return nil
	}))
	return l
}

// state writes what the file backend would, with those resources; gone says whether the record is written.
func (l *leaver) state(gone bool, names ...string) {
	l.t.Helper()
	record := map[string]any{"state": "leaving"}
	if gone {
		record = map[string]any{"name": "acme", "state": "gone", "deletedAt": "2026-11-22T00:00:00Z",
			"archivePrefix": "tenants/acme/", "manifestSha256": "0123"}
	}
	urn := func(kind, name string) string { return "urn:pulumi:demo-acme::haven::" + kind + "::" + name }
	resources := []any{map[string]any{"urn": urn("pulumi:pulumi:Stack", "haven-demo-acme"), "type": "pulumi:pulumi:Stack",
		"outputs": map[string]any{"tenant": record}}}
	for _, name := range names {
		resources = append(resources, map[string]any{"urn": urn("aws:test/thing:Thing", name), "custom": true, "id": name,
			"type": "aws:test/thing:Thing", "retainOnDelete": name == "vault",
			"inputs": map[string]any{"finalSnapshotIdentifier": map[string]any{"database": "acme-final"}[name]}})
	}
	text, err := json.Marshal(map[string]any{"version": 3,
		"checkpoint": map[string]any{"latest": map[string]any{"resources": resources}}})
	require.NoError(l.t, err)
	path := l.Checkout.Path("state", ".pulumi", "stacks", engine.Project, "demo-acme.json")
	require.NoError(l.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(l.t, os.WriteFile(path, text, 0o600))
}

// update is one that leaves those resources, and ends that way.
func (l *leaver) update(outcome Outcome, gone bool, left ...string) Result {
	return l.depart(l.stack, func() Result {
		l.state(gone, left...)
		return Result{Stack: "demo-acme", Outcome: outcome}
	})
}

func (l *leaver) noted() bool {
	_, err := os.Stat(l.departureNote("demo-acme"))
	return err == nil
}

// TestDepart: the certificate names all that was there, and what the world still holds of it.
func TestDepart(t *testing.T) {
	l := newLeaver(t)
	l.state(false, "database", "key", "vault")
	result := l.update(Up, true)
	assert.Equal(t, Up, result.Outcome, result.Errors)
	assert.FileExists(t, result.Certificate)
	assert.False(t, l.noted())
	kept, err := l.evidence().Of("acme")
	require.NoError(t, err)
	assert.True(t, kept.Simulated)
	assert.Equal(t, "0123", kept.Deletion.Export.ManifestSHA256)
	assert.Equal(t, []evidence.Resource{{Type: "aws:test/thing:Thing", Name: "database", ID: "database"},
		{Type: "aws:test/thing:Thing", Name: "key", ID: "key"}}, kept.Deletion.Deleted)
	var what []string
	for _, each := range kept.Deletion.Outlives {
		what = append(what, each.What+" "+each.Where)
		assert.Equal(t, 1, each.Count, each.What)
	}
	assert.Equal(t, []string{"automated snapshots RDS", "final snapshot of the database acme-final",
		"key pending deletion key", "locked objects: dumps, and exports of snapshots archive/tenants/acme",
		"retained aws:test/thing:Thing vault"}, what)
	again := l.update(Unchanged, true)
	assert.Equal(t, Unchanged, again.Outcome)
	assert.Empty(t, again.Certificate, "there is nothing to certify any more")
}

// TestDepartAfterAKill: wherever a run was killed, the next one certifies all that was there at first.
func TestDepartAfterAKill(t *testing.T) {
	for name, left := range map[string][]string{"in the midst": {"key"}, "at the end": nil} {
		t.Run(name, func(t *testing.T) {
			l := newLeaver(t)
			l.state(false, "database", "key")
			_, err := l.noteOwned("demo-acme")
			require.NoError(t, err)
			l.state(true, left...)
			result := l.update(Up, true)
			require.FileExists(t, result.Certificate, result.Errors)
			kept, err := l.evidence().Of("acme")
			require.NoError(t, err)
			assert.Len(t, kept.Deletion.Deleted, 2)
			assert.False(t, l.noted())
		})
	}
}

// TestDepartRefused: what deleted nothing is forgotten, what deleted something is gone on with.
func TestDepartRefused(t *testing.T) {
	l := newLeaver(t)
	l.state(false, "database", "key")
	refused := l.update(Failed, false, "database", "key")
	assert.Equal(t, Failed, refused.Outcome)
	assert.False(t, l.noted())
	failed := l.update(Failed, true, "key")
	assert.Equal(t, Failed, failed.Outcome)
	assert.Empty(t, failed.Certificate)
	assert.True(t, l.noted())
	require.FileExists(t, l.update(Up, true).Certificate)
	broken := l.update(Up, true)
	assert.Empty(t, broken.Errors)
}

// TestDepartWithoutEvidence: an update whose certificate cannot be written has failed, and the next one writes it.
func TestDepartWithoutEvidence(t *testing.T) {
	l := newLeaver(t)
	l.state(false, "database")
	foreign := l.Checkout.Path("evidence", "0001-deletion-demo-other.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(foreign), 0o755))
	require.NoError(t, os.WriteFile(foreign, []byte("{"), 0o600))
	result := l.update(Up, true)
	assert.Equal(t, Failed, result.Outcome)
	assert.ErrorContains(t, Report{Stacks: []Result{result}}.Err(), "certificate of deletion: "+foreign+" is no record")
	require.NoError(t, os.Remove(foreign))
	assert.FileExists(t, l.update(Unchanged, true).Certificate)
}
