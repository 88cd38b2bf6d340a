package authority_test

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/authority"
	"haven/policy/graph"
)

func TestNobodyDeletesWhatTheDemoKeeps(t *testing.T) {
	t.Parallel()
	nothingFound(t, authority.Deletion)
}

func TestTheDemoSharesNoSecret(t *testing.T) {
	t.Parallel()
	nothingFound(t, authority.Ownership)
}

// nothingFound is for the whole demo, and each of its stacks alone.
func nothingFound(t *testing.T, proof func(*graph.Graph) []graph.Finding) {
	t.Helper()
	d := change(t)
	graphs := []*graph.Graph{d.graph()}
	for _, stack := range d.graph().Stacks() {
		graphs = append(graphs, d.alone(stack))
	}
	for _, g := range graphs {
		for _, finding := range proof(g) {
			assert.Fail(t, finding.Rule, "%v: %s: %s", g.Stacks(), finding.URN, finding.Message)
		}
	}
}

// found asks for a finding of a rule, by way of these resources.
func found(t *testing.T, all []graph.Finding, rule string, witness []string, says string) {
	t.Helper()
	about := slices.IndexFunc(all, func(f graph.Finding) bool {
		return f.Rule == rule && slices.Equal(f.Witness, witness)
	})
	if about < 0 {
		for _, f := range all {
			t.Log(f.Rule, f.Message, f.Witness)
		}
	}
	require.GreaterOrEqual(t, about, 0, "no finding of %s by way of %q", rule, witness)
	assert.Contains(t, all[about].Message, says)
}

const (
	backupRole = "demo-acme backup-backup-role"
	backupPol  = "demo-acme backup-backup-policy"
	emergency  = "demo-account operators-emergency"
	emergPol   = "demo-account operators-emergency-policy"
	ownVault   = "demo-acme backup-vault"
)

var deletions = map[string]leak{
	"a key that its own role schedules for deletion": {func(d *draft) []string {
		d.also(taskPol, "policy", allow("kms:ScheduleKeyDeletion", d.arn("demo-acme database-key-primary")))
		return d.urns(task, "demo-acme database-key-primary")
	}, "deletion/keys", "may kms:ScheduleKeyDeletion on ", "demo-acme"},
	"keys that people in an emergency could disable": {func(d *draft) []string {
		d.replace(emergPol, "policy", `"kms:DisableKey",`, "")
		return d.urns(emergency, "demo-account audit-key-regional")
	}, "deletion/keys", "may kms:DisableKey", "demo-account"},
	"locks that people in an emergency could bypass": {func(d *draft) []string {
		d.replace(emergPol, "policy", `"s3:BypassGovernanceRetention",`, "")
		return d.urns(emergency, "demo-account operators-emergency-PowerUserAccess", "demo-account audit-logs-bucket")
	}, "deletion/locked-versions", "may s3:BypassGovernanceRetention", ""},
	"a recovery point, where the vault lets it": {func(d *draft) []string {
		d.also(backupPol, "policy", allow("backup:DeleteRecoveryPoint", "*"))
		d.set("demo-acme backup-vault-policy", "policy", `{"Statement":{"Effect":"Deny","Principal":"*","Action":`+
			`"backup:DeleteBackupVault","Resource":"*"}}`)
		return d.urns(backupRole, backupPol, ownVault)
	}, "deletion/recovery-points", "may backup:DeleteRecoveryPoint", "demo-acme"},
	"a vault": {func(d *draft) []string {
		d.also(backupPol, "policy", allow("backup:Delete*", d.arn(ownVault)))
		return d.urns(backupRole, backupPol, ownVault)
	}, "deletion/vaults", "may backup:DeleteBackupVault on ", "demo-acme"},
	"versions, where the bucket lets it": {func(d *draft) []string {
		d.rewrite("demo-cell archive-source-policy", "policy", func(all []any) []any {
			return slices.DeleteFunc(all, func(s any) bool { return s.(map[string]any)["Sid"] == "DenyRemoval" })
		})
		d.also("demo-cell network-flow-logs-policy", "policy", allow("s3:Delete*", d.arn(archive)+"/*"))
		return d.urns("demo-cell network-flow-logs-role", "demo-cell network-flow-logs-policy", archive)
	}, "deletion/locked-versions", "may s3:DeleteObjectVersion", "demo-cell"},
	"snapshots of a database": {func(d *draft) []string {
		d.also(taskPol, "policy", allow("rds:DeleteDBSnapshot", "arn:aws:rds:*:*:snapshot:rds:demo-acme-*"))
		return d.urns(task, taskPol, "demo-acme database-instance")
	}, "deletion/snapshots", "may rds:DeleteDBSnapshot on ", "demo-acme"},
	"snapshots that the role of backups expires, by another role": {func(d *draft) []string {
		d.also(backupRole, "assumeRolePolicy", `{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},`+
			`"Action":"sts:AssumeRole"}`)
		return d.urns(backupRole, backupPol, "demo-acme backup-recovery-vault")
	}, "deletion/snapshots", "snapshot:awsbackup:", "demo-acme"},
	"backups that are kept of a deleted database": {func(d *draft) []string {
		d.also(taskPol, "policy", allow("rds:DeleteDBInstanceAutomatedBackup", d.arn("demo-acme database-instance")))
		return d.urns(task, taskPol, "demo-acme database-instance")
	}, "deletion/snapshots", "DeleteDBInstanceAutomatedBackup", "demo-acme"},
	"the files": {func(d *draft) []string {
		d.also(taskPol, "policy", allow("elasticfilesystem:*", d.arn("demo-acme files-system")))
		return d.urns(task, taskPol, "demo-acme files-system")
	}, "deletion/stores", "DeleteFileSystem", "demo-acme"},
	"the trail": {func(d *draft) []string {
		d.replace(emergPol, "policy", `"cloudtrail:StopLogging",`, "")
		return d.urns(emergency, "demo-account operators-emergency-PowerUserAccess", "demo-account audit-trail")
	}, "deletion/trail", "may cloudtrail:StopLogging", "demo-account"},
	"the mirror": {func(d *draft) []string {
		d.set("demo-mirror mirror-agent-writer", "role", "roles/storage.legacyBucketWriter")
		return d.urns("demo-mirror mirror-agent-writer", "demo-mirror mirror-bucket")
	}, "deletion/mirror", "roles/storage.legacyBucketWriter", "demo-mirror"},
}

