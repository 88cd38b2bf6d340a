package database_test

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/database"
	"haven/tests/harness"
)

const (
	instanceType   = "aws:rds/instance:Instance"
	parametersType = "aws:rds/parameterGroup:ParameterGroup"
	logGroupType   = "aws:cloudwatch/logGroup:LogGroup"
)

func args() database.Args {
	return database.Args{
		Scope:               harness.TenantScope(),
		Account:             "123456789012",
		Region:              "eu-west-1",
		InstanceClass:       "db.t4g.medium",
		StorageGiB:          20,
		MaxStorageGiB:       200,
		BackupRetentionDays: 35,
		BackupWindow:        "01:00-02:00",
		MaintenanceWindow:   "sun:03:00-sun:04:00",
		LogRetentionDays:    400,
		SubnetIDs:           pulumi.ToStringArray([]string{"subnet-a", "subnet-b", "subnet-c"}),
		SecurityGroupID:     pulumi.String("sg-database"),
		KeyARN:              pulumi.String("arn:database-key"),
		SecretsKeyARN:       pulumi.String("arn:secrets-key"),
		LogsKeyARN:          pulumi.String("arn:logs-key"),
	}
}

func declare(t *testing.T, args database.Args) (*harness.Recorder, outputs) {
	t.Helper()
	secret := resource.NewPropertyMapFromMap(map[string]any{"secretArn": "arn:master-secret"})
	recorder := &harness.Recorder{
		Outputs: map[string]resource.PropertyMap{instanceType: {
			"address":           resource.NewProperty("db.example"),
			"masterUserSecrets": resource.NewProperty([]resource.PropertyValue{resource.NewProperty(secret)}),
		}},
		Functions: map[string]resource.PropertyMap{"aws:secretsmanager/getRandomPassword:getRandomPassword": {
			"randomPassword": resource.NewProperty("generated"),
		}},
	}
	got := make(chan outputs, 1)
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		d, err := database.New(ctx, "database", args)
		if err != nil {
			return err
		}
		pulumi.All(d.ARN, d.Address, d.MasterSecretARN).ApplyT(func(v []any) error {
			got <- outputs{v[0], v[1], v[2], d.Port, d.Name}
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, recorder, database.Type, "database")
	return recorder, <-got
}

type outputs struct {
	arn, address, secret any
	port                 int
	name                 string
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	_, got := declare(t, args())
	assert.Equal(t, outputs{"arn:aws:mock:::database-instance", "db.example", "arn:master-secret", 3306,
		"processmaker"}, got)
}

func TestInstance(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	instance := recorder.One(t, instanceType, "database-instance")
	harness.AssertTags(t, instance, "database")
	tests := map[string]map[string]any{
		"what it is": {
			"identifier": "demo-acme-database", "engine": "mysql", "engineVersion": "8.0",
			"engineLifecycleSupport": "open-source-rds-extended-support",
			"instanceClass":          "db.t4g.medium", "dbName": "processmaker", "port": 3306.0,
			"tags.data-classification": "confidential",
		},
		"encrypted": {
			"storageEncrypted": true, "kmsKeyId": "arn:database-key", "storageType": "gp3",
			"allocatedStorage": 20.0, "maxAllocatedStorage": 200.0,
		},
		"redundant": {"multiAz": true, "availabilityZone": nil},
		"private": {
			"publiclyAccessible": false, "networkType": "IPV4", "dbSubnetGroupName": "demo-acme-database",
			"vpcSecurityGroupIds": []any{"sg-database"},
		},
		"no password in the program": {
			"username": "haven_admin", "manageMasterUserPassword": true, "masterUserSecretKmsKeyId": "arn:secrets-key",
			"password": nil, "iamDatabaseAuthenticationEnabled": true,
		},
		"recoverable": {
			"backupRetentionPeriod": 35.0, "backupWindow": "01:00-02:00", "copyTagsToSnapshot": true,
			"deleteAutomatedBackups": false, "skipFinalSnapshot": false, "deletionProtection": true,
			"finalSnapshotIdentifier": "demo-acme-database-final",
		},
		"patched": {
			"autoMinorVersionUpgrade": true, "applyImmediately": false, "maintenanceWindow": "sun:03:00-sun:04:00",
			"caCertIdentifier": "rds-ca-rsa2048-g1", "allowMajorVersionUpgrade": nil,
		},
		"observed": {
			"monitoringInterval": 60.0, "monitoringRoleArn": "arn:aws:mock:::database-monitoring-role",
			"performanceInsightsEnabled": true, "performanceInsightsKmsKeyId": "arn:database-key",
			"performanceInsightsRetentionPeriod": 7.0, "enabledCloudwatchLogsExports": []any{"error", "slowquery"},
		},
		"its own parameters": {"parameterGroupName": "demo-acme-database-mysql80", "optionGroupName": nil},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			harness.AssertInputs(t, instance, want)
		})
	}
}

