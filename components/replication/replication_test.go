package replication_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/replication"
	"haven/tests/harness"
)

const (
	backupsType  = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
	instanceType = "aws:rds/instance:Instance"
	sourceARN    = "arn:aws:rds:eu-west-1:123456789012:db:demo-acme-database"
)

// run declares something in the recovery region and answers the strings that it gives.
func run(t *testing.T, token, name string, declare func(*pulumi.Context, *aws.Provider) ([]any, error),
) (*harness.Recorder, []any) {
	t.Helper()
	recorder := &harness.Recorder{Outputs: map[string]resource.PropertyMap{instanceType: {
		"address": resource.NewProperty("replica.example"),
	}}}
	got := make(chan []any, 1)
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		recovery, err := aws.NewProvider(ctx, "aws-recovery", &aws.ProviderArgs{Region: pulumi.String("eu-central-1")})
		if err != nil {
			return err
		}
		outputs, err := declare(ctx, recovery)
		if err != nil {
			return err
		}
		pulumi.All(outputs...).ApplyT(func(values []any) error {
			got <- values
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, recorder, token, name)
	for _, d := range recorder.Declared() {
		if d.Parent != "" {
			assert.Equal(t, "aws-recovery", d.Provider, "%s lies in the recovery region", d.Name)
		}
	}
	return recorder, <-got
}

func backupsArgs() replication.AutomatedBackupsArgs {
	return replication.AutomatedBackupsArgs{
		SourceARN:     pulumi.String(sourceARN),
		KeyARN:        pulumi.String("arn:database-replica-key"),
		RetentionDays: 35,
		Recovery:      &aws.Provider{},
	}
}

func TestAutomatedBackups(t *testing.T) {
	t.Parallel()
	recorder, got := run(t, replication.BackupsType, "backups",
		func(ctx *pulumi.Context, recovery *aws.Provider) ([]any, error) {
			args := backupsArgs()
			args.Recovery = recovery
			b, err := replication.NewAutomatedBackups(ctx, "backups", args)
			if err != nil {
				return nil, err
			}
			return []any{b.ARN}, nil
		})
	assert.Equal(t, []any{"backups-replication-id"}, got)
	harness.AssertInputs(t, recorder.One(t, backupsType, "backups-replication"), map[string]any{
		"sourceDbInstanceArn": sourceARN, "kmsKeyId": "arn:database-replica-key", "retentionPeriod": 35.0,
		"preSignedUrl": nil,
	})
}

func TestAutomatedBackupsRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, replication.NewAutomatedBackups,
		"replicated backups: SourceARN: missing, expected a value\n"+
			"KeyARN: missing, expected a value\nRetentionDays: 0, expected 7 to 35\nRecovery: missing, expected a value",
		backupsArgs, map[string]func(*replication.AutomatedBackupsArgs){
			"replicated backups: RetentionDays: 36, expected 7 to 35": func(a *replication.AutomatedBackupsArgs) {
				a.RetentionDays = 36
			},
		})
}

func replicaArgs() replication.ReadReplicaArgs {
	return replication.ReadReplicaArgs{
		Scope:               harness.TenantScope(),
		Account:             "123456789012",
		Region:              "eu-central-1",
		SourceARN:           pulumi.String(sourceARN),
		InstanceClass:       "db.m7g.large",
		MaxStorageGiB:       200,
		BackupRetentionDays: 35,
		BackupWindow:        "01:00-02:00",
		MaintenanceWindow:   "sun:03:00-sun:04:00",
		LogRetentionDays:    400,
		VPCID:               pulumi.String("vpc-standby"),
		SubnetIDs:           pulumi.ToStringArray([]string{"subnet-a", "subnet-b", "subnet-c"}),
		KeyARN:              pulumi.String("arn:database-replica-key"),
		LogsKeyARN:          pulumi.String("arn:logs-replica-key"),
		Protected:           true,
		Recovery:            &aws.Provider{},
	}
}

func declareReplica(t *testing.T, args replication.ReadReplicaArgs) (*harness.Recorder, []any) {
	t.Helper()
	return run(t, replication.ReplicaType, "replica",
		func(ctx *pulumi.Context, recovery *aws.Provider) ([]any, error) {
			args.Recovery = recovery
			r, err := replication.NewReadReplica(ctx, "replica", args)
			if err != nil {
				return nil, err
			}
			return []any{r.ARN, r.ID, r.Address, r.SecurityGroupID}, nil
		})
}

