package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const scaledID = "service/cell/acme"

func scalable(least, most int) settings {
	return settings{"serviceNamespace": "ecs", "scalableDimension": "ecs:service:DesiredCount", "resourceId": scaledID,
		"minCapacity": least, "maxCapacity": most}
}

func tracking(configuration settings) settings {
	return settings{"name": "acme-cpu", "policyType": "TargetTrackingScaling", "serviceNamespace": "ecs",
		"scalableDimension": "ecs:service:DesiredCount", "resourceId": scaledID,
		"targetTrackingScalingPolicyConfiguration": with(settings{"targetValue": 60}, configuration)}
}

func predefined(metric, label string) settings {
	return tracking(settings{"predefinedMetricSpecification": settings{"predefinedMetricType": metric,
		"resourceLabel": label}})
}

func computed(metrics ...settings) settings {
	return tracking(settings{"customizedMetricSpecification": settings{"metrics": metrics}})
}

func TestScaling(t *testing.T) {
	read := func(id string, returned bool) settings {
		return settings{"id": id, "returnData": returned, "metricStat": settings{"stat": "Sum"}}
	}
	sum := settings{"id": "sum", "expression": "a + b"}
	each(t, served, func(s *site) []attempt {
		s.make(ecsService, s.service(nil))
		s.make(appAutoScalingTarget, scalable(2, 4))
		group, _ := s.Find(lbTargetGroup, account, ireland, "name", "acme")
		balancer := s.List(lbLoadBalancer, account, ireland)[0].ID
		label := balancer[strings.Index(balancer, "app/"):] + "/" + group.ID[strings.Index(group.ID, "targetgroup/"):]
		other := with(scalable(2, 4), settings{"resourceId": "service/cell/none"})
		target := func(name string, p settings, want string) attempt {
			return attempt{name, appAutoScalingTarget, p, want}
		}
		policy := func(name string, p settings, want string) attempt {
			return attempt{name, appAutoScalingPolicy, p, want}
		}
		return []attempt{
			target("of nothing", other, "ECS service doesn't exist: service/cell/none"),
			target("dimension", with(scalable(2, 4), settings{"scalableDimension": "ecs:x"}),
				"Unsupported service namespace, resource type or scalable dimension"),
			target("bounds", scalable(4, 2), "Maximum capacity cannot be less than minimum capacity"),
			target("below zero", scalable(-1, 2), "must not be negative"),
			policy("by processor", predefined("ECSServiceAverageCPUUtilization", ""), ""),
			policy("by requests", predefined("ALBRequestCountPerTarget", label), ""),
			policy("by requests of nothing", predefined("ALBRequestCountPerTarget", "app/a/1/targetgroup/b/2"),
				"Invalid resource label"),
			policy("by requests, unlabelled", predefined("ALBRequestCountPerTarget", ""), "Resource label is required"),
			policy("a label too many", predefined("ECSServiceAverageCPUUtilization", label),
				"Resource label is not valid for predefined metric type ECSServiceAverageCPUUtilization"),
			policy("of no target", with(predefined("ECSServiceAverageCPUUtilization", ""),
				settings{"resourceId": "service/cell/none"}), "No scalable target registered for resource ID: service/cell/none"),
			policy("nothing tracked", with(predefined("", ""),
				settings{"targetTrackingScalingPolicyConfiguration": nil}), "require a target tracking scaling policy"),
			policy("by math", computed(read("a", false), read("b", false), sum), ""),
			policy("by math of two results", computed(read("a", true), sum), "Exactly one metric must return data, not 2"),
			policy("by math of one name", computed(read("a", false), read("a", false)), "Metric IDs must be unique: a"),
			policy("by math of nothing", computed(settings{"id": "a"}),
				"Metric a must have either an expression or a metric stat"),
		}
	})
}

// TestTasksAreBroughtWithinBounds: registering a target changes the service at once.
func TestTasksAreBroughtWithinBounds(t *testing.T) {
	s := served(t)
	s.make(ecsService, s.service(settings{"desiredCount": 3}))
	for _, test := range []struct {
		least, most int
		want        any
	}{{0, 0, 0.0}, {5, 9, 5.0}, {2, 4, nil}, {3, 3, nil}} {
		call := s.call(appAutoScalingTarget, scalable(test.least, test.most), nil)
		changed := call.Type.Adjusts(call)
		if test.want == nil {
			assert.Empty(t, changed)
			continue
		}
		assert.Len(t, changed, 1)
		assert.Equal(t, test.want, changed[0].Outputs.Get("desiredCount").AsNumber())
	}
}

func TestMetricFilters(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		s.make(logGroup, settings{"name": "/haven/acme"})
		filter := func(changes, metric settings) settings {
			return with(settings{"name": "jobs", "logGroupName": "/haven/acme", "pattern": "{ $.metric = \"x\" }",
				"metricTransformation": with(settings{"namespace": "Haven/acme", "name": "Jobs", "value": "$.value"}, metric)},
				changes)
		}
		return []attempt{
			{"filter", logMetricFilter, filter(nil, nil), ""},
			{"of nothing", logMetricFilter, filter(settings{"logGroupName": "none"}, nil),
				"api error ResourceNotFoundException: The specified log group does not exist."},
			{"name", logMetricFilter, filter(settings{"name": "a:b"}, nil), "name must not contain : or *"},
			{"namespace", logMetricFilter, filter(nil, settings{"namespace": "a:b"}), "namespace must not contain"},
			{"default with dimensions", logMetricFilter, filter(nil,
				settings{"defaultValue": "0", "dimensions": settings{"Queue": "$.queue"}}), "together with dimensions"},
		}
	})
}
