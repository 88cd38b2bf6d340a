package cloud

import (
	"fmt"
	"slices"
	"strings"
)

// Databases: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html for the codes.
func rdsTypes() []*Type {
	return []*Type{
		{
			Token: rdsInstance, ID: func(*Call) string { return "db-" + randomFrom(upperAlphanumeric, 26) },
			References: []Reference{
				{Property: "dbSubnetGroupName", To: rdsSubnetGroup, By: "name",
					NotFound: rds.says("CreateDBInstance", "DBSubnetGroupNotFoundFault",
						"DB subnet group '%s' does not exist.").withStatus(404),
					InUse: rds.says("DeleteDBSubnetGroup", "InvalidDBSubnetGroupStateFault",
						"Cannot delete the subnet group '%s' because at least one database instance is still using"+
							" it.")},
				{Property: "parameterGroupName", To: rdsParameterGroup, By: "name",
					When: func(name string) bool { return !strings.HasPrefix(name, "default.") },
					NotFound: rds.says("CreateDBInstance", "DBParameterGroupNotFound",
						"DBParameterGroup not found: %s").withStatus(404),
					InUse: rds.says("DeleteDBParameterGroup", "InvalidDBParameterGroupState",
						"One or more database instances"+
							" are still members of this parameter group %s, so the group cannot be deleted")},
				toSecurityGroup("vpcSecurityGroupIds[*]", rds.says("CreateDBInstance", "InvalidParameterValue",
					"Invalid security group , groupId= %s, groupName=.")),
				toKey("kmsKeyId", rdsKeyNotFound), toKey("performanceInsightsKmsKeyId", rdsKeyNotFound),
				toKey("masterUserSecretKmsKeyId", rdsKeyNotFound),
				toRole("monitoringRoleArn", monitoringRoleInvalid),
				{Property: "replicateSourceDb", To: rdsInstance, By: "arn", Region: "any", When: isARN,
					NotFound: sourceNotFound("CreateDBInstanceReadReplica")},
				{Property: "replicateSourceDb", To: rdsInstance, By: "identifier",
					When:     func(name string) bool { return !isARN(name) },
					NotFound: sourceNotFound("CreateDBInstanceReadReplica")},
			},
			Unique: []Unique{{Property: "identifier",
				Taken: rds.says("CreateDBInstance", "DBInstanceAlreadyExists", "DB instance already exists")}},
			Refuse: firstOf(refuseIdentifier("identifier"), refuseIdentifier("finalSnapshotIdentifier"),
				refuseInstanceClass,
				refuseEngineVersion, refuseStorage, refuseBackupRetention, refuseMasterUser, refuseMasterUserChange,
				refuseRestore, refuseReadReplica, refuseReadReplicaChange, refuseMonitoring, refuseInsights,
				refuseLogExports, refuseParameterFamily, refuseDatabaseNetwork,
				groupsPerInterface("vpcSecurityGroupIds[*]", rds.says("CreateDBInstance", "InvalidParameterValue",
					"The maximum number of security groups per interface has been reached.")),
				oneMore(instancesPerRegion, rds.says("CreateDBInstance", "InstanceQuotaExceeded",
					"DB Instance quota exceeded"))),
			Computed: instanceOutputs, RefuseDelete: refuseInstanceDelete, Retains: instanceRemains,
		},
		{
			Token: rdsSubnetGroup, ID: func(c *Call) string { return c.name("name") },
			References: []Reference{{Property: "subnetIds[*]", To: ec2Subnet, By: "id",
				NotFound: rds.says("CreateDBSubnetGroup", "InvalidSubnet",
					"Some input subnets in :[%s] are invalid.")}},
			Unique: []Unique{{Property: "name", Taken: rds.says("CreateDBSubnetGroup", "DBSubnetGroupAlreadyExists",
				"The DB subnet group '%s' already exists.")}},
			Refuse: firstOf(groupName(`^[a-z0-9_. -]*$`), refuseSubnetGroup, oneMore(subnetGroupsPerRegion,
				rds.says("CreateDBSubnetGroup", "DBSubnetGroupQuotaExceeded", "The request would result in the user"+
					" exceeding the allowed number of DB subnet groups."))), Computed: subnetGroupOutputs,
		},
		{
			Token: rdsParameterGroup, ID: func(c *Call) string { return c.name("name") },
			Unique: []Unique{{Property: "name", Taken: rds.says("CreateDBParameterGroup",
				"DBParameterGroupAlreadyExists",
				"Parameter group %s already exists")}},
			Refuse: firstOf(groupName(`^[a-z0-9-]*$`), refuseParameterGroup, oneMore(parameterGroupsPerRegion,
				rds.says("CreateDBParameterGroup", "DBParameterGroupQuotaExceeded", "The request would result in the user"+
					" exceeding the allowed number of DB parameter groups."))), Computed: parameterGroupOutputs,
		},
		replicatedBackupsType(),
	}
}

var (
	rdsKeyNotFound = rds.says("CreateDBInstance", "KMSKeyNotAccessibleFault", "The specified KMS key [%s] does not"+
		" exist, is not enabled or you do not have permissions to access it.")
	monitoringRoleInvalid = rds.says("CreateDBInstance", "InvalidParameterValue",
		"IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING")
)

// refuseInstanceDelete: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html.
func refuseInstanceDelete(c *Call) error {
	final := c.text("finalSnapshotIdentifier")
	switch {
	case c.flag("deletionProtection"):
		return rds.says("DeleteDBInstance", "InvalidParameterCombination",
			"Cannot delete protected DB Instance, please disable deletion protection and try again.")
	case c.flag("skipFinalSnapshot"):
		return nil
	case c.has("replicateSourceDb") && final != "":
		return rds.says("DeleteDBInstance", "InvalidParameterCombination",
			"FinalDBSnapshotIdentifier can not be specified when deleting a replica instance")
	case final == "":
		return fmt.Errorf("final_snapshot_identifier is required when skip_final_snapshot is false")
	}
	taken := slices.ContainsFunc(c.World.Retained(rdsSnapshot, c.Account, c.Region), func(left Retained) bool {
		return strings.EqualFold(left.Name, final)
	})
	if taken {
		return rds.refuses("DeleteDBInstance", "DBSnapshotAlreadyExists",
			"Cannot create the snapshot because a snapshot with the identifier %s already exists.", final)
	}
	return nil
}

// instanceRemains is the final snapshot.
func instanceRemains(c *Call) []Retained {
	if c.flag("skipFinalSnapshot") {
		return nil
	}
	name := strings.ToLower(c.text("finalSnapshotIdentifier"))
	return []Retained{{Type: rdsSnapshot, ID: name, Name: name, Region: c.Region, Account: c.Account}}
}
