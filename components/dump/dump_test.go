package dump_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/dump"
	"haven/components/naming"
	"haven/components/task"
	"haven/components/tiers"
	"haven/tests/harness"
)

const (
	alarmType     = "aws:cloudwatch/metricAlarm:MetricAlarm"
	policyType    = "aws:iam/rolePolicy:RolePolicy"
	queueType     = "aws:sqs/queue:Queue"
	roleType      = "aws:iam/role:Role"
	ruleType      = "aws:cloudwatch/eventRule:EventRule"
	scheduleType  = "aws:scheduler/schedule:Schedule"
	taskType      = "aws:ecs/taskDefinition:TaskDefinition"
	first, second = "age13eqhe0yj3z2ass5r9xrwsywpr7dl2t8v9mqj7fqqeek8m9nrw9hse07njr",
		"age10w4ugt6tgukh3xz999qltr3vcensm7snu2wwnyqfwadcdn3k2gjqwxe6l0"
)

func args() dump.Args {
	return dump.Args{
		Scope: harness.TenantScope(), Account: "123456789012", Region: "eu-west-1",
		Tier: tiers.Continuity, Image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/demo-cell-dump:1",
		Generation: 1, Recipients: []string{first, second},
		ClusterARN:      pulumi.String("arn:aws:ecs:eu-west-1:123456789012:cluster/demo-cell-cluster"),
		SubnetIDs:       pulumi.ToStringArray([]string{"subnet-a", "subnet-b"}),
		SecurityGroupID: pulumi.String("sg-application"),
		Database: task.Database{Host: pulumi.String("db.example"), Port: 3306, Name: "processmaker",
			SecretARN: pulumi.String("arn:db-secret")},
		Files:         task.Files{FileSystemID: pulumi.String("fs-1"), AccessPointID: pulumi.String("fsap-1")},
		AppKeyARN:     pulumi.String("arn:app-key"),
		SecretsKeyARN: pulumi.String("arn:secrets-key"),
		ArchiveBucket: pulumi.String("demo-cell-archive"),
		ArchiveARN:    pulumi.String("arn:aws:s3:::demo-cell-archive"),
		ArchiveKeyARN: pulumi.String("arn:archive-key"),
		LogsKeyARN:    pulumi.String("arn:logs-key"), LogRetentionDays: 400,
		FailureTopicARN: pulumi.String("arn:critical"),
	}
}

// cloud answers what ECS computes.
func cloud() *harness.Recorder {
	return &harness.Recorder{Outputs: map[string]resource.PropertyMap{taskType: {
		"arnWithoutRevision": resource.NewProperty("arn:aws:ecs:eu-west-1:123456789012:task-definition/demo-acme-dump"),
	}}}
}

func declare(t *testing.T, args dump.Args) *harness.Recorder {
	t.Helper()
	recorder := cloud()
	got := make(chan []string, 1)
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		d, err := dump.New(ctx, "dump", args)
		if err != nil {
			return err
		}
		pulumi.All(d.TaskDefinitionARN, d.ScheduleARN, d.LogGroupName, d.TaskRoleARN).ApplyT(func(all []any) error {
			got <- []string{all[0].(string), all[1].(string), all[2].(string), all[3].(string)}
			return nil
		})
		return nil
	}))
	assert.Equal(t, []string{"arn:aws:mock:::dump-definition", "arn:aws:mock:::dump-schedule", "/haven/demo-acme/dump",
		"arn:aws:mock:::dump-task-role"}, <-got)
	harness.AssertFamily(t, recorder, dump.Type, "dump")
	return recorder
}

func TestTags(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args())
	for _, token := range []string{alarmType, queueType, roleType, ruleType, taskType,
		"aws:cloudwatch/logGroup:LogGroup", "aws:scheduler/scheduleGroup:ScheduleGroup"} {
		all := recorder.OfType(token)
		require.NotEmpty(t, all, token)
		for _, d := range all {
			harness.AssertTags(t, d, "dump")
		}
	}
}

