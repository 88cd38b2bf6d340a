package alarms_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/alarms"
	"haven/tests/harness"
)

func tenantArgs() alarms.TenantArgs {
	return alarms.TenantArgs{
		Scope: harness.TenantScope(),
		Topics: alarms.Topics{
			Critical: pulumi.String("arn:critical"),
			Warning:  pulumi.String("arn:warning"),
			Info:     pulumi.String("arn:info"),
		},
		LoadBalancer:   pulumi.String("app/edge/1"),
		TargetGroup:    pulumi.String("targetgroup/web/2"),
		CertificateARN: pulumi.String("arn:certificate"),
		ClusterName:    pulumi.String("demo-cell-cluster"),
		Services:       []alarms.Service{{Process: "web", Name: pulumi.String("demo-acme-web"), Min: 2}},
		Database:       alarms.Database{ID: pulumi.String("demo-acme-database"), Class: "db.t4g.medium", StorageGiB: 40},
	}
}

func declareTenant(t *testing.T, args alarms.TenantArgs) *harness.Recorder {
	t.Helper()
	recorder := &harness.Recorder{}
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		_, err := alarms.NewTenant(ctx, "alarms", args)
		return err
	}))
	harness.AssertFamily(t, recorder, alarms.TenantType, "alarms")
	return recorder
}

const (
	webTargets = "{LoadBalancer=app/edge/1, TargetGroup=targetgroup/web/2}"
	ofDatabase = "{DBInstanceIdentifier=demo-acme-database}"
	ofService  = "{ClusterName=demo-cell-cluster, ServiceName=demo-acme-web}"
)

var runningAlarms = map[string]string{
	"unreachable": "critical: Minimum AWS/ApplicationELB HealthyHostCount" + webTargets +
		" < 1, 3 x 60 s, breaching",
	"unhealthy-targets": "warning: Maximum AWS/ApplicationELB UnHealthyHostCount" + webTargets +
		" > 0, 10 x 60 s, notBreaching",
	"zones": "warning: Minimum AWS/ApplicationELB HealthyStateRouting" + webTargets +
		" < 2, 15 x 60 s, notBreaching",
	"errors": "critical: percent Sum AWS/ApplicationELB HTTPCode_Target_5XX_Count" + webTargets +
		" of Sum AWS/ApplicationELB RequestCount" + webTargets + " > 5, 2 x 300 s, notBreaching",
	"connection-errors": "warning: Sum AWS/ApplicationELB TargetConnectionErrorCount" + webTargets +
		" > 10, 2 x 300 s, notBreaching",
	"latency":    "warning: p95 AWS/ApplicationELB TargetResponseTime" + webTargets + " > 3, 3 x 300 s, notBreaching",
	"web-tasks":  "warning: Minimum ECS/ContainerInsights RunningTaskCount" + ofService + " < 2, 15 x 60 s, breaching",
	"web-cpu":    "warning: Average AWS/ECS CPUUtilization" + ofService + " > 85, 6 x 300 s, notBreaching",
	"web-memory": "warning: Maximum AWS/ECS MemoryUtilization" + ofService + " > 90, 3 x 300 s, notBreaching",
}

var dataAlarms = map[string]string{
	"certificate": "warning: Minimum AWS/CertificateManager DaysToExpiry{CertificateArn=arn:certificate}" +
		" < 45, 1 x 86400 s, ignore",
	"certificate-expiring": "critical: Minimum AWS/CertificateManager DaysToExpiry{CertificateArn=arn:certificate}" +
		" < 14, 1 x 86400 s, ignore",
	"database-storage": "critical: Minimum AWS/RDS FreeStorageSpace" + ofDatabase +
		" < 4294967296, 6 x 300 s, breaching",
	"database-connections": "warning: Maximum AWS/RDS DatabaseConnections" + ofDatabase +
		" > 245, 3 x 300 s, breaching",
	"database-cpu": "warning: Average AWS/RDS CPUUtilization" + ofDatabase + " > 85, 6 x 300 s, breaching",
	"database-memory": "warning: Minimum AWS/RDS FreeableMemory" + ofDatabase +
		" < 214748364, 6 x 300 s, breaching",
}

