package authority_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/authority"
	"haven/policy/graph"
	"haven/policy/graph/graphtest"
)

const account = "123456789012"

func TestTheDemosTenantsAreIsolated(t *testing.T) {
	t.Parallel()
	d := change(t)
	for _, finding := range authority.Isolation(d.graph()) {
		assert.Fail(t, finding.Rule, "%s: %s", finding.URN, finding.Message)
	}
	for _, stack := range d.graph().Stacks() {
		for _, finding := range authority.Isolation(d.alone(stack)) {
			assert.Fail(t, finding.Rule, "%s alone: %s: %s", stack, finding.URN, finding.Message)
		}
	}
}

// leak is something that lets one tenant at what is another's.
type leak struct {
	// make changes the demo, and answers the resources of the witness.
	make func(*draft) []string
	rule string
	// says is part of the message.
	says string
	// alone is the stack of which the leak shows by itself, "" where it takes the others.
	alone string
}

const (
	task     = "demo-acme application-task-role"
	taskPol  = "demo-acme application-task-policy"
	exec     = "demo-acme application-execution-role"
	execPol  = "demo-acme application-execution-policy"
	dump     = "demo-acme dump-task-role"
	dumpPol  = "demo-acme dump-task-policy"
	otherKey = "demo-globex secrets-key-primary"
	otherApp = "demo-globex app-key-secret"
	archive  = "demo-cell archive-source-bucket"
)