func TestTask(t *testing.T) {
	t.Parallel()
	definition := declare(t, args()).One(t, taskType, "dump-definition")
	harness.AssertInputs(t, definition, map[string]any{
		"family": "demo-acme-dump", "cpu": "1024", "memory": "2048", "networkMode": "awsvpc", "ephemeralStorage": nil,
		"executionRoleArn": "arn:aws:mock:::dump-execution-role", "taskRoleArn": "arn:aws:mock:::dump-task-role",
		"volumes[0].name": "files",
		"volumes[0].efsVolumeConfiguration.fileSystemId":                      "fs-1",
		"volumes[0].efsVolumeConfiguration.transitEncryption":                 "ENABLED",
		"volumes[0].efsVolumeConfiguration.authorizationConfig.iam":           "ENABLED",
		"volumes[0].efsVolumeConfiguration.authorizationConfig.accessPointId": "fsap-1",
		"volumes[1]": map[string]any{"name": "tmp"},
	})
	assert.JSONEq(t, `[{
		"name": "dump", "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/demo-cell-dump:1", "essential": true,
		"user": "1000:1000", "readonlyRootFilesystem": true, "portMappings": [],
		"linuxParameters": {"capabilities": {"drop": ["ALL"]}, "initProcessEnabled": true},
		"mountPoints": [
			{"sourceVolume": "files", "containerPath": "/files", "readOnly": true},
			{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": false}
		],
		"environment": [
			{"name": "DB_DATABASE", "value": "processmaker"},
			{"name": "DB_HOSTNAME", "value": "db.example"},
			{"name": "DB_PORT", "value": "3306"},
			{"name": "HAVEN_DUMP_BUCKET", "value": "demo-cell-archive"},
			{"name": "HAVEN_DUMP_FILES", "value": "/files"},
			{"name": "HAVEN_DUMP_GENERATION", "value": "1"},
			{"name": "HAVEN_DUMP_LOCK_DAYS", "value": "90"},
			{"name": "HAVEN_DUMP_PREFIX", "value": "tenants/acme/dumps/"},
			{"name": "HAVEN_DUMP_RECIPIENTS", "value": "`+first+`,`+second+`"},
			{"name": "HAVEN_DUMP_TENANT", "value": "acme"},
			{"name": "MYSQL_ATTR_SSL_CA", "value": "/etc/ssl/certs/aws-rds-global-bundle.pem"},
			{"name": "TMPDIR", "value": "/tmp"}
		],
		"secrets": [
			{"name": "APP_KEY", "valueFrom": "arn:app-key"},
			{"name": "DB_PASSWORD", "valueFrom": "arn:db-secret:password::"},
			{"name": "DB_USERNAME", "valueFrom": "arn:db-secret:username::"}
		],
		"logConfiguration": {"logDriver": "awslogs", "options": {
			"awslogs-group": "/haven/demo-acme/dump", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "dump",
			"mode": "non-blocking", "max-buffer-size": "25m"}},
		"stopTimeout": 120
	}]`, definition.Input("containerDefinitions").(string))
}

const userPool = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_people"

// TestPeople: who may sign in is dumped of a tenant who has a user pool, by its ID.
func TestPeople(t *testing.T) {
	t.Parallel()
	pooled := args()
	pooled.UserPoolARN = pulumi.String(userPool)
	recorder := declare(t, pooled)
	assert.Contains(t, recorder.One(t, taskType, "dump-definition").Input("containerDefinitions"),
		`{"name":"HAVEN_DUMP_USER_POOL","value":"eu-west-1_people"}`)
	assert.Contains(t, recorder.One(t, policyType, "dump-task-policy").Input("policy"), userPool)
	without := declare(t, args())
	assert.NotContains(t, without.One(t, policyType, "dump-task-policy").Input("policy"), "cognito-idp")
}

func TestLeavingTenant(t *testing.T) {
	t.Parallel()
	leaving := args()
	leaving.Final = true
	recorder := declare(t, leaving)
	assert.Contains(t, recorder.One(t, taskType, "dump-definition").Input("containerDefinitions"),
		`{"name":"HAVEN_DUMP_PREFIX","value":"tenants/acme/final/"}`)
	staying := declare(t, args())
	for _, token := range []string{scheduleType, policyType, roleType} {
		for i, d := range recorder.OfType(token) {
			assert.Equal(t, staying.OfType(token)[i].Inputs, d.Inputs, "%s: only the prefix differs", d.Name)
		}
	}
}