// TestInstanceWaits: RDS would make the log groups itself, unencrypted, and refuse a role without its permission.
func TestInstanceWaits(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	assert.Subset(t, recorder.One(t, instanceType, "database-instance").DependsOn,
		[]string{"database-error-log", "database-slowquery-log", "database-monitoring-permission"})
}

func ownSecret() database.Args {
	own := args()
	own.OwnSecret = true
	own.RecoveryRegion, own.SecretsReplicaKeyARN = "eu-central-1", pulumi.String("arn:secrets-replica-key")
	return own
}

// TestOwnSecret: for a database with a replica, whose password RDS does not manage.
func TestOwnSecret(t *testing.T) {
	t.Parallel()
	recorder, got := declare(t, ownSecret())
	assert.Equal(t, "arn:aws:mock:::database-secret-version", got.secret)
	secret := recorder.One(t, "aws:secretsmanager/secret:Secret", "database-secret")
	harness.AssertTags(t, secret, "database")
	harness.AssertInputs(t, secret, map[string]any{
		"namePrefix": "demo-acme-database-", "kmsKeyId": "arn:secrets-key", "recoveryWindowInDays": 30.0,
		"tags.data-classification": "secret",
		"replicas":                 []any{map[string]any{"region": "eu-central-1", "kmsKeyId": "arn:secrets-replica-key"}},
	})
	version := recorder.One(t, "aws:secretsmanager/secretVersion:SecretVersion", "database-secret-version")
	assert.JSONEq(t, `{"username": "haven_admin", "password": "generated"}`, version.Input("secretString").(string))
	assert.True(t, version.Secret("secretString"))
	assert.Equal(t, []any{"AWSCURRENT", "FIRST"}, version.Input("versionStages"))
	assert.Equal(t, []string{"secretString", "versionStages"}, version.IgnoreChanges)

	instance := recorder.One(t, instanceType, "database-instance")
	harness.AssertInputs(t, instance, map[string]any{
		"username": "haven_admin", "password": "generated",
		"manageMasterUserPassword": nil, "masterUserSecretKmsKeyId": nil,
	})
	assert.True(t, instance.Secret("password"))
}

// TestSecretsAreOfOneKind: an instance has either password, and changing between them changes nothing else.
func TestSecretsAreOfOneKind(t *testing.T) {
	t.Parallel()
	managed, _ := declare(t, args())
	assert.Empty(t, managed.OfType("aws:secretsmanager/secret:Secret"))
	own, _ := declare(t, ownSecret())
	before, after := managed.One(t, instanceType, "database-instance"), own.One(t, instanceType, "database-instance")
	for _, property := range []resource.PropertyKey{"manageMasterUserPassword", "masterUserSecretKmsKeyId"} {
		delete(before.Inputs, property)
	}
	delete(after.Inputs, "password")
	assert.Equal(t, before.Inputs, after.Inputs)
}

func TestTeardown(t *testing.T) {
	t.Parallel()
	leaving := args()
	leaving.TeardownAt = time.Date(2026, 3, 1, 13, 4, 5, 0, time.FixedZone("CET", 3600))
	recorder, _ := declare(t, leaving)
	harness.AssertInputs(t, recorder.One(t, instanceType, "database-instance"), map[string]any{
		"deletionProtection":      false,
		"skipFinalSnapshot":       false,
		"finalSnapshotIdentifier": "demo-acme-database-final-20260301-120405",
		"deleteAutomatedBackups":  false,
	})
}

