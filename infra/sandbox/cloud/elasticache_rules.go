package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

func cacheRefused(code, format string, args ...any) error {
	return elastiCache.refuses("CreateReplicationGroup", code, format, args...)
}

var cacheName = regexp.MustCompile(`^[A-Za-z][0-9A-Za-z-]*$`)

// refuseCacheName is the provider's validation of
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html.
func refuseCacheName(path string, longest int) check {
	return func(c *Call) error {
		switch name := c.text(path); {
		case name == "":
			return nil
		case !cacheName.MatchString(name):
			return fmt.Errorf("%q must begin with a letter and contain only alphanumeric characters and hyphens: %q",
				path, name)
		case strings.Contains(name, "--"), strings.HasSuffix(name, "-"):
			return fmt.Errorf("%q cannot contain two consecutive hyphens or end with a hyphen: %q", path, name)
		case len(name) > longest:
			return fmt.Errorf("expected length of %s to be in the range (1 - %d), got %s", path, longest, name)
		}
		return nil
	}
}

var refuseCacheSnapshotName = refuseCacheName("finalSnapshotIdentifier", 255)

// nodeTypes: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html.
var nodeTypes = map[string]string{
	"t2": "micro small medium", "t3": "micro small medium", "t4g": "micro small medium",
	"m4": "large xlarge 2xlarge 4xlarge 10xlarge", "r4": "large xlarge 2xlarge 4xlarge 8xlarge 16xlarge",
	"m5": "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge", "r5": "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
	"m6g":  "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
	"r6g":  "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
	"m7g":  "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
	"r7g":  "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
	"r6gd": "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
	"c7gn": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
}

func refuseNodeType(c *Call) error {
	kind := c.text("nodeType")
	if kind == "" {
		return nil
	}
	parts := strings.Split(kind, ".")
	if len(parts) != 3 || parts[0] != "cache" || !slices.Contains(strings.Fields(nodeTypes[parts[1]]), parts[2]) {
		return cacheRefused("InvalidParameterValue", "The specified node type is not valid: %s", kind)
	}
	if tiered := parts[1] == "r6gd"; tiered != c.flag("dataTieringEnabled") {
		return cacheRefused("InvalidParameterCombination",
			"Data tiering must be enabled with r6gd node types, and with no others: %s", kind)
	}
	return nil
}

// cacheVersions are the versions of each engine with their parameter groups' family and newest patch:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html.
var cacheVersions = map[string]map[string]struct{ family, newest string }{
	"valkey": {"7.2": {"valkey7", "7.2.6"}, "8.0": {"valkey8", "8.0.1"}, "8.1": {"valkey8", "8.1.0"}},
	"redis": {"4.0.10": {"redis4.0", "4.0.10"}, "5.0.6": {"redis5.0", "5.0.6"}, "6.0": {"redis6.x", "6.0.5"},
		"6.2": {"redis6.x", "6.2.6"}, "6.x": {"redis6.x", "6.2.6"}, "7.0": {"redis7", "7.0.7"}, "7.1": {"redis7", "7.1.0"}},
}

var newestCache = map[string]string{"valkey": "8.1", "redis": "7.1"}

// cacheEngine is the engine and the version asked for, or those of a new cache.
func cacheEngine(c *Call) (engine, version string) {
	if engine = c.text("engine"); engine == "" {
		engine = "redis"
	}
	if version = c.text("engineVersion"); version == "" {
		version = newestCache[engine]
	}
	return engine, version
}

// refuseCacheEngine: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.HowTo.html for changes.
func refuseCacheEngine(c *Call) error {
	engine, version := cacheEngine(c)
	if _, known := cacheVersions[engine][version]; !known {
		return cacheRefused("InvalidParameterValue", "Cannot find version %s for %s", version, engine)
	}
	if c.Old == nil {
		return nil
	}
	before := c.Old.Text("engine")
	switch {
	case before == "valkey" && engine == "redis":
		return elastiCache.says("ModifyReplicationGroup", "InvalidParameterCombination",
			"The engine cannot be changed from valkey to redis.")
	case before == engine && cacheVersions[engine][version].newest < c.Old.Text("engineVersionActual"):
		return elastiCache.refuses("ModifyReplicationGroup", "InvalidParameterValue",
			"The engine version cannot be lowered from %s to %s.", c.Old.Text("engineVersionActual"), version)
	}
	return nil
}