func TestPassportKeys(t *testing.T) {
	t.Parallel()
	signed := args()
	signed.PassportSecretARN = pulumi.String("arn:passport")
	recorder := declare(t, signed)
	containers := recorder.One(t, taskType, "dump-definition").Input("containerDefinitions")
	assert.Contains(t, containers, `{"name":"PASSPORT_PRIVATE_KEY","valueFrom":"arn:passport:privateKey::"}`)
	assert.Contains(t, containers, `{"name":"PASSPORT_PUBLIC_KEY","valueFrom":"arn:passport:publicKey::"}`)
	assert.Contains(t, recorder.One(t, policyType, "dump-execution-policy").Input("policy"),
		`"Resource":["arn:app-key","arn:db-secret","arn:passport"]`)
}

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["%s"]},` +
	`"Action":["sts:AssumeRole"],"Condition":{"ArnLike":{"aws:SourceArn":["%s"]},` +
	`"StringEquals":{"aws:SourceAccount":["123456789012"]}}}]}`

func TestRoles(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args())
	const tasks = "arn:aws:ecs:eu-west-1:123456789012:*"
	const group = "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/demo-acme-dump"
	for use, want := range map[string]string{
		"execution": fmt.Sprintf(trust, "ecs-tasks.amazonaws.com", tasks),
		"task":      fmt.Sprintf(trust, "ecs-tasks.amazonaws.com", tasks),
		"schedule":  fmt.Sprintf(trust, "scheduler.amazonaws.com", group),
	} {
		harness.AssertInputs(t, recorder.One(t, roleType, "dump-"+use+"-role"), map[string]any{
			"name": "demo-acme-dump-" + use, "assumeRolePolicy": want, "managedPolicyArns": nil, "inlinePolicies": nil,
		})
		assert.Equal(t, "demo-acme-dump-"+use, recorder.One(t, policyType, "dump-"+use+"-policy").Input("role"))
	}
	assert.Len(t, recorder.OfType(roleType), 3)
	assert.Len(t, recorder.OfType(policyType), 3)
	assert.Equal(t, "arn:aws:iam::123456789012:role/demo-acme-dump-task",
		dump.TaskRoleARN("123456789012", harness.TenantScope()))
}

// TestARunMayOnlyAdd: it puts, and locks, below the tenant's prefixes; it reads files and writes none.
func TestARunMayOnlyAdd(t *testing.T) {
	t.Parallel()
	const objects = `["arn:aws:s3:::demo-cell-archive/tenants/acme/dumps/*",` +
		`"arn:aws:s3:::demo-cell-archive/tenants/acme/final/*"]`
	const fileSystem = `["arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"]`
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [
		{"Sid": "PutDumps", "Effect": "Allow",
			"Action": ["s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectRetention"], "Resource": `+objects+`},
		{"Sid": "EncryptDumps", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
			"Resource": ["arn:archive-key"], "Condition": {
				"ArnLike": {"kms:EncryptionContext:aws:s3:arn": `+objects+`},
				"StringEquals": {"kms:ViaService": ["s3.eu-west-1.amazonaws.com"]}}},
		{"Sid": "MountFiles", "Effect": "Allow", "Action": ["elasticfilesystem:ClientMount"], "Resource": `+fileSystem+`,
			"Condition": {"StringEquals": {"elasticfilesystem:AccessPointArn":
				["arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-1"]}}},
		{"Sid": "WriteNoFiles", "Effect": "Deny",
			"Action": ["elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"], "Resource": `+fileSystem+`}
	]}`, declare(t, args()).One(t, policyType, "dump-task-policy").Input("policy").(string))
}

