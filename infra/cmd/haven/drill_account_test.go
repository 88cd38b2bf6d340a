package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/engine"
	"haven/infra/evidence"
	"haven/tests/awsstub"
)

// drillable has what a drill of globex finds and brings up, abroad or at home.
func drillable(t *testing.T, region string) *inAccount {
	t.Helper()
	a := realAccount(t)
	now := time.Now().UTC().Truncate(time.Second)
	a.aws.Backups = []awsstub.Backup{
		{Region: away, Of: "demo-globex-replica", Status: "active", Key: "arn:aws:kms" + inAway + "key/mrk-1",
			From: now.Add(-time.Hour), Until: now.Add(-4 * time.Minute)},
		{Region: home, Of: "demo-globex-database", Status: "active", Key: "arn:aws:kms:" + home + ":" + awsstub.Account + ":key/mrk-1",
			From: now.Add(-time.Hour), Until: now.Add(time.Hour)},
	}
	a.aws.Snapshots[region+"/demo-globex-trial-database-final-20261122-100000"] = &awsstub.Snapshot{
		Of: "demo-globex-trial-database", Type: "manual", Status: "available", DataTime: now, Created: now}
	asked := 0
	application := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked < 3 {
			http.Error(w, "starting", http.StatusServiceUnavailable)
			return
		}
		http.Redirect(w, r, "/login", http.StatusFound)
	}))
	t.Cleanup(application.Close)
	a.own.Say(t, "demo-globex-trial.output", `{"tenant": {"url": "`+application.URL+`", "restorationArn": "arn:aws:states:`+region+
		`:`+awsstub.Account+`:stateMachine:demo-globex-trial-restoration"}}`)
	a.own.Say(t, "demo-globex-trial.export", strings.ReplaceAll(exportOfGlobex, "demo-globex", "demo-globex-trial"))
	return a
}

// kept is the newest evidence.
func (a *inAccount) kept() evidence.Kept {
	a.t.Helper()
	all, err := evidence.Folder(filepath.Join(filepath.Dir(a.stacks), ".haven", "evidence")).All()
	require.NoError(a.t, err)
	require.NotEmpty(a.t, all)
	return all[len(all)-1]
}

// gone asserts that nothing is left of a drill.
func (a *inAccount) gone() {
	a.t.Helper()
	files, err := filepath.Glob(filepath.Join(a.stacks, "*-trial.yaml"))
	require.NoError(a.t, err)
	assert.Empty(a.t, files)
	assert.Empty(a.t, a.aws.Snapshots, "the final snapshot holds a customer's data")
	calls := a.own.Calls(a.t)
	assert.Contains(a.t, calls, "stack rm demo-globex-trial --yes --preserve-config")
}

// actions are what AWS was asked for, each once in a row.
func (a *inAccount) actions() []string {
	var all []string
	for _, call := range a.aws.Calls() {
		all = append(all, call.Action)
	}
	return slices.Compact(all)
}

// TestDrillInAccount: everybody is brought back beside what serves them, where they stand by; nothing is promoted, nobody
// is led anywhere, and all of it is taken down. The evidence names the account.
func TestDrillInAccount(t *testing.T) {
	a := drillable(t, away)
	a.before = a.onlyReads
	require.NoError(t, a.haven("drill", "region-loss", "--env", "demo", "--account"))
	assert.Equal(t, 1, a.asked)
	assert.Equal(t, []string{"up", "up", "destroy"}, a.changes(), "made, its protection lifted, destroyed")
	a.gone()
	assert.Equal(t, "arn", a.aws.Instances[away+"/demo-globex-replica"].Source)
	assert.Equal(t, "OK", a.aws.Alarms[away+"/demo-globex-taken-over"])
	for _, call := range a.aws.Calls() {
		assert.Equal(t, away, call.Region, call)
	}
	order := a.actions()
	for _, pair := range [][2]string{{"GetCallerIdentity", "DescribeDBInstanceAutomatedBackups"},
		{"DescribeDBInstanceAutomatedBackups", "StartExecution"}, {"StartExecution", "DeleteDBSnapshot"}} {
		assert.Less(t, slices.Index(order, pair[0]), slices.Index(order, pair[1]), pair)
	}
	kept := a.kept()
	assert.False(t, kept.Simulated)
	assert.True(t, kept.Drill.Met, kept.Drill.Failures)
	assert.Equal(t, awsstub.Account, kept.Drill.Account)
	assert.Equal(t, []string{away}, kept.Drill.Regions)
	require.Len(t, kept.Drill.Tenants, 1)
	globex := kept.Drill.Tenants[0]
	assert.True(t, globex.Verified)
	assert.Contains(t, globex.Source, "instance demo-globex-replica, as of ")
	assert.Less(t, globex.RPOSeconds, 60.0, "what a take-over would lack is what has not reached the replica")
	page, err := os.ReadFile(kept.Page)
	require.NoError(t, err)
	assert.Contains(t, string(page), "**In the account 123456789012, in eu-central-1.**")
	assert.NotContains(t, strings.ToLower(string(page)), "simulated")
}

