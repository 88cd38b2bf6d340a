package cloud

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/props"
)

// sourced is a world with a database in Ireland, and what a replica of it stands on in Germany.
type sourced struct {
	*site
	source     Resource
	key, group Resource
	// other is another key; backed and mirrored are the source's replicated backups and its replica, where there are.
	other, backed, mirrored Resource
}

func withSource(t *testing.T) *sourced {
	r := &sourced{site: withGroups(t)}
	r.source = r.make(rdsInstance, r.database(ownPassword))
	r.in(germany, func() {
		vpc := r.make(ec2Vpc, settings{"cidrBlock": "10.30.0.0/16"})
		var subnets []string
		for i, zone := range []string{"eu-central-1a", "eu-central-1b"} {
			subnets = append(subnets, r.make(ec2Subnet, settings{"vpcId": vpc.ID, "availabilityZone": zone,
				"cidrBlock": fmt.Sprintf("10.30.%d.0/24", i)}).ID)
		}
		r.group = r.make(ec2SecurityGroup, settings{"vpcId": vpc.ID, "name": "replica", "description": "replica"})
		r.key, r.other = r.make(kmsKey, settings{}), r.make(kmsKey, settings{})
		r.make(rdsSubnetGroup, settings{"name": "replica", "subnetIds": subnets})
		r.make(rdsParameterGroup, settings{"name": "replica", "family": "mysql8.0"})
	})
	return r
}

// ownPassword makes a database one whose password RDS does not manage.
var ownPassword = settings{"manageMasterUserPassword": nil, "masterUserSecretKmsKeyId": nil, "password": "long enough"}

func (r *sourced) replica(changes settings) settings {
	return with(settings{"identifier": "acme-replica", "replicateSourceDb": r.source.Text("arn"),
		"instanceClass": "db.m7g.large", "storageEncrypted": true, "kmsKeyId": r.key.Text("arn"), "multiAz": true,
		"dbSubnetGroupName": "replica", "vpcSecurityGroupIds": []string{r.group.ID}, "parameterGroupName": "replica",
		"backupRetentionPeriod": 35, "maxAllocatedStorage": 200, "skipFinalSnapshot": true}, changes)
}

func (r *sourced) backups(changes settings) settings {
	return with(settings{"sourceDbInstanceArn": r.source.Text("arn"), "kmsKeyId": r.key.Text("arn"),
		"retentionPeriod": 35}, changes)
}

// german is the same world, called in Germany.
type german struct{ *sourced }

func (g german) try(token string, p settings) (made Resource, err error) {
	g.in(germany, func() { made, err = g.sourced.try(token, p) })
	return made, err
}

func (g german) attemptAs(t *testing.T, changes settings) {
	t.Helper()
	changed, err := g.update(g.source, g.database(changes))
	require.NoError(t, err)
	g.source = changed
}

func inGermany(t *testing.T) german { return german{withSource(t)} }

func TestReplicas(t *testing.T) {
	each(t, inGermany, func(g german) []attempt {
		arn := g.source.Text("arn")
		return []attempt{
			{"complete", rdsInstance, g.replica(nil), ""},
			{"no such source", rdsInstance, g.replica(settings{"replicateSourceDb": arn + "x"}),
				"StatusCode: 404, api error DBInstanceNotFound: DBInstance " + arn + "x not found."},
			{"a source of another region by its identifier", rdsInstance, g.replica(settings{"replicateSourceDb": "acme"}),
				"DBInstance acme not found."},
			{"no key", rdsInstance, g.replica(settings{"kmsKeyId": nil, "storageEncrypted": nil}), "api error" +
				" InvalidParameterCombination: Cannot create a cross region unencrypted read replica from encrypted source."},
			{"the source's key", rdsInstance, g.replica(settings{"kmsKeyId": g.site.key.Text("arn")}),
				"api error KMSKeyNotAccessibleFault"},
			{"the source's subnets", rdsInstance, g.replica(settings{"dbSubnetGroupName": "acme"}),
				"DB subnet group 'acme' does not exist."},
			{"backups", rdsReplicatedBackups, g.backups(nil), ""},
			{"backups of nothing", rdsReplicatedBackups, g.backups(settings{"sourceDbInstanceArn": arn + "x"}),
				"StatusCode: 404, api error DBInstanceNotFound"},
			{"backups without a key", rdsReplicatedBackups, g.backups(settings{"kmsKeyId": nil}),
				"api error InvalidParameterCombination: Encrypted instances require a valid KMS key ID"},
			{"backups under the source's key", rdsReplicatedBackups, g.backups(settings{"kmsKeyId": g.site.key.Text("arn")}),
				"operation error RDS: StartDBInstanceAutomatedBackupsReplication, https response error StatusCode: 400," +
					" api error KMSKeyNotAccessibleFault"},
			{"backups kept for ever", rdsReplicatedBackups, g.backups(settings{"retentionPeriod": 36}),
				"Retention period must be between 1 and 35."},
		}
	})
}

