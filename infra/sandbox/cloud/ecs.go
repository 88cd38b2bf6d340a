package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Clusters and services: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html.
func ecsTypes() []*Type {
	return []*Type{
		{
			Token: ecsCluster, ID: func(c *Call) string { return c.arn("ecs", "cluster/"+c.text("name")) },
			References: []Reference{
				toKey("configuration.executeCommandConfiguration.kmsKeyId", ecs.says("CreateCluster",
					"InvalidParameterException", "The specified KMS key '%s' does not exist.")),
				{Property: "configuration.executeCommandConfiguration.logConfiguration.cloudWatchLogGroupName",
					To: logGroup,
					By: "name", NotFound: ecs.says("CreateCluster", "InvalidParameterException",
						"The specified log group '%s' does not exist.")},
			},
			Refuse: firstOf(ecsName("name"), refuseInsightsSetting), Computed: clusterOutputs,
		},
		{
			Token: ecsClusterCapacityProviders, ID: func(c *Call) string { return c.text("clusterName") },
			References: []Reference{{Property: "clusterName", To: ecsCluster, By: "name",
				NotFound: clusterNotFound("PutClusterCapacityProviders")}},
			Refuse: refuseCapacityProviders,
		},
		{
			Token: ecsService, ID: func(c *Call) string {
				return c.arn("ecs", "service/"+lastPart(c.text("cluster"), "/")+"/"+c.text("name"))
			},
			References: []Reference{
				{Property: "cluster", To: ecsCluster, By: "arn", Or: []Target{{ecsCluster, "name"}},
					NotFound: clusterNotFound("CreateService"),
					InUse: ecs.says("DeleteCluster", "ClusterContainsServicesException",
						"The Cluster cannot be deleted while Services are active.")},
				{Property: "taskDefinition", To: ecsTaskDefinition, By: "arn", When: isTaskDefinitionARN,
					NotFound: ecs.says("CreateService", "ClientException", "Unable to describe task definition.")},
				{Property: "loadBalancers[*].targetGroupArn", To: lbTargetGroup, By: "arn",
					NotFound: noLoadBalancer},
				{Property: "networkConfiguration.subnets[*]", To: ec2Subnet, By: "id", InUse: subnetInUse,
					NotFound: ecs.says("CreateService", "InvalidParameterException",
						"Error retrieving subnet information for"+
							" [%s]: The subnet ID '%s' does not exist (ErrorCode: InvalidSubnetID.NotFound)")},
				toSecurityGroup("networkConfiguration.securityGroups[*]",
					ecs.says("CreateService", "InvalidParameterException",
						"Error retrieving security group information for [%s]: The security group '%s' does not exist"+
							" (ErrorCode: InvalidGroup.NotFound)")),
			},
			Refuse: firstOf(ecsName("name"), refuseServiceTaken, refuseDeployment, refuseServiceTask, refuseTargets,
				refuseTaskStart, groupsPerInterface("networkConfiguration.securityGroups[*]",
					ecs.says("CreateService", "InvalidParameterException", "security groups can have at most %s items."))),
			Computed: serviceOutputs,
		},
		taskDefinitionType(),
	}
}

// noLoadBalancer is also what a service is told of a target group that is gone.
var noLoadBalancer = ecs.says("CreateService", "InvalidParameterException",
	"The target group with targetGroupArn %s does not have an associated load balancer.")

func isTaskDefinitionARN(name string) bool { return strings.HasPrefix(name, "arn:") }

func clusterNotFound(operation string) Error {
	return ecs.says(operation, "ClusterNotFoundException", "Cluster not found.")
}

func serviceRefused(format string, args ...any) error {
	return ecs.refuses("CreateService", "InvalidParameterException", format, args...)
}

var ecsNameCharacters = regexp.MustCompile(`^[0-9A-Za-z_-]{1,255}$`)

func ecsName(path string) check {
	return func(c *Call) error {
		if name := c.text(path); name != "" && !ecsNameCharacters.MatchString(name) {
			return fmt.Errorf("%q must contain 1 to 255 alphanumeric characters, hyphens and underscores: %q", path,
				name)
		}
		return nil
	}
}