func TestReplica(t *testing.T) {
	t.Parallel()
	recorder, got := declareReplica(t, replicaArgs())
	assert.Equal(t, []any{"arn:aws:mock:::replica-instance", "demo-acme-replica", "replica.example", "replica-group-id"},
		got)
	instance := recorder.One(t, instanceType, "replica-instance")
	harness.AssertTags(t, instance, "replication")
	tests := map[string]map[string]any{
		"what it is": {
			"identifier": "demo-acme-replica", "replicateSourceDb": sourceARN, "instanceClass": "db.m7g.large", "port": 3306.0,
			"tags.data-classification": "confidential",
		},
		"what it has from its source": {
			"engine": nil, "engineVersion": nil, "engineLifecycleSupport": nil, "dbName": nil, "username": nil,
			"password": nil, "manageMasterUserPassword": nil, "allocatedStorage": nil,
		},
		"encrypted under the key of its region": {
			"storageEncrypted": true, "kmsKeyId": "arn:database-replica-key", "storageType": "gp3",
			"performanceInsightsKmsKeyId": "arn:database-replica-key", "maxAllocatedStorage": 200.0,
		},
		"ready to be promoted": {
			"multiAz": true, "backupRetentionPeriod": 35.0, "backupWindow": "01:00-02:00",
			"deleteAutomatedBackups": false, "copyTagsToSnapshot": true, "iamDatabaseAuthenticationEnabled": true,
		},
		"deletable on purpose only": {
			"deletionProtection": true, "skipFinalSnapshot": true, "finalSnapshotIdentifier": nil,
		},
		"private": {
			"publiclyAccessible": false, "networkType": "IPV4", "dbSubnetGroupName": "demo-acme-replica",
			"vpcSecurityGroupIds": []any{"replica-group-id"},
		},
		"patched": {
			"autoMinorVersionUpgrade": true, "applyImmediately": false, "maintenanceWindow": "sun:03:00-sun:04:00",
			"caCertIdentifier": "rds-ca-rsa2048-g1",
		},
		"observed": {
			"monitoringInterval": 60.0, "monitoringRoleArn": "arn:aws:mock:::replica-monitoring-role",
			"performanceInsightsEnabled": true, "performanceInsightsRetentionPeriod": 7.0,
			"enabledCloudwatchLogsExports": []any{"error", "slowquery"},
		},
		"the parameters of its source": {"parameterGroupName": "demo-acme-replica-mysql80"},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			harness.AssertInputs(t, instance, want)
		})
	}
	assert.Subset(t, instance.DependsOn, []string{"replica-error-log", "replica-slowquery-log",
		"replica-monitoring-permission"})
}

// TestNobodyReachesTheReplica: no rule lets anything in or out.
func TestNobodyReachesTheReplica(t *testing.T) {
	t.Parallel()
	recorder, _ := declareReplica(t, replicaArgs())
	group := recorder.One(t, "aws:ec2/securityGroup:SecurityGroup", "replica-group")
	harness.AssertTags(t, group, "replication")
	harness.AssertInputs(t, group, map[string]any{
		"name": "demo-acme-replica", "vpcId": "vpc-standby", "ingress": nil, "egress": nil,
	})
	for token, name := range map[string]string{
		"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "replica-from-members",
		"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":   "replica-to-members",
	} {
		assert.Len(t, recorder.OfType(token), 1)
		rule := recorder.One(t, token, name)
		harness.AssertTags(t, rule, "replication")
		harness.AssertInputs(t, rule, map[string]any{
			"securityGroupId": "replica-group-id", "referencedSecurityGroupId": "replica-group-id",
			"ipProtocol": "tcp", "fromPort": 3306.0, "toPort": 3306.0, "cidrIpv4": nil,
		})
	}
}

