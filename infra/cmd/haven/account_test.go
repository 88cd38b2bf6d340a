package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/dump/manifest"
	"haven/infra/engine"
	"haven/tests/awsstub"
	"haven/tests/pulumistub"
	"haven/tests/s3stub"
)

func TestMain(m *testing.M) { os.Exit(pulumistub.Run(m)) }

const (
	home, away = "eu-west-1", "eu-central-1"
	inAway     = ":" + away + ":" + awsstub.Account + ":"
)

// exportedByGlobex is what the stack demo-globex of a real account exports.
const exportedByGlobex = `{"tenant": {"name": "globex", "tier": "critical", "cell": "demo-cell", "slot": 2, "state": "active",
	"account": "` + awsstub.Account + `", "region": "eu-west-1", "url": "https://globex.demo.haven.example",
	"databaseArn": "arn:aws:rds:eu-west-1:` + awsstub.Account + `:db:demo-globex-database",
	"databaseKeyArn": "arn:aws:kms:eu-west-1:` + awsstub.Account + `:key/mrk-1",
	"databaseReplicaKeyArn": "arn:aws:kms` + inAway + `key/mrk-1",
	"secretsKeyArn": "arn:aws:kms:eu-west-1:` + awsstub.Account + `:key/mrk-2",
	"secretsReplicaKeyArn": "arn:aws:kms` + inAway + `key/mrk-2",
	"applicationKeyArn": "arn:aws:secretsmanager:eu-west-1:` + awsstub.Account + `:secret:demo-globex-app-key-abcdef",
	"applicationKeyReplicaArn": "arn:aws:secretsmanager` + inAway + `secret:demo-globex-app-key-abcdef",
	"databaseSecretReplicaArn": "arn:aws:secretsmanager` + inAway + `secret:demo-globex-database-abcdef",
	"replicaArn": "arn:aws:rds` + inAway + `db:demo-globex-replica",
	"replicaAddress": "demo-globex-replica.abc.eu-central-1.rds.amazonaws.com",
	"replicaClientsGroupId": "sg-0123456789abcdef0",
	"recoveryCertificateArn": "arn:aws:acm` + inAway + `certificate/0123-4567",
	"archiveBucket": "archive", "archiveKeyArn": "arn:aws:kms:eu-west-1:` + awsstub.Account + `:key/mrk-3",
	"archiveReplicaBucket": "archive-replica", "archiveReplicaKeyArn": "arn:aws:kms` + inAway + `key/mrk-3",
	"archivePrefix": "tenants/globex/", "generation": 1, "databaseId": "demo-globex-database", "quarantined": [],
	"password": "[secret]",
	"restorationArn": "arn:aws:states:eu-west-1:` + awsstub.Account + `:stateMachine:demo-globex-restoration",
	"latchRegion": "eu-central-1", "latchNamespace": "Haven/Recovery", "latchMetric": "TakenOver",
	"latchAlarm": "demo-globex-taken-over", "latchDimensions": {"Stack": "demo-globex"}}}`

// exportOfGlobex is what the same stack holds: one database.
const exportOfGlobex = `{"version": 3, "deployment": {"resources": [
	{"urn": "urn:pulumi:demo-globex::haven::pulumi:pulumi:Stack::haven-demo-globex", "type": "pulumi:pulumi:Stack"},
	{"urn": "urn:pulumi:demo-globex::haven::aws:rds/instance:Instance::database", "type": "aws:rds/instance:Instance",
	 "custom": true, "id": "demo-globex-database", "inputs": {"engine": "mysql", "engineVersion": "8.0",
	 "instanceClass": "db.m7g.xlarge", "allocatedStorage": 100, "storageType": "gp3", "multiAz": true, "deletionProtection": true}}]}}`

// inAccount is a checkout of somebody who works on real accounts: of the demo only globex is up.
type inAccount struct {
	t      *testing.T
	stacks string
	own    pulumistub.Folder
	aws    *awsstub.Server
	// typed is what they type where they are asked; before is called then.
	typed  string
	before func()
	asked  int
}