// refuseCacheNodes: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html and the provider's own
// validation.
func refuseCacheNodes(c *Call) error {
	nodes, given := c.number("numCacheClusters")
	shards, sharded := c.number("numNodeGroups")
	zones := c.texts("preferredCacheClusterAzs[*]")
	failover := c.flag("automaticFailoverEnabled")
	switch {
	case c.flag("multiAzEnabled") && !failover:
		return fmt.Errorf("automatic_failover_enabled must be true if multi_az_enabled is true")
	case failover && given && nodes < 2:
		return fmt.Errorf(`"num_cache_clusters": must be at least 2 if automatic_failover_enabled is true`)
	case failover && !given && !c.has("numCacheClusters") && !sharded && c.Old == nil:
		return cacheRefused("InvalidParameterCombination", "When using automatic failover, there must be at least 2 cache"+
			" clusters in the replication group.")
	case given && (nodes < 1 || nodes > 6):
		return cacheRefused("InvalidParameterValue", "The number of cache clusters must be between 1 and 6: %d", nodes)
	case given && len(zones) > 0 && len(zones) != nodes:
		return cacheRefused("InvalidParameterCombination",
			"The number of preferred availability zones must equal the number of cache clusters.")
	case c.text("clusterMode") == "disabled" && sharded && shards > 1:
		return cacheRefused("InvalidParameterCombination", "Cluster mode must be enabled for more than one node group.")
	}
	return nil
}

// refuseCacheEncryption: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html and
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html.
func refuseCacheEncryption(c *Call) error {
	engine, version := cacheEngine(c)
	transit, mode := c.flag("transitEncryptionEnabled"), c.text("transitEncryptionMode")
	switch {
	case c.has("kmsKeyId") && !c.flag("atRestEncryptionEnabled"):
		return cacheRefused("InvalidParameterCombination",
			"KMS key ID can only be specified when encryption at rest is enabled.")
	case mode != "" && !transit:
		return cacheRefused("InvalidParameterCombination",
			"Transit encryption mode can only be specified when encryption in transit is enabled.")
	case mode == "preferred" && engine == "redis" && version < "7":
		return cacheRefused("InvalidParameterCombination",
			"Transit encryption mode is not supported for engine version %s.", version)
	case transit && mode != "preferred" && c.Old != nil && !props.Flag(c.Old.Outputs, "transitEncryptionEnabled"):
		return elastiCache.says("ModifyReplicationGroup", "InvalidParameterCombination",
			"To enable encryption in transit on an existing replication group, set TransitEncryptionMode to preferred first.")
	}
	return nil
}

// What a token may hold: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html.
var authToken = regexp.MustCompile(`^[A-Za-z0-9!&#$^<>-]*$`)

// refuseAuthToken never shows the token.
func refuseAuthToken(c *Call) error {
	if !c.has("authToken") {
		return nil
	}
	token, known := c.text("authToken"), c.Inputs.Get("authToken").IsString()
	switch {
	case !c.flag("transitEncryptionEnabled"):
		return cacheRefused("InvalidParameterCombination",
			"The AUTH token is only supported when encryption-in-transit is enabled.")
	case known && (len(token) < 16 || len(token) > 128 || strings.ContainsAny(token, `@"/`)):
		return fmt.Errorf(`"auth_token" must contain from 16 to 128 alphanumeric characters or symbols` +
			` (excluding @, ", and /)`)
	case known && !authToken.MatchString(token):
		return cacheRefused("InvalidParameterValue",
			"The AUTH token is not valid: only letters, digits and !, &, #, $, ^, <, >, - are permitted.")
	}
	return nil
}