func TestDeletions(t *testing.T) {
	t.Parallel()
	areFound(t, func(g *graph.Graph) []graph.Finding { return decided(authority.Deletion(g)) }, deletions)
}

func TestWhatEndsNothing(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(*draft){
		"a recovery point that the vault keeps": func(d *draft) {
			d.also(backupPol, "policy", allow("backup:DeleteRecoveryPoint", "*"))
		},
		"versions that the bucket keeps": func(d *draft) {
			d.also(taskPol, "policy", allow("s3:DeleteObjectVersion", d.arn(archive)+"/tenants/acme/*"))
		},
		"a key of a condition that no call meets": func(d *draft) {
			d.also(taskPol, "policy", allowIf("kms:DisableKey", "*", `{"StringEquals":{"aws:PrincipalTag/role":"admin"}}`))
		},
		"a database of another kind": func(d *draft) {
			d.also(taskPol, "policy", allow("rds:DeleteDBInstance", "arn:aws:rds:*:*:db:awsbackup-restore-test-*"))
		},
		"files with a tag that those kept do not have": func(d *draft) {
			d.also(taskPol, "policy", allowIf("elasticfilesystem:DeleteFileSystem", "*",
				`{"Null":{"aws:ResourceTag/awsbackup-restore-test":"false"}}`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := change(t)
			make(d)
			assert.Empty(t, authority.Deletion(d.graph()))
		})
	}
}

// dependent says what a property was made from.
func (d *draft) dependent(called, name string, on ...string) {
	r := d.the(called)
	r.Dependencies = map[string][]string{name: d.urns(on...)}
	r.Inputs = r.Inputs.Set(name, property.New(property.Computed).WithSecret(true))
	r.Outputs = r.Outputs.Set(name, property.New(property.Computed).WithSecret(true))
}

var shared = map[string]leak{
	"one password of two tenants": {func(d *draft) []string {
		d.add("demo-cell", "random:index/randomPassword:RandomPassword", "password", nil)
		d.dependent("demo-acme database-instance", "password", "demo-cell password")
		d.dependent("demo-globex database-instance", "password", "demo-cell password")
		return d.urns("demo-acme database-instance", "demo-cell password", "demo-globex database-instance")
	}, "ownership/password", "made from the same as the password of database-instance in demo-globex", ""},
	"one token in a database and another tenant's cache": {func(d *draft) []string {
		d.dependent("demo-acme database-instance", "password", "demo-globex cache-token-version")
		d.dependent("demo-globex cache-group", "authToken", "demo-globex cache-token-version")
		return d.urns("demo-acme database-instance", "demo-globex cache-token-version", "demo-globex cache-group")
	}, "ownership/password", "its password is made from the same as the authToken of cache-group in demo-globex", ""},
	"a password of another stack": {func(d *draft) []string {
		d.add("demo-acme", "pulumi:pulumi:StackReference", "demo-cell", nil)
		d.dependent("demo-acme cache-group", "authToken", "demo-acme demo-cell")
		return d.urns("demo-acme demo-cell", "demo-acme cache-group")
	}, "ownership/password", "comes from the outputs of another stack", "demo-acme"},
	"a password that stands there twice": {func(d *draft) []string {
		d.set("demo-acme database-instance", "password", "hunter2")
		d.set("demo-globex database-instance", "password", "hunter2")
		return d.urns("demo-acme database-instance", "demo-globex database-instance")
	}, "ownership/password", "whoever knows one knows the other", ""},
	"a task with another's secret": {func(d *draft) []string {
		d.replace("demo-acme dump-definition", "containerDefinitions", d.arn("demo-acme app-key-secret"), d.arn(otherApp))
		return d.urns("demo-acme dump-definition", otherApp)
	}, "ownership/consumer", "which is of the tenant globex", ""},
	"a task with another's master password": {func(d *draft) []string {
		d.replace("demo-acme dump-definition", "containerDefinitions",
			d.text("demo-acme database-instance", "masterUserSecrets[*].secretArn"),
			d.text("demo-initech database-instance", "masterUserSecrets[*].secretArn"))
		return d.urns("demo-acme dump-definition", "demo-initech database-instance")
	}, "ownership/consumer", "which is of the tenant initech", ""},
	"another's key": {func(d *draft) []string {
		d.set("demo-acme database-instance", "kmsKeyId", d.arn("demo-globex database-key-primary"))
		return d.urns("demo-acme database-instance", "demo-globex database-key-primary")
	}, "ownership/key", "its kmsKeyId is of the tenant globex, and it is of the tenant acme", ""},
	"a key of the platform": {func(d *draft) []string {
		d.set("demo-acme files-system", "kmsKeyId", d.arn("demo-cell archive-key-primary"))
		return d.urns("demo-acme files-system", "demo-cell archive-key-primary")
	}, "ownership/key", "its kmsKeyId is of the platform", ""},
	"a key of two purposes": {func(d *draft) []string {
		d.set("demo-acme files-system", "kmsKeyId", d.arn("demo-acme database-key-primary"))
		return d.urns("demo-acme database-instance", "demo-acme database-key-primary", "demo-acme files-system")
	}, "ownership/purpose", "it encrypts databases of database-instance and files of files-system", "demo-acme"},
}

func TestShared(t *testing.T) {
	t.Parallel()
	areFound(t, authority.Ownership, shared)
}

func TestWhatIsNotShared(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(*draft){
		"a cache's token and the secret that keeps it": func(d *draft) {
			d.dependent("demo-acme cache-group", "authToken", "demo-acme cache-token-version")
		},
		"a database made from another of the tenant's": func(d *draft) {
			d.dependent("demo-globex database-instance", "password", "demo-globex app-key-version")
			d.dependent("demo-globex replica-instance", "password", "demo-globex app-key-version")
		},
		"a task of a second stack of the same tenant": func(d *draft) {
			d.add("demo-acme-drill", "aws:ecs/taskDefinition:TaskDefinition", "task", map[string]any{
				"tags": map[string]any{"tenant": "acme"}, "containerDefinitions": `[{"secrets":[{"valueFrom":"` +
					d.arn("demo-acme app-key-secret") + `"}]}]`})
		},
		"a database that is made from a recovery point": func(d *draft) {
			d.add("demo-acme-dr", "aws:rds/instance:Instance", "database-instance", map[string]any{
				"tags":     map[string]any{"tenant": "acme", "restored-of": "demo-acme"},
				"kmsKeyId": d.arn("demo-acme backup-key-primary")})
		},
		"a task that is made from its own secrets": func(d *draft) {
			r := d.the("demo-acme dump-definition")
			r.Dependencies = map[string][]string{"containerDefinitions": d.urns("demo-acme app-key-secret")}
			r.Inputs = r.Inputs.Set("containerDefinitions", property.New(property.Computed))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := change(t)
			make(d)
			assert.Empty(t, authority.Ownership(d.graph()))
		})
	}
}

func TestWhatIsUnknownMayBeShared(t *testing.T) {
	t.Parallel()
	d := change(t)
	d.unknown("demo-acme dump-definition", "containerDefinitions")
	d.unknown("demo-acme files-system", "kmsKeyId")
	assert.Equal(t, []graph.Finding{
		{Rule: "ownership", URN: d.the("demo-acme dump-definition").URN, Message: "not known yet: containerDefinitions",
			Undecided: true},
		{Rule: "ownership", URN: d.the("demo-acme files-system").URN, Message: "not known yet: kmsKeyId", Undecided: true},
	}, authority.Ownership(d.graph()))
	d = change(t)
	d.unknown(emergPol, "policy")
	assert.Equal(t, []graph.Finding{{Rule: "deletion", URN: d.the(emergPol).URN, Message: "not known yet: policy",
		Undecided: true}}, decidedLater(authority.Deletion(d.graph())))
}

func decidedLater(findings []graph.Finding) []graph.Finding {
	return slices.DeleteFunc(findings, func(f graph.Finding) bool { return !f.Undecided })
}