func realAccount(t *testing.T) *inAccount {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(root, "stacks"), os.DirFS(filepath.Join("..", "..", "..", "stacks"))))
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "Pulumi.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(root, "Pulumi.yaml"), text, 0o600))
	a := &inAccount{t: t, stacks: filepath.Join(root, "stacks"), own: pulumistub.Install(t, "v"+engine.Version), aws: awsstub.New(),
		typed: "demo", before: func() {}}
	buckets := s3stub.New()
	t.Cleanup(a.aws.Close)
	t.Cleanup(buckets.Close)
	for _, variable := range append(buckets.Environment(), a.aws.Environment()...) {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	t.Chdir(root)
	a.own.Say(t, "demo-globex.output", exportedByGlobex)
	a.own.Say(t, "demo-globex.export", exportOfGlobex)
	for stack, region := range map[string]string{"demo-globex-dr": away, "demo-globex-drill": home} {
		a.own.Say(t, stack+".output", `{"tenant": {"restorationArn": "arn:aws:states:`+region+`:`+awsstub.Account+
			`:stateMachine:`+stack+`-restoration"}}`)
	}
	now := time.Now().UTC().Truncate(time.Second)
	a.aws.Instances[away+"/demo-globex-replica"] = &awsstub.Instance{Status: "available", Source: "arn", RetentionDays: 35,
		Key: "arn:aws:kms" + inAway + "key/mrk-1"}
	a.aws.Lag[away+"/demo-globex-replica"] = awsstub.Lag{At: now, Seconds: 1}
	a.aws.Alarms[away+"/demo-globex-taken-over"] = "OK"
	a.aws.Patience = 1
	for _, bucket := range []string{"archive", "archive-replica"} {
		dumped := now.Add(-24 * time.Hour).Format(manifest.TimeLayout)
		buckets.Set(bucket, "tenants/globex/dumps/"+dumped+"/"+manifest.Name, []byte("{}"))
	}
	return a
}

// haven runs a verb, and answers what it ended with.
func (a *inAccount) haven(args ...string) error {
	p := &person{soft: a.t.Context(), hard: a.t.Context(), pace: time.Millisecond, typed: func() (string, error) {
		a.asked++
		a.before()
		return a.typed, nil
	}}
	return execute(p, args)
}

// onlyReads asserts that nothing but reading was done so far: whose account it is, and what stacks export.
func (a *inAccount) onlyReads() {
	for _, call := range a.own.Calls(a.t) {
		assert.Regexp(a.t, "^stack (output|export) ", call)
	}
	var calls []string
	for _, call := range a.aws.Calls() {
		calls = append(calls, call.String())
	}
	assert.Equal(a.t, []string{away + " sts GetCallerIdentity"}, calls)
	files, err := filepath.Glob(filepath.Join(a.stacks, "*-dr.yaml"))
	require.NoError(a.t, err)
	assert.Empty(a.t, files)
}

// changes are the calls of pulumi that change anything.
func (a *inAccount) changes() []string {
	var all []string
	for _, call := range a.own.Calls(a.t) {
		if words := strings.Fields(call); words[0] != "stack" && words[0] != "preview" {
			all = append(all, words[0])
		}
	}
	return all
}

