package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/policy/props"
)

func (s *site) database(changes settings) settings {
	return with(settings{"identifier": "acme", "engine": "mysql", "engineVersion": "8.0", "instanceClass": "db.m7g.large",
		"allocatedStorage": 100, "storageType": "gp3", "storageEncrypted": true, "kmsKeyId": s.key.Text("arn"),
		"username": "haven_admin", "manageMasterUserPassword": true, "masterUserSecretKmsKeyId": s.key.Text("arn"),
		"dbSubnetGroupName": "acme", "vpcSecurityGroupIds": []string{s.group.ID}, "parameterGroupName": "acme",
		"monitoringInterval": 60, "monitoringRoleArn": s.role.Text("arn"), "backupRetentionPeriod": 35,
		"finalSnapshotIdentifier": "acme-final", "deletionProtection": true}, changes)
}

func withGroups(t *testing.T) *site {
	s := full(t)
	s.make(rdsSubnetGroup, settings{"name": "acme", "subnetIds": s.subnetIDs(3)})
	s.make(rdsParameterGroup, settings{"name": "acme", "family": "mysql8.0"})
	return s
}

func TestDatabases(t *testing.T) {
	each(t, withGroups, func(s *site) []attempt {
		s.make(rdsInstance, s.database(settings{"identifier": "taken"}))
		s.make(rdsParameterGroup, settings{"name": "old", "family": "mysql5.7"})
		untrusted := s.make(iamRole, settings{"name": "other", "assumeRolePolicy": trust("ec2.amazonaws.com")}).Text("arn")
		foreign := s.make(ec2SecurityGroup, settings{"name": "x",
			"vpcId": s.make(ec2Vpc, settings{"cidrBlock": "10.99.0.0/16"}).ID}).ID
		var german string
		s.in(germany, func() { german = s.make(kmsKey, settings{}).Text("arn") })
		db := func(changes settings) settings { return s.database(changes) }
		return []attempt{
			{"complete", rdsInstance, db(nil), ""},
			{"taken", rdsInstance, db(settings{"identifier": "taken"}),
				"api error DBInstanceAlreadyExists: DB instance already exists"},
			{"identifier", rdsInstance, db(settings{"identifier": "acme--1"}), "cannot contain two consecutive hyphens"},
			{"no subnet group", rdsInstance, db(settings{"dbSubnetGroupName": "x"}),
				"StatusCode: 404, api error DBSubnetGroupNotFoundFault: DB subnet group 'x' does not exist."},
			{"no parameter group", rdsInstance, db(settings{"parameterGroupName": "x"}), "DBParameterGroup not found: x"},
			{"RDS's own parameter group", rdsInstance, db(settings{"parameterGroupName": "default.mysql8.0"}), ""},
			{"another version's parameter group", rdsInstance, db(settings{"parameterGroupName": "old"}),
				"The parameter group old with DBParameterGroupFamily mysql5.7 can't be used for this instance."},
			{"no such security group", rdsInstance, db(settings{"vpcSecurityGroupIds": []string{"sg-1"}}),
				"Invalid security group , groupId= sg-1"},
			{"foreign security group", rdsInstance, db(settings{"vpcSecurityGroupIds": []string{foreign}}),
				"The DB instance and EC2 security group are in different VPCs."},
			{"another region's key", rdsInstance, db(settings{"kmsKeyId": german}),
				"api error KMSKeyNotAccessibleFault: The specified KMS key [" + german},
			{"class", rdsInstance, db(settings{"instanceClass": "db.q9.large"}), "Invalid DB Instance class: db.q9.large"},
			{"retired class", rdsInstance, db(settings{"instanceClass": "db.t2.micro"}),
				"RDS does not support creating a DB instance"},
			{"version", rdsInstance, db(settings{"engineVersion": "9.9"}), "Cannot find version 9.9 for mysql"},
			{"too little storage", rdsInstance, db(settings{"allocatedStorage": 10}),
				"Invalid storage size for engine name mysql and storage type gp3: 10"},
			{"storage limit below", rdsInstance, db(settings{"maxAllocatedStorage": 50}),
				"Max storage size must be greater than storage size"},
			{"throughput of a small volume", rdsInstance, db(settings{"storageThroughput": 500}),
				"a storage size less than 400."},
			{"retention", rdsInstance, db(settings{"backupRetentionPeriod": 36}),
				"Retention period must be between 0 and 35."},
			{"reserved user", rdsInstance, db(settings{"username": "rdsadmin"}), "MasterUsername rdsadmin cannot be used"},
			{"no password", rdsInstance, db(settings{"manageMasterUserPassword": nil}),
				"The parameter MasterUserPassword must be provided"},
			{"two passwords", rdsInstance, db(settings{"password": "long enough"}),
				"You can't specify MasterUserPassword"},
			{"short password", rdsInstance, db(settings{"manageMasterUserPassword": nil, "password": "short"}),
				"shorter than 8 characters."},
			{"no monitoring role", rdsInstance, db(settings{"monitoringRoleArn": nil}),
				"You must specify a MonitoringRoleARN value"},
			{"role not for monitoring", rdsInstance, db(settings{"monitoringRoleArn": untrusted}),
				"required permissions for: ENHANCED_MONITORING"},
			{"monitoring interval", rdsInstance, db(settings{"monitoringInterval": 7}),
				"to be one of [0 1 5 10 15 30 60], got 7"},
			{"insights on a small class", rdsInstance, db(settings{"instanceClass": "db.t4g.small",
				"performanceInsightsEnabled": true}),
				"Performance Insights not supported for this configuration"},
			{"insights' retention", rdsInstance, db(settings{"performanceInsightsEnabled": true,
				"performanceInsightsRetentionPeriod": 8}),
				"Invalid Performance Insights retention period."},
			{"insights' key without insights", rdsInstance, db(settings{"performanceInsightsKmsKeyId": s.key.Text("arn")}),
				"To enable Performance Insights"},
			{"log", rdsInstance, db(settings{"enabledCloudwatchLogsExports": []string{"postgresql"}}),
				"You cannot use the log types 'postgresql'"},
		}
	})
}

