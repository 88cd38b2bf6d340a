package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/policy/props"
)

const cacheToken = "0123456789abcdefABCDEF!&#$^<>-"

func (s *site) cache(changes settings) settings {
	return with(settings{"replicationGroupId": "acme", "description": "acme", "engine": "valkey", "engineVersion": "8.0",
		"nodeType": "cache.t4g.small", "numCacheClusters": 2, "automaticFailoverEnabled": true, "multiAzEnabled": true,
		"subnetGroupName": "acme", "parameterGroupName": "acme", "securityGroupIds": []string{s.group.ID},
		"atRestEncryptionEnabled": true, "kmsKeyId": s.key.Text("arn"), "transitEncryptionEnabled": true,
		"transitEncryptionMode": "required", "authToken": cacheToken, "snapshotRetentionLimit": 7,
		"snapshotWindow": "02:00-03:00", "maintenanceWindow": "sun:04:00-sun:05:00",
		"finalSnapshotIdentifier": "acme-final"}, changes)
}

func withCacheGroups(t *testing.T) *site {
	s := full(t)
	s.make(cacheSubnetGroup, settings{"name": "acme", "subnetIds": s.subnetIDs(3)})
	s.make(cacheParameterGroup, settings{"name": "acme", "family": "valkey8"})
	return s
}