// TestRecoverInAccount: whose it is, what is made and what that costs is said before anything is; then the replica is
// promoted, the stack that takes over brought up, and the users led there, all of it in the region that answers.
func TestRecoverInAccount(t *testing.T) {
	a := realAccount(t)
	a.before = a.onlyReads
	require.NoError(t, a.haven("recover", "demo", "--account"))
	assert.Equal(t, 1, a.asked)
	assert.Equal(t, []string{"up"}, a.changes())
	assert.Empty(t, a.aws.Instances[away+"/demo-globex-replica"].Source, "it is promoted")
	assert.Equal(t, "ALARM", a.aws.Alarms[away+"/demo-globex-taken-over"])
	file, err := os.ReadFile(filepath.Join(a.stacks, "Pulumi.demo-globex-dr.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(file), "replica: arn:aws:rds"+inAway+"db:demo-globex-replica")
	for _, call := range a.aws.Calls() {
		assert.Equal(t, away, call.Region, "the region that is lost is asked nothing: %s", call)
	}
	own := a.own.Calls(t)
	at := slices.IndexFunc(own, func(call string) bool { return strings.HasPrefix(call, "preview ") })
	require.Positive(t, at)
	assert.Contains(t, own[at], "--policy-pack=")
	assert.Contains(t, own[at], "--stack demo-globex-dr")

	salt := regexp.MustCompile("(?m)^encryptionsalt: .*$")
	require.True(t, salt.Match(file), "the stack's secrets are kept as those of the tenant's own")
	sealed := salt.ReplaceAll(file, []byte("encryptionsalt: v1:abc=")) // as Pulumi does when it makes the stack
	require.NoError(t, os.WriteFile(filepath.Join(a.stacks, "Pulumi.demo-globex-dr.yaml"), sealed, 0o600))
	calls := len(a.aws.Calls())
	require.NoError(t, a.haven("recover", "demo", "--account", "--yes"), "again")
	file, err = os.ReadFile(filepath.Join(a.stacks, "Pulumi.demo-globex-dr.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(file), "encryptionsalt: v1:abc=\n", "what its secrets are kept by stays")
	assert.Equal(t, 1, a.asked)
	again := slices.DeleteFunc(a.aws.Calls()[calls:], func(c awsstub.Call) bool { return c.Action != "PromoteReadReplica" })
	assert.Empty(t, again, "it is promoted once")
}

// TestNothingBeforeTheName: whoever types another name, or has nobody to ask, changes nothing; that is wrong use.
func TestNothingBeforeTheName(t *testing.T) {
	a := realAccount(t)
	a.typed = "prod"
	err := a.haven("recover", "demo", "--account")
	var problem *engine.Problem
	require.ErrorAs(t, err, &problem)
	assert.Equal(t, `the name typed is not "demo"; nothing was changed`, problem.Text)
	a.onlyReads()

	err = execute(&person{soft: t.Context(), hard: t.Context()}, []string{"recover", "demo", "--account"})
	require.ErrorAs(t, err, &problem)
	assert.Contains(t, problem.Text, "there is no terminal to ask at; add --yes")

	t.Setenv("AWS_ENDPOINT_URL", "")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	err = a.haven("recover", "demo", "--account")
	require.ErrorAs(t, err, &problem)
	assert.Contains(t, problem.Text, "no credentials of AWS account "+awsstub.Account+" were found")
	assert.Equal(t, misused, conclude(&person{soft: t.Context()}, err))
}

// TestRecoverGoesOn: what refuses a run is said with how to go on.
func TestRecoverGoesOn(t *testing.T) {
	a := realAccount(t)
	a.own.Say(t, "refuse", "refused by the pack")
	err := a.haven("recover", "demo", "--account", "--yes")
	require.ErrorContains(t, err, "demo-globex-dr failed: ")
	require.ErrorContains(t, err, "refused by the pack")
	assert.ErrorContains(t, err, "put that right, then haven recover demo --account: it goes on where this stopped")
	assert.Equal(t, "OK", a.aws.Alarms[away+"/demo-globex-taken-over"], "nobody is led to what is not there")
	assert.Empty(t, a.changes())

	require.NoError(t, os.Remove(filepath.Join(string(a.own), "refuse")))
	require.NoError(t, a.haven("recover", "demo", "--account", "--yes"))
	assert.Equal(t, "ALARM", a.aws.Alarms[away+"/demo-globex-taken-over"])

	require.NoError(t, os.Remove(filepath.Join(string(a.own), "demo-globex.output")))
	err = a.haven("recover", "demo", "--account", "--yes")
	require.ErrorContains(t, err, "no tenant of demo is up, by what the stacks of this backend export: is it the right one?")
	assert.False(t, errors.As(err, new(*engine.Problem)))
}

// TestReadyInAccount: what a take-over needs is made beforehand, without promoting or leading anybody.
func TestReadyInAccount(t *testing.T) {
	a := realAccount(t)
	require.NoError(t, a.haven("recover", "demo", "--ready", "--account"))
	assert.Equal(t, []string{"up"}, a.changes())
	assert.Equal(t, "arn", a.aws.Instances[away+"/demo-globex-replica"].Source)
	assert.Len(t, a.aws.Calls(), 1)
}

// TestFailbackInAccount: what was written abroad is copied home under a key of the tenant's own region, and brought up
// beside its own stack; its users stay where they are.
func TestFailbackInAccount(t *testing.T) {
	a := realAccount(t)
	err := a.haven("failback", "demo", "--account", "--yes")
	require.EqualError(t, err, "failback: no tenant of demo was taken over")
	require.NoError(t, a.haven("recover", "demo", "--account", "--yes"))
	a.own.Say(t, "demo-globex-dr.output", `{"tenant": {}}`)
	require.NoError(t, a.haven("failback", "demo", "--account"))
	assert.Equal(t, []string{"up", "up", "up"}, a.changes(), "taken over, stopped, and brought home")
	var copies []string
	for _, call := range a.aws.Calls() {
		if call.Action == "CopyDBSnapshot" {
			copies = append(copies, call.Region+" "+call.Input["KmsKeyId"])
		}
	}
	assert.Equal(t, []string{home + " arn:aws:kms:" + home + ":" + awsstub.Account + ":key/mrk-1"}, copies)
	file, err := os.ReadFile(filepath.Join(a.stacks, "Pulumi.demo-globex-drill.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(file), "snapshot: arn:aws:rds:"+home+":"+awsstub.Account+":snapshot:demo-globex-back-")
	assert.Equal(t, "ALARM", a.aws.Alarms[away+"/demo-globex-taken-over"])
}

// TestRestoreInAccount: data is brought back within a tenant's own stack, from the log of its own database, and what was
// there is let go, each after a confirmation.
func TestRestoreInAccount(t *testing.T) {
	a := realAccount(t)
	now := time.Now().UTC().Truncate(time.Second)
	a.aws.Backups = []awsstub.Backup{{Region: home, Of: "demo-globex-database", Status: "active",
		Key: "arn:aws:kms:" + home + ":" + awsstub.Account + ":key/mrk-1", From: now.Add(-time.Hour), Until: now}}
	a.own.Say(t, "demo-globex.next", strings.NewReplacer(`"generation": 1`, `"generation": 2`, `"quarantined": []`,
		`"quarantined": [1]`, "demo-globex-database\"", "demo-globex-database-g2\"").Replace(exportedByGlobex))
	at := now.Add(-30 * time.Minute).Format(time.RFC3339)
	require.NoError(t, a.haven("restore", "globex", "--at", at, "--account"))
	assert.Equal(t, 1, a.asked)
	assert.Equal(t, []string{"up"}, a.changes())
	file, err := os.ReadFile(filepath.Join(a.stacks, "Pulumi.demo-globex.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(file), "generation: 2")
	assert.Contains(t, string(file), at)
	for _, call := range a.aws.Calls() {
		assert.Equal(t, home, call.Region, call)
	}

	a.own.Say(t, "demo-globex.next", strings.NewReplacer(`"generation": 1`, `"generation": 2`, "demo-globex-database\"",
		"demo-globex-database-g2\"").Replace(exportedByGlobex))
	require.NoError(t, a.haven("retire", "globex", "--account"))
	assert.Equal(t, 2, a.asked)
	assert.Equal(t, []string{"up", "up", "up"}, a.changes(), "its protection is lifted, then it is deleted")
	file, err = os.ReadFile(filepath.Join(a.stacks, "Pulumi.demo-globex.yaml"))
	require.NoError(t, err)
	assert.NotContains(t, string(file), "quarantined: [1]")

	a.typed = "another"
	err = a.haven("restore", "globex", "--at", at, "--account")
	assert.ErrorContains(t, err, `the name typed is not "demo"; nothing was changed`)
}