func TestDatabaseOutputs(t *testing.T) {
	s := withGroups(t)
	db := s.make(rdsInstance, s.database(nil))
	assert.Regexp(t, `^db-[A-Z0-9]{26}$`, db.ID)
	assert.Equal(t, "arn:aws:rds:eu-west-1:123456789012:db:acme", db.Text("arn"))
	assert.Equal(t, db.Text("address")+":3306", db.Text("endpoint"))
	assert.Regexp(t, `^acme\.[0-9a-f]{12}\.eu-west-1\.rds\.amazonaws\.com$`, db.Text("address"))
	assert.Equal(t, "8.0", db.Text("engineVersion"))
	assert.Equal(t, "8.0.43", db.Text("engineVersionActual"))
	assert.Regexp(t, `^arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-[0-9a-f-]{36}-.{6}$`,
		props.Text(db.Outputs, "masterUserSecrets[*].secretArn"))
	assert.Equal(t, s.key.Text("arn"), props.Text(db.Outputs, "masterUserSecrets[*].kmsKeyId"))
}

func TestDatabaseDeletion(t *testing.T) {
	s := withGroups(t)
	db := s.make(rdsInstance, s.database(nil))
	group, _ := s.Find(rdsSubnetGroup, account, ireland, "name", "acme")
	parameters, _ := s.Find(rdsParameterGroup, account, ireland, "name", "acme")
	expect(t, s.delete(group), "api error InvalidDBSubnetGroupStateFault: Cannot delete the subnet group 'acme'")
	expect(t, s.delete(parameters), "api error InvalidDBParameterGroupState")
	expect(t, s.delete(s.subnets[0]), "api error DependencyViolation")
	expect(t, s.delete(s.group), "api error DependencyViolation")
	expect(t, s.delete(db),
		"api error InvalidParameterCombination: Cannot delete protected DB Instance, please disable"+
			" deletion protection and try again.")

	nameless, err := s.update(db, s.database(settings{"deletionProtection": false, "finalSnapshotIdentifier": nil}))
	assert.NoError(t, err)
	expect(t, s.delete(nameless), "final_snapshot_identifier is required when skip_final_snapshot is false")

	db, err = s.update(nameless, s.database(settings{"deletionProtection": false}))
	assert.NoError(t, err)
	assert.NoError(t, s.delete(db))
	assert.Equal(t, []Retained{{Type: rdsSnapshot, ID: "acme-final", Name: "acme-final", Region: ireland,
		Account: account}},
		s.Retained(rdsSnapshot, account, ireland))

	again := s.make(rdsInstance, s.database(settings{"deletionProtection": false}))
	expect(t, s.delete(again),
		"api error DBSnapshotAlreadyExists: Cannot create the snapshot because a snapshot with the"+
			" identifier acme-final already exists.")
	assert.NoError(t, s.delete(s.make(rdsInstance, s.database(settings{"identifier": "b", "deletionProtection": false,
		"skipFinalSnapshot": true}))))
}

func TestDatabaseGroups(t *testing.T) {
	each(t, withGroups, func(s *site) []attempt {
		return []attempt{
			{"two zones", rdsSubnetGroup, settings{"name": "b", "subnetIds": s.subnetIDs(2)}, ""},
			{"one zone", rdsSubnetGroup, settings{"name": "b", "subnetIds": s.subnetIDs(1)},
				"api error DBSubnetGroupDoesNotCoverEnoughAZs: The" +
					" DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage:" +
					" eu-west-1a."},
			{"name taken", rdsSubnetGroup, settings{"name": "acme", "subnetIds": s.subnetIDs(2)},
				"The DB subnet group 'acme' already exists."},
			{"no such subnet", rdsSubnetGroup, settings{"name": "b", "subnetIds": []string{"subnet-1"}},
				"Some input subnets in :[subnet-1] are invalid."},
			{"name", rdsSubnetGroup, settings{"name": "B", "subnetIds": s.subnetIDs(2)}, "name must match"},
			{"parameters", rdsParameterGroup, settings{"name": "b", "family": "mysql8.0", "parameters": []settings{
				{"name": "require_secure_transport", "value": "1", "applyMethod": "immediate"}}}, ""},
			{"parameters taken", rdsParameterGroup, settings{"name": "acme", "family": "mysql8.0"},
				"Parameter group acme already exists"},
			{"family", rdsParameterGroup, settings{"name": "b", "family": "mysql9.9"},
				"ParameterGroupFamily mysql9.9 is not a valid parameter group family"},
			{"static at once", rdsParameterGroup, settings{"name": "b", "family": "mysql8.0", "parameters": []settings{
				{"name": "performance_schema", "value": "1", "applyMethod": "immediate"}}},
				"cannot use immediate apply method for static parameter"},
		}
	})
}