func TestCaches(t *testing.T) {
	each(t, withCacheGroups, func(s *site) []attempt {
		s.make(cacheReplicationGroup, s.cache(settings{"replicationGroupId": "taken"}))
		s.make(cacheParameterGroup, settings{"name": "old", "family": "redis6.x"})
		s.make(cacheSubnetGroup, settings{"name": "narrow", "subnetIds": s.subnetIDs(1)})
		s.make(cacheSubnetGroup, settings{"name": "two", "subnetIds": s.subnetIDs(2)})
		s.make(logGroup, settings{"name": "/haven/cache"})
		foreign := s.make(ec2SecurityGroup, settings{"name": "x",
			"vpcId": s.make(ec2Vpc, settings{"cidrBlock": "10.99.0.0/16"}).ID}).ID
		var german string
		s.in(germany, func() { german = s.make(kmsKey, settings{}).Text("arn") })
		const group = cacheReplicationGroup
		cache := func(changes settings) settings { return s.cache(changes) }
		logs := func(kinds ...string) settings {
			var all []settings
			for _, kind := range kinds {
				all = append(all, settings{"logType": kind, "logFormat": "json", "destinationType": "cloudwatch-logs",
					"destination": "/haven/cache"})
			}
			return cache(settings{"logDeliveryConfigurations": all})
		}
		return []attempt{
			{"complete", group, cache(nil), ""},
			{"taken", group, cache(settings{"replicationGroupId": "taken"}),
				"api error ReplicationGroupAlreadyExists: Replication group taken already exists."},
			{"name", group, cache(settings{"replicationGroupId": "acme--1"}), "cannot contain two consecutive hyphens"},
			{"number first", group, cache(settings{"replicationGroupId": "1acme"}), "must begin with a letter"},
			{"long name", group, cache(settings{"replicationGroupId": strings.Repeat("a", 41)}),
				"to be in the range (1 - 40)"},
			{"no subnet group", group, cache(settings{"subnetGroupName": "x"}),
				"api error CacheSubnetGroupNotFoundFault: Cache Subnet Group x does not exist."},
			{"no parameter group", group, cache(settings{"parameterGroupName": "x"}),
				"StatusCode: 404, api error CacheParameterGroupNotFound"},
			{"ElastiCache's own parameter group", group, cache(settings{"parameterGroupName": "default.valkey8"}), ""},
			{"another version's parameter group", group, cache(settings{"parameterGroupName": "old"}),
				"Expected a parameter group of family valkey8 but found one of family redis6.x"},
			{"no such security group", group, cache(settings{"securityGroupIds": []string{"sg-1"}}),
				"Some security groups are invalid: sg-1"},
			{"foreign security group", group, cache(settings{"securityGroupIds": []string{foreign}}),
				"are in different VPCs."},
			{"another region's key", group, cache(settings{"kmsKeyId": german}), "api error InvalidKMSKeyFault"},
			{"key without encryption", group, cache(settings{"atRestEncryptionEnabled": false}),
				"KMS key ID can only be specified when encryption at rest"},
			{"node type", group, cache(settings{"nodeType": "cache.t4g.large"}), "The specified node type is not valid"},
			{"instance's class", group, cache(settings{"nodeType": "db.t4g.small"}), "The specified node type is not valid"},
			{"tiering node without tiering", group, cache(settings{"nodeType": "cache.r6gd.xlarge"}),
				"Data tiering must be enabled"},
			{"version", group, cache(settings{"engineVersion": "9.9"}), "Cannot find version 9.9 for valkey"},
			{"multi-AZ without failover", group, cache(settings{"automaticFailoverEnabled": false}),
				"automatic_failover_enabled must be true if multi_az_enabled is true"},
			{"failover of one node", group, cache(settings{"numCacheClusters": 1}), "must be at least 2"},
			{"failover of nothing", group, cache(settings{"numCacheClusters": nil}), "there must be at least 2 cache clusters"},
			{"seven nodes", group, cache(settings{"numCacheClusters": 7}), "must be between 1 and 6: 7"},
			{"one zone", group, cache(settings{"subnetGroupName": "narrow"}), "Multi-AZ needs a cache subnet group"},
			{"a zone for each node", group,
				cache(settings{"preferredCacheClusterAzs": []string{"eu-west-1a", "eu-west-1b"}}), ""},
			{"too few zones", group, cache(settings{"preferredCacheClusterAzs": []string{"eu-west-1a"}}),
				"must equal the number of cache clusters"},
			{"a zone without subnet", group, cache(settings{"subnetGroupName": "two",
				"preferredCacheClusterAzs": []string{"eu-west-1a", "eu-west-1c"}}), "no subnet in the zone eu-west-1c."},
			{"two shards without cluster mode", group, cache(settings{"numCacheClusters": nil, "numNodeGroups": 2,
				"clusterMode": "disabled"}), "Cluster mode must be enabled"},
			{"token without TLS", group, cache(settings{"transitEncryptionEnabled": false, "transitEncryptionMode": nil}),
				"api error InvalidParameterCombination: The AUTH token is only supported when encryption-in-transit"},
			{"mode without TLS", group, cache(settings{"transitEncryptionEnabled": false, "authToken": nil}),
				"Transit encryption mode can only be specified"},
			{"short token", group, cache(settings{"authToken": cacheToken[:15]}), `"auth_token" must contain from 16 to 128`},
			{"long token", group, cache(settings{"authToken": strings.Repeat("a", 129)}), "must contain from 16 to 128"},
			{"longest token", group, cache(settings{"authToken": strings.Repeat("a", 128)}), ""},
			{"token with an at sign", group, cache(settings{"authToken": cacheToken + "@"}), `(excluding @, ", and /)`},
			{"token with a comma", group, cache(settings{"authToken": cacheToken + ","}), "The AUTH token is not valid"},
			{"retention", group, cache(settings{"snapshotRetentionLimit": 36}), "in the range (0 - 35), got 36"},
			{"short snapshot window", group, cache(settings{"snapshotWindow": "02:00-02:59"}),
				"Snapshot window must be at least 60 minutes."},
			{"short maintenance window", group, cache(settings{"maintenanceWindow": "sun:04:00-sun:04:59"}),
				"Maintenance window must be at least 60 minutes."},
			{"overlap", group, cache(settings{"snapshotWindow": "23:30-00:30", "maintenanceWindow": "mon:00:00-mon:01:00"}),
				"The snapshot window and maintenance window must not overlap."},
			{"snapshot window", group, cache(settings{"snapshotWindow": "2:00-3:00"}), "The snapshot window 2:00-3:00 is not"},
			{"maintenance window", group, cache(settings{"maintenanceWindow": "sunday"}), "maintenance window sunday is not"},
			{"no such snapshot", group, cache(settings{"snapshotName": "x"}), "StatusCode: 404, api error SnapshotNotFoundFault"},
			{"a snapshot of ElastiCache's own", group, cache(settings{"snapshotName": "automatic.acme-2025-03-01"}), ""},
			{"logs", group, logs("slow-log", "engine-log"), ""},
			{"a log twice", group, logs("slow-log", "slow-log"), "The log type slow-log is given more than once."},
			{"engine log of an old version", group, with(logs("engine-log"), settings{"engine": "redis",
				"engineVersion": "6.0", "parameterGroupName": "old", "transitEncryptionMode": nil}),
				"The log type engine-log is not supported for engine version 6.0."},
			{"log to nowhere", group, cache(settings{"logDeliveryConfigurations": []settings{{"logType": "slow-log",
				"destinationType": "cloudwatch-logs", "destination": "/haven/x"}}}), "log group /haven/x does not exist."},
		}
	})
}

