package alarms

import (
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	relational = "AWS/RDS"
	gib        = 1 << 30
)

// databaseAlarms: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
func databaseAlarms(d Database) []alarm {
	of := func(name, statistic string) metric {
		return metric{relational, name, pulumi.StringMap{"DBInstanceIdentifier": d.ID}, statistic}
	}
	memory := memoryGiB(d.Class) * gib
	return []alarm{{
		part: "database-storage", severity: critical,
		description: "A tenth of the database's storage is left, and it did not grow by itself. Raise maxStorageGiB: a " +
			"database without storage stops.",
		measured: of("FreeStorageSpace", "Minimum"), is: below, threshold: float64(d.StorageGiB) * gib / 10,
		seconds: fiveMinutes, periods: 6, missing: breaching,
	}, {
		part: "database-connections", severity: warning,
		description: "The database has four fifths of the connections that it takes. Look at what holds them, or raise " +
			"its class.",
		measured: of("DatabaseConnections", "Maximum"), is: above, threshold: float64(maxConnections(memory) * 4 / 5),
		seconds: fiveMinutes, periods: 3, missing: breaching,
	}, {
		part: "database-cpu", severity: warning,
		description: "The database is short of CPU. Look at its slow queries, or raise its class.",
		measured:    of("CPUUtilization", "Average"), is: above, threshold: 85,
		seconds: fiveMinutes, periods: 6, missing: breaching,
	}, {
		part: "database-memory", severity: warning,
		description: "Less than a twentieth of the database's memory can be freed. Raise its class.",
		measured:    of("FreeableMemory", "Minimum"), is: below, threshold: float64(memory / 20),
		seconds: fiveMinutes, periods: 6, missing: breaching,
	}}
}

// replicaAlarms watch a replica by its own region, where its metrics are. RDS reports -1 where replication stopped, and
// then nothing.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html
func replicaAlarms(r *Replica) []alarm {
	of := func(statistic string) metric {
		return metric{relational, "ReplicaLag", pulumi.StringMap{"DBInstanceIdentifier": r.ID}, statistic}
	}
	return []alarm{{
		part: "replica-lag", severity: critical,
		description: "The replica has fallen behind: a failure of the region would lose more than it may. Look at the load " +
			"of both instances.",
		measured: of("Maximum"), is: above, threshold: float64(r.MaxLagSeconds),
		seconds: minute, periods: 5, missing: breaching,
	}, {
		part: "replica-stopped", severity: critical,
		description: "Replication has stopped. Look at the replica's status and its events.",
		measured:    of("Minimum"), is: below, threshold: 0,
		seconds: minute, periods: 5, missing: breaching,
	}}
}

// memoryGiB is the memory of an instance class: 8 GiB for each "large", and twice that in the families for memory.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
func memoryGiB(class string) int {
	parts := strings.Split(class, ".")
	family, size := parts[1], parts[2]
	memory := 8
	switch size {
	case "medium":
		memory = 4
	case "xlarge":
		memory = 16
	default:
		if times, err := strconv.Atoi(strings.TrimSuffix(size, "xlarge")); err == nil {
			memory = 16 * times
		}
	}
	if strings.HasPrefix(family, "r") {
		memory *= 2
	}
	return memory
}

// maxConnections is how many connections RDS for MySQL lets a database of that many bytes of memory have by default:
// one for each 12582880 bytes of what is left of the memory, which is about nine tenths.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
func maxConnections(memory int) int {
	return memory / 10 * 9 / 12582880
}