// refuseInsightsSetting: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterSetting.html.
func refuseInsightsSetting(c *Call) error {
	for _, value := range c.texts("settings[*].value") {
		if !slices.Contains([]string{"enabled", "enhanced", "disabled"}, value) {
			return ecs.refuses("CreateCluster", "InvalidParameterException",
				"The setting value '%s' is not valid for containerInsights.", value)
		}
	}
	return nil
}

func clusterOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.ID).
		fill("settings", property.New([]property.Value{object(map[string]property.Value{
			"name": property.New("containerInsights"), "value": property.New("disabled")})})).
		values
}

// refuseCapacityProviders:
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html.
func refuseCapacityProviders(c *Call) error {
	for _, name := range c.texts("capacityProviders[*]") {
		if name != "FARGATE" && name != "FARGATE_SPOT" {
			return ecs.refuses("PutClusterCapacityProviders", "InvalidParameterException",
				"The specified capacity provider '%s' was not found. Specify a valid name or ARN and try again.", name)
		}
	}
	for _, name := range c.texts("defaultCapacityProviderStrategies[*].capacityProvider") {
		if !slices.Contains(c.texts("capacityProviders[*]"), name) {
			return ecs.says("PutClusterCapacityProviders", "InvalidParameterException",
				"The specified capacity provider"+
					" strategy cannot contain a capacity provider that is not associated with the cluster. Associate the"+
					" capacity"+
					" provider with the cluster and try again.")
		}
	}
	return nil
}

func refuseServiceTaken(c *Call) error {
	for _, other := range c.others(c.list(ecsService)) {
		if other.ID == c.ID {
			return serviceRefused("Creation of service was not idempotent.")
		}
	}
	return nil
}

// refuseDeployment: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html.
func refuseDeployment(c *Call) error {
	least, hasLeast := c.number("deploymentMinimumHealthyPercent")
	most, hasMost := c.number("deploymentMaximumPercent")
	if !hasLeast {
		least = 100
	}
	if !hasMost {
		most = 200
	}
	switch {
	case least == 100 && most == 100:
		return serviceRefused("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block" +
			" deployments.")
	case least < 0 || most < 100 || most < least:
		return serviceRefused("The deployment configuration is invalid: minimumHealthyPercent %d, maximumPercent %d.",
			least, most)
	case c.has("launchType") && c.has("capacityProviderStrategies"):
		return serviceRefused("Specifying both a launch type and capacity provider strategy is not supported. Remove" +
			" one and" +
			" try again.")
	case c.has("healthCheckGracePeriodSeconds") && !c.has("loadBalancers"):
		return serviceRefused("Health check grace period is only valid for services configured to use load balancers")
	}
	return nil
}

// findTask is the task definition of a service: by ARN, by family and revision, or the family's newest.
func findTask(c *Call) (Resource, bool) {
	name := c.text("taskDefinition")
	if task, found := c.find(ecsTaskDefinition, "arn", name); found {
		return task, true
	}
	family, revision, exact := strings.Cut(name, ":")
	var newest Resource
	for _, task := range c.list(ecsTaskDefinition) {
		number, _ := numberAt(task.Outputs, "revision")
		latest, _ := numberAt(newest.Outputs, "revision")
		if task.Text("family") == family && (number > latest && !exact || exact && strconv.Itoa(number) == revision) {
			newest = task
		}
	}
	return newest, newest.ID != ""
}