var leaks = map[string]leak{
	"a secret by name": {func(d *draft) []string {
		d.also(execPol, "policy", allow("secretsmanager:GetSecretValue", d.arn(otherApp)))
		return d.urns(exec, execPol, otherApp)
	}, "authority/secrets", "may secretsmanager:GetSecretValue on ", ""},
	"a pattern of all secrets": {func(d *draft) []string {
		d.also(execPol, "policy", allow("secretsmanager:Get*", "arn:aws:secretsmanager:*:"+account+":secret:demo-*"))
		return d.urns(exec, execPol, "demo-globex cache-token-secret")
	}, "authority/secrets", "allowed by statement 4 of application-execution-policy", "demo-acme"},
	"all but something": {func(d *draft) []string {
		d.also(taskPol, "policy", `{"Sid":"Most","Effect":"Allow","NotAction":["iam:*","kms:*"],"Resource":"*"}`)
		return d.urns(task, taskPol, "demo-globex cache-token-secret")
	}, "authority/secrets", "statement 2 (Most) of application-task-policy", "demo-acme"},
	"all but its own": {func(d *draft) []string {
		d.also(taskPol, "policy", `{"Effect":"Allow","Action":"sqs:*","NotResource":"arn:aws:sqs:*:*:demo-acme-*"}`)
		return d.urns(task, taskPol, "demo-globex dump-undelivered")
	}, "authority/queues", "sqs:ReceiveMessage on arn:aws:sqs:eu-west-1:123456789012:demo-globex-dump-undelivered", "demo-acme"},
	"the master password": {func(d *draft) []string {
		d.also(execPol, "policy", allow("secretsmanager:GetSecretValue",
			d.text("demo-initech database-instance", "masterUserSecrets[*].secretArn")))
		return d.urns(exec, execPol, "demo-initech database-instance")
	}, "authority/secrets", "secret:rds!db-", ""},
	"a policy of the secret that names a role": {func(d *draft) []string {
		d.add("demo-globex", "aws:secretsmanager/secretPolicy:SecretPolicy", "open", map[string]any{
			"secretArn": d.arn(otherApp), "policy": `{"Statement":{"Effect":"Allow","Principal":{"AWS":"` + d.arn(task) +
				`"},"Action":"secretsmanager:GetSecretValue","Resource":"*"}}`})
		return d.urns(task, "demo-globex open", otherApp)
	}, "authority/secrets", "allowed by statement 1 of open", ""},
	"a policy of the secret that names a stranger": {func(d *draft) []string {
		d.add("demo-globex", "aws:secretsmanager/secretPolicy:SecretPolicy", "open", map[string]any{
			"secretArn": d.arn(otherApp), "policy": `{"Statement":{"Effect":"Allow","Principal":{"AWS":` +
				`"arn:aws:iam::210987654321:role/x"},"Action":"secretsmanager:GetSecretValue","Resource":"*"}}`})
		return d.urns("demo-globex open", otherApp)
	}, "authority/secrets", "it lets arn:aws:iam::210987654321:role/x, whom no stack declares secretsmanager:GetSecretValue",
		"demo-globex"},
	"a key that lets in another account": {func(d *draft) []string {
		d.also(otherKey, "policy", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:root"},`+
			`"Action":["kms:Decrypt"],"Resource":"*"}`)
		return d.urns(otherKey, otherKey)
	}, "authority/keys", "it lets arn:aws:iam::210987654321:role/any, whom no stack declares kms:Decrypt", "demo-globex"},
	"a policy that is open to the account": {func(d *draft) []string {
		d.set("demo-globex dump-undelivered-policy", "policy", `{"Statement":{"Effect":"Allow","Principal":"*",`+
			`"Action":"sqs:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":"`+account+`"}}}}`)
		return d.urns(task, "demo-globex dump-undelivered-policy", "demo-globex dump-undelivered")
	}, "authority/queues", "may sqs:ReceiveMessage", "demo-globex"},
	"a policy without its condition": {func(d *draft) []string {
		d.set("demo-globex files-policy", "policy", `{"Statement":{"Effect":"Allow","Principal":"*","Action":[`+
			`"elasticfilesystem:ClientMount"],"Resource":"*","Condition":{"Bool":`+
			`{"elasticfilesystem:AccessedViaMountTarget":"true"}}}}`)
		return d.urns(task, "demo-globex files-policy", "demo-globex files-system")
	}, "authority/files", "for a request with elasticfilesystem:accessedviamounttarget true", "demo-globex"},
	"no policy of the files": {func(d *draft) []string {
		d.resources = slices.DeleteFunc(d.resources, func(r *graph.Resource) bool {
			return r.Stack == "demo-globex" && r.Name() == "files-policy"
		})
		return d.urns(task, "demo-globex files-system")
	}, "authority/files", "ClientMount", "demo-globex"},
	"a grant of a key": {func(d *draft) []string {
		d.add("demo-globex", "aws:kms/grant:Grant", "lend", map[string]any{"keyId": d.arn(otherKey),
			"granteePrincipal": d.arn(task), "operations": []any{"Decrypt", "DescribeKey"}})
		return d.urns(task, "demo-globex lend", otherKey)
	}, "authority/keys", "may kms:Decrypt on arn:aws:kms:eu-west-1:123456789012:key/mrk-", ""},
	"the account's key and a broad role": {func(d *draft) []string {
		d.set(otherKey, "policy", `{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+account+
			`:root"},"Action":"kms:*","Resource":"*"}}`)
		d.also(taskPol, "policy", allow("kms:Decrypt", "arn:aws:kms:*:"+account+":key/*"))
		return d.urns(task, otherKey)
	}, "authority/keys", "allowed by statement 1 of secrets-key-primary", "demo-acme"},
	"a key through a service": {func(d *draft) []string {
		d.also(taskPol, "policy", allowIf("kms:Decrypt", d.arn(otherKey),
			`{"StringLike":{"kms:ViaService":"secretsmanager.*.amazonaws.com"}}`))
		return d.urns(task, otherKey)
	}, "authority/keys", "for a request with kms:viaservice secretsmanager.eu-west-1.amazonaws.com", ""},
	"a condition that does not bind": {func(d *draft) []string {
		d.also(execPol, "policy", allowIf("secretsmanager:GetSecretValue", "*",
			`{"StringLikeIfExists":{"secretsmanager:VersionStage":"AWS*"}}`))
		return d.urns(exec, execPol, "demo-globex cache-token-secret")
	}, "authority/secrets", "statement 4", "demo-acme"},
	"a tag that anybody may have": {func(d *draft) []string {
		d.also(execPol, "policy", allowIf("secretsmanager:GetSecretValue", "*",
			`{"StringLike":{"aws:ResourceTag/tenant":"*"}}`))
		return d.urns(exec, execPol, "demo-globex cache-token-secret")
	}, "authority/secrets", "statement 4", "demo-acme"},
	"a role that trusts it": {func(d *draft) []string {
		d.also("demo-globex application-task-role", "assumeRolePolicy", `{"Effect":"Allow","Principal":{"AWS":"`+
			d.arn(task)+`"},"Action":"sts:AssumeRole"}`)
		return d.urns(task, "demo-globex application-task-role")
	}, "authority/roles", "comes to the rights of demo-globex-web-task, of the tenant globex, in 1 steps", ""},
	"a chain of roles": {func(d *draft) []string {
		const between = "demo-cell network-flow-logs-role"
		d.also(between, "assumeRolePolicy", `{"Effect":"Allow","Principal":{"AWS":"`+account+
			`"},"Action":"sts:AssumeRole"}`)
		d.also("demo-cell network-flow-logs-policy", "policy", allow("sts:AssumeRole", "arn:aws:iam::*:role/demo-globex-web-task"))
		d.also("demo-globex application-task-role", "assumeRolePolicy", `{"Effect":"Allow","Principal":{"AWS":"`+
			d.arn(between)+`"},"Action":"sts:AssumeRole"}`)
		d.also(taskPol, "policy", allow("sts:AssumeRole", d.arn(between)))
		return d.urns(task, between, "demo-globex application-task-role")
	}, "authority/roles", "in 2 steps", ""},
	"a chain over a role that is passed": {func(d *draft) []string {
		const schedule = "demo-acme dump-schedule-role"
		d.also("demo-acme dump-schedule-policy", "policy", allowIf("iam:PassRole", "arn:aws:iam::"+account+":role/demo-*",
			`{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}`))
		return d.urns(schedule, "demo-acme dump-schedule-policy", "demo-globex dump-task-role")
	}, "authority/pass", "in the last it may pass it", "demo-acme"},
	"a role of the platform that passes": {func(d *draft) []string {
		d.also("demo-cell network-flow-logs-policy", "policy", allow("iam:PassRole", d.arn("demo-globex dump-task-role")))
		return d.urns("demo-cell network-flow-logs-role", "demo-cell network-flow-logs-policy", "demo-globex dump-task-role")
	}, "authority/pass", "of no tenant, may pass demo-globex-dump-task", ""},
	"a prefix without its slash": {func(d *draft) []string {
		d.replace(dumpPol, "policy", "/tenants/acme/dumps/*", "/tenants/acme*")
		return d.urns(dump, dumpPol, archive)
	}, "authority/buckets", "tenants/acme2/", ""},
	"another's prefix": {func(d *draft) []string {
		d.also(dumpPol, "policy", allow("s3:GetObject", d.arn(archive)+"/tenants/globex/*"))
		return d.urns(dump, dumpPol, archive)
	}, "authority/buckets", "/tenants/globex/dumps/x, which is of the tenant globex", "demo-acme"},
	"a whole bucket": {func(d *draft) []string {
		d.also(dumpPol, "policy", allow("s3:Get*", d.arn(archive)+"/*"))
		return d.urns(dump, dumpPol, archive)
	}, "authority/buckets", "s3:GetObject on ", "demo-acme"},
	"a listing of all": {func(d *draft) []string {
		d.also(dumpPol, "policy", allow("s3:ListBucket", d.arn(archive)))
		return d.urns(dump, dumpPol, archive)
	}, "authority/buckets", "s3:ListBucket on ", "demo-acme"},
	"a listing of what begins alike": {func(d *draft) []string {
		d.replace("demo-acme exports-writer-policy", "policy", `"tenants/acme/snapshots/*"`, `"tenants/acme*"`)
		return d.urns("demo-acme exports-writer", "demo-acme exports-writer-policy", archive)
	}, "authority/buckets", "which would be of the tenant acme2", ""},
	"the key of shared objects": {func(d *draft) []string {
		d.also(dumpPol, "policy", allow("kms:Decrypt", d.arn("demo-cell archive-key-primary")))
		return d.urns(dump, "demo-cell archive-key-primary", "demo-cell archive-source-encryption")
	}, "authority/keys", "bind it to the tenant's part by kms:EncryptionContext:aws:s3:arn", ""},
	"another's log": {func(d *draft) []string {
		d.replace(execPol, "policy", "log-group:/haven/demo-acme/web:*", "log-group:/haven/demo-*")
		return d.urns(exec, execPol, "demo-globex application-log")
	}, "authority/logs", "logs:CreateLogStream", "demo-acme"},
	"a snapshot with its key": {func(d *draft) []string {
		d.also("demo-acme exports-policy", "policy", allow("kms:CreateGrant", d.arn("demo-globex database-key-primary")))
		d.also("demo-acme exports-policy", "policy", allow("rds:StartExportTask", "*"))
		return d.urns("demo-acme exports-role", "demo-acme exports-policy", "demo-globex database-instance")
	}, "authority/backups", "may rds:StartExportTask on ", ""},
	"another's task": {func(d *draft) []string {
		d.also(taskPol, "policy", allowIf("ecs:ExecuteCommand", "*",
			`{"StringEquals":{"aws:ResourceTag/environment":"demo"}}`))
		return d.urns(task, taskPol, "demo-globex application-scheduler-service")
	}, "authority/tasks", "ecs:ExecuteCommand on ", ""},
	"a role that makes itself more": {func(d *draft) []string {
		d.also(taskPol, "policy", allow("iam:PutRolePolicy", "arn:aws:iam::"+account+":role/${aws:PrincipalTag/Name}"))
		return d.urns(task, taskPol)
	}, "authority/escalation", "iam:PutRolePolicy on arn:aws:iam::123456789012:role/demo-acme-web-task", "demo-acme"},
}

func TestLeaks(t *testing.T) {
	t.Parallel()
	for name, leak := range leaks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := change(t)
			want := leak.make(d)
			all := decided(authority.Isolation(d.graph()))
			about := slices.IndexFunc(all, func(f graph.Finding) bool {
				return f.Rule == leak.rule && slices.Equal(f.Witness, want)
			})
			if about < 0 {
				for _, f := range all {
					t.Log(f.Rule, f.Message, f.Witness)
				}
			}
			require.GreaterOrEqual(t, about, 0, "no finding of %s by way of %q", leak.rule, want)
			assert.Contains(t, all[about].Message, leak.says)
			if leak.alone != "" {
				alone := decided(authority.Isolation(d.alone(leak.alone)))
				assert.True(t, slices.ContainsFunc(alone, func(f graph.Finding) bool { return f.Rule == leak.rule }),
					"%s does not show in %s alone", name, leak.alone)
			}
		})
	}
}

