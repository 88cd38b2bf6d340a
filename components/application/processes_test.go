package application_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/application"
	"haven/tests/harness"
)

const (
	targetType = "aws:appautoscaling/target:Target"
	policyType = "aws:appautoscaling/policy:Policy"
)

func TestProcesses(t *testing.T) {
	t.Parallel()
	recorder := declare(t, full())
	for _, d := range recorder.Declared() {
		if d.Type != application.Type && d.Type != "test:index:Rule" {
			assert.Equal(t, "application", d.Parent, d.Name)
			assert.Contains(t, d.Name, "application-")
		}
	}
	tests := []struct {
		service, name string
		inputs        map[string]any
		least, most   float64
		scales        bool
	}{
		{"application-service", "web", map[string]any{"desiredCount": 2.0, "loadBalancers": []any{map[string]any{
			"targetGroupArn": balancing + "targetgroup/demo-acme-web/3", "containerName": "web",
			"containerPort": 8080.0}}}, 100, 200, true},
		{"application-worker-service", "worker", map[string]any{"desiredCount": 1.0, "loadBalancers": nil,
			"healthCheckGracePeriodSeconds": nil}, 100, 200, true},
		{"application-scheduler-service", "scheduler", map[string]any{"desiredCount": 1.0, "loadBalancers": nil,
			"availabilityZoneRebalancing": "DISABLED"}, 0, 100, false},
		{"application-websocket-service", "websocket", map[string]any{"desiredCount": 2.0,
			"loadBalancers": []any{map[string]any{"targetGroupArn": balancing + "targetgroup/demo-acme-ws/4",
				"containerName": "websocket", "containerPort": 6001.0}}}, 100, 200, true},
	}
	assert.Len(t, recorder.OfType(serviceType), len(tests))
	for _, test := range tests {
		service := recorder.One(t, serviceType, test.service)
		harness.AssertTags(t, service, "application")
		harness.AssertInputs(t, service, test.inputs)
		harness.AssertInputs(t, service, map[string]any{
			"name":                                "demo-acme-" + test.name,
			"deploymentMinimumHealthyPercent":     test.least,
			"deploymentMaximumPercent":            test.most,
			"deploymentCircuitBreaker":            map[string]any{"enable": true, "rollback": true},
			"enableExecuteCommand":                false,
			"waitForSteadyState":                  true,
			"networkConfiguration.assignPublicIp": false,
		})
		if test.scales {
			assert.Equal(t, []string{"desiredCount"}, service.IgnoreChanges, test.name)
		} else {
			assert.Empty(t, service.IgnoreChanges, test.name)
		}
		assert.Subset(t, service.DependsOn, []string{"application-execution-policy", "application-task-policy"})
		if test.name != "scheduler" {
			assert.Contains(t, service.DependsOn, "application-scheduler-service", "the database is made ready first")
		}
	}
}

// TestFilesAreMountedOverTLS in every process.
func TestFilesAreMountedOverTLS(t *testing.T) {
	t.Parallel()
	recorder := declare(t, full())
	tasks := recorder.OfType(taskType)
	assert.Len(t, tasks, 4)
	for _, task := range tasks {
		assert.Equal(t, map[string]any{"name": "files", "efsVolumeConfiguration": map[string]any{
			"fileSystemId": "fs-1", "transitEncryption": "ENABLED",
			"authorizationConfig": map[string]any{"accessPointId": "fsap-1", "iam": "ENABLED"}}},
			task.Input("volumes[4]"), task.Name)
	}
	policy := recorder.One(t, "aws:iam/rolePolicy:RolePolicy", "application-task-policy")
	harness.AssertInputs(t, policy, map[string]any{"name": "demo-acme-web-task", "role": "demo-acme-web-task"})
	assert.Equal(t, "arn:aws:iam::123456789012:role/demo-acme-web-task",
		application.TaskRoleARN("123456789012", harness.TenantScope()))
}

