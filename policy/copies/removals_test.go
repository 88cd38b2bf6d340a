package copies_test

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// removal takes a mechanism out of what is declared.
type removal struct {
	token string
	// of says which resources of the type it is.
	of func(*graph.Resource) bool
	// change is what is left of them; nil nothing.
	change func(*graph.Resource) *graph.Resource
	// rule is the proof that has to miss it.
	rule string
}

func gone(*graph.Resource) *graph.Resource { return nil }

func each(*graph.Resource) bool { return true }

// named are the resources whose name in the program ends so.
func named(suffix string) func(*graph.Resource) bool {
	return func(r *graph.Resource) bool { return strings.HasSuffix(r.Name(), suffix) }
}

// in are those of one stack.
func in(stack string, of func(*graph.Resource) bool) func(*graph.Resource) bool {
	return func(r *graph.Resource) bool { return r.Stack == stack && of(r) }
}

// with are those that hold that value at a path.
func with(path, value string) func(*graph.Resource) bool {
	return func(r *graph.Resource) bool { return props.Text(r.Outputs, path) == value }
}

// set gives a path another value, in each element of the lists on the way.
func set(path string, value any) func(*graph.Resource) *graph.Resource {
	return func(r *graph.Resource) *graph.Resource {
		changed := *r
		changed.Outputs = put(r.Outputs, strings.Split(path, "."), value)
		return &changed
	}
}

func put(m property.Map, steps []string, value any) property.Map {
	name, every := strings.CutSuffix(steps[0], "[*]")
	child := m.Get(name)
	switch {
	case len(steps) == 1 && value == nil:
		return m.Delete(name)
	case len(steps) == 1:
		return m.Set(name, graph.Object(map[string]any{"v": value}).Get("v"))
	case every && child.IsArray():
		var list []property.Value
		for _, element := range child.AsArray().AsSlice() {
			list = append(list, property.New(put(element.AsMap(), steps[1:], value)))
		}
		return m.Set(name, property.New(list))
	case child.IsMap():
		return m.Set(name, property.New(put(child.AsMap(), steps[1:], value)))
	}
	return m
}

// replaced is a text in another's place, within a property.
func replaced(path, text, by string) func(*graph.Resource) *graph.Resource {
	return func(r *graph.Resource) *graph.Resource {
		return set(path, strings.ReplaceAll(r.Text(path), text, by))(r)
	}
}

// kinds are the kinds of copies whose age is measured.
var kinds = []string{
	"pitr", "snapshot", "snapshot-copy", "replicated-backup", "files", "files-copy", "dump", "dump-copy", "export",
}

const (
	instanceType   = "aws:rds/instance:Instance"
	selectionType  = "aws:backup/selection:Selection"
	planType       = "aws:backup/plan:Plan"
	vaultType      = "aws:backup/vault:Vault"
	vaultLockType  = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
	restoreType    = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
	scheduleType   = "aws:scheduler/schedule:Schedule"
	taskType       = "aws:ecs/taskDefinition:TaskDefinition"
	versioningType = "aws:s3/bucketVersioningV2:BucketVersioningV2"
	lockType       = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
	replicating    = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	notifying      = "aws:s3/bucketNotification:BucketNotification"
	machineType    = "aws:sfn/stateMachine:StateMachine"
	alarmType      = "aws:cloudwatch/metricAlarm:MetricAlarm"
	transferType   = "gcp:storage/transferJob:TransferJob"
	bucketType     = "aws:s3/bucketV2:BucketV2"
	cacheType      = "aws:elasticache/replicationGroup:ReplicationGroup"
	alertType      = "gcp:monitoring/alertPolicy:AlertPolicy"
)

var (
	database = named("database-instance")
	archived = in("demo-cell", named("archive-source-versioning"))
	dumping  = named("dump-schedule")
	events   = func(r *graph.Resource) bool { return r.Text("eventStream.name") != "" }
	hourly   = func(r *graph.Resource) bool { return r.Text("schedule.repeatInterval") != "" }
	dumps    = func(r *graph.Resource) bool {
		return strings.Contains(r.Text("containerDefinitions"), "HAVEN_DUMP_BUCKET")
	}
)

