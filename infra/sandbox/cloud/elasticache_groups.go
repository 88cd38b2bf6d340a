package cloud

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// refuseCacheSubnets:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheSubnetGroup.html.
func refuseCacheSubnets(c *Call) error {
	vpc := ""
	for _, id := range c.texts("subnetIds[*]") {
		subnet, _ := c.find(ec2Subnet, "id", id)
		if vpc != "" && subnet.Text("vpcId") != vpc {
			return elastiCache.says("CreateCacheSubnetGroup", "InvalidSubnet",
				"The subnets must all be in the same VPC.")
		}
		vpc = subnet.Text("vpcId")
	}
	return nil
}

func cacheSubnetGroupOutputs(c *Call) map[string]property.Value {
	first, _ := c.find(ec2Subnet, "id", c.text("subnetIds[*]"))
	return c.outputs().
		text("arn", c.arn("elasticache", "subnetgroup:"+c.ID)).
		text("vpcId", first.Text("vpcId")).
		values
}

var (
	cacheFamilies = strings.Fields(`memcached1.4 memcached1.5 memcached1.6 redis2.6 redis2.8 redis3.2 redis4.0 redis5.0
		redis6.x redis7 valkey7 valkey8`)
	memoryPolicies = strings.Fields(`allkeys-lfu allkeys-lru allkeys-random noeviction volatile-lfu volatile-lru
		volatile-random volatile-ttl`)
)

// refuseCacheParameters: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html of the
// parameters that programs set most.
func refuseCacheParameters(c *Call) error {
	refused := func(operation, format string, args ...any) error {
		return elastiCache.refuses(operation, "InvalidParameterValue", format, args...)
	}
	if family := c.text("family"); family != "" && !slices.Contains(cacheFamilies, family) {
		return refused("CreateCacheParameterGroup", "CacheParameterGroupFamily %s is not a valid parameter group family",
			family)
	}
	for _, parameter := range props.Maps(c.Inputs, "parameters[*]") {
		name, value := Text(parameter, "name"), Text(parameter, "value")
		databases, err := strconv.Atoi(value)
		switch {
		case name == "maxmemory-policy" && !slices.Contains(memoryPolicies, value),
			name == "databases" && (err != nil || databases < 1 || databases > 10000),
			name == "cluster-enabled" && value != "yes" && value != "no":
			return refused("ModifyCacheParameterGroup", "The parameter value %s for parameter %s is not valid.", value, name)
		}
	}
	return nil
}