func TestTenant(t *testing.T) {
	t.Parallel()
	recorder := declareTenant(t, tenantArgs())
	assert.Equal(t, joined(runningAlarms, dataAlarms), described(t, recorder, "demo-acme-"))
	for _, alarm := range recorder.OfType(alarmType) {
		harness.AssertTags(t, alarm, "alarms")
		assert.NotEmpty(t, alarm.Input("alarmDescription"), alarm.Name)
		assert.Equal(t, alarm.Input("alarmActions"), alarm.Input("okActions"), alarm.Name)
		assert.Nil(t, alarm.Input("actionsEnabled"), "on by default")
	}
}

// TestSuspendedTenant: nothing is meant to run, so only the data are watched.
func TestSuspendedTenant(t *testing.T) {
	t.Parallel()
	args := tenantArgs()
	args.Suspended = true
	assert.Equal(t, dataAlarms, described(t, declareTenant(t, args), "demo-acme-"))
}

func TestEverythingThatATenantMayHave(t *testing.T) {
	t.Parallel()
	args := tenantArgs()
	args.WebSocketTargetGroup = pulumi.String("targetgroup/websocket/3")
	args.Services = []alarms.Service{{Process: "worker", Name: pulumi.String("demo-acme-worker"), Min: 1}}
	args.CacheNodeIDs = []string{"demo-acme-cache-001", "demo-acme-cache-002"}
	args.FileSystemID = pulumi.String("fs-1")
	args.RollingARN = pulumi.String("arn:rolling")
	all := described(t, declareTenant(t, args), "demo-acme-")
	const ofWorker = "{ClusterName=demo-cell-cluster, ServiceName=demo-acme-worker}"
	const second = "{CacheClusterId=demo-acme-cache-002}"
	for name, want := range map[string]string{
		"websocket-unreachable": "warning: Minimum AWS/ApplicationELB HealthyHostCount" +
			"{LoadBalancer=app/edge/1, TargetGroup=targetgroup/websocket/3} < 1, 5 x 60 s, breaching",
		"worker-tasks": "critical: Minimum ECS/ContainerInsights RunningTaskCount" + ofWorker +
			" < 1, 15 x 60 s, breaching",
		"jobs-waiting": "warning: Minimum Haven/demo-acme JobsWaiting{} > 500, 6 x 300 s, notBreaching",
		"cache-002-memory": "critical: Maximum AWS/ElastiCache DatabaseMemoryUsagePercentage" + second +
			" > 80, 3 x 300 s, breaching",
		"cache-002-evictions": "critical: Sum AWS/ElastiCache Evictions" + second + " > 0, 1 x 300 s, notBreaching",
		"cache-002-cpu": "warning: Average AWS/ElastiCache EngineCPUUtilization" + second +
			" > 85, 6 x 300 s, notBreaching",
		"cache-002-lag": "warning: Maximum AWS/ElastiCache ReplicationLag" + second +
			" > 30, 5 x 60 s, notBreaching",
		"files-io": "warning: Maximum AWS/EFS PercentIOLimit{FileSystemId=fs-1} > 95, 3 x 300 s, notBreaching",
		"rolling": "critical: Sum AWS/States ExecutionsFailed{StateMachineArn=arn:rolling}" +
			" > 0, 1 x 60 s, notBreaching",
	} {
		assert.Equal(t, want, all[name], name)
	}
	assert.Contains(t, all, "cache-001-memory")
}