func TestTheScheduleMayStartThisFamilyOnly(t *testing.T) {
	t.Parallel()
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [
		{"Sid": "RunDump", "Effect": "Allow", "Action": ["ecs:RunTask"],
			"Resource": ["arn:aws:ecs:eu-west-1:123456789012:task-definition/demo-acme-dump:*"],
			"Condition": {"ArnEquals":
				{"ecs:cluster": ["arn:aws:ecs:eu-west-1:123456789012:cluster/demo-cell-cluster"]}}},
		{"Sid": "TagDump", "Effect": "Allow", "Action": ["ecs:TagResource"],
			"Resource": ["arn:aws:ecs:eu-west-1:123456789012:task/demo-cell-cluster/*"],
			"Condition": {"StringEquals": {"ecs:CreateAction": ["RunTask"]}}},
		{"Sid": "RunAs", "Effect": "Allow", "Action": ["iam:PassRole"],
			"Resource": ["arn:aws:mock:::dump-execution-role", "arn:aws:mock:::dump-task-role"],
			"Condition": {"StringEquals": {"iam:PassedToService": ["ecs-tasks.amazonaws.com"]}}},
		{"Sid": "KeepUndelivered", "Effect": "Allow", "Action": ["sqs:SendMessage"],
			"Resource": ["arn:aws:mock:::dump-undelivered"]}
	]}`, declare(t, args()).One(t, policyType, "dump-schedule-policy").Input("policy").(string))
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args())
	assert.Equal(t, "demo-acme-dump",
		recorder.One(t, "aws:scheduler/scheduleGroup:ScheduleGroup", "dump-group").Input("name"))
	schedule := recorder.One(t, scheduleType, "dump-schedule")
	const run = "target.ecsParameters."
	harness.AssertInputs(t, schedule, map[string]any{
		"name": "demo-acme-dump", "groupName": "demo-acme-dump", "state": nil, "scheduleExpressionTimezone": nil,
		"flexibleTimeWindow":                          map[string]any{"mode": "OFF"},
		"target.arn":                                  "arn:aws:ecs:eu-west-1:123456789012:cluster/demo-cell-cluster",
		"target.roleArn":                              "arn:aws:mock:::dump-schedule-role",
		"target.deadLetterConfig.arn":                 "arn:aws:mock:::dump-undelivered",
		"target.retryPolicy.maximumEventAgeInSeconds": 1800.0,
		"target.retryPolicy.maximumRetryAttempts":     10.0,
		run + "taskDefinitionArn":                     "arn:aws:mock:::dump-definition",
		run + "taskCount":                             1.0,
		run + "launchType":                            "FARGATE",
		run + "platformVersion":                       "LATEST",
		run + "networkConfiguration": map[string]any{
			"subnets": []any{"subnet-a", "subnet-b"}, "securityGroups": []any{"sg-application"}, "assignPublicIp": false},
		run + "enableExecuteCommand": false,
		run + "enableEcsManagedTags": true,
		run + "propagateTags":        "TASK_DEFINITION",
	})
	assert.Subset(t, schedule.DependsOn,
		[]string{"dump-log", "dump-execution-policy", "dump-task-policy", "dump-schedule-policy"})
}

// TestTimes: as often as the tier says, and the tenants of a cell at different minutes.
func TestTimes(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^cron\((\d+) (\d+)/(\d+) \* \* \? \*\)$`)
	at := func(tier tiers.Tier, stack string) []string {
		changed := args()
		changed.Tier = tier
		changed.Scope = naming.Scope{Environment: "demo", Stack: stack, Cell: "demo-cell", Tenant: "acme", Owner: "platform"}
		recorder := cloud()
		require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
			_, err := dump.New(ctx, "dump", changed)
			return err
		}))
		times := recorder.One(t, scheduleType, "dump-schedule").Input("scheduleExpression").(string)
		require.Regexp(t, form, times)
		return form.FindStringSubmatch(times)
	}
	for tier, every := range map[tiers.Tier]string{tiers.Standard: "12", tiers.Continuity: "6", tiers.Critical: "1"} {
		assert.Equal(t, every, at(tier, "demo-acme")[3], tier)
	}
	assert.Equal(t, "0", at(tiers.Critical, "demo-acme")[2])
	minutes := map[string]bool{}
	for i := range 25 {
		minutes[at(tiers.Standard, fmt.Sprintf("demo-tenant-%d", i))[0]] = true
	}
	assert.Greater(t, len(minutes), 20, "of 25 tenants hardly two begin at once")
}

