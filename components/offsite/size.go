package offsite

import "haven/components/tiers"

// size is what a tier's stores and services are made of.
type size struct {
	// machine is Cloud SQL's, cacheGiB the cache's memory, cpu and memory those of each instance of a service.
	machine     string
	cacheGiB    int
	cpu, memory string
	// least and most are how many instances answer the tenant's users.
	least, most int
}

// sizes are those of each tier. A machine's memory is a multiple of 256 MiB, and 3.75 GiB at least.
// https://cloud.google.com/sql/docs/mysql/instance-settings
// https://cloud.google.com/run/docs/configuring/services/memory-limits
var sizes = map[tiers.Tier]size{
	tiers.Standard:   {"db-custom-2-7680", 1, "1", "2Gi", 1, 4},
	tiers.Continuity: {"db-custom-2-7680", 2, "1", "2Gi", 2, 6},
	tiers.Critical:   {"db-custom-4-15360", 5, "2", "4Gi", 2, 10},
}
