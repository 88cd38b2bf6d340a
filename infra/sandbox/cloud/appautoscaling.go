package cloud

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// The scaling of ECS services:
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html.
func appAutoScalingTypes() []*Type {
	return []*Type{
		{
			Token: appAutoScalingTarget, ID: func(c *Call) string { return c.text("resourceId") },
			Refuse: firstOf(refuseScaledNothing, refuseTaskBounds), Computed: scalableTargetOutputs, Adjusts: withinCapacity,
		},
		{
			Token: appAutoScalingPolicy, ID: func(c *Call) string { return c.text("name") },
			References: []Reference{{Property: "resourceId", To: appAutoScalingTarget, By: "resourceId",
				NotFound: appAutoScaling.says("PutScalingPolicy", "ObjectNotFoundException",
					"No scalable target registered for resource ID: %s")}},
			Refuse: refuseTracking, Computed: scalingPolicyOutputs,
		},
	}
}

// scaledService is the service of a resource ID "service/<cluster>/<service>".
func scaledService(c *Call) (Resource, bool) {
	return c.find(ecsService, "id", c.arn("ecs", c.text("resourceId")))
}

func refuseScaledNothing(c *Call) error {
	namespace, dimension := c.text("serviceNamespace"), c.text("scalableDimension")
	switch {
	case c.text("resourceId") == "":
		return nil
	case namespace == "ecs" && dimension != "ecs:service:DesiredCount":
		return appAutoScaling.refuses("RegisterScalableTarget", "ValidationException",
			"Unsupported service namespace, resource type or scalable dimension: %s", dimension)
	}
	if _, found := scaledService(c); namespace == "ecs" && !found {
		return appAutoScaling.refuses("RegisterScalableTarget", "ValidationException",
			"ECS service doesn't exist: %s", c.text("resourceId"))
	}
	return nil
}

func refuseTaskBounds(c *Call) error {
	least, _ := c.number("minCapacity")
	most, _ := c.number("maxCapacity")
	switch {
	case least < 0 || most < 0:
		return appAutoScaling.says("RegisterScalableTarget", "ValidationException",
			"Minimum and maximum capacity must not be negative")
	case most < least:
		return appAutoScaling.says("RegisterScalableTarget", "ValidationException",
			"Maximum capacity cannot be less than minimum capacity")
	}
	return nil
}

func scalableTargetOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.arn("application-autoscaling", "scalable-target/0ec5"+digest(32, c.Account, c.Region, c.ID))).
		text("roleArn", "arn:aws:iam::"+c.Account+":role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"+
			"AWSServiceRoleForApplicationAutoScaling_ECSService").
		values
}

// withinCapacity brings the service's count of tasks within the bounds, as registering does at once.
func withinCapacity(c *Call) []Resource {
	service, found := scaledService(c)
	least, _ := c.number("minCapacity")
	most, _ := c.number("maxCapacity")
	count, _ := numberAt(service.Outputs, "desiredCount")
	if bounded := min(max(count, least), most); found && bounded != count {
		service.Outputs = service.Outputs.Set("desiredCount", num(bounded))
		return []Resource{service}
	}
	return nil
}

// requestsLabel: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html.
var requestsLabel = regexp.MustCompile(`^(app/[^/]+/[^/]+)/(targetgroup/[^/]+/[^/]+)$`)

// refuseTracking: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html.
func refuseTracking(c *Call) error {
	const configuration = "targetTrackingScalingPolicyConfiguration"
	const predefined = configuration + ".predefinedMetricSpecification"
	refused := func(format string, args ...any) error {
		return appAutoScaling.refuses("PutScalingPolicy", "ValidationException", format, args...)
	}
	metric, label := c.text(predefined+".predefinedMetricType"), c.text(predefined+".resourceLabel")
	switch {
	case c.text("policyType") != "TargetTrackingScaling":
		return nil
	case !c.has(configuration):
		return refused("Target tracking scaling policies require a target tracking scaling policy configuration")
	case metric == "ALBRequestCountPerTarget" && label == "":
		return refused("Resource label is required for predefined metric type ALBRequestCountPerTarget")
	case metric == "ALBRequestCountPerTarget" && !countsRequests(c, label):
		return refused("Invalid resource label %s: no load balancer forwards to such a target group", label)
	case metric != "ALBRequestCountPerTarget" && label != "":
		return refused("Resource label is not valid for predefined metric type %s", metric)
	}
	return refuseMetricMath(c, configuration+".customizedMetricSpecification.metrics[*]", refused)
}

// countsRequests says whether a label names a target group that the load balancer it names forwards to.
func countsRequests(c *Call, label string) bool {
	parts := requestsLabel.FindStringSubmatch(label)
	if parts == nil {
		return false
	}
	for _, balancer := range loadBalancersOf(c, c.arn("elasticloadbalancing", parts[2])) {
		if strings.HasSuffix(balancer, parts[1]) {
			return true
		}
	}
	return false
}

// refuseMetricMath: exactly one of the metrics is the result, each has an ID of its own, and each is either read or
// computed.
func refuseMetricMath(c *Call, path string, refused func(string, ...any) error) error {
	seen, results := map[string]bool{}, 0
	all := props.Maps(c.Inputs, path)
	for _, query := range all {
		id := Text(query, "id")
		switch {
		case seen[id]:
			return refused("Metric IDs must be unique: %s", id)
		case absent(query, "expression") == absent(query, "metricStat"):
			return refused("Metric %s must have either an expression or a metric stat", id)
		}
		seen[id] = true
		if returned := query.Get("returnData"); returned.IsNull() || returned.IsBool() && returned.AsBool() {
			results++
		}
	}
	if len(all) > 0 && results != 1 {
		return refused("Exactly one metric must return data, not %d", results)
	}
	return nil
}

func scalingPolicyOutputs(c *Call) map[string]property.Value {
	arn := c.arn("autoscaling", "scalingPolicy:"+uuid(digest(32, c.Account, c.Region, c.ID))+":resource/"+
		c.text("serviceNamespace")+"/"+c.text("resourceId")+":policyName/"+c.ID)
	alarms := []string{}
	for _, side := range []string{"AlarmHigh", "AlarmLow"} {
		alarms = append(alarms, c.arn("cloudwatch", "alarm:TargetTracking-"+c.text("resourceId")+"-"+side+"-"+
			uuid(digest(32, c.ID, side))))
	}
	out := c.outputs().text("arn", arn)
	if c.text("policyType") == "TargetTrackingScaling" {
		out.set("alarmArns", strs(alarms...))
	}
	return out.values
}
