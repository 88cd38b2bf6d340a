package cloud

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Caches: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html for the
// codes.
func elastiCacheTypes() []*Type {
	return []*Type{
		{
			Token: cacheReplicationGroup, ID: func(c *Call) string { return strings.ToLower(c.text("replicationGroupId")) },
			References: []Reference{
				{Property: "subnetGroupName", To: cacheSubnetGroup, By: "name",
					NotFound: elastiCache.says("CreateReplicationGroup", "CacheSubnetGroupNotFoundFault",
						"Cache Subnet Group %s does not exist."),
					InUse: elastiCache.says("DeleteCacheSubnetGroup", "CacheSubnetGroupInUse",
						"Cache subnet group %s is currently in use by a cache cluster.")},
				{Property: "parameterGroupName", To: cacheParameterGroup, By: "name",
					When: func(name string) bool { return !strings.HasPrefix(name, "default.") },
					NotFound: elastiCache.says("CreateReplicationGroup", "CacheParameterGroupNotFound",
						"CacheParameterGroup %s not found.").withStatus(404),
					InUse: elastiCache.says("DeleteCacheParameterGroup", "InvalidCacheParameterGroupState",
						"One or more cache clusters are still members of this parameter group %s, so the group cannot be"+
							" deleted.")},
				toSecurityGroup("securityGroupIds[*]", elastiCache.says("CreateReplicationGroup", "InvalidParameterValue",
					"Some security groups are invalid: %s")),
				toKey("kmsKeyId", elastiCache.says("CreateReplicationGroup", "InvalidKMSKeyFault",
					"The KMS key supplied is not valid: %s")),
			},
			Unique: []Unique{{Property: "replicationGroupId",
				Taken: elastiCache.says("CreateReplicationGroup", "ReplicationGroupAlreadyExists",
					"Replication group %s already exists.")}},
			Refuse: firstOf(refuseCacheName("replicationGroupId", 40), refuseCacheSnapshotName, refuseNodeType,
				refuseCacheEngine, refuseCacheNodes, refuseCacheEncryption, refuseAuthToken, refuseCacheNetwork,
				refuseCacheWindows, refuseCacheSnapshots, refuseCacheFamily, refuseCacheLogs,
				groupsPerInterface("securityGroupIds[*]", elastiCache.says("CreateReplicationGroup", "InvalidParameterValue",
					"The maximum number of security groups per interface has been reached."))),
			Computed: cacheOutputs, RefuseDelete: refuseCacheDelete, Retains: cacheRemains,
		},
		{
			Token: cacheSubnetGroup, ID: func(c *Call) string { return c.name("name") },
			References: []Reference{{Property: "subnetIds[*]", To: ec2Subnet, By: "id",
				NotFound: elastiCache.says("CreateCacheSubnetGroup", "InvalidSubnet",
					"Some input subnets in :[%s] are invalid.")}},
			Unique: []Unique{{Property: "name", Taken: elastiCache.says("CreateCacheSubnetGroup",
				"CacheSubnetGroupAlreadyExists", "Cache subnet group %s already exists.")}},
			Refuse:   firstOf(groupName(`^[a-z0-9-]+$`), refuseCacheSubnets),
			Computed: cacheSubnetGroupOutputs,
		},
		{
			Token: cacheParameterGroup, ID: func(c *Call) string { return c.name("name") },
			Unique: []Unique{{Property: "name", Taken: elastiCache.says("CreateCacheParameterGroup",
				"CacheParameterGroupAlreadyExists", "Parameter group %s already exists")}},
			Refuse: firstOf(groupName(`^[a-z][a-z0-9-]*$`), refuseCacheName("name", 255), refuseCacheParameters),
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().text("arn", c.arn("elasticache", "parametergroup:"+c.ID)).values
			},
		},
	}
}

// refuseCacheDelete: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteReplicationGroup.html.
func refuseCacheDelete(c *Call) error {
	if name := c.text("finalSnapshotIdentifier"); name != "" && cacheSnapshotTaken(c, name) {
		return elastiCache.refuses("DeleteReplicationGroup", "SnapshotAlreadyExistsFault",
			"Snapshot with specified name already exists: %s", name)
	}
	return nil
}

// cacheRemains is the final snapshot.
func cacheRemains(c *Call) []Retained {
	name := c.text("finalSnapshotIdentifier")
	if name == "" {
		return nil
	}
	return []Retained{{Type: cacheSnapshot, ID: name, Name: name, Region: c.Region, Account: c.Account}}
}