func TestSourcesOfReplicas(t *testing.T) {
	for name, test := range map[string]struct{ source, replica, backups string }{
		"managed password": {"managed",
			"api error InvalidParameterValue: Creating read replicas for source instance with engine mysql where" +
				" ManageMasterUserPassword is enabled is not supported.", ""},
		"no backups": {"unkept",
			"api error InvalidDBInstanceState: Automated backups are not enabled for this database instance.",
			"api error InvalidDBInstanceState: Automated backups are not enabled for this database instance."},
	} {
		t.Run(name, func(t *testing.T) {
			g := inGermany(t)
			changes := settings{"manageMasterUserPassword": true}
			if test.source == "unkept" {
				changes = with(ownPassword, settings{"backupRetentionPeriod": 0})
			}
			g.attemptAs(t, changes)
			_, err := g.try(rdsInstance, g.replica(nil))
			expect(t, err, test.replica)
			_, err = g.try(rdsReplicatedBackups, g.backups(nil))
			expect(t, err, test.backups)
		})
	}
}

// TestReplicatedBackupsQuota: a region takes the backups of twenty databases.
func TestReplicatedBackupsQuota(t *testing.T) {
	g := inGermany(t)
	other := g.make(rdsInstance, g.database(settings{"identifier": "other"}))
	made, err := g.try(rdsReplicatedBackups, g.backups(nil))
	require.NoError(t, err)
	g.crowd(made, quotas[replicatedBackupsPerRegion].initial-1)
	_, err = g.try(rdsReplicatedBackups, g.backups(settings{"sourceDbInstanceArn": other.Text("arn")}))
	expect(t, err, "api error DBInstanceAutomatedBackupQuotaExceeded: The quota for retained automated backups")
	g.quotas = Quotas{string(replicatedBackupsPerRegion): 21}
	_, err = g.try(rdsReplicatedBackups, g.backups(settings{"sourceDbInstanceArn": other.Text("arn")}))
	expect(t, err, "")
}

func TestReplicasInTheSourcesRegion(t *testing.T) {
	r := withSource(t)
	near := settings{"identifier": "near", "kmsKeyId": nil, "dbSubnetGroupName": "acme", "parameterGroupName": "acme",
		"vpcSecurityGroupIds": []string{r.site.group.ID}}
	_, err := r.try(rdsInstance, r.replica(with(near, settings{"kmsKeyId": r.site.key.Text("arn")})))
	expect(t, err, "Your request does not require the KMS key parameter.")
	_, err = r.try(rdsReplicatedBackups, r.backups(settings{"kmsKeyId": r.site.key.Text("arn")}))
	expect(t, err, "Automated backups cannot be replicated to the region of their DB instance: eu-west-1")
	_, err = r.try(rdsInstance, r.replica(with(near, settings{"replicateSourceDb": "acme"})))
	expect(t, err, "")
}

