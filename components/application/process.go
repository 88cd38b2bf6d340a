package application

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/task"
)

// web names the process that answers the tenant's users, and what all processes share.
const web = "web"

// websocket names the process that is not of PHP.
const websocket = "websocket"

// Fargate gives a task at most 120 seconds to finish what it does. A job may take an hour: one that is cut off waits in
// its queue until its time is over, and runs again.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
// https://laravel.com/docs/11.x/queues#job-expirations-and-timeouts
const (
	longestDrainSeconds = 120
	// webSocketDrainSeconds are enough: clients connect again to another task.
	webSocketDrainSeconds = 30
	// startPeriodSeconds is how long a new task may fail its health checks.
	startPeriodSeconds = 120
)

// process is one of the kinds of process that the application consists of, each a service of its own.
type process struct {
	name  string
	tasks Scaled
	// single allows one task at most, even while another takes its place.
	single bool
	// command runs in the image; empty for the image's own.
	command []string
	// drain is how many seconds a task has to finish.
	drain int
	// port is where it listens, 0 for nowhere.
	port   int
	health *task.HealthCheck
	// targetGroup is where its tasks register, once rule leads there.
	targetGroup pulumi.StringInput
	rule        pulumi.Resource
}

// servers are all processes but the scheduler.
func (a Args) servers() []process {
	all := []process{{
		name: web, tasks: a.Web, drain: longestDrainSeconds,
		port: Port, health: answers(Port, HealthCheckPath),
		targetGroup: a.TargetGroupARN, rule: a.Rule,
	}}
	if a.Cache == nil {
		return all
	}
	return append(all,
		process{
			name: "worker", tasks: a.Worker, drain: longestDrainSeconds,
			command: []string{"php", "artisan", "horizon"},
			health: &task.HealthCheck{
				Command:     []string{"CMD", "php", "artisan", "horizon:status"},
				Interval:    60,
				Timeout:     30,
				StartPeriod: startPeriodSeconds,
				Retries:     3,
			},
		},
		process{
			name: websocket, tasks: a.WebSocket, drain: webSocketDrainSeconds,
			command: []string{"laravel-echo-server", "start", "--force"},
			port:    WebSocketPort, health: answers(WebSocketPort, "/"),
			targetGroup: a.WebSocketTargetGroupARN, rule: a.WebSocketRule,
		},
	)
}

// scheduler has no health check: it is one loop, and a task whose loop ends is replaced.
func (a Args) scheduler() process {
	return process{
		name: "scheduler", tasks: Scaled{Size: a.Scheduler, Min: 1, Max: 1}, single: true,
		command: []string{"php", "artisan", "schedule:work"}, drain: longestDrainSeconds,
	}
}

// answers is healthy while a GET of the path is answered without an error.
func answers(port int, path string) *task.HealthCheck {
	return &task.HealthCheck{
		Command: []string{"CMD", "curl", "--fail", "--silent", "--output", "/dev/null",
			fmt.Sprintf("http://127.0.0.1:%d%s", port, path)},
		Interval:    15,
		Timeout:     5,
		StartPeriod: startPeriodSeconds,
		Retries:     3,
	}
}

// processes are the names of all that run.
func (a Args) processes() []string {
	var names []string
	if a.Cache != nil {
		names = append(names, a.scheduler().name)
	}
	for _, process := range a.servers() {
		names = append(names, process.name)
	}
	return names
}

// child is the name of a part of a process; web's parts carry the component's own name.
func (d *declaration) child(p process, part string) string {
	if p.name == web {
		return d.name + "-" + part
	}
	return d.name + "-" + p.name + "-" + part
}
