package rpo_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/tiers"
	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
	"haven/policy/graph"
	"haven/policy/rpo"
)

var demo = sync.OnceValues(func() (*graph.Graph, error) {
	folder, err := os.MkdirTemp("", "haven-rpo")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	return flowtest.Graph(world.At(filepath.Join(folder, "world.db")), filepath.Join("..", "..", "stacks"), "demo")
})

// sums are how the chains of a stack are reckoned, by kind.
func sums(g *graph.Graph, stack string) map[tiers.Copy]string {
	all := map[tiers.Copy]string{}
	for _, chain := range rpo.Chains(g) {
		if chain.Stack == stack {
			all[chain.Copy] = chain.String()
		}
	}
	return all
}

func TestTheDemoIsWithinItsBounds(t *testing.T) {
	t.Parallel()
	g, err := demo()
	require.NoError(t, err)
	assert.Empty(t, rpo.Check(g))
	assert.Equal(t, map[tiers.Copy]string{
		tiers.PointInTime: "pitr: logs every 5m (database-instance) = 5m, at most 5m",
		tiers.Snapshot: "snapshot: a recovery point every 6h (backup-database-plan) + begun within 1h " +
			"(backup-database-plan) + made within 3h (backup-database-plan) = 10h, at most 12h",
		tiers.SnapshotCopy: "snapshot-copy: a recovery point every 6h (backup-database-plan) + begun within 1h " +
			"(backup-database-plan) + made within 3h (backup-database-plan) + copied within 2h = 12h, at most 12h",
		tiers.Files: "files: a recovery point every 6h (backup-files-plan) + begun within 1h (backup-files-plan) + " +
			"made within 3h (backup-files-plan) = 10h, at most 12h",
		tiers.FilesCopy: "files-copy: a recovery point every 6h (backup-files-plan) + begun within 1h " +
			"(backup-files-plan) + made within 3h (backup-files-plan) + copied within 2h = 12h, at most 12h",
		tiers.Export: "export: a snapshot every 24h (database-instance) + exported within 12h (exports-machine) = 36h, " +
			"at most 36h",
		tiers.Dump: "dump: a dump every 1h (dump-schedule) + made within 30m = 1h30m, at most 2h",
		tiers.DumpCopy: "dump-copy: a dump every 1h (dump-schedule) + made within 30m + replicated within 15m " +
			"(archive-replication) = 1h45m, at most 2h",
		tiers.Mirror: "mirror: a dump every 1h (dump-schedule) + made within 30m + fetched within 15m " +
			"(transfer-demo-cell-events) = 1h45m, at most 2h",
		tiers.Replica: "replica: the replica is behind by 1m (alarms-replica-lag) = 1m, at most 1m",
	}, sums(g, "demo-globex"))
	assert.Equal(t, "replicated-backup: backups are behind by 30m (replication-replication) = 30m, at most 30m",
		sums(g, "demo-initech")[tiers.ReplicatedBackup])
	assert.Len(t, sums(g, "demo-acme"), 9)
}

// change is one that makes a chain too long, or takes a step or its alarm away.
type change struct {
	token, name string
	to          map[string]property.Value // nil: it is removed
	rule, want  string
}