// safe are changes that look like leaks, and are none.
var safe = map[string]func(*draft){
	"its own secret by a pattern": func(d *draft) {
		d.also(execPol, "policy", allow("secretsmanager:GetSecretValue",
			"arn:aws:secretsmanager:*:"+account+":secret:demo-acme-*"))
	},
	"every secret with its tenant's tag": func(d *draft) {
		d.also(execPol, "policy", allowIf("secretsmanager:GetSecretValue", "*",
			`{"StringEquals":{"aws:ResourceTag/tenant":"${aws:PrincipalTag/tenant}"}}`))
	},
	"every secret of a tenant by the tenant's name": func(d *draft) {
		d.also(execPol, "policy", allow("secretsmanager:GetSecretValue",
			"arn:aws:secretsmanager:*:"+account+":secret:demo-${aws:PrincipalTag/tenant}-*"))
	},
	"a secret that denies it": func(d *draft) {
		d.also(execPol, "policy", allow("secretsmanager:GetSecretValue", d.arn(otherApp)))
		d.add("demo-globex", "aws:secretsmanager/secretPolicy:SecretPolicy", "closed", map[string]any{
			"secretArn": d.arn(otherApp), "policy": `{"Statement":{"Effect":"Deny","Principal":"*","Action":` +
				`"secretsmanager:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/tenant":"globex"}}}}`})
	},
	"a boundary that keeps it in": func(d *draft) {
		d.also(execPol, "policy", allow("secretsmanager:GetSecretValue", d.arn(otherApp)))
		d.add("demo-acme", "aws:iam/policy:Policy", "bounds", map[string]any{"arn": "arn:aws:iam::" + account +
			":policy/bounds", "policy": `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny",` +
			`"Action":"secretsmanager:*","NotResource":"arn:aws:secretsmanager:*:*:secret:demo-acme-*"}]}`})
		d.set(exec, "permissionsBoundary", "arn:aws:iam::"+account+":policy/bounds")
	},
	"metadata of every database": func(d *draft) {
		d.also(taskPol, "policy", allow("rds:Describe*", "*"))
	},
	"every snapshot, without its key": func(d *draft) {
		d.also(taskPol, "policy", allow("rds:CopyDBSnapshot", "*"))
	},
	"every key, through a service that the keys do not work for": func(d *draft) {
		d.also(taskPol, "policy", allowIf("kms:Decrypt", d.arn(otherKey),
			`{"StringEquals":{"kms:ViaService":"ssm.eu-west-1.amazonaws.com"}}`))
	},
	"a condition that contradicts the key's": func(d *draft) {
		d.also(taskPol, "policy", allowIf("kms:CreateGrant", d.arn(otherKey),
			`{"Bool":{"kms:GrantIsForAWSResource":"false"}}`))
	},
	"a role that trusts it for somebody else's account": func(d *draft) {
		d.also("demo-globex application-task-role", "assumeRolePolicy", `{"Effect":"Allow","Principal":{"AWS":"`+
			d.arn(task)+`"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalAccount":"210987654321"}}}`)
	},
	"to take on a role that does not trust it": func(d *draft) {
		d.also(taskPol, "policy", allow("sts:AssumeRole", d.arn("demo-globex application-task-role")))
	},
	"to pass a role to a service that it does not trust": func(d *draft) {
		d.also(taskPol, "policy", allowIf("iam:PassRole", d.arn("demo-globex dump-task-role"),
			`{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}`))
	},
	"a role for people that asks for a second factor": func(d *draft) {
		d.also(taskPol, "policy", allow("sts:AssumeRole", d.arn("demo-account operators-operator")))
	},
	"a role of a service that only works for it": func(d *draft) {
		d.also("demo-globex dump-undelivered-policy", "policy", `{"Effect":"Allow","Principal":{"Service":`+
			`"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}`)
	},
	"a prefix with its slash": func(d *draft) {
		d.also(dumpPol, "policy", allow("s3:GetObject", d.arn(archive)+"/tenants/acme/*"))
	},
	"the prefix of the tenant's tag": func(d *draft) {
		d.also(dumpPol, "policy", allow("s3:GetObject", d.arn(archive)+"/tenants/${aws:PrincipalTag/tenant}/*"))
	},
	"a listing of its own": func(d *draft) {
		d.also(dumpPol, "policy", allowIf("s3:ListBucket", d.arn(archive), `{"StringLike":{"s3:prefix":"tenants/acme/*"}}`))
	},
	"the key of shared objects for its own": func(d *draft) {
		d.also(dumpPol, "policy", allowIf("kms:Decrypt", d.arn("demo-cell archive-key-primary"),
			`{"StringLike":{"kms:EncryptionContext:aws:s3:arn":"arn:aws:s3:::*/tenants/acme/*"}}`))
	},
	"a file system through its own access point": func(d *draft) {
		d.also(taskPol, "policy", allowIf("elasticfilesystem:ClientMount", "*", `{"StringEquals":`+
			`{"elasticfilesystem:AccessPointArn":"`+d.arn("demo-acme files-access-point")+`"}}`))
	},
	"a metric of its own": func(d *draft) {
		d.also(taskPol, "policy", allow("cloudwatch:PutMetricData", "*"))
	},
	"a second stack of the same tenant": func(d *draft) {
		restored := d.add("demo-acme-drill", "aws:iam/role:Role", "task", map[string]any{"name": "demo-acme-drill-task",
			"arn": "arn:aws:iam::" + account + ":role/demo-acme-drill-task", "tags": map[string]any{"tenant": "acme",
				"environment": "demo", "cell": "demo-standby"}, "assumeRolePolicy": `{"Statement":{"Effect":"Allow",` +
				`"Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}}`})
		d.add("demo-acme-drill", "aws:iam/rolePolicy:RolePolicy", "task-policy", map[string]any{
			"role": restored.Text("name"), "policy": `{"Statement":[` + allow("secretsmanager:GetSecretValue",
				d.arn("demo-acme app-key-secret")) + `,` + allow("s3:GetObject", d.arn(archive)+"/tenants/acme/dumps/*") + `]}`})
	},
}

