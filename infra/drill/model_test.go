package drill_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/dump/manifest"
	"haven/components/tiers"
	"haven/infra/drill"
	"haven/infra/recovery"
	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
	"haven/stacks/config"
)

// TestDraw: a seed draws the same drills again, and many draws have every scenario.
func TestDraw(t *testing.T) {
	t.Parallel()
	drawn, names := drill.Draw(7, 200), map[string]bool{}
	for i, one := range drill.Draw(7, 200) {
		assert.Equal(t, drawn[i].Seed, one.Seed)
		assert.Equal(t, drawn[i].Scenario.Name, one.Scenario.Name)
		names[one.Scenario.Name] = true
	}
	assert.Len(t, names, len(drill.Names()))
	assert.NotEqual(t, drawn[0].Seed, drill.Draw(8, 1)[0].Seed)
}

// model is the demo's data and copies as they move, without the stacks that a drill brings up: what is lost, when, of
// whom and which copy with it is drawn; what is brought back is chosen as ever, from the copies that there are.
type model struct {
	t        *testing.T
	random   *rand.Rand
	world    *world.World
	recovery *recovery.Recovery
	tenants  []recovery.Tenant
	abroad   string // the recovery region
	mirror   string // the mirror's bucket
}

// places are where a scenario finds the copies that it brings back.
var places = map[string]string{
	"application-corruption": "home", "database-corruption": "home", "region-loss": "abroad", "provider-loss": "mirror",
}

// bounds are what a copy of a kind promises where it lies.
var bounds = map[string]map[recovery.Kind]tiers.Copy{
	"home": {recovery.Instance: tiers.PointInTime, recovery.Snapshot: tiers.Snapshot, recovery.Dump: tiers.Dump},
	"abroad": {recovery.Replica: tiers.Replica, recovery.AutomatedBackup: tiers.ReplicatedBackup,
		recovery.Snapshot: tiers.SnapshotCopy, recovery.Dump: tiers.DumpCopy},
	"mirror": {recovery.Dump: tiers.Mirror},
}

func newModel(t *testing.T, seed uint64) *model {
	t.Helper()
	options := demo(t)
	m := &model{t: t, random: rand.New(rand.NewPCG(seed, 0)), world: options.World}
	m.recovery = &recovery.Recovery{Environment: options.Environment, Folder: options.Folder,
		Cloud: recovery.Sandbox{World: options.World}, Deployer: options.Deployer}
	var err error
	m.tenants, err = recovery.Tenants(options.Environment, options.Deployer)
	require.NoError(t, err)
	mirror, err := m.recovery.Mirror()
	require.NoError(t, err)
	m.mirror = mirror.Bucket
	for _, stack := range options.Environment.Stacks {
		if stack.Role == config.RoleCell && stack.Cell.Standby {
			m.abroad = stack.Cell.Region
		}
	}
	require.NotEmpty(t, m.abroad)
	return m
}

// copies are those of a tenant where a scenario finds them.
func (m *model) copies(tenant recovery.Tenant, place string) []recovery.Copy {
	m.t.Helper()
	var found []recovery.Copy
	var err error
	switch place {
	case "home":
		found, err = m.recovery.Cloud.Copies(ctx, tenant, tenant.Region)
	case "abroad":
		found, err = m.recovery.Cloud.Copies(ctx, tenant, m.abroad)
	default:
		found, err = m.recovery.Cloud.Dumps(ctx, m.mirror, tenant.ArchivePrefix)
	}
	require.NoError(m.t, err)
	return found
}

// drawn is a drill of the model.
type drawn struct {
	scenario drill.Scenario
	tenant   recovery.Tenant
	place    string
	// without is the kind of copies that is lost with the rest; "" is none.
	without recovery.Kind
	source  recovery.Source
	bound   time.Duration
}

func (d drawn) String() string {
	return fmt.Sprintf("%s of %s (%s) without %q: from the %s", d.scenario.Name, d.tenant.Name, d.tenant.Tier, d.without,
		d.source)
}

// draw draws a drill at a time, and chooses what is brought back.
func (m *model) draw(now time.Time, known map[string][]recovery.Copy) (drawn, error) {
	d := drawn{scenario: drill.Draw(m.random.Uint64(), 1)[0].Scenario, tenant: m.tenants[m.random.IntN(len(m.tenants))]}
	for d.place = places[d.scenario.Name]; d.place == ""; d.place = places[d.scenario.Name] {
		d.scenario = drill.Draw(m.random.Uint64(), 1)[0].Scenario // it brings back no copy
	}
	key := d.tenant.Name + " " + d.place
	if known[key] == nil {
		known[key] = m.copies(d.tenant, d.place)
	}
	at, copies := time.Time{}, append([]recovery.Copy{}, known[key]...)
	if d.place == "home" {
		at = now.Add(-time.Nanosecond).Truncate(time.Second)
	}
	d.bound = d.scenario.Objective(d.tenant).Data
	chosen, err := recovery.Choose(copies, at)
	if err != nil {
		return d, err
	}
	if d.source = chosen; d.place == "mirror" || m.random.IntN(3) > 0 {
		return d, nil
	}
	d.without = chosen.Kind
	for i := range copies {
		if copies[i].Kind == d.without {
			copies[i].Unsound = "its key is gone"
		}
	}
	if d.source, err = recovery.Choose(copies, at); err != nil {
		return d, fmt.Errorf("%s without %s: %w", d, d.without, err)
	}
	promise, _ := tiers.Of(d.tenant.Tier)
	var promised bool
	if d.bound, promised = promise.Bound(bounds[d.place][d.source.Kind]); !promised {
		return d, fmt.Errorf("%s: the tier promises nothing of it", d)
	}
	return d, nil
}