func refuseServiceTask(c *Call) error {
	task, found := findTask(c)
	switch {
	case !c.has("taskDefinition"):
		return nil
	case c.text("taskDefinition") == "":
		return nil
	case !found:
		return ecs.says("CreateService", "ClientException", "Unable to describe task definition.")
	case task.Text("networkMode") == "awsvpc" && !c.has("networkConfiguration"):
		return serviceRefused("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	case c.text("launchType") == "FARGATE" &&
		!slices.Contains(props.Texts(task.Outputs, "requiresCompatibilities[*]"), "FARGATE"):
		return serviceRefused("Task definition does not support launch_type FARGATE.")
	}
	return nil
}

// refuseTargets: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html.
func refuseTargets(c *Call) error {
	task, _ := findTask(c)
	containers, _ := parseContainers(task.Text("containerDefinitions"))
	for _, target := range props.Maps(c.Inputs, "loadBalancers[*]") {
		arn, name := Text(target, "targetGroupArn"), Text(target, "containerName")
		port, _ := numberAt(target, "containerPort")
		group, found := c.find(lbTargetGroup, "arn", arn)
		index := slices.IndexFunc(containers, func(d container) bool { return d.Name == name })
		switch {
		case found && len(loadBalancersOf(c, arn)) == 0:
			return noLoadBalancer.With(arn)
		case found && task.Text("networkMode") == "awsvpc" && group.Text("targetType") != "ip":
			return serviceRefused("The provided target group %s has target type %s, which is incompatible with the"+
				" awsvpc"+
				" network mode specified in the task definition.", arn, group.Text("targetType"))
		case task.ID == "" || name == "":
		case index < 0:
			return serviceRefused("The container %s does not exist in the task definition.", name)
		case !containers[index].listensOn(port):
			return serviceRefused("The container %s did not have a container port %d defined.", name, port)
		}
	}
	return nil
}

// refuseTaskStart: what a task needs to start; without it the deployment never becomes steady. The texts are those of
// the stopped tasks: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html.
func refuseTaskStart(c *Call) error {
	task, found := findTask(c)
	if count, given := c.number("desiredCount"); !found || given && count == 0 {
		return nil
	}
	for _, property := range []string{"executionRoleArn", "taskRoleArn"} {
		role, exists := c.findGlobal(iamRole, "arn", task.Text(property))
		if exists && !trusts(role, "ecs-tasks.amazonaws.com", c.arn("ecs", "*")) {
			return ecs.refuses("CreateService", "ClientException",
				"ECS was unable to assume the role '%s' that was provided"+
					" for this task. Please verify that the role being passed has the proper trust relationship and"+
					" permissions"+
					" and that your IAM user has permissions to pass this role.", role.Text("arn"))
		}
	}
	if err := refuseMounts(c, task); err != nil {
		return err
	}
	containers, _ := parseContainers(task.Text("containerDefinitions"))
	for _, d := range containers {
		if err := refuseContainerStart(c, d); err != nil {
			return err
		}
	}
	return nil
}

// stopped is why a task stopped, in ECS's words.
func stopped(format string, args ...any) error { return stoppedReason(fmt.Sprintf(format, args...)) }

type stoppedReason string

func (r stoppedReason) Error() string { return string(r) }

func refuseContainerStart(c *Call, d container) error {
	if log := d.LogConfiguration; log.LogDriver == "awslogs" && log.Options["awslogs-create-group"] != "true" {
		_, exists := c.World.Find(logGroup, c.Account, log.Options["awslogs-region"], "name",
			log.Options["awslogs-group"])
		if !exists {
			return stopped("ResourceInitializationError: failed to validate logger args: create stream has been" +
				" retried 1" +
				" times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group" +
				" does not exist.")
		}
	}
	for _, s := range d.Secrets {
		if arn := secretOf(s.ValueFrom); arn != "" && !secretExists(c, arn) {
			return stopped("ResourceInitializationError: unable to pull secrets or registry auth: execution"+
				" resource"+
				" retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s):"+
				" failed to fetch"+
				" secret %s from secrets manager: ResourceNotFoundException: Secrets Manager can't find the"+
				" specified secret.", arn)
		}
	}
	return nil
}

// secretOf is the secret's ARN in a valueFrom, which may also pick a key, stage and version of it; "" where it is none:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html.
func secretOf(valueFrom string) string {
	parts := strings.Split(valueFrom, ":")
	if len(parts) < 7 || parts[2] != "secretsmanager" {
		return ""
	}
	return strings.Join(parts[:7], ":")
}

func serviceOutputs(c *Call) map[string]property.Value {
	out := c.outputs().
		fillText("cluster", c.arn("ecs", "cluster/default")).
		fillText("availabilityZoneRebalancing", "DISABLED").
		fillText("iamRole", "/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS").
		fill("triggers", object(map[string]property.Value{}))
	if !c.has("capacityProviderStrategies") {
		out.fillText("launchType", "EC2")
	}
	if c.text("launchType") == "FARGATE" {
		out.fillText("platformVersion", "LATEST")
	}
	return out.values
}