func TestUndeliveredCallsAreKeptAndTold(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args())
	harness.AssertInputs(t, recorder.One(t, queueType, "dump-undelivered"), map[string]any{
		"name": "demo-acme-dump-undelivered", "messageRetentionSeconds": 1209600.0, "sqsManagedSseEnabled": true})
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{"Sid": "DenyPlainTransport", "Effect": "Deny",
		"Principal": "*", "Action": ["sqs:*"], "Resource": ["arn:aws:mock:::dump-undelivered"],
		"Condition": {"Bool": {"aws:SecureTransport": ["false"]}}}]}`,
		recorder.One(t, "aws:sqs/queuePolicy:QueuePolicy", "dump-undelivered-policy").Input("policy").(string))
	harness.AssertInputs(t, recorder.One(t, alarmType, "dump-undelivered-alarm"), map[string]any{
		"name": "demo-acme-dump-undelivered", "namespace": "AWS/SQS", "metricName": "ApproximateNumberOfMessagesVisible",
		"dimensions": map[string]any{"QueueName": "demo-acme-dump-undelivered"}, "statistic": "Maximum",
		"comparisonOperator": "GreaterThanThreshold", "threshold": 0.0, "period": 300.0, "evaluationPeriods": 1.0,
		"treatMissingData": "notBreaching", "alarmActions": []any{"arn:critical"}, "okActions": []any{"arn:critical"},
	})
}

func TestFailuresAreTold(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args())
	rule := recorder.One(t, ruleType, "dump-failed")
	assert.Equal(t, "demo-acme-dump-failed", rule.Input("name"))
	assert.JSONEq(t, `{
		"source": ["aws.ecs"],
		"detail-type": ["ECS Task State Change"],
		"detail": {
			"clusterArn": ["arn:aws:ecs:eu-west-1:123456789012:cluster/demo-cell-cluster"],
			"group": ["family:demo-acme-dump"],
			"lastStatus": ["STOPPED"],
			"$or": [{"containers": {"exitCode": [{"anything-but": [0]}]}}, {"stopCode": ["TaskFailedToStart"]}]
		}
	}`, rule.Input("eventPattern").(string))
	harness.AssertInputs(t, recorder.One(t, "aws:cloudwatch/eventTarget:EventTarget", "dump-failed-target"),
		map[string]any{"rule": "demo-acme-dump-failed", "targetId": "dump-failed", "arn": "arn:critical", "roleArn": nil})
}

func TestNobodyToTell(t *testing.T) {
	t.Parallel()
	quiet := args()
	quiet.FailureTopicARN = nil
	recorder := declare(t, quiet)
	assert.Empty(t, recorder.OfType(ruleType))
	assert.Empty(t, recorder.OfType(alarmType))
	assert.Len(t, recorder.OfType(queueType), 1)
}

// TestSecretPassesThrough: what is secret when it comes in is secret in what it is rendered into.
func TestSecretPassesThrough(t *testing.T) {
	t.Parallel()
	secret := args()
	secret.AppKeyARN = pulumi.ToSecret(pulumi.String("arn:app-key")).(pulumi.StringOutput)
	definition := declare(t, secret).One(t, taskType, "dump-definition")
	assert.True(t, definition.Secret("containerDefinitions"))
	assert.True(t, json.Valid([]byte(definition.Input("containerDefinitions").(string))))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const missing = ": missing, expected a value\n"
	const nothingGiven = "dump: Scope" + missing + "Scope.Tenant" + missing + "Account" + missing + "Region" + missing +
		`Tier: "", expected one of standard, continuity, critical` + "\n" +
		"Image" + missing + "Generation: 0, expected at least 1\nRecipients" + missing +
		"ClusterARN" + missing + "SubnetIDs" + missing + "SecurityGroupID" + missing +
		"Database.Host" + missing + "Database.Port" + missing + "Database.Name" + missing + "Database.SecretARN" + missing +
		"Files.FileSystemID" + missing + "Files.AccessPointID" + missing + "AppKeyARN" + missing +
		"SecretsKeyARN" + missing + "ArchiveBucket" + missing + "ArchiveARN" + missing + "ArchiveKeyARN" + missing +
		"LogsKeyARN" + missing + "LogRetentionDays: missing, expected a value"
	mistyped := first[:20] + "q" + first[21:]
	harness.AssertRefusals(t, dump.New, nothingGiven, args, map[string]func(*dump.Args){
		`dump: Recipients[1]: it is not a public key of age, "age1…"`: func(a *dump.Args) { a.Recipients[1] = mistyped },
	})
}
