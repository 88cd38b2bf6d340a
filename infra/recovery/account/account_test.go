package account

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/dump/manifest"
	"haven/infra/engine"
	"haven/infra/recovery"
	"haven/tests/awsstub"
	"haven/tests/googlestub"
	"haven/tests/s3stub"
)

const (
	home, away = "eu-west-1", "eu-central-1"
	number     = awsstub.Account

	databaseARN = "arn:aws:rds:" + home + ":" + number + ":db:demo-globex-database"
	replicaARN  = "arn:aws:rds:" + away + ":" + number + ":db:demo-globex-replica"
	backupARN   = "arn:aws:rds:" + away + ":" + number + ":auto-backup:ab-1"
	awayKey     = "arn:aws:kms:" + away + ":" + number + ":key/mrk-1"
	homeKey     = "arn:aws:kms:" + home + ":" + number + ":key/mrk-1"
)

var begin = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func globex() recovery.Tenant {
	return recovery.Tenant{
		Name: "globex", Stack: "demo-globex", Account: number, Region: home, DatabaseARN: databaseARN,
		ArchiveBucket: "archive", ArchiveReplicaBucket: "archive-replica", ArchivePrefix: "tenants/globex/",
		LatchRegion: away, LatchNamespace: "Haven/Recovery", LatchMetric: "TakenOver", LatchAlarm: "demo-globex-taken-over",
		LatchDimensions: map[string]string{"Stack": "demo-globex"},
	}
}

