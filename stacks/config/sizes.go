package config

import (
	"haven/components/application/fargate"
	"haven/components/limit"
	"haven/components/tiers"
)

// Tier says what a tenant is promised, and what it is sized for.
type Tier = tiers.Tier

// size is what a tier's parts have where the file names nothing else.
type size struct {
	instanceClass, nodeType string
	web, worker, websocket  Process
	scheduler               Task
}

var sizes = map[Tier]size{
	tiers.Standard: {
		instanceClass: "db.t4g.medium",
		nodeType:      "cache.t4g.small",
		web:           Process{CPU: 1024, MemoryMiB: 2048, Min: 2, Max: 6},
		worker:        Process{CPU: 1024, MemoryMiB: 2048, Min: 1, Max: 4},
		websocket:     Process{CPU: 512, MemoryMiB: 1024, Min: 1, Max: 2},
		scheduler:     Task{CPU: 512, MemoryMiB: 1024},
	},
	tiers.Continuity: {
		instanceClass: "db.m7g.large",
		nodeType:      "cache.m7g.large",
		web:           Process{CPU: 2048, MemoryMiB: 4096, Min: 3, Max: 10},
		worker:        Process{CPU: 1024, MemoryMiB: 2048, Min: 2, Max: 8},
		websocket:     Process{CPU: 512, MemoryMiB: 1024, Min: 2, Max: 4},
		scheduler:     Task{CPU: 512, MemoryMiB: 1024},
	},
	tiers.Critical: {
		instanceClass: "db.r7g.large",
		nodeType:      "cache.m7g.large",
		web:           Process{CPU: 2048, MemoryMiB: 4096, Min: 3, Max: 20},
		worker:        Process{CPU: 2048, MemoryMiB: 4096, Min: 3, Max: 12},
		websocket:     Process{CPU: 1024, MemoryMiB: 2048, Min: 3, Max: 6},
		scheduler:     Task{CPU: 1024, MemoryMiB: 2048},
	},
}

// completeSizes sets the sizes that the file does not name to those of the tenant's tier.
func (c *checker) completeSizes(tenant *Tenant) {
	size, known := sizes[tenant.Tier]
	if !known {
		c.refuse("tenant.tier", string(tenant.Tier), "one of "+limit.List(tiers.All), suggest(tenant.Tier, tiers.All))
		size = sizes[tiers.Standard]
	}
	missing(c, "tenant.database.instanceClass", &tenant.Database.InstanceClass, size.instanceClass)
	missing(c, "tenant.cache.nodeType", &tenant.Cache.NodeType, size.nodeType)
	application := &tenant.Application
	c.completeProcess("tenant.application.web", &application.Web, size.web)
	c.completeProcess("tenant.application.worker", &application.Worker, size.worker)
	c.completeProcess("tenant.application.websocket", &application.WebSocket, size.websocket)
	missing(c, "tenant.application.scheduler.cpu", &application.Scheduler.CPU, size.scheduler.CPU)
	missing(c, "tenant.application.scheduler.memoryMiB", &application.Scheduler.MemoryMiB, size.scheduler.MemoryMiB)
}

// completeProcess keeps Max at least at the Min that the file names.
func (c *checker) completeProcess(path string, process *Process, size Process) {
	missing(c, path+".cpu", &process.CPU, size.CPU)
	missing(c, path+".memoryMiB", &process.MemoryMiB, size.MemoryMiB)
	missing(c, path+".min", &process.Min, size.Min)
	missing(c, path+".max", &process.Max, max(size.Max, process.Min))
}

// missing sets a field that the file does not name.
func missing[T any](c *checker, path string, field *T, value T) {
	if !c.given[path] {
		*field = value
	}
}

// process is a size that Fargate has, and counts of tasks that a tenant may take.
func (c *checker) process(path string, process Process, least int) {
	c.task(path, Task{process.CPU, process.MemoryMiB})
	c.between(path+".min", process.Min, least, fargate.MaxTasks, "leave it out for the tier's")
	if c.sound(path + ".min") {
		c.between(path+".max", process.Max, process.Min, fargate.MaxTasks, "leave it out for the tier's")
	}
}

func (c *checker) task(path string, task Task) {
	c.limit(path+".cpu", fargate.CPU(task.CPU))
	c.limit(path+".memoryMiB", fargate.MemoryMiB(task.MemoryMiB, task.CPU))
}
