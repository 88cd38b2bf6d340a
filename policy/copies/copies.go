package copies

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/components/tiers"
	"haven/policy/graph"
	"haven/policy/props"
)

// The types that hold a customer's data, and those that copy it.
const (
	instance           = "aws:rds/instance:Instance"
	fileSystem         = "aws:efs/fileSystem:FileSystem"
	userPool           = "aws:cognito/userPool:UserPool"
	cache              = "aws:elasticache/replicationGroup:ReplicationGroup"
	mountTarget        = "aws:efs/mountTarget:MountTarget"
	fileSystemPolicy   = "aws:efs/fileSystemPolicy:FileSystemPolicy"
	group              = "aws:ec2/securityGroup:SecurityGroup"
	secret             = "aws:secretsmanager/secret:Secret"
	key                = "aws:kms/key:Key"
	replicaKey         = "aws:kms/replicaKey:ReplicaKey"
	replicatedBackups  = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
	selection          = "aws:backup/selection:Selection"
	plan               = "aws:backup/plan:Plan"
	vault              = "aws:backup/vault:Vault"
	vaultLock          = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
	restoreSelection   = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
	schedule           = "aws:scheduler/schedule:Schedule"
	taskDefinition     = "aws:ecs/taskDefinition:TaskDefinition"
	bucket             = "aws:s3/bucketV2:BucketV2"
	bucketVersioning   = "aws:s3/bucketVersioningV2:BucketVersioningV2"
	bucketLock         = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
	bucketReplication  = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	bucketNotification = "aws:s3/bucketNotification:BucketNotification"
	stateMachine       = "aws:sfn/stateMachine:StateMachine"
	eventRule          = "aws:cloudwatch/eventRule:EventRule"
	eventTarget        = "aws:cloudwatch/eventTarget:EventTarget"
	alarm              = "aws:cloudwatch/metricAlarm:MetricAlarm"
	trail              = "aws:cloudtrail/trail:Trail"
	transferJob        = "gcp:storage/transferJob:TransferJob"
	googleBucket       = "gcp:storage/bucket:Bucket"
	alertPolicy        = "gcp:monitoring/alertPolicy:AlertPolicy"
)

// Check is everything that is missing in an environment. Tenants that are gone have nothing left to copy.
func Check(g *graph.Graph) []graph.Finding {
	all := append(unclassified(g), trails(g)...)
	for _, stack := range g.Stacks() {
		exported := g.Exports(stack).Get("tenant")
		if !exported.IsMap() || props.Text(exported.AsMap(), "state") == "gone" {
			continue
		}
		all = append(all, check(g, stack, exported.AsMap())...)
	}
	return all
}

// trails asks that what is recorded of an account is in another region, too, where nobody can change it either.
func trails(g *graph.Graph) []graph.Finding {
	var all []graph.Finding
	for _, one := range g.OfType(trail) {
		t := &tenant{Graph: g, stack: one.Stack}
		logs := t.First(bucket, "id", one.Text("s3BucketName"))
		if !t.need(logs != nil, "copies/trail", one, "it writes to the bucket %q, which no stack declares",
			one.Text("s3BucketName")) {
			all = append(all, t.findings...)
			continue
		}
		t.lockedBucket(logs)
		away := t.replicaOf(logs)
		if t.need(away != nil, "copies/trail", logs,
			"no replication that is on, with Replication Time Control, copies it to a bucket of another region") {
			t.lockedBucket(away)
		}
		all = append(all, t.findings...)
	}
	return all
}

// tenant is one tenant while its copies are looked for.
type tenant struct {
	*graph.Graph
	stack   string
	tier    tiers.Tier
	promise tiers.Promise
	// production is where what is locked must be locked for good: other environments are torn down again.
	production bool
	// taken says that it was taken over: the region that its copies would be in is the one that is lost.
	taken    bool
	findings []graph.Finding
}

func check(g *graph.Graph, stack string, exported property.Map) []graph.Finding {
	t := &tenant{Graph: g, stack: stack, tier: tiers.Tier(props.Text(exported, "tier"))}
	cell := g.Exports(props.Text(exported, "cell")).Get("cell")
	t.production = !cell.IsMap() || props.Flag(cell.AsMap(), "production")
	var known bool
	if t.promise, known = tiers.Of(t.tier); !known {
		t.find("copies/tier", nil, "its stack exports the tier %q, expected one of %v", t.tier, tiers.All)
		return t.findings
	}
	if t.brought(exported) {
		return t.findings
	}
	t.secrets()
	for _, database := range t.own(instance) {
		if database.Text("replicateSourceDb") == "" {
			t.database(database)
		}
	}
	for _, files := range t.own(fileSystem) {
		t.files(files)
	}
	for _, pool := range t.own(userPool) {
		t.dumped(pool, func(task *graph.Resource) bool { return environmentOf(task)["HAVEN_DUMP_USER_POOL"] == pool.ID })
	}
	for _, c := range t.own(cache) {
		t.cache(c)
	}
	t.ages()
	return t.findings
}

// own are the tenant's resources of a type.
func (t *tenant) own(token string) []*graph.Resource {
	var own []*graph.Resource
	for _, r := range t.OfType(token) {
		if r.Stack == t.stack {
			own = append(own, r)
		}
	}
	return own
}