// refuseCacheNetwork: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SubnetGroups.html.
func refuseCacheNetwork(c *Call) error {
	group, found := c.find(cacheSubnetGroup, "name", c.text("subnetGroupName"))
	if !found {
		return nil
	}
	covered := cacheZones(c, group.Inputs)
	for _, zone := range c.texts("preferredCacheClusterAzs[*]") {
		if !slices.Contains(covered, zone) {
			return cacheRefused("InvalidParameterValue", "The cache subnet group %s has no subnet in the zone %s.",
				group.ID, zone)
		}
	}
	if c.flag("multiAzEnabled") && len(covered) < 2 {
		return cacheRefused("InvalidParameterCombination",
			"Multi-AZ needs a cache subnet group with subnets in at least two zones: %s.", group.ID)
	}
	for _, id := range c.texts("securityGroupIds[*]") {
		security, known := c.find(ec2SecurityGroup, "id", id)
		if known && security.Text("vpcId") != group.Text("vpcId") {
			return cacheRefused("InvalidParameterCombination",
				"The security group %s and the cache subnet group are in different VPCs.", id)
		}
	}
	return nil
}

func cacheZones(c *Call, group property.Map) []string {
	var covered []string
	for _, id := range props.Texts(group, "subnetIds[*]") {
		subnet, _ := c.find(ec2Subnet, "id", id)
		covered = append(covered, subnet.Text("availabilityZone"))
	}
	slices.Sort(covered)
	return slices.Compact(covered)
}

// refuseCacheSnapshots: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups.html. A snapshot that
// ElastiCache makes by itself is known to nobody here.
func refuseCacheSnapshots(c *Call) error {
	if days, given := c.number("snapshotRetentionLimit"); given && (days < 0 || days > 35) {
		return fmt.Errorf("expected snapshot_retention_limit to be in the range (0 - 35), got %d", days)
	}
	name := c.text("snapshotName")
	if name == "" || strings.HasPrefix(name, "automatic.") || c.Old != nil || cacheSnapshotTaken(c, name) {
		return nil
	}
	return elastiCache.refuses("CreateReplicationGroup", "SnapshotNotFoundFault", "Snapshot %s not found.", name).
		withStatus(404)
}

func cacheSnapshotTaken(c *Call, name string) bool {
	return slices.ContainsFunc(c.World.Retained(cacheSnapshot, c.Account, c.Region), func(left Retained) bool {
		return left.Name == name
	})
}

func refuseCacheFamily(c *Call) error {
	group, found := c.find(cacheParameterGroup, "name", c.text("parameterGroupName"))
	engine, version := cacheEngine(c)
	if wanted := cacheVersions[engine][version].family; found && group.Text("family") != wanted {
		return cacheRefused("InvalidParameterCombination",
			"Expected a parameter group of family %s but found one of family %s", wanted, group.Text("family"))
	}
	return nil
}

// refuseCacheLogs: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html.
func refuseCacheLogs(c *Call) error {
	engine, version := cacheEngine(c)
	var seen []string
	for _, delivery := range props.Maps(c.Inputs, "logDeliveryConfigurations[*]") {
		kind, destination := Text(delivery, "logType"), Text(delivery, "destination")
		switch {
		case slices.Contains(seen, kind):
			return cacheRefused("InvalidParameterCombination", "The log type %s is given more than once.", kind)
		case engine == "redis" && (version < "6" || kind == "engine-log" && version == "6.0"):
			return cacheRefused("InvalidParameterCombination",
				"The log type %s is not supported for engine version %s.", kind, version)
		}
		seen = append(seen, kind)
		if Text(delivery, "destinationType") != "cloudwatch-logs" || destination == "" {
			continue
		}
		if _, found := c.find(logGroup, "name", destination); !found {
			return cacheRefused("InvalidParameterValue", "CloudWatch Logs log group %s does not exist.", destination)
		}
	}
	return nil
}