// TestTokenIsNotShown: what is wrong with a token is said without it.
func TestTokenIsNotShown(t *testing.T) {
	for _, wrong := range []string{"secret/secret/secret", "secret,secret,secret", "secret"} {
		s := withCacheGroups(t)
		_, err := s.try(cacheReplicationGroup, s.cache(settings{"authToken": wrong}))
		assert.Error(t, err)
		assert.NotContains(t, err.Error(), "secret")
	}
}

func TestCacheOutputs(t *testing.T) {
	s := withCacheGroups(t)
	cache := s.make(cacheReplicationGroup, s.cache(nil))
	assert.Equal(t, "acme", cache.ID)
	assert.Equal(t, "arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:acme", cache.Text("arn"))
	assert.Regexp(t, `^master\.acme\.[0-9a-f]{6}\.euw1\.cache\.amazonaws\.com$`, cache.Text("primaryEndpointAddress"))
	assert.Regexp(t, `^replica\.acme\.`, cache.Text("readerEndpointAddress"))
	assert.Equal(t, "8.0.1", cache.Text("engineVersionActual"))
	assert.Equal(t, []string{"acme-001", "acme-002"}, props.Texts(cache.Outputs, "memberClusters[*]"))

	plain := s.make(cacheReplicationGroup, settings{"replicationGroupId": "plain", "description": "plain"})
	assert.Regexp(t, `^plain\.[0-9a-f]{6}\.ng\.0001\.euw1\.cache\.amazonaws\.com$`, plain.Text("primaryEndpointAddress"))
	assert.Equal(t, "redis", plain.Text("engine"))
	assert.Equal(t, "default.redis7", plain.Text("parameterGroupName"))
}

func TestCacheUpdates(t *testing.T) {
	s := withCacheGroups(t)
	s.make(cacheParameterGroup, settings{"name": "redis", "family": "redis7"})
	cache := s.make(cacheReplicationGroup, s.cache(settings{"engineVersion": "8.1"}))
	_, err := s.update(cache, s.cache(settings{"engineVersion": "8.1", "authToken": cacheToken + "2",
		"authTokenUpdateStrategy": "ROTATE"}))
	assert.NoError(t, err)
	_, err = s.update(cache, s.cache(settings{"engineVersion": "8.0"}))
	expect(t, err, "The engine version cannot be lowered from 8.1.0 to 8.0.")
	_, err = s.update(cache, s.cache(settings{"engine": "redis", "engineVersion": "7.1", "parameterGroupName": "redis"}))
	expect(t, err, "The engine cannot be changed from valkey to redis.")

	open := s.make(cacheReplicationGroup, s.cache(settings{"replicationGroupId": "open", "authToken": nil,
		"transitEncryptionEnabled": false, "transitEncryptionMode": nil}))
	closed := s.cache(settings{"replicationGroupId": "open"})
	_, err = s.update(open, closed)
	expect(t, err, "set TransitEncryptionMode to preferred first.")
	open, err = s.update(open, with(closed, settings{"transitEncryptionMode": "preferred"}))
	assert.NoError(t, err)
	_, err = s.update(open, closed)
	assert.NoError(t, err)
}