// find notes what is missing for a resource, or for the tenant as a whole.
func (t *tenant) find(rule string, about *graph.Resource, format string, args ...any) {
	found := graph.Finding{Rule: rule, URN: t.stack, Message: fmt.Sprintf(format, args...)}
	if about != nil {
		found.URN = about.URN
	}
	t.findings = append(t.findings, found)
}

// need is find where something does not hold; it says whether it does.
func (t *tenant) need(holds bool, rule string, about *graph.Resource, format string, args ...any) bool {
	if !holds {
		t.find(rule, about, format, args...)
	}
	return holds
}

// database asks for every copy of a database.
func (t *tenant) database(db *graph.Resource) {
	t.need(props.Flag(db.Outputs, "multiAz"), "copies/zone", db,
		"it has no standby in another zone: set multiAz to true")
	days, _ := props.Number(db.Outputs, "backupRetentionPeriod")
	t.need(days >= 7, "copies/point-in-time", db, "backupRetentionPeriod is %v, expected 7 days or more", days)
	kept := db.Outputs.Get("deleteAutomatedBackups")
	t.need(kept.IsBool() && !kept.AsBool(), "copies/point-in-time", db,
		"deleting it deletes its backups: set deleteAutomatedBackups to false")
	t.vaulted(db)
	t.faraway(db)
	if db.Quarantine() != "" {
		t.quarantined(db, props.Texts(db.Outputs, "vpcSecurityGroupIds[*]"))
		return
	}
	t.restored(db, "RDS")
	t.exported(db)
	t.dumped(db, func(task *graph.Resource) bool { return environmentOf(task)["DB_HOSTNAME"] == db.Text("address") })
}

// files asks for every copy of a file system.
func (t *tenant) files(fs *graph.Resource) {
	zones := map[string]bool{}
	var groups []string
	for _, target := range t.Where(mountTarget, "fileSystemId", fs.ID) {
		zones[target.Text("subnetId")] = true
		groups = append(groups, props.Texts(target.Outputs, "securityGroups[*]")...)
	}
	regional := fs.Text("availabilityZoneName") == ""
	t.need(regional && len(zones) > 1, "copies/zone", fs, "it can be mounted in %d zones, expected each of the cell's",
		len(zones))
	t.vaulted(fs)
	if fs.Quarantine() != "" {
		t.quarantined(fs, groups)
		t.unmountable(fs)
		return
	}
	t.restored(fs, "EFS")
	t.dumped(fs, func(task *graph.Resource) bool {
		for _, id := range props.Texts(task.Outputs, "volumes[*].efsVolumeConfiguration.fileSystemId") {
			if id == fs.ID {
				return true
			}
		}
		return false
	})
}

// cache asks for what is promised of a cache: the table of holdings says why it is no more.
func (t *tenant) cache(c *graph.Resource) {
	t.need(props.Flag(c.Outputs, "multiAzEnabled") && props.Flag(c.Outputs, "automaticFailoverEnabled"), "copies/zone", c,
		"no node in another zone takes over from it: set multiAzEnabled and automaticFailoverEnabled to true")
	kept, _ := props.Number(c.Outputs, "snapshotRetentionLimit")
	t.need(kept >= 1, "copies/snapshot", c, "snapshotRetentionLimit is %v, expected a snapshot of each day", kept)
	t.need(c.Text("finalSnapshotIdentifier") != "", "copies/snapshot", c,
		"deleting it leaves no snapshot: set finalSnapshotIdentifier")
}

// faraway asks for the copy in the recovery region that the tier promises beyond copied snapshots.
func (t *tenant) faraway(db *graph.Resource) {
	if t.taken {
		return
	}
	home := db.Region
	if _, has := t.promise.Bound(tiers.ReplicatedBackup); has {
		copied := t.First(replicatedBackups, "sourceDbInstanceArn", db.Text("arn"))
		t.need(copied != nil && copied.Region != home, "copies/region", db,
			"its automated backups are replicated to no other region, as the tier %s promises", t.tier)
	}
	if _, has := t.promise.Bound(tiers.Replica); !has {
		return
	}
	replica := t.First(instance, "replicateSourceDb", db.Text("arn"))
	if !t.need(replica != nil && replica.Region != home, "copies/region", db,
		"it has no replica in another region, as the tier %s promises", t.tier) {
		return
	}
	if db.Quarantine() == "" { // nothing more is written to one in quarantine
		t.lag(db, replica)
	}
}

// secrets asks that what opens a restored tenant is there where it is restored.
func (t *tenant) secrets() {
	if t.taken {
		return
	}
	for _, s := range t.own(secret) {
		replicas := props.Texts(s.Outputs, "replicas[*].region")
		t.need(len(replicas) > 0 && replicas[0] != s.Region, "copies/secret-region", s,
			"it is replicated to no other region: give it a replica")
	}
	for _, k := range t.own(key) {
		copied := t.First(replicaKey, "primaryKeyArn", k.Text("arn"))
		t.need(copied != nil && copied.Region != k.Region, "copies/key-region", k,
			"it has no replica in another region: what it encrypts there cannot be opened without its own")
	}
}