func TestReplicaOutputs(t *testing.T) {
	g := inGermany(t)
	replica, err := g.try(rdsInstance, g.replica(nil))
	require.NoError(t, err)
	assert.Equal(t, "arn:aws:rds:eu-central-1:123456789012:db:acme-replica", replica.Text("arn"))
	for _, name := range []string{"engine", "engineVersion", "engineVersionActual", "username", "allocatedStorage"} {
		assert.Equal(t, g.source.Outputs.Get(name), replica.Outputs.Get(name), name)
	}
	source, err := g.update(g.source, g.database(ownPassword))
	require.NoError(t, err)
	assert.Equal(t, []string{replica.Text("arn")}, props.Texts(source.Outputs, "replicas[*]"))

	backups, err := g.try(rdsReplicatedBackups, g.backups(nil))
	require.NoError(t, err)
	assert.Regexp(t, `^arn:aws:rds:eu-central-1:123456789012:auto-backup:ab-[a-z0-9]{39}$`, backups.ID)
	_, err = g.try(rdsReplicatedBackups, g.backups(nil))
	expect(t, err, "api error InvalidDBInstanceState: Automated backups of "+g.source.Text("arn")+" are already")
}

// TestPromotion: a replica that no longer names its source is a database of its own, which can be deleted like one.
func TestPromotion(t *testing.T) {
	g := inGermany(t)
	replica, err := g.try(rdsInstance, g.replica(nil))
	require.NoError(t, err)
	g.in(germany, func() {
		_, err = g.update(replica, g.replica(settings{"replicateSourceDb": g.source.Text("arn") + "x"}))
		assert.Error(t, err)
		unlucky, err := g.update(replica, g.replica(settings{"skipFinalSnapshot": false, "finalSnapshotIdentifier": "final"}))
		require.NoError(t, err)
		expect(t, g.delete(unlucky), "api error InvalidParameterCombination: FinalDBSnapshotIdentifier can not be specified"+
			" when deleting a replica instance")

		promoted, err := g.update(unlucky, g.replica(settings{"replicateSourceDb": nil, "skipFinalSnapshot": false,
			"finalSnapshotIdentifier": "final"}))
		require.NoError(t, err)
		assert.Equal(t, "mysql", promoted.Text("engine"))
		assert.Equal(t, "haven_admin", promoted.Text("username"))
		assert.Equal(t, "8.0.43", promoted.Text("engineVersionActual"))
		_, err = g.update(promoted, g.replica(nil))
		expect(t, err, "cannot elect new source database for replication")
		assert.NoError(t, g.delete(promoted))
		assert.Len(t, g.Retained(rdsSnapshot, account, germany), 1)
	})
}

// TestWhoKeepsThePassword: it changes in place, and not while RDS would refuse it.
func TestWhoKeepsThePassword(t *testing.T) {
	s := withGroups(t)
	db := s.make(rdsInstance, s.database(nil))
	require.NotEmpty(t, props.Text(db.Outputs, "masterUserSecrets[*].secretArn"))
	_, err := s.update(db, s.database(settings{"manageMasterUserPassword": nil}))
	expect(t, err, "MasterUserPassword is required when ManageMasterUserPassword is false.")
	_, err = s.update(db, s.database(settings{"password": "long enough"}))
	expect(t, err, "You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.")
	own, err := s.update(db, s.database(ownPassword))
	require.NoError(t, err)
	assert.Equal(t, db.ID, own.ID)
	assert.Empty(t, props.Text(own.Outputs, "masterUserSecrets[*].secretArn"))
	again, err := s.update(own, s.database(nil))
	require.NoError(t, err)
	assert.NotEmpty(t, props.Text(again.Outputs, "masterUserSecrets[*].secretArn"))
}

func TestSourcesKeepWhatReplicasNeed(t *testing.T) {
	g := inGermany(t)
	replica, err := g.try(rdsInstance, g.replica(nil))
	require.NoError(t, err)
	_, err = g.update(g.source, g.database(nil))
	expect(t, err, "api error InvalidParameterValue: Enabling ManageMasterUserPassword for source instance with engine"+
		" mysql that has read replicas is not supported.")
	_, err = g.update(g.source, g.database(with(ownPassword, settings{"backupRetentionPeriod": 0})))
	expect(t, err, "Cannot disable automated backups of a DB instance that is the source of read replicas: acme")
	g.in(germany, func() { assert.NoError(t, g.delete(replica)) })
	_, err = g.update(g.source, g.database(nil))
	assert.NoError(t, err)
}
