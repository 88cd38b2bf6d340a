package alarms

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// cacheAlarms are on one node of a cache, whose ID begins as all of its kind do.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html
func cacheAlarms(prefix, node string) []alarm {
	part := "cache-" + strings.TrimPrefix(node, prefix)
	of := func(name, statistic string) metric {
		return metric{"AWS/ElastiCache", name, pulumi.StringMap{"CacheClusterId": pulumi.String(node)}, statistic}
	}
	return []alarm{{
		part: part + "-memory", severity: critical,
		description: "The cache is four fifths full. Nothing is evicted, so a full one refuses sessions and jobs: raise " +
			"its node type.",
		measured: of("DatabaseMemoryUsagePercentage", "Maximum"), is: above, threshold: 80,
		seconds: fiveMinutes, periods: 3, missing: breaching,
	}, {
		part: part + "-evictions", severity: critical,
		description: "The cache drops keys, with jobs and sessions among them. It must not: look at maxmemory-policy.",
		measured:    of("Evictions", "Sum"), is: above, threshold: 0,
		seconds: fiveMinutes, periods: 1, missing: notBreaching,
	}, {
		part: part + "-cpu", severity: warning,
		description: "The cache is short of CPU. Raise its node type.",
		measured:    of("EngineCPUUtilization", "Average"), is: above, threshold: 85,
		seconds: fiveMinutes, periods: 6, missing: notBreaching,
	}, {
		part: part + "-lag", severity: warning,
		description: "The cache's replica has fallen behind its primary: a fail-over would lose what is new.",
		measured:    of("ReplicationLag", "Maximum"), is: above, threshold: 30,
		seconds: minute, periods: 5, missing: notBreaching,
	}}
}

// fileAlarms: https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html
func fileAlarms(fileSystem pulumi.StringInput) []alarm {
	if fileSystem == nil {
		return nil
	}
	return []alarm{{
		part: "files-io", severity: warning,
		description: "The file system is at its limit of operations: reading and writing files slows down. Look at what " +
			"reads so many.",
		measured: metric{"AWS/EFS", "PercentIOLimit", pulumi.StringMap{"FileSystemId": fileSystem}, "Maximum"},
		is:       above, threshold: 95, seconds: fiveMinutes, periods: 3, missing: notBreaching,
	}}
}

// own is a metric of the stack's own.
func own(scope naming.Scope, name, statistic string) metric {
	return metric{namespace: "Haven/" + scope.Stack, name: name, statistic: statistic}
}