// TestDrillAtHome: corruption is drilled in the tenants' own cells, as of the moment at which it began.
func TestDrillAtHome(t *testing.T) {
	a := drillable(t, home)
	require.NoError(t, a.haven("drill", "application-corruption", "--env", "demo", "--account", "--yes"))
	a.gone()
	kept := a.kept()
	assert.True(t, kept.Drill.Met, kept.Drill.Failures)
	assert.Zero(t, kept.Drill.Tenants[0].RPOSeconds)
	assert.Contains(t, kept.Drill.Tenants[0].Source, "instance demo-globex-database, as of ")
	for _, call := range a.aws.Calls() {
		assert.Equal(t, home, call.Region, call)
	}
}

// TestDrillTakesDown: what a drill has made is taken down also where it fails, and where a person stops it; what cannot be
// is said with the command that does.
func TestDrillTakesDown(t *testing.T) {
	for name, test := range map[string]struct {
		failing, want string
	}{
		"it cannot be brought up": {"fail", "no capacity"},
		"nobody answers":          {"", "nobody answers within"},
	} {
		t.Run(name, func(t *testing.T) {
			a := drillable(t, away)
			if test.failing != "" {
				a.own.Say(t, test.failing, "no capacity")
			} else {
				a.own.Say(t, "demo-globex-trial.output", strings.Replace(`{"tenant": {"url": "http://127.0.0.1:1", "restorationArn": `+
					`"arn:aws:states:REGION:123456789012:stateMachine:demo-globex-trial-restoration"}}`, "REGION", away, 1))
			}
			err := a.haven("drill", "region-loss", "--account", "--yes")
			require.ErrorContains(t, err, test.want)
			require.ErrorContains(t, err, "drill region-loss (account 123456789012): not met: ")
			a.gone()
			assert.False(t, a.kept().Drill.Met)
		})
	}
	t.Run("it is stopped", func(t *testing.T) {
		a := drillable(t, away)
		a.own.Say(t, "hang", "")
		soft, stop := context.WithCancel(t.Context())
		var working sync.WaitGroup
		var err error
		working.Go(func() {
			err = execute(&person{soft: soft, hard: t.Context(), pace: time.Millisecond}, []string{"drill", "region-loss", "--account", "--yes"})
		})
		require.Eventually(t, func() bool {
			_, err := os.Stat(filepath.Join(string(a.own), "hanging"))
			return err == nil
		}, time.Minute, 10*time.Millisecond)
		stop()
		working.Wait()
		require.ErrorContains(t, err, "drill region-loss: stopped")
		assert.Contains(t, a.own.Calls(t), "interrupted")
		a.gone()
	})
	t.Run("it cannot be taken down", func(t *testing.T) {
		a := drillable(t, away)
		a.own.Say(t, "keep", "a bucket is not empty")
		err := a.haven("drill", "region-loss", "--account", "--yes")
		require.ErrorContains(t, err, "not all that it made is taken down, and that costs: ")
		require.ErrorContains(t, err, "a bucket is not empty")
		require.ErrorContains(t, err, "to finish it: haven drill take-down --env demo --account")
		assert.FileExists(t, filepath.Join(a.stacks, "Pulumi.demo-globex-trial.yaml"))

		err = a.haven("drill", "region-loss", "--account", "--yes")
		require.EqualError(t, err, "drill: demo-globex-trial is left of another drill: haven drill take-down --env demo --account")
		require.NoError(t, os.Remove(filepath.Join(string(a.own), "keep")))
		require.NoError(t, a.haven("drill", "take-down", "--env", "demo", "--account"))
		a.gone()
		err = a.haven("drill", "take-down", "--env", "demo", "--account")
		assert.EqualError(t, err, "drill: no drill has left anything of demo, by the stack files here")
	})
}

// TestNotDrilledInAccount: what would hurt people is refused before anything is asked, and so is what makes no sense.
func TestNotDrilledInAccount(t *testing.T) {
	a := realAccount(t)
	for _, test := range []struct{ args, want string }{
		{"zone-loss --account", "zone-loss is not drilled in a real account: it would stop what serves people: have AWS Fault Injection Service"},
		{"network-loss --account", "network-loss is not drilled in a real account: it would cut off people"},
		{"provider-loss --account", "provider-loss is not drilled in a real account: only who holds an identity"},
		{"random --account", "--account takes one scenario by its name"},
		{"region-loss --account --count 2", "--account takes one scenario by its name"},
		{"application-corruption --account --database mariadb", "--account takes one scenario by its name"},
		{"flood --account", `there is no scenario "flood"`},
		{"take-down", "take-down and --yes are for --account"},
		{"region-loss --yes", "take-down and --yes are for --account"},
	} {
		err := a.haven(append([]string{"drill"}, strings.Fields(test.args)...)...)
		var problem *engine.Problem
		require.ErrorAs(t, err, &problem, test.args)
		assert.Contains(t, problem.Text, test.want)
	}
	assert.Empty(t, a.aws.Calls())
	_, err := os.Stat(filepath.Join(string(a.own), "calls"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}