// stubbed is a cloud of stubs, with no patience, and what lies in its buckets.
func stubbed(t *testing.T) (Cloud, *awsstub.Server, *s3stub.Server) {
	t.Helper()
	aws, s3 := awsstub.New(), s3stub.New()
	t.Cleanup(aws.Close)
	t.Cleanup(s3.Close)
	for _, variable := range append(s3.Environment(), aws.Environment()...) {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	cloud, who, err := Open(t.Context(), number, away)
	require.NoError(t, err)
	assert.Equal(t, "arn:aws:iam::"+number+":user/ada", who.ARN)
	cloud.Pace = time.Millisecond
	return cloud, aws, s3
}

// asked are the calls so far but the first, each with what it asked for.
func asked(server *awsstub.Server) []string {
	var all []string
	for _, call := range server.Calls()[1:] {
		all = append(all, call.String())
	}
	return slices.Compact(all)
}

// TestOpen: whose credentials they are is asked in the region that answers.
func TestOpen(t *testing.T) {
	_, server, _ := stubbed(t)
	assert.Equal(t, away+" sts GetCallerIdentity", server.Calls()[0].String())
	_, _, err := Open(t.Context(), "210987654321", away)
	var problem *engine.Problem
	require.ErrorAs(t, err, &problem)
	assert.ErrorContains(t, err, "the credentials are of account 123456789012 (arn:aws:iam::123456789012:user/ada)")
}

// TestCopiesAbroad: all that lies in the recovery region is found, and nobody asks the region that may be lost.
func TestCopiesAbroad(t *testing.T) {
	cloud, server, buckets := stubbed(t)
	tenant := globex()
	tenant.ReplicaARN, tenant.ReplicatedBackupARN = replicaARN, backupARN
	server.Instances[away+"/demo-globex-replica"] = &awsstub.Instance{Status: "available", Source: databaseARN, Key: awayKey}
	server.Lag[away+"/demo-globex-replica"] = awsstub.Lag{At: begin, Seconds: 2}
	server.Backups = []awsstub.Backup{
		{Region: away, ARN: backupARN, Of: "demo-globex-database", Key: awayKey, Status: "active", From: begin.Add(-48 * time.Hour),
			Until: begin.Add(-20 * time.Minute)},
		{Region: away, Of: "demo-globex-replica", Key: awayKey, Status: "active", From: begin.Add(-48 * time.Hour),
			Until: begin.Add(-5 * time.Minute)},
		{Region: home, Of: "demo-globex-database", Key: homeKey, Status: "active", From: begin, Until: begin},
	}
	for i, id := range []string{"awsbackup:copyjob-1", "awsbackup:copyjob-2", "awsbackup:copyjob-3", "by-hand", "of-another"} {
		snapshot := &awsstub.Snapshot{Of: "demo-globex-database", Type: "awsbackup", Key: awayKey, Status: "available",
			DataTime: begin.Add(time.Duration(i-20) * time.Hour), Created: begin}
		switch id {
		case "by-hand":
			snapshot.Type, snapshot.Status = "manual", "copying"
		case "of-another":
			snapshot.Of = "demo-acme-database"
		}
		server.Snapshots[away+"/"+id] = snapshot
	}
	for _, name := range []string{"dumps/20261121T120000Z/manifest.json", "dumps/20261121T180000Z/manifest.json",
		"dumps/20261122T000000Z/database.sql.zst", "exports/of/manifest.json"} {
		buckets.Set("archive-replica", tenant.ArchivePrefix+name, []byte("{}"))
	}

	found, err := cloud.Copies(t.Context(), tenant, away)
	require.NoError(t, err)
	var told []string
	for _, one := range found {
		told = append(told, fmt.Sprintf("%s %s %s %s %s", one.Kind, one.ID[strings.LastIndex(one.ID, ":")+1:],
			one.From.Format("02T15:04:05"), one.Until.Format("02T15:04:05"), one.Unsound))
		if one.Kind != recovery.Dump {
			assert.Equal(t, awayKey, one.Key)
		}
	}
	assert.Equal(t, []string{
		"replica demo-globex-replica 22T07:59:58 22T07:59:58 ",
		"instance demo-globex-replica 20T08:00:00 22T07:55:00 ",
		"automatedBackup ab-1 20T08:00:00 22T07:40:00 ",
		"snapshot by-hand 21T15:00:00 21T15:00:00 it is copying",
		"snapshot copyjob-3 21T14:00:00 21T14:00:00 ",
		"snapshot copyjob-2 21T13:00:00 21T13:00:00 ",
		"snapshot copyjob-1 21T12:00:00 21T12:00:00 ",
		"dump tenants/globex/dumps/20261121T180000Z/manifest.json 21T18:00:00 21T18:00:00 ",
		"dump tenants/globex/dumps/20261121T120000Z/manifest.json 21T12:00:00 21T12:00:00 ",
	}, told)
	source, err := recovery.Choose(found, time.Time{})
	require.NoError(t, err)
	assert.Equal(t, "replica "+replicaARN+", as of 2026-11-22T07:59:58Z", source.String())
	regional(t, server, away)
}

// regional asserts that all calls went to those regions, and to nothing that is one for all.
func regional(t *testing.T, server *awsstub.Server, regions ...string) {
	t.Helper()
	for _, call := range server.Calls() {
		assert.Contains(t, regions, call.Region, call.String())
		assert.Contains(t, []string{"rds", "sts", "monitoring", "states"}, call.Service, "no service of all regions")
	}
}

// TestCopiesAtHome: in its own region a database is brought back from its own backups.
func TestCopiesAtHome(t *testing.T) {
	cloud, server, buckets := stubbed(t)
	server.Backups = []awsstub.Backup{
		{Region: home, Of: "demo-globex-database", Key: homeKey, Status: "active", From: begin.Add(-time.Hour), Until: begin},
		{Region: home, Of: "demo-globex-database", Key: homeKey, Status: "retained", From: begin, Until: begin.Add(time.Hour)},
		{Region: home, Of: "demo-globex-database", Status: "creating"},
	}
	buckets.Set("archive", "tenants/globex/dumps/20261121T120000Z/"+manifest.Name, []byte("{}"))
	found, err := cloud.Copies(t.Context(), globex(), home)
	require.NoError(t, err)
	require.Len(t, found, 2)
	assert.Equal(t, recovery.Copy{Kind: recovery.Instance, ID: "demo-globex-database", From: begin.Add(-time.Hour),
		Until: begin, Key: homeKey}, found[0])
	assert.Equal(t, recovery.Dump, found[1].Kind)
	regional(t, server, home, away) // where it signed in

	tenant := globex()
	tenant.ReplicaARN, tenant.ReplicatedBackupARN = replicaARN, backupARN
	found, err = cloud.Copies(t.Context(), tenant, away)
	require.NoError(t, err, "what is not there is no copy")
	assert.Empty(t, found)
}

// TestPromote: a replica is promoted with its backups as they were, once; the next run waits for what this one began.
func TestPromote(t *testing.T) {
	cloud, server, _ := stubbed(t)
	replica := &awsstub.Instance{Status: "available", Source: databaseARN, RetentionDays: 35}
	server.Instances[away+"/demo-globex-replica"] = replica
	require.NoError(t, cloud.Promote(t.Context(), replicaARN))
	assert.Equal(t, []string{away + " rds DescribeDBInstances", away + " rds PromoteReadReplica", away + " rds DescribeDBInstances"},
		asked(server))
	assert.Equal(t, 35, replica.RetentionDays)
	assert.Empty(t, replica.Source)

	before := len(server.Calls())
	require.NoError(t, cloud.Promote(t.Context(), replicaARN), "again")
	assert.Equal(t, away+" rds DescribeDBInstances", server.Calls()[before].String())
	assert.Len(t, server.Calls(), before+1)

	t.Run("stopped in between", func(t *testing.T) {
		cloud, server, _ := stubbed(t)
		server.Instances[away+"/demo-globex-replica"] = &awsstub.Instance{Status: "available", Source: databaseARN, RetentionDays: 35}
		ctx, stop := context.WithCancel(t.Context())
		promoted := false
		server.Refuse = func(call awsstub.Call) string {
			if promoted { // it looks again
				stop()
			}
			promoted = promoted || call.Action == "PromoteReadReplica"
			return ""
		}
		require.ErrorIs(t, cloud.Promote(ctx, replicaARN), context.Canceled)
		require.NoError(t, cloud.Promote(t.Context(), replicaARN))
		promotions := slices.DeleteFunc(server.Calls(), func(c awsstub.Call) bool { return c.Action != "PromoteReadReplica" })
		assert.Len(t, promotions, 1)
	})
	regional(t, server, away)
	err := cloud.Promote(t.Context(), strings.Replace(replicaARN, "replica", "other", 1))
	require.ErrorContains(t, err, "promoting the replica demo-globex-other, in eu-central-1: ")
	require.ErrorContains(t, err, "DBInstanceNotFound")
	assert.ErrorContains(t, err, "put that right and run this again: what is done is not done twice")
	assert.EqualError(t, cloud.Promote(t.Context(), "demo"), `"demo", expected arn:aws:rds:REGION:ACCOUNT:db:NAME`)
}

// TestSnapshotAndCopy: a snapshot is taken and copied to another region under a key of that one, each once.
func TestSnapshotAndCopy(t *testing.T) {
	cloud, server, _ := stubbed(t)
	server.Instances[away+"/demo-globex-dr-database"] = &awsstub.Instance{Status: "backing-up", Key: awayKey}
	for _, run := range []string{"first", "again"} {
		taken, err := cloud.Snapshot(t.Context(), "arn:aws:rds:"+away+":"+number+":db:demo-globex-dr-database",
			"demo-globex-back-20261122t100000")
		require.NoError(t, err, run)
		assert.Equal(t, "arn:aws:rds:"+away+":"+number+":snapshot:demo-globex-back-20261122t100000", taken)
		copied, err := cloud.CopySnapshot(t.Context(), taken, home, homeKey)
		require.NoError(t, err, run)
		assert.Equal(t, "arn:aws:rds:"+home+":"+number+":snapshot:demo-globex-back-20261122t100000", copied)
	}
	made := server.Snapshots[home+"/demo-globex-back-20261122t100000"]
	assert.Equal(t, []string{homeKey, "available", "demo-globex-dr-database"}, []string{made.Key, made.Status, made.Of})
	regional(t, server, home, away)
	_, err := cloud.CopySnapshot(t.Context(), "arn:aws:rds:"+away+":"+number+":snapshot:demo-globex-back-20261122t100000", home, awayKey)
	require.ErrorContains(t, err, "KMSKeyNotAccessibleFault")
	assert.ErrorContains(t, err, "copying the snapshot demo-globex-back-20261122t100000 from eu-central-1, in eu-west-1: ")

	made.Status = "failed"
	_, err = cloud.CopySnapshot(t.Context(), "arn:aws:rds:"+away+":"+number+":snapshot:demo-globex-back-20261122t100000", home, homeKey)
	assert.ErrorContains(t, err, "the snapshot demo-globex-back-20261122t100000 has failed: delete it")
}

// TestLatch: the latch is published to in the region that takes over, until the alarm that Route 53 looks at has it.
func TestLatch(t *testing.T) {
	cloud, server, _ := stubbed(t)
	server.Alarms[away+"/demo-globex-taken-over"] = "OK"
	server.Patience = 3
	require.NoError(t, cloud.Latch(t.Context(), globex(), true))
	assert.Equal(t, "ALARM", server.Alarms[away+"/demo-globex-taken-over"])
	var published []string
	for _, call := range server.Calls() {
		if call.Action == "PutMetricData" {
			published = append(published, call.Input["Namespace"]+" "+call.Input["MetricData"])
		}
	}
	assert.Len(t, published, 3)
	assert.Equal(t, []string{"Haven/Recovery [{Dimensions=[{Name=Stack Value=demo-globex}] MetricName=TakenOver Value=1}]"},
		slices.Compact(published))
	require.NoError(t, cloud.Latch(t.Context(), globex(), false))
	assert.Equal(t, "OK", server.Alarms[away+"/demo-globex-taken-over"])
	regional(t, server, away)

	tenant := globex()
	tenant.LatchAlarm = "another"
	assert.ErrorContains(t, cloud.Latch(t.Context(), tenant, true), `there is no alarm "another", which Route 53 would look at`)
	tenant.LatchMetric = ""
	assert.ErrorContains(t, cloud.Latch(t.Context(), tenant, true), "demo-globex has no latch: name its standby")
}

const machine = "arn:aws:states:" + away + ":" + number + ":stateMachine:demo-globex-dr-restoration"

// TestRefill: files come back by one execution of that name: found, awaited, and driven on where it had failed.
func TestRefill(t *testing.T) {
	const named = "20261121T120000Z-g3"
	execution := strings.Replace(machine, "stateMachine", "execution", 1) + ":" + named
	for name, test := range map[string]struct {
		there    *awsstub.Execution
		redriven int
		want     []string
	}{
		"the first time": {nil, 0, []string{"StartExecution", "DescribeExecution"}},
		"it has run":     {&awsstub.Execution{Status: "SUCCEEDED"}, 0, []string{"StartExecution", "DescribeExecution"}},
		"it failed":      {&awsstub.Execution{Status: "FAILED"}, 1, []string{"StartExecution", "DescribeExecution", "RedriveExecution", "DescribeExecution"}},
		"it was aborted": {&awsstub.Execution{Status: "ABORTED"}, 1, []string{"StartExecution", "DescribeExecution", "RedriveExecution", "DescribeExecution"}},
	} {
		t.Run(name, func(t *testing.T) {
			cloud, server, _ := stubbed(t)
			if test.there != nil {
				server.Executions[execution] = test.there
			}
			require.NoError(t, cloud.Refill(t.Context(), machine, named))
			var want []string
			for _, action := range test.want {
				want = append(want, away+" states "+action)
			}
			assert.Equal(t, want, asked(server))
			assert.Equal(t, "SUCCEEDED", server.Executions[execution].Status)
			assert.Equal(t, test.redriven, server.Executions[execution].Redriven)
		})
	}
	cloud, server, _ := stubbed(t)
	server.Refuse = func(call awsstub.Call) string {
		if call.Action == "DescribeExecution" {
			server.Executions[execution].Status = "TIMED_OUT"
		}
		return ""
	}
	err := cloud.Refill(t.Context(), machine, named)
	require.ErrorContains(t, err, "bringing files back by "+execution+", in eu-central-1: it has ended as TIMED_OUT")
	assert.ErrorContains(t, cloud.Refill(t.Context(), "machine", named), `"machine", expected arn:aws:states:`)
}

// TestClear: what the deletion of a drill's database left is deleted, and nothing else.
func TestClear(t *testing.T) {
	cloud, server, _ := stubbed(t)
	const drilled = "arn:aws:rds:" + home + ":" + number + ":db:demo-globex-trial-database"
	snapshot := func(of, kind string, created time.Time) *awsstub.Snapshot {
		return &awsstub.Snapshot{Of: of, Type: kind, Status: "available", Created: created, DataTime: created}
	}
	for id, one := range map[string]*awsstub.Snapshot{
		"demo-globex-trial-database-final-20261122-100000": snapshot("demo-globex-trial-database", "manual", begin),
		"demo-globex-trial-database-final-20261121-100000": snapshot("demo-globex-trial-database", "manual", begin.Add(-time.Hour)),
		"kept-by-somebody":           snapshot("demo-globex-trial-database", "manual", begin),
		"demo-globex-database-final": snapshot("demo-globex-database", "manual", begin),
	} {
		server.Snapshots[home+"/"+id] = one
	}
	server.Backups = []awsstub.Backup{
		{Region: home, Of: "demo-globex-trial-database", ResourceID: "db-1", Status: "retained", InstanceMade: begin, From: begin, Until: begin},
		{Region: home, Of: "demo-globex-trial-database", ResourceID: "db-2", Status: "retained", InstanceMade: begin.Add(-time.Hour), From: begin, Until: begin},
		{Region: home, Of: "demo-globex-database", ResourceID: "db-3", Status: "active", InstanceMade: begin, From: begin, Until: begin},
	}
	server.Instances[home+"/demo-globex-trial-database"] = &awsstub.Instance{Status: "deleting"}
	require.ErrorContains(t, cloud.Clear(t.Context(), drilled), "it is still there: destroy its stack first")
	delete(server.Instances, home+"/demo-globex-trial-database")
	for range 2 {
		require.NoError(t, cloud.Clear(t.Context(), drilled))
		assert.Len(t, server.Snapshots, 2)
		assert.Contains(t, server.Snapshots, home+"/kept-by-somebody")
		assert.Contains(t, server.Snapshots, home+"/demo-globex-database-final")
		require.Len(t, server.Backups, 1)
		assert.Equal(t, "db-3", server.Backups[0].ResourceID)
	}
}

// TestOffSite: the mirror is listed and a restoration run without a call to AWS; one that has succeeded is not run again.
func TestOffSite(t *testing.T) {
	const job = "projects/haven-demo-globex/locations/europe-west4/jobs/demo-globex-offsite-restore"
	server := googlestub.New()
	t.Cleanup(server.Close)
	for _, variable := range server.Environment() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	cloud := Google()
	cloud.Pace = time.Millisecond
	for _, stamp := range []string{"20261120T120000Z", "20261121T120000Z", "20261121T180000Z"} {
		server.Put("mirror/tenants/globex/dumps/"+stamp+"/manifest.json", []byte("{}"))
		server.Put("mirror/tenants/globex/dumps/"+stamp+"/files.tar.zst", []byte("{}"))
	}
	found, err := cloud.Dumps(t.Context(), "mirror", "tenants/globex/")
	require.NoError(t, err)
	require.Len(t, found, 3)
	assert.Equal(t, "tenants/globex/dumps/20261121T180000Z/manifest.json", found[0].ID)

	server.AddJob(job, "restore", "gs://mirror/tenants/globex/dumps/20261121T180000Z", "--owner", "82:82")
	for _, run := range []string{"first", "again"} {
		at, err := cloud.RunRestoration(t.Context(), job)
		require.NoError(t, err, run)
		assert.Equal(t, "2026-11-21T18:00:00Z", at.Format(time.RFC3339))
		assert.Equal(t, 1, server.Runs(job), run)
	}
	server.AddJob(job, "serve")
	_, err = cloud.RunRestoration(t.Context(), job)
	require.ErrorContains(t, err, job+`: it restores nothing: ["serve"]`)
	server.AddJob(job, "restore", "gs://mirror/tenants/globex/dumps/20261121T180000Z")
	server.Refuse = func(r *http.Request) int {
		if strings.HasSuffix(r.URL.Path, ":run") {
			return http.StatusForbidden
		}
		return 0
	}
	_, err = cloud.RunRestoration(t.Context(), job)
	assert.ErrorContains(t, err, "status 403: refused by a test; look at its log, put that right and run this again")
}