// TestAbroad: what is in another region is watched there, and that region's topics are told.
func TestAbroad(t *testing.T) {
	t.Parallel()
	recorder := &harness.Recorder{}
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		recovery, err := aws.NewProvider(ctx, "recovery", &aws.ProviderArgs{Region: pulumi.String("eu-central-1")})
		if err != nil {
			return err
		}
		args := tenantArgs()
		args.Replica = &alarms.Replica{
			ID: pulumi.String("demo-acme-replica"), Region: recovery, MaxLagSeconds: 60,
			Topics: alarms.Topics{Critical: pulumi.String("arn:recovery-critical")},
		}
		args.Standby = &alarms.Standby{
			CertificateARN: pulumi.String("arn:standby-certificate"), Region: recovery,
			Topics: alarms.Topics{
				Critical: pulumi.String("arn:recovery-critical"), Warning: pulumi.String("arn:recovery-warning"),
			},
		}
		_, err = alarms.NewTenant(ctx, "alarms", args)
		return err
	}))
	for part, topic := range map[string]string{
		"replica-lag": "critical", "replica-stopped": "critical",
		"standby-certificate": "warning", "standby-certificate-expiring": "critical",
	} {
		alarm := recorder.One(t, alarmType, "alarms-"+part)
		assert.Equal(t, "recovery", alarm.Provider)
		assert.Equal(t, []any{"arn:recovery-" + topic}, alarm.Input("alarmActions"))
	}
	assert.NotEqual(t, "recovery", recorder.One(t, alarmType, "alarms-errors").Provider)
	const of = "{DBInstanceIdentifier=demo-acme-replica}"
	all := described(t, recorder, "demo-acme-")
	assert.Equal(t, "recovery-critical: Maximum AWS/RDS ReplicaLag"+of+" > 60, 5 x 60 s, breaching", all["replica-lag"])
	assert.Equal(t, "recovery-critical: Minimum AWS/RDS ReplicaLag"+of+" < 0, 5 x 60 s, breaching", all["replica-stopped"])
	assert.Equal(t, "recovery-critical: Minimum AWS/CertificateManager DaysToExpiry"+
		"{CertificateArn=arn:standby-certificate} < 14, 1 x 86400 s, ignore", all["standby-certificate-expiring"])
}

// TestNobodyToTell: without topics the alarms stand, and do nothing.
func TestNobodyToTell(t *testing.T) {
	t.Parallel()
	args := tenantArgs()
	args.Topics = alarms.Topics{}
	recorder := declareTenant(t, args)
	assert.Len(t, recorder.OfType(alarmType), len(runningAlarms)+len(dataAlarms))
	for _, alarm := range recorder.OfType(alarmType) {
		assert.Nil(t, alarm.Input("alarmActions"), alarm.Name)
		assert.Nil(t, alarm.Input("okActions"), alarm.Name)
	}
}

// TestThresholdsFollowTheInstanceClass: memory is 8 GiB for each "large", and twice that in the families for memory.
func TestThresholdsFollowTheInstanceClass(t *testing.T) {
	t.Parallel()
	for class, memoryGiB := range map[string]float64{
		"db.t3.large": 8, "db.m7g.xlarge": 16, "db.m6i.32xlarge": 512, "db.r7g.large": 16, "db.r6i.2xlarge": 64,
	} {
		args := tenantArgs()
		args.Database.Class = class
		alarm := declareTenant(t, args).One(t, alarmType, "alarms-database-memory")
		assert.InDelta(t, memoryGiB*(1<<30)/20, alarm.Input("threshold"), 1, class)
	}
}

func TestTenantRefusals(t *testing.T) {
	t.Parallel()
	refused := func(args alarms.TenantArgs) error {
		return harness.Run(&harness.Recorder{}, func(ctx *pulumi.Context) error {
			_, err := alarms.NewTenant(ctx, "alarms", args)
			return err
		})
	}
	for field, err := range map[string]error{
		"alarms: Scope: missing, expected a value\n" +
			"LoadBalancer: missing, expected a value\n" +
			"TargetGroup: missing, expected a value\n" +
			"CertificateARN: missing, expected a value\n" +
			"ClusterName: missing, expected a value\n" +
			"Services: missing, expected a value\n" +
			"Database.ID: missing, expected a value\n" +
			`Database.Class: "", expected one of `: refused(alarms.TenantArgs{}),
		"Database.StorageGiB: 0, expected 20 to ": refused(alarms.TenantArgs{}),
		"Services[0].Process: missing, expected a value\n" +
			"Services[0].Name: missing, expected a value\n" +
			"Services[0].Min: missing, expected a value": refused(alarms.TenantArgs{Services: []alarms.Service{{}}}),
		"Replica.ID: missing, expected a value\n" +
			"Replica.Region: missing, expected a value\n" +
			"Replica.MaxLagSeconds: missing, expected a value": refused(alarms.TenantArgs{Replica: &alarms.Replica{}}),
		"Standby.CertificateARN: missing, expected a value\n" +
			"Standby.Region: missing, expected a value": refused(alarms.TenantArgs{Standby: &alarms.Standby{}}),
		"MonthlyBudgetUSD: -1, expected at least 1, or 0 for none": refused(alarms.TenantArgs{MonthlyBudgetUSD: -1}),
	} {
		assert.ErrorContains(t, err, field)
	}
}