func TestCacheDeletion(t *testing.T) {
	s := withCacheGroups(t)
	cache := s.make(cacheReplicationGroup, s.cache(nil))
	subnets, _ := s.Find(cacheSubnetGroup, account, ireland, "name", "acme")
	parameters, _ := s.Find(cacheParameterGroup, account, ireland, "name", "acme")
	expect(t, s.delete(subnets), "api error CacheSubnetGroupInUse: Cache subnet group acme is currently in use")
	expect(t, s.delete(parameters), "api error InvalidCacheParameterGroupState")
	expect(t, s.delete(s.subnets[0]), "api error DependencyViolation")
	expect(t, s.delete(s.group), "api error DependencyViolation")
	assert.NoError(t, s.delete(cache))
	assert.Equal(t, []Retained{{Type: cacheSnapshot, ID: "acme-final", Name: "acme-final", Region: ireland,
		Account: account}}, s.Retained(cacheSnapshot, account, ireland))

	again := s.make(cacheReplicationGroup, s.cache(settings{"snapshotName": "acme-final"}))
	expect(t, s.delete(again), "api error SnapshotAlreadyExistsFault: Snapshot with specified name already exists:"+
		" acme-final")
	again, err := s.update(again, s.cache(settings{"finalSnapshotIdentifier": nil}))
	assert.NoError(t, err)
	assert.NoError(t, s.delete(again))
	assert.NoError(t, s.delete(subnets))
	assert.Len(t, s.Retained(cacheSnapshot, account, ireland), 1)
}

func TestCacheGroups(t *testing.T) {
	each(t, withCacheGroups, func(s *site) []attempt {
		foreign := s.make(ec2Subnet, settings{"vpcId": s.make(ec2Vpc, settings{"cidrBlock": "10.99.0.0/16"}).ID,
			"availabilityZone": "eu-west-1a", "cidrBlock": "10.99.0.0/24"}).ID
		parameter := func(name, value string) settings {
			return settings{"name": "b", "family": "valkey8", "parameters": []settings{{"name": name, "value": value}}}
		}
		return []attempt{
			{"subnets", cacheSubnetGroup, settings{"name": "b", "subnetIds": s.subnetIDs(1)}, ""},
			{"subnets taken", cacheSubnetGroup, settings{"name": "acme", "subnetIds": s.subnetIDs(1)},
				"api error CacheSubnetGroupAlreadyExists: Cache subnet group acme already exists."},
			{"no such subnet", cacheSubnetGroup, settings{"name": "b", "subnetIds": []string{"subnet-1"}},
				"api error InvalidSubnet"},
			{"subnets of two VPCs", cacheSubnetGroup, settings{"name": "b", "subnetIds": append(s.subnetIDs(1), foreign)},
				"The subnets must all be in the same VPC."},
			{"subnets' name", cacheSubnetGroup, settings{"name": "B", "subnetIds": s.subnetIDs(1)}, "name must match"},
			{"parameters", cacheParameterGroup, parameter("maxmemory-policy", "noeviction"), ""},
			{"parameters taken", cacheParameterGroup, settings{"name": "acme", "family": "valkey8"},
				"api error CacheParameterGroupAlreadyExists"},
			{"family", cacheParameterGroup, settings{"name": "b", "family": "valkey6"},
				"CacheParameterGroupFamily valkey6 is not a valid parameter group family"},
			{"memory policy", cacheParameterGroup, parameter("maxmemory-policy", "keep"),
				"The parameter value keep for parameter maxmemory-policy is not valid."},
			{"databases", cacheParameterGroup, parameter("databases", "none"), "for parameter databases is not valid."},
			{"parameters' name", cacheParameterGroup, settings{"name": "a-", "family": "valkey8"}, "end with a hyphen"},
		}
	})
}