func TestScaling(t *testing.T) {
	t.Parallel()
	recorder := declare(t, full())
	assert.Len(t, recorder.OfType(targetType), 3)
	for name, want := range map[string]map[string]any{
		"application-scaling": {"minCapacity": 2.0, "maxCapacity": 8.0,
			"resourceId": "service/demo-cell-cluster/demo-acme-web"},
		"application-worker-scaling": {"minCapacity": 1.0, "maxCapacity": 6.0,
			"resourceId": "service/demo-cell-cluster/demo-acme-worker"},
		"application-websocket-scaling": {"minCapacity": 2.0, "maxCapacity": 4.0,
			"resourceId": "service/demo-cell-cluster/demo-acme-websocket"},
	} {
		target := recorder.One(t, targetType, name)
		harness.AssertTags(t, target, "application")
		harness.AssertInputs(t, target, want)
		harness.AssertInputs(t, target, map[string]any{
			"serviceNamespace": "ecs", "scalableDimension": "ecs:service:DesiredCount"})
	}
	const tracking = "targetTrackingScalingPolicyConfiguration."
	const predefined = tracking + "predefinedMetricSpecification."
	assert.Len(t, recorder.OfType(policyType), 4)
	for name, want := range map[string]map[string]any{
		"application-cpu-policy": {"name": "demo-acme-web-cpu", tracking + "targetValue": 60.0,
			predefined + "predefinedMetricType": "ECSServiceAverageCPUUtilization"},
		"application-requests-policy": {"name": "demo-acme-web-requests", tracking + "targetValue": 600.0,
			predefined + "predefinedMetricType": "ALBRequestCountPerTarget",
			predefined + "resourceLabel":        "app/demo-cell-alb/1/targetgroup/demo-acme-web/3"},
		"application-websocket-cpu-policy": {"name": "demo-acme-websocket-cpu"},
		"application-worker-jobs-policy": {"name": "demo-acme-worker-jobs", tracking + "targetValue": 20.0,
			tracking + "customizedMetricSpecification.metrics[0].metricStat": map[string]any{"stat": "Maximum",
				"metric": map[string]any{"namespace": "Haven/demo-acme", "metricName": "JobsWaiting"}},
			tracking + "customizedMetricSpecification.metrics[1].metricStat": map[string]any{"stat": "Average",
				"metric": map[string]any{"namespace": "ECS/ContainerInsights", "metricName": "RunningTaskCount",
					"dimensions": []any{map[string]any{"name": "ClusterName", "value": "demo-cell-cluster"},
						map[string]any{"name": "ServiceName", "value": "demo-acme-worker"}}}},
			tracking + "customizedMetricSpecification.metrics[2].expression": "waiting / running"},
	} {
		policy := recorder.One(t, policyType, name)
		harness.AssertInputs(t, policy, want)
		harness.AssertInputs(t, policy, map[string]any{"policyType": "TargetTrackingScaling",
			tracking + "scaleOutCooldown": 60.0, tracking + "scaleInCooldown": 300.0})
	}
	filter := recorder.One(t, "aws:cloudwatch/logMetricFilter:LogMetricFilter", "application-scheduler-jobs")
	harness.AssertInputs(t, filter, map[string]any{
		"name":         "demo-acme-scheduler-jobs",
		"logGroupName": "/haven/demo-acme/scheduler",
		"pattern":      `{ $.metric = "JobsWaiting" }`,
		"metricTransformation": map[string]any{
			"namespace": "Haven/demo-acme", "name": "JobsWaiting", "value": "$.value", "unit": "Count"},
	})
}

// TestSuspended: everything stays, and nothing runs.
func TestSuspended(t *testing.T) {
	t.Parallel()
	suspended := full()
	suspended.Suspended = true
	running, recorder := declare(t, full()), declare(t, suspended)
	assert.Len(t, recorder.Declared(), len(running.Declared()))
	for _, service := range recorder.OfType(serviceType) {
		harness.AssertInputs(t, service, map[string]any{"desiredCount": 0.0})
	}
	for _, target := range recorder.OfType(targetType) {
		harness.AssertInputs(t, target, map[string]any{"minCapacity": 0.0, "maxCapacity": 0.0})
	}
}

// TestANewImageChangesTasksOnly: of a roll-out the services see new task definitions and nothing else.
func TestANewImageChangesTasksOnly(t *testing.T) {
	t.Parallel()
	next := full()
	next.Image = "public.ecr.aws/haven-demo/processmaker:4.16"
	before, after := declare(t, full()).Declared(), declare(t, next).Declared()
	require.Len(t, after, len(before))
	for i := range before {
		if before[i].Type == taskType {
			assert.NotEqual(t, before[i].Inputs, after[i].Inputs, before[i].Name)
			continue
		}
		assert.Equal(t, before[i].Inputs, after[i].Inputs, before[i].Name)
	}
}

func TestServiceNames(t *testing.T) {
	t.Parallel()
	names := make(chan []string, 1)
	require.NoError(t, harness.Run(&harness.Recorder{}, func(ctx *pulumi.Context) error {
		all, before := full(), &rule{}
		if err := ctx.RegisterResource("test:index:Rule", "rule", nil, before); err != nil {
			return err
		}
		all.Rule, all.WebSocketRule = before, before
		a, err := application.New(ctx, "application", all)
		if err != nil {
			return err
		}
		a.ServiceNames.ApplyT(func(v []string) []string { names <- v; return v })
		return nil
	}))
	assert.Equal(t, []string{"demo-acme-scheduler", "demo-acme-web", "demo-acme-worker", "demo-acme-websocket"}, <-names)
}