// removals are named after what is taken away.
var removals = withAges(map[string]removal{
	"the standby in another zone": {instanceType, database, set("multiAz", false), "copies/zone"},
	"point-in-time recovery": {instanceType, database,
		set("backupRetentionPeriod", 0.0), "copies/point-in-time"},
	"backups that outlive their database": {
		instanceType, database, set("deleteAutomatedBackups", true), "copies/point-in-time"},
	"mount targets in other zones": {"aws:efs/mountTarget:MountTarget",
		func(r *graph.Resource) bool { return !strings.HasSuffix(r.Name(), "-a") }, gone, "copies/zone"},
	"the database from its plan": {selectionType, named("database-selection"), gone, "copies/snapshot"},
	"the files from their plan":  {selectionType, named("files-selection"), gone, "copies/snapshot"},
	"plans":                      {planType, each, gone, "copies/snapshot"},
	"snapshots on each day": {planType, each,
		set("rules[*].schedule", "cron(0 1 ? * SUN *)"), "copies/snapshot"},
	"the copying of snapshots": {planType, each, set("rules[*].copyActions", nil), "copies/snapshot-region"},
	"the keeping of snapshots": {planType, each, set("rules[*].lifecycle.deleteAfter", 3.0), "copies/retention"},
	"the keeping of copies": {planType, each,
		set("rules[*].copyActions[*].lifecycle.deleteAfter", 3.0), "copies/retention"},
	"vaults":                     {vaultType, named("backup-vault"), gone, "copies/snapshot"},
	"vaults in the other region": {vaultType, named("backup-recovery-vault"), gone, "copies/snapshot-region"},
	"the locks of vaults":        {vaultLockType, named("backup-vault-lock"), gone, "copies/immutable"},
	"the locks of copies":        {vaultLockType, named("backup-recovery-vault-lock"), gone, "copies/immutable"},
	"locks that last":            {vaultLockType, each, set("minRetentionDays", 1.0), "copies/immutable"},
	"restore tests of databases": {restoreType, with("protectedResourceType", "RDS"), gone, "copies/restore-test"},
	"restore tests of files":     {restoreType, with("protectedResourceType", "EFS"), gone, "copies/restore-test"},
	"replicated automated backups": {"aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", each, gone,
		"copies/region"},
	"the replica":                    {instanceType, named("replica-instance"), gone, "copies/region"},
	"the alarm on the replica's lag": {alarmType, with("metricName", "ReplicaLag"), gone, "copies/age-alarm"},
	"the task that dumps":            {taskType, dumps, gone, "copies/dump"},
	"the bucket that dumps go to": {taskType, dumps,
		replaced("containerDefinitions", "demo-cell-archive", "gone"), "copies/dump"},
	"the files from their dumps":  {taskType, dumps, set("volumes", []any{}), "copies/dump"},
	"the schedule of dumps":       {scheduleType, dumping, gone, "copies/dump-schedule"},
	"the running of the schedule": {scheduleType, dumping, set("state", "DISABLED"), "copies/dump-schedule"},
	"dumps on each day": {scheduleType, dumping,
		set("scheduleExpression", "rate(7 days)"), "copies/dump-schedule"},
	"the locks that dumps ask for": {taskType, dumps,
		replaced("containerDefinitions", "HAVEN_DUMP_LOCK_DAYS", "X"), "copies/immutable"},
	"who can open a dump's secrets": {taskType, dumps,
		replaced("containerDefinitions", "HAVEN_DUMP_RECIPIENTS", "X"), "copies/sealed-secrets"},
	"versions in the backup bucket": {versioningType, archived,
		set("versioningConfiguration.status", "Suspended"), "copies/versions"},
	"locks in the backup bucket": {lockType, in("demo-cell", named("archive-source-lock")),
		gone, "copies/immutable"},
	"locks in its replica": {lockType, in("demo-cell", named("archive-replica-lock")),
		gone, "copies/immutable"},
	"locks that nobody can take away": {lockType, in("demo-cell", each),
		set("rule.defaultRetention.mode", "GOVERNANCE"), "copies/immutable"},
	"replication of the bucket": {replicating, in("demo-cell", each), gone, "copies/dump-region"},
	"the running of the replication": {replicating, in("demo-cell", each),
		set("rules[*].status", "Disabled"), "copies/dump-region"},
	"replication within its time": {replicating, in("demo-cell", each),
		set("rules[*].destination.replicationTime.status", "Disabled"), "copies/dump-region"},
	"replication of what is encrypted": {replicating, in("demo-cell", each),
		set("rules[*].sourceSelectionCriteria.sseKmsEncryptedObjects.status", "Disabled"), "copies/dump-region"},
	"replicas that outlive a deletion": {replicating, in("demo-cell", each),
		set("rules[*].deleteMarkerReplication.status", "Enabled"), "copies/dump-region"},
	"the news of new objects":     {notifying, in("demo-cell", each), gone, "copies/mirror-events"},
	"the transfer of new objects": {transferType, events, gone, "copies/mirror-events"},
	"the hourly transfer":         {transferType, hourly, gone, "copies/mirror"},
	"the running of transfers":    {transferType, each, set("status", "DISABLED"), "copies/mirror"},
	"mirrors that outlive deletion": {transferType, each,
		set("transferSpec.transferOptions.deleteObjectsUniqueInSink", true), "copies/mirror"},
	"the mirror's retention": {"gcp:storage/bucket:Bucket", each, set("retentionPolicy", nil),
		"copies/mirror-immutable"},
	"the mirror's alarm": {alertType, in("demo-acme", each), gone, "copies/mirror-alarm"},
	"who is told by the mirror": {alertType, in("demo-acme", each),
		set("notificationChannels", []any{}), "copies/mirror-alarm"},
	"who may sign in from their dumps": {taskType, dumps,
		replaced("containerDefinitions", "HAVEN_DUMP_USER_POOL", "X"), "copies/dump"},
	"the cache's node in another zone": {cacheType, each, set("multiAzEnabled", false), "copies/zone"},
	"the cache's failover":             {cacheType, each, set("automaticFailoverEnabled", false), "copies/zone"},
	"snapshots of the cache":           {cacheType, each, set("snapshotRetentionLimit", 0.0), "copies/snapshot"},
	"the last snapshot of the cache": {cacheType, each,
		set("finalSnapshotIdentifier", nil), "copies/snapshot"},
	"the trail's bucket":        {bucketType, in("demo-account", named("audit-logs-bucket")), gone, "copies/trail"},
	"replication of the trail":  {replicating, in("demo-account", each), gone, "copies/trail"},
	"locks of the trail":        {lockType, in("demo-account", named("audit-logs-lock")), gone, "copies/immutable"},
	"locks of the trail's copy": {lockType, in("demo-account", named("audit-replica-lock")), gone, "copies/immutable"},
	"versions in the trail's copy": {versioningType, in("demo-account", named("audit-replica-versioning")),
		set("versioningConfiguration.status", "Suspended"), "copies/versions"},
	"exports of snapshots":   {machineType, named("exports-machine"), gone, "copies/export"},
	"what measures the ages": {machineType, named("freshness-machine"), gone, "copies/age-measured"},
	"when the ages are measured": {scheduleType, named("freshness-schedule"),
		set("state", "DISABLED"), "copies/age-measured"},
	"who is told of ages": {alarmType, with("metricName", "CopyAgeMinutes"),
		set("alarmActions", []any{}), "copies/age-alarm"},
	"secrets in the other region": {"aws:secretsmanager/secret:Secret", each,
		set("replicas", nil), "copies/secret-region"},
	"keys in the other region": {"aws:kms/replicaKey:ReplicaKey", in("demo-acme", each),
		gone, "copies/key-region"},
	"the tier in what it exports": {"pulumi:pulumi:Stack", in("demo-acme", each),
		set("tenant.tier", "gold"), "copies/tier"},
})

// withAges adds the removal of the alarm on each kind of copy.
func withAges(all map[string]removal) map[string]removal {
	for _, kind := range kinds {
		all["the alarm on the age of "+kind] = removal{alarmType, with("dimensions.Copy", kind), gone, "copies/age-alarm"}
	}
	return all
}