func TestParameters(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	group := recorder.One(t, parametersType, "database-parameters")
	harness.AssertTags(t, group, "database")
	harness.AssertInputs(t, group, map[string]any{
		"name":        "demo-acme-database-mysql80",
		"family":      "mysql8.0",
		"description": "The parameters of the database of demo-acme",
	})
	want := map[string][2]string{
		"require_secure_transport":        {"1", "immediate"},
		"tls_version":                     {"TLSv1.2,TLSv1.3", "pending-reboot"},
		"local_infile":                    {"0", "immediate"},
		"character_set_server":            {"utf8mb4", "immediate"},
		"collation_server":                {"utf8mb4_unicode_ci", "immediate"},
		"max_allowed_packet":              {"1073741824", "immediate"},
		"log_bin_trust_function_creators": {"1", "immediate"},
		"slow_query_log":                  {"1", "immediate"},
		"long_query_time":                 {"2", "immediate"},
		"log_output":                      {"FILE", "immediate"},
	}
	got := map[string][2]string{}
	for _, each := range group.Input("parameters").([]any) {
		p := each.(map[string]any)
		got[p["name"].(string)] = [2]string{p["value"].(string), p["applyMethod"].(string)}
	}
	assert.Equal(t, want, got)
}

func TestSubnets(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	group := recorder.One(t, "aws:rds/subnetGroup:SubnetGroup", "database-subnets")
	harness.AssertTags(t, group, "database")
	harness.AssertInputs(t, group, map[string]any{
		"name":      "demo-acme-database",
		"subnetIds": []any{"subnet-a", "subnet-b", "subnet-c"},
	})
}

func TestLogGroups(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	require.Len(t, recorder.OfType(logGroupType), 2)
	for _, log := range []string{"error", "slowquery"} {
		group := recorder.One(t, logGroupType, "database-"+log+"-log")
		harness.AssertTags(t, group, "database")
		harness.AssertInputs(t, group, map[string]any{
			"name":            "/aws/rds/instance/demo-acme-database/" + log,
			"kmsKeyId":        "arn:logs-key",
			"retentionInDays": 400.0,
		})
	}
}

func TestMonitoringRole(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	role := recorder.One(t, "aws:iam/role:Role", "database-monitoring-role")
	harness.AssertTags(t, role, "database")
	harness.AssertInputs(t, role, map[string]any{
		"name": "demo-acme-database-monitoring",
		"assumeRolePolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
			`"Principal":{"Service":["monitoring.rds.amazonaws.com"]},"Action":["sts:AssumeRole"],` +
			`"Condition":{"ArnLike":{"aws:SourceArn":["arn:aws:rds:eu-west-1:123456789012:db:demo-acme-database"]},` +
			`"StringEquals":{"aws:SourceAccount":["123456789012"]}}}]}`,
	})
	harness.AssertInputs(t,
		recorder.One(t, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "database-monitoring-permission"),
		map[string]any{
			"role":      "demo-acme-database-monitoring",
			"policyArn": "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
		})
}

