package cloud

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

func cacheOutputs(c *Call) map[string]property.Value {
	engine, version := cacheEngine(c)
	nodes, given := c.number("numCacheClusters")
	if !given {
		nodes = 1
	}
	out := c.outputs().
		text("arn", c.arn("elasticache", "replicationgroup:"+c.ID)).
		text("replicationGroupId", c.ID).
		fillText("engine", engine).
		fillText("engineVersion", version).
		text("engineVersionActual", cacheVersions[engine][version].newest).
		fillText("parameterGroupName", "default."+cacheVersions[engine][version].family).
		fill("autoMinorVersionUpgrade", property.New(true)).
		fill("atRestEncryptionEnabled", property.New(engine == "valkey")).
		fill("transitEncryptionEnabled", property.New(false)).
		fill("applyImmediately", property.New(false)).
		fill("dataTieringEnabled", property.New(false)).
		fillText("clusterMode", "disabled").
		set("clusterEnabled", property.New(c.text("clusterMode") == "enabled")).
		fillText("networkType", "ipv4").
		fillText("ipDiscovery", "ipv4").
		fill("port", num(6379)).
		fill("numCacheClusters", num(nodes)).
		fill("numNodeGroups", num(1)).
		fill("replicasPerNodeGroup", num(nodes-1)).
		fillText("maintenanceWindow", "sun:05:00-sun:06:00").
		fillText("snapshotWindow", "03:30-04:30")
	var members []string
	for n := 1; n <= nodes; n++ {
		members = append(members, fmt.Sprintf("%s-%03d", c.ID, n))
	}
	out.set("memberClusters", strs(members...))
	return cacheEndpoints(c, out).values
}

// cacheEndpoints: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Endpoints.html. With TLS the names begin with
// the role, without it with the group.
func cacheEndpoints(c *Call, out *outputs) *outputs {
	short, _, _ := strings.Cut(zoneID(c.Region+regions[c.Region].zones[:1]), "-")
	domain := digest(6, c.Account, c.Region)
	if c.flag("transitEncryptionEnabled") {
		rest := fmt.Sprintf("%s.%s.%s.cache.amazonaws.com", c.ID, domain, short)
		return out.text("primaryEndpointAddress", "master."+rest).text("readerEndpointAddress", "replica."+rest)
	}
	rest := fmt.Sprintf("%s.ng.0001.%s.cache.amazonaws.com", domain, short)
	return out.text("primaryEndpointAddress", c.ID+"."+rest).text("readerEndpointAddress", c.ID+"-ro."+rest)
}