// TestReplicaStandsAlone: what it stands on is its own, in its region and under the keys there.
func TestReplicaStandsAlone(t *testing.T) {
	t.Parallel()
	recorder, _ := declareReplica(t, replicaArgs())
	harness.AssertInputs(t, recorder.One(t, "aws:rds/subnetGroup:SubnetGroup", "replica-subnets"), map[string]any{
		"name": "demo-acme-replica", "subnetIds": []any{"subnet-a", "subnet-b", "subnet-c"},
	})
	parameters := recorder.One(t, "aws:rds/parameterGroup:ParameterGroup", "replica-parameters")
	assert.Equal(t, "demo-acme-replica-mysql80", parameters.Input("name"))
	assert.Contains(t, parameters.Input("parameters"),
		map[string]any{"name": "require_secure_transport", "value": "1", "applyMethod": "immediate"})
	for _, log := range []string{"error", "slowquery"} {
		group := recorder.One(t, "aws:cloudwatch/logGroup:LogGroup", "replica-"+log+"-log")
		harness.AssertInputs(t, group, map[string]any{
			"name": "/aws/rds/instance/demo-acme-replica/" + log, "kmsKeyId": "arn:logs-replica-key",
			"retentionInDays": 400.0,
		})
	}
	role := recorder.One(t, "aws:iam/role:Role", "replica-monitoring-role")
	assert.Equal(t, "demo-acme-replica-monitoring", role.Input("name"))
	assert.Contains(t, role.Input("assumeRolePolicy"), "arn:aws:rds:eu-central-1:123456789012:db:demo-acme-replica")
}

func TestReplicaProtection(t *testing.T) {
	t.Parallel()
	for _, protected := range []bool{true, false} {
		args := replicaArgs()
		args.Protected = protected
		recorder, _ := declareReplica(t, args)
		instance := recorder.One(t, instanceType, "replica-instance")
		harness.AssertInputs(t, instance, map[string]any{
			"deletionProtection": protected, "skipFinalSnapshot": true, "deleteAutomatedBackups": false,
		})
		assert.Equal(t, protected, instance.Protect)
	}
}

func TestReplicaRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, replication.NewReadReplica,
		"replica: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Region: missing, expected a value\n"+
			`InstanceClass: "", expected one of db.m6g.*, db.m6i.*, db.m7g.*, db.m7i.*, db.r6g.*, db.r6i.*, `+
			"db.r7g.*, db.r7i.*, db.t3.*, db.t4g.*; choose one that MySQL 8.0 runs on with Multi-AZ and "+
			`Performance Insights, like "db.t4g.medium"`+"\n"+
			"BackupRetentionDays: 0, expected 7 to 35\n"+
			`BackupWindow: "", expected a daily window "hh:mm-hh:mm" in UTC of at least 30 minutes; `+
			`write it like "01:00-02:00"`+"\n"+
			`MaintenanceWindow: "", expected a weekly window "ddd:hh:mm-ddd:hh:mm" in UTC of 30 minutes to a day; `+
			`write it like "sun:03:00-sun:04:00"`+"\n"+
			"LogRetentionDays: missing, expected a value\nSubnetIDs: missing, expected a value\n"+
			"KeyARN: missing, expected a value\nLogsKeyARN: missing, expected a value\n"+
			"MaxStorageGiB: missing, expected a value\nSourceARN: missing, expected a value\n"+
			"VPCID: missing, expected a value\nRecovery: missing, expected a value",
		replicaArgs, map[string]func(*replication.ReadReplicaArgs){
			"replica: BackupRetentionDays: 0, expected 7 to 35": func(a *replication.ReadReplicaArgs) {
				a.BackupRetentionDays = 0
			},
		})
}

// TestReplicaOfAFurtherGeneration: it stands beside that of the one before, with names of its own.
func TestReplicaOfAFurtherGeneration(t *testing.T) {
	t.Parallel()
	args := replicaArgs()
	args.Generation = 2
	recorder, _ := declareReplica(t, args)
	harness.AssertInputs(t, recorder.One(t, instanceType, "replica-instance"), map[string]any{
		"identifier": "demo-acme-replica-g2", "dbSubnetGroupName": "demo-acme-replica-g2",
		"parameterGroupName": "demo-acme-replica-g2-mysql80",
	})
	harness.AssertInputs(t, recorder.One(t, "aws:ec2/securityGroup:SecurityGroup", "replica-group"), map[string]any{
		"name": "demo-acme-replica-g2", "tags.Name": "demo-acme-replica-g2",
	})
}