func TestLookAlikes(t *testing.T) {
	t.Parallel()
	for name, make := range safe {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := change(t)
			make(d)
			for _, finding := range authority.Isolation(d.graph()) {
				assert.Fail(t, finding.Rule, "%s: %s", finding.Message, finding.Witness)
			}
		})
	}
}

// TestWhatIsUnknownIsUndecided: a policy that a preview does not know yet is never taken to be harmless.
func TestWhatIsUnknownIsUndecided(t *testing.T) {
	t.Parallel()
	for _, called := range []string{taskPol, otherKey, "demo-globex dump-undelivered-policy"} {
		d := change(t)
		d.unknown(called, "policy")
		assert.Equal(t, []graph.Finding{{Rule: "authority", URN: d.the(called).URN, Message: "not known yet: policy",
			Undecided: true}}, authority.Isolation(d.graph()), called)
	}
	d := change(t)
	d.set(task, "managedPolicyArns", []any{"arn:aws:iam::aws:policy/AmazonSomethingFullAccess"})
	assert.Equal(t, []graph.Finding{{Rule: "authority", URN: d.the(task).URN, Undecided: true, Message: "not known: what " +
		"the policy arn:aws:iam::aws:policy/AmazonSomethingFullAccess allows, which no stack declares"}},
		authority.Isolation(d.graph()))
}

// BenchmarkIsolation is of one tenant's stack, as the policy pack proves it at each preview.
func BenchmarkIsolation(b *testing.B) {
	made := graphtest.Demo(b)
	for b.Loop() {
		authority.Isolation(made.Map(func(r *graph.Resource) *graph.Resource {
			if r.Stack != "demo-globex" {
				return nil
			}
			return r
		}))
	}
}