var changes = map[string]change{
	"dumps too rare": {"aws:scheduler/schedule:Schedule", "demo-globex::dump-schedule",
		map[string]property.Value{"scheduleExpression": property.New("rate(2 hours)")}, "rpo/sum",
		"dump: a dump every 2h (dump-schedule) + made within 30m = 2h30m, at most 2h: make one of them shorter"},
	"a schedule that may wait": {"aws:scheduler/schedule:Schedule", "demo-globex::dump-schedule",
		map[string]property.Value{"flexibleTimeWindow": property.New(map[string]property.Value{
			"mode": property.New("FLEXIBLE"), "maximumWindowInMinutes": property.New(45.0)})}, "rpo/sum", "= 2h15m, at most 2h"},
	"a schedule that is off": {"aws:scheduler/schedule:Schedule", "demo-acme::dump-schedule",
		map[string]property.Value{"state": property.New("DISABLED")}, "rpo/link", "dump: no schedule that is on dumps it"},
	"no events": {"gcp:storage/transferJob:TransferJob", "transfer-demo-cell-events", nil, "rpo/sum",
		"looked for every 1h (transfer-demo-cell-hourly) + fetched within 15m = 2h45m, at most 2h"},
	"no replication": {"aws:s3/bucketReplicationConfig:BucketReplicationConfig", "demo-cell::archive-replication", nil, "rpo/link",
		"dump-copy: no replication of the archive"},
	"backups too rare": {"aws:backup/plan:Plan", "demo-globex::backup-database-plan", nil, "rpo/link",
		"snapshot: no plan of AWS Backup makes it"},
	"nobody told of dumps": {"aws:cloudwatch/metricAlarm:MetricAlarm", "demo-acme::freshness-dump-age", nil, "rpo/alarm",
		"nobody is told when there is no newer copy of the kind dump:"},
	"nobody told by Google": {"gcp:monitoring/alertPolicy:AlertPolicy", "demo-acme::mirror-watch-age", nil, "rpo/alarm",
		"of the kind mirror:"},
	"a lag that is let be": {"aws:cloudwatch/metricAlarm:MetricAlarm", "demo-globex::alarms-replica-lag",
		map[string]property.Value{"threshold": property.New(300.0)}, "rpo/sum",
		"replica: the replica is behind by 5m (alarms-replica-lag) = 5m, at most 1m"},
	"no alarm on the lag": {"aws:cloudwatch/metricAlarm:MetricAlarm", "demo-globex::alarms-replica-lag", nil, "rpo/link",
		"replica: there is no replica with an alarm on its lag"},
	"no replicated backups": {"aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
		"demo-initech::", nil, "rpo/link", "replicated-backup: its backups are not replicated"},
	"no automated backups": {"aws:rds/instance:Instance", "demo-acme::database-instance",
		map[string]property.Value{"backupRetentionPeriod": property.New(0.0)}, "rpo/link", "pitr: no database keeps"},
	"no export": {"aws:sfn/stateMachine:StateMachine", "demo-acme::exports-machine", nil, "rpo/link",
		"export: no state machine exports snapshots"},
}

func TestWhatMakesCopiesTooOldIsFound(t *testing.T) {
	t.Parallel()
	g, err := demo()
	require.NoError(t, err)
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			touched := 0
			changed := g.Map(func(r *graph.Resource) *graph.Resource {
				stack, own, qualified := strings.Cut(c.name, "::")
				if !qualified {
					stack, own = r.Stack, c.name
				}
				if r.Type != c.token || r.Stack != stack || !strings.HasPrefix(r.Name(), own) {
					return r
				}
				touched++
				if c.to == nil {
					return nil
				}
				other := *r
				for name, value := range c.to {
					other.Outputs = other.Outputs.Set(name, value)
				}
				return &other
			})
			require.Equal(t, 1, touched)
			var told []string
			for _, finding := range rpo.Check(changed) {
				if finding.Rule == c.rule {
					told = append(told, finding.Message)
				}
			}
			assert.Contains(t, strings.Join(told, "\n"), c.want)
		})
	}
}

func TestAFindingSaysWhereTheTimeGoes(t *testing.T) {
	t.Parallel()
	by := &graph.Resource{URN: "urn:pulumi:a::b::c::schedule"}
	chain := rpo.Chain{Stack: "a", Bound: tiers.Bound{Copy: tiers.Dump, Age: 90 * time.Second}, Links: []rpo.Link{
		{What: "every", Most: time.Minute, By: by}, {What: "made within", Most: time.Hour},
	}}
	assert.Equal(t, "dump: every 1m (schedule) + made within 1h = 1h1m, at most 1m30s", chain.String())
	assert.Equal(t, 61*time.Minute, chain.Sum())
}
