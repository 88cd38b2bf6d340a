package alarms

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// serviceAlarms are on the tasks of an ECS service. Container Insights counts the tasks.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
func serviceAlarms(cluster pulumi.StringInput, service Service) []alarm {
	of := func(namespace, name, statistic string) metric {
		dimensions := pulumi.StringMap{"ClusterName": cluster, "ServiceName": service.Name}
		return metric{namespace, name, dimensions, statistic}
	}
	return []alarm{{
		part: service.Process + "-tasks", severity: lacking(service.Process),
		description: "Fewer tasks of " + service.Process + " run than should. Look at the service's events and at why " +
			"tasks stop.",
		measured: of("ECS/ContainerInsights", "RunningTaskCount", "Minimum"), is: below, threshold: float64(service.Min),
		seconds: minute, periods: 15, missing: breaching,
	}, {
		part: service.Process + "-cpu", severity: warning,
		description: "The tasks of " + service.Process + " are short of CPU. Raise their size or how many there may be.",
		measured:    of("AWS/ECS", "CPUUtilization", "Average"), is: above, threshold: 85,
		seconds: fiveMinutes, periods: 6, missing: notBreaching,
	}, {
		part: service.Process + "-memory", severity: warning,
		description: "The tasks of " + service.Process + " are short of memory, beyond which they are killed. " +
			"Raise their size.",
		measured: of("AWS/ECS", "MemoryUtilization", "Maximum"), is: above, threshold: 90,
		seconds: fiveMinutes, periods: 3, missing: notBreaching,
	}}
}

// lacking is how severe it is that tasks of a process do not run: jobs that nobody runs or plans are noticed late, so
// it is told as loudly as a web that is down.
func lacking(process string) severity {
	if process == "worker" || process == "scheduler" {
		return critical
	}
	return warning
}

// queueAlarms are on jobs that wait, where there are workers.
func queueAlarms(a TenantArgs) []alarm {
	for _, service := range a.Services {
		if service.Process == "worker" {
			return []alarm{{
				part: "jobs-waiting", severity: warning,
				description: "More than 500 jobs have been waiting for half an hour. Look at the workers' log, " +
					"or let there be more of them.",
				measured: own(a.Scope, "JobsWaiting", "Minimum"), is: above, threshold: 500,
				seconds: fiveMinutes, periods: 6, missing: notBreaching,
			}}
		}
	}
	return nil
}

// rollingAlarms are on the state machine that rolls services.
// https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
func rollingAlarms(machine pulumi.StringInput) []alarm {
	if machine == nil {
		return nil
	}
	return []alarm{{
		part: "rolling", severity: critical,
		description: "A secret was rotated and not all services were rolled: tasks may hold a password that is no longer " +
			"valid. Roll the services by hand, with a forced new deployment.",
		measured: metric{"AWS/States", "ExecutionsFailed", pulumi.StringMap{"StateMachineArn": machine}, "Sum"},
		is:       above, threshold: 0, seconds: minute, periods: 1, missing: notBreaching,
	}}
}