// TestSettingsNeverReplace: whatever a stack file can change, what RDS fixes at creation stays.
func TestSettingsNeverReplace(t *testing.T) {
	t.Parallel()
	other := args()
	other.InstanceClass, other.StorageGiB, other.MaxStorageGiB = "db.m7g.large", 100, 1000
	other.BackupRetentionDays, other.BackupWindow, other.MaintenanceWindow = 7, "05:00-06:00", "mon:07:00-mon:08:00"
	other.LogRetentionDays, other.TeardownAt = 30, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	before, _ := declare(t, args())
	after, _ := declare(t, other)
	for _, property := range []string{"identifier", "engine", "dbName", "username", "kmsKeyId", "storageEncrypted",
		"availabilityZone", "snapshotIdentifier", "dbSubnetGroupName", "parameterGroupName"} {
		assert.Equal(t, before.One(t, instanceType, "database-instance").Input(property),
			after.One(t, instanceType, "database-instance").Input(property), property)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const nothingGiven = "database: Scope: missing, expected a value\n" +
		"Account: missing, expected a value\n" +
		"Region: missing, expected a value\n" +
		`InstanceClass: "", expected one of db.m6g.*, db.m6i.*, db.m7g.*, db.m7i.*, db.r6g.*, db.r6i.*, ` +
		"db.r7g.*, db.r7i.*, db.t3.*, db.t4g.*; choose one that MySQL 8.0 runs on with Multi-AZ and " +
		`Performance Insights, like "db.t4g.medium"` + "\n" +
		"BackupRetentionDays: 0, expected 7 to 35\n" +
		`BackupWindow: "", expected a daily window "hh:mm-hh:mm" in UTC of at least 30 minutes; ` +
		`write it like "01:00-02:00"` + "\n" +
		`MaintenanceWindow: "", expected a weekly window "ddd:hh:mm-ddd:hh:mm" in UTC of 30 minutes to a day; ` +
		`write it like "sun:03:00-sun:04:00"` + "\n" +
		"LogRetentionDays: missing, expected a value\n" +
		"SubnetIDs: missing, expected a value\n" +
		"KeyARN: missing, expected a value\n" +
		"LogsKeyARN: missing, expected a value\n" +
		"StorageGiB: 0, expected 20 to 59578; choose a size in GiB that leaves room to grow\n" +
		"SecurityGroupID: missing, expected a value\n" +
		"SecretsKeyARN: missing, expected a value"
	harness.AssertRefusals(t, database.New, nothingGiven, args, map[string]func(*database.Args){
		`database: InstanceClass: "db.t4g.micro", expected db.t4g in one of the sizes ` +
			"medium, large, xlarge, 2xlarge; choose a size with Multi-AZ and Performance Insights": func(a *database.Args) {
			a.InstanceClass = "db.t4g.micro"
		},
		"database: MaxStorageGiB: 21, expected 22 to 65536; " +
			"leave at least 10 % above the 20 of storageGiB": func(a *database.Args) {
			a.MaxStorageGiB = 21
		},
		`database: MaintenanceWindow: "sun:01:30-sun:02:30", expected a window apart ` +
			"from BackupWindow, 01:00-02:00; move one of them": func(a *database.Args) {
			a.MaintenanceWindow = "sun:01:30-sun:02:30"
		},
		"database: OwnSecret: missing, expected a value": func(a *database.Args) {
			a.Prepared = true
		},
		"database: Source: 2 sources, expected one\nSource.KeyARN: missing, expected a value": func(a *database.Args) {
			a.Source = database.Source{SnapshotARN: "arn:snapshot", Instance: pulumi.String("demo-acme-database")}
		},
		"database: Source.At: 2026-11-22T10:00:00Z, expected none without automated backups": func(a *database.Args) {
			a.Source = database.Source{SnapshotARN: "arn:snapshot", KeyARN: pulumi.String("arn:key"),
				At: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
		},
		"database: SecretsReplicaKeyARN: missing, expected a value": func(a *database.Args) {
			a.OwnSecret, a.RecoveryRegion = true, "eu-central-1"
		},
	})
}

// TestGenerations: a further one has an instance and groups of its own names, and is made from the one before.
func TestGenerations(t *testing.T) {
	t.Parallel()
	a := args()
	a.Generation = 2
	a.Source = database.Source{Instance: pulumi.String("demo-acme-database"), KeyARN: pulumi.String("arn:key"),
		At: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	recorder, _ := declare(t, a)
	harness.AssertInputs(t, recorder.One(t, instanceType, "database-instance"), map[string]any{
		"identifier": "demo-acme-database-g2", "dbSubnetGroupName": "demo-acme-database-g2",
		"parameterGroupName":                              "demo-acme-database-g2-mysql80",
		"finalSnapshotIdentifier":                         "demo-acme-database-g2-final",
		"restoreToPointInTime.sourceDbInstanceIdentifier": "demo-acme-database",
		"restoreToPointInTime.restoreTime":                "2026-11-22T10:00:00Z",
		"dbName":                                          nil, "username": nil, "allocatedStorage": nil, "kmsKeyId": "arn:key",
	})
}

// TestPastSource: what an instance was made from may be forgotten, and nothing else of it changes by that.
func TestPastSource(t *testing.T) {
	t.Parallel()
	before, after := args(), args()
	before.Source = database.Source{SnapshotARN: "arn:snapshot", KeyARN: pulumi.String("arn:key")}
	after.Source = database.Source{Past: true, KeyARN: pulumi.String("arn:key")}
	made, _ := declare(t, before)
	past, _ := declare(t, after)
	was := made.One(t, instanceType, "database-instance")
	is := past.One(t, instanceType, "database-instance")
	assert.Equal(t, "arn:snapshot", was.Input("snapshotIdentifier"))
	assert.Contains(t, is.IgnoreChanges, "snapshotIdentifier")
	delete(was.Inputs, "snapshotIdentifier")
	assert.Equal(t, was.Inputs, is.Inputs)
}