// restore brings back what was chosen, as the sandbox does, and answers what there is then and what should be.
func (d drawn) restore(tx *world.Tx, number int) (is, want world.Ledger, err error) {
	source, found := tx.Find(database, d.tenant.Account, d.tenant.Region, "arn", d.tenant.DatabaseARN)
	held := world.Ledgers.All(tx, source.ID)
	if !found || len(held) != 1 {
		return is, want, fmt.Errorf("%s: there is no database", d)
	}
	want = held[0].At(d.source.At)
	made := source
	made.ID = fmt.Sprintf("db-MODEL%d", number)
	switch d.source.Kind {
	case recovery.Replica:
		replica, _ := tx.Find(database, d.tenant.Account, regionOf(d.tenant.ReplicaARN), "arn", d.tenant.ReplicaARN)
		window, known := tx.Window(replica.ID)
		reached := world.Ledgers.All(tx, window.Source)
		if !known || len(reached) != 1 {
			return is, want, fmt.Errorf("%s: nothing has reached it", d)
		}
		return reached[0].At(window.Until), want, nil // as promoting it does
	case recovery.Dump:
		return d.dump(tx, want)
	case recovery.Snapshot:
		made.Outputs = made.Outputs.Set("snapshotIdentifier", property.New(d.source.ID))
		err = flow.Fill(tx, made)
	default:
		err = flow.Fill(tx, timed(made, d.source, source.ID))
	}
	filled := world.Ledgers.All(tx, made.ID)
	if err != nil || len(filled) != 1 {
		return is, want, errors.Join(fmt.Errorf("%s: nothing was brought back", d), err)
	}
	return filled[0].At(d.source.At), want, nil
}

func regionOf(arn string) string { return strings.Split(arn, ":")[3] }

// timed is a database that is made from backups as of a time.
func timed(made cloud.Resource, source recovery.Source, of string) cloud.Resource {
	from := map[string]property.Value{"restoreTime": property.New(source.At.UTC().Format(time.RFC3339))}
	if !source.At.Before(source.Until) {
		delete(from, "restoreTime")
	}
	if source.Kind == recovery.AutomatedBackup {
		from["sourceDbInstanceAutomatedBackupsArn"] = property.New(source.ID)
	} else {
		from["sourceDbiResourceId"] = property.New(of)
	}
	made.Outputs = made.Outputs.Set("restoreToPointInTime", property.New(from))
	return made
}

// dump is what the dump of a manifest holds: all of its parts have to be there, as they were summed up.
func (d drawn) dump(tx *world.Tx, want world.Ledger) (world.Ledger, world.Ledger, error) {
	buckets := map[string]string{"home": d.tenant.ArchiveBucket, "abroad": d.tenant.ArchiveReplicaBucket}
	parts := map[string]world.Object{}
	for _, bucket := range tx.List("gcp:storage/bucket:Bucket", "", "") {
		if d.place == "mirror" && len(world.Objects.All(tx, bucket.ID)) > 0 {
			buckets["mirror"] = bucket.ID
		}
	}
	for _, object := range world.Objects.All(tx, buckets[d.place]) {
		parts[object.Key] = object
	}
	whole := parts[d.source.ID]
	m, err := manifest.Parse([]byte(whole.Content))
	if err != nil {
		return want, want, fmt.Errorf("%s: %w", d, err)
	}
	folder := d.source.ID[:len(d.source.ID)-len(manifest.Name)]
	for _, part := range m.Parts {
		if parts[folder+part.Name].SHA256 != part.SHA256 {
			return want, want, fmt.Errorf("%s: %s is missing or altered", d, part.Name)
		}
	}
	source := world.Ledgers.All(tx, parts[folder+manifest.DatabasePart].Source)
	if len(source) != 1 {
		return want, want, fmt.Errorf("%s: nobody knows what it is of", d)
	}
	return source[0].At(m.StartedAt), want, nil
}

var errNotKept = errors.New("nothing of it is kept")

// TestAThousandRandomDrills: whatever is lost, whenever, of whom, and the best kind of copy with it in one of three: each
// is brought back, exactly as it was at the copy's time, and no acknowledged write is lost that is older than promised.
func TestAThousandRandomDrills(t *testing.T) {
	const drills, atOnce = 1000, 25
	m := newModel(t, 20261122)
	now, worst := begin.Add(48*time.Hour), map[string]float64{}
	for number := 0; number < drills; {
		now = now.Add(time.Duration(m.random.IntN(6*60*60)+1) * time.Second)
		_, err := flow.Advance(m.world, flow.Options{To: now, Seed: m.random.Uint64N(1<<32) + 1})
		require.NoError(t, err)
		var all []drawn
		known := map[string][]recovery.Copy{}
		for range atOnce {
			d, err := m.draw(now, known)
			require.NoError(t, err, "drill %d at %s", number, now)
			all = append(all, d)
		}
		err = m.world.Update(func(tx *world.Tx) error {
			for _, d := range all {
				number++
				is, want, err := d.restore(tx, number)
				if err != nil {
					return err
				}
				assert.Equal(t, want.Digest(), is.Digest(), "drill %d at %s: %s", number, now, d)
				lost := now.Sub(d.source.At)
				assert.LessOrEqual(t, lost, d.bound, "drill %d at %s: %s", number, now, d)
				key := fmt.Sprintf("%s from a %s of %s", d.scenario.Name, d.source.Kind, d.tenant.Tier)
				worst[key] = max(worst[key], lost.Seconds()/d.bound.Seconds())
			}
			return errNotKept
		})
		require.ErrorIs(t, err, errNotKept)
		if t.Failed() {
			return
		}
	}
	assert.Greater(t, len(worst), 15, "many ways were taken")
	for way, of := range worst {
		t.Logf("%s: at most %.0f %% of what may be lost", way, 100*of)
	}
}
