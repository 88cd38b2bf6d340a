package flow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
)

const globex = "demo-globex"

func find(t *testing.T, w *world.World, token, stack, name string) cloud.Resource {
	t.Helper()
	var found cloud.Resource
	require.NoError(t, w.View(func(tx *world.Tx) (err error) {
		found, err = one(tx, token, stack, name)
		return err
	}))
	return found
}

func ledger(t *testing.T, w *world.World, id string) world.Ledger {
	t.Helper()
	var found []world.Ledger
	require.NoError(t, w.View(func(tx *world.Tx) error {
		found = world.Ledgers.All(tx, id)
		return nil
	}))
	require.Len(t, found, 1)
	return found[0]
}

func TestALostRegionStandsStill(t *testing.T) {
	w := demo(t)
	advance(t, w, time.Hour)
	source := find(t, w, database, globex, "database-instance")
	before := ledger(t, w, source.ID)
	require.NoError(t, flow.Strike(w, world.RegionLost, "eu-west-1"))
	_, err := flow.Ask(w, "globex.demo.haven.example")
	require.ErrorContains(t, err, "leads to eu-west-1, which is lost")
	report := advance(t, w, 2*time.Hour)
	assert.Equal(t, before.Digest(), ledger(t, w, source.ID).Digest(), "nothing is written there")
	var told []string
	for _, change := range report.Changes {
		if change.To == world.InAlarm {
			told = append(told, change.Alarm)
		}
	}
	assert.Contains(t, told, "demo-globex-replica-stopped", "its replica's region notices")
	for _, alarm := range told {
		assert.NotContains(t, alarm, "acme", "what only the lost region would notice tells nobody")
	}

	replica := find(t, w, database, globex, "replica-instance")
	require.NoError(t, flow.Promote(w, replica.Text("arn")))
	held := ledger(t, w, replica.ID)
	assert.WithinDuration(t, before.Last(), held.Last(), time.Minute, "what had reached the replica is there")
	assert.Equal(t, before.At(held.Last()).Digest(), held.Digest())
	assert.Empty(t, find(t, w, database, globex, "replica-instance").Text("replicateSourceDb"))

	require.NoError(t, flow.Heal(w))
	answer, err := flow.Ask(w, "globex.demo.haven.example")
	require.NoError(t, err)
	assert.Equal(t, flow.Answer{Region: "eu-west-1", Stack: globex, Database: source.ID}, answer)
	advance(t, w, 3*time.Hour)
	assert.Greater(t, ledger(t, w, source.ID).Transactions(), before.Transactions(), "what stood still goes on")
}

func TestALostZoneIsFailedOver(t *testing.T) {
	w := demo(t)
	advance(t, w, time.Hour)
	source := find(t, w, database, globex, "database-instance")
	zone := source.Text("availabilityZone")
	require.NoError(t, flow.Strike(w, world.ZoneLost, zone))
	report := advance(t, w, 2*time.Hour)
	assert.Contains(t, names(report), "demo-cell-nat-drops-"+zone)
	held := ledger(t, w, source.ID)
	assert.Equal(t, []world.Run{
		{From: held.Runs[0].From, Until: begin.Add(time.Hour)},
		{From: begin.Add(time.Hour + 90*time.Second), Until: begin.Add(2 * time.Hour)},
	}, held.Runs, "it answers from the other zone, and has lost nothing")

	require.NoError(t, w.Update(set(database, globex, "database-instance", "multiAz", false)))
	advance(t, w, 3*time.Hour)
	assert.Equal(t, held.Runs, ledger(t, w, source.ID).Runs, "in one zone it stands still")
}

func TestALostNetworkLetsNothingThrough(t *testing.T) {
	w := demo(t)
	advance(t, w, time.Hour)
	source := find(t, w, database, globex, "database-instance")
	vpc := find(t, w, "aws:ec2/vpc:Vpc", cell, "network-vpc")
	require.NoError(t, flow.Strike(w, world.NetworkLost, vpc.ID))
	report := advance(t, w, 2*time.Hour)
	assert.Contains(t, names(report), "demo-globex-unreachable")
	assert.Equal(t, begin.Add(time.Hour), ledger(t, w, source.ID).Runs[0].Until)
	_, err := flow.Ask(w, "globex.demo.haven.example")
	require.ErrorContains(t, err, "no service with a sound database")
}

func TestADamagedDatabaseIsNotBackedUp(t *testing.T) {
	w := demo(t)
	advance(t, w, time.Hour)
	source := find(t, w, database, globex, "database-instance")
	require.NoError(t, flow.Strike(w, world.DatabaseLost, source.ID))
	report := advance(t, w, 2*time.Hour)
	assert.Contains(t, names(report), "demo-globex-unreachable")
	assert.Contains(t, names(report), "demo-globex-database-connections")
	require.NoError(t, w.View(func(tx *world.Tx) error {
		window, found := tx.Window(source.ID)
		assert.True(t, found)
		assert.WithinDuration(t, begin.Add(time.Hour), window.Until, 5*time.Minute)
		return nil
	}))
}

func names(report flow.Report) string {
	var told []string
	for _, change := range report.Changes {
		if change.To == world.InAlarm {
			told = append(told, change.Alarm)
		}
	}
	return strings.Join(told, " ")
}

func TestASnapshotIsRestoredAsItWas(t *testing.T) {
	w := demo(t)
	advance(t, w, time.Hour)
	source := find(t, w, database, globex, "database-instance")
	arn, err := flow.Snapshot(w, source.Text("arn"), "before")
	require.NoError(t, err)
	_, err = flow.CopySnapshot(w, arn, "eu-central-1", source.Text("kmsKeyId"))
	require.ErrorContains(t, err, "is no key of eu-central-1")
	abroad := find(t, w, replicaKey, globex, "database-key-replica").Text("arn")
	copied, err := flow.CopySnapshot(w, arn, "eu-central-1", abroad)
	require.NoError(t, err)
	advance(t, w, 2*time.Hour)
	made := source
	made.ID, made.Region = "db-RESTORED", "eu-central-1"
	made.Outputs = source.Outputs.Set("snapshotIdentifier", property.New(copied))
	require.NoError(t, w.Update(func(tx *world.Tx) error { return flow.Fill(tx, made) }))
	want := ledger(t, w, source.ID).At(begin.Add(time.Hour))
	assert.Equal(t, want.Digest(), ledger(t, w, made.ID).Digest())

	timed := func(at time.Time) cloud.Resource {
		made.Outputs = source.Outputs.Set("restoreToPointInTime", property.New(map[string]property.Value{
			"sourceDbiResourceId": property.New(source.ID), "restoreTime": property.New(at.Format(time.RFC3339)),
		}))
		return made
	}
	require.NoError(t, w.Update(func(tx *world.Tx) error { return flow.Fill(tx, timed(begin.Add(90*time.Minute))) }))
	want = ledger(t, w, source.ID).At(begin.Add(90 * time.Minute))
	assert.Equal(t, want.Digest(), ledger(t, w, made.ID).Digest())
	err = w.Update(func(tx *world.Tx) error { return flow.Fill(tx, timed(begin.Add(3*time.Hour))) })
	require.ErrorContains(t, err, "is not between")
}
