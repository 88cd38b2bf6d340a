package cloud

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

const containerJSON = `{"name":"app","image":"r/app@sha256:0","portMappings":[{"containerPort":8080,"hostPort":8080}]%s}`

func (s *site) task(more string, changes settings) settings {
	return with(settings{"family": "acme", "cpu": "1024", "memory": "2048", "networkMode": "awsvpc",
		"requiresCompatibilities": []string{"FARGATE"}, "executionRoleArn": s.role.Text("arn"),
		"containerDefinitions": "[" + fmt.Sprintf(containerJSON, more) + "]"}, changes)
}

func logsTo(group string) string {
	return `,"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-region":"eu-west-1","awslogs-group":"` +
		group + `","awslogs-stream-prefix":"app"}}`
}

func TestTaskDefinitions(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		task := func(more string, changes settings) attempt {
			return attempt{token: ecsTaskDefinition, settings: s.task(more, changes)}
		}
		whole := func(definitions string) attempt { return task("", settings{"containerDefinitions": definitions}) }
		named := func(name, want string, a attempt) attempt { a.name, a.want = name, want; return a }
		return []attempt{
			named("Fargate", "", task(logsTo("/haven/a"), nil)),
			named("sizes with units", "", task("", settings{"cpu": ".25 vCPU", "memory": "0.5 GB"})),
			named("no such size",
				"api error ClientException: No Fargate configuration exists for given values: 256 CPU, 4096 memory.",
				task("", settings{"cpu": "256", "memory": "4096"})),
			named("memory between steps", "No Fargate configuration exists for given values: 1024 CPU, 2500 memory.",
				task("", settings{"memory": "2500"})),
			named("no cpu", "Fargate requires that 'cpu' be defined at the task level.", task("", settings{"cpu": nil})),
			named("no memory", "Fargate requires that 'memory' be defined at the task level.",
				task("", settings{"memory": nil})),
			named("network mode", "Fargate only supports network mode 'awsvpc'.",
				task("", settings{"networkMode": "bridge"})),
			named("no JSON", "ECS Task Definition container_definitions is invalid: Error decoding JSON", whole("[")),
			named("unknown key", `unknown field "readOnlyRootFilesystem"`, task(`,"readOnlyRootFilesystem":true`, nil)),
			named("no container", "Container list cannot be empty.", whole("[]")),
			named("no name", "Container.name should not be null or empty.", whole(`[{"image":"x"}]`)),
			named("no image", "Container.image should not be null or empty.", whole(`[{"name":"x"}]`)),
			named("none essential", "Task definition doesn't have any essential container.",
				task(`,"essential":false`, nil)),
			named("port shifted", "the host ports and container ports in port mappings must match.",
				whole(`[{"name":"a","image":"b","portMappings":[{"containerPort":80,"hostPort":81}]}]`)),
			named("a name twice",
				"not shared with any new or existing environment variables set on the container, such as 'A'.",
				task(`,"environment":[{"name":"A","value":"1"}],"secrets":[{"name":"A","valueFrom":"x"}]`, nil)),
			named("nameless variable", "Environment variable name cannot be null or blank.",
				task(`,"environment":[{"value":"1"}]`, nil)),
			named("secrets without role", "you must also specify a value for 'executionRoleArn'.",
				task(`,"secrets":[{"name":"A","valueFrom":"x"}]`, settings{"executionRoleArn": nil})),
			named("logs without role",
				"Fargate requires task definition to have execution role ARN to support log driver awslogs.",
				task(logsTo("x"), settings{"executionRoleArn": nil})),
			named("logs without group", "Log driver awslogs requires options: awslogs-region, awslogs-group",
				task(logsTo(""), nil)),
			named("no such volume", "Unknown volume 'tmp'.",
				task(`,"mountPoints":[{"sourceVolume":"tmp","containerPath":"/tmp"}]`, nil)),
			named("volume", "", task(`,"mountPoints":[{"sourceVolume":"tmp","containerPath":"/tmp"}]`,
				settings{"volumes": []settings{{"name": "tmp"}}})),
			named("access point without TLS", "EFS access points require transit encryption to be enabled.",
				task("", settings{"volumes": efsVolume("fs-1", settings{"authorizationConfig": settings{"accessPointId": "fsap-1"}})})),
			named("IAM without TLS", "EFS IAM authorization requires transit encryption to be enabled.",
				task("", settings{"volumes": efsVolume("fs-1", settings{"authorizationConfig": settings{"iam": "ENABLED"}})})),
			named("dependency", "", whole(`[{"name":"a","image":"b","dependsOn":[{"containerName":"c",`+
				`"condition":"SUCCESS"}]},{"name":"c","image":"b","essential":false}]`)),
			named("dependency on nothing", "depends on the container 'c', which does not exist.",
				task(`,"dependsOn":[{"containerName":"c","condition":"START"}]`, nil)),
			named("dependency's condition", "The dependency condition 'DONE' is not valid.",
				whole(`[{"name":"a","image":"b","dependsOn":[{"containerName":"c","condition":"DONE"}]},`+
					`{"name":"c","image":"b"}]`)),
			named("dependency on the end of an essential", "The container 'c' is essential",
				whole(`[{"name":"a","image":"b","dependsOn":[{"containerName":"c","condition":"SUCCESS"}]},`+
					`{"name":"c","image":"b"}]`)),
			named("no such role", "Role is not valid", task("",
				settings{"taskRoleArn": "arn:aws:iam::123456789012:role/x"})),
		}
	})
}

func efsVolume(system string, changes settings) []settings {
	return []settings{{"name": "files", "efsVolumeConfiguration": with(settings{"fileSystemId": system}, changes)}}
}

func TestTasksMountFilesThatAreThere(t *testing.T) {
	each(t, served, func(s *site) []attempt {
		system := func(token string) string {
			return s.make(efsFileSystem, settings{"creationToken": token, "encrypted": true}).ID
		}
		mounted, apart := system("mounted"), system("apart")
		s.make(efsMountTarget, settings{"fileSystemId": mounted, "subnetId": s.subnets[0].ID,
			"securityGroups": []string{s.group.ID}})
		point := func(system string) string { return s.make(efsAccessPoint, settings{"fileSystemId": system}).ID }
		mounting := func(name, system, point, want string) attempt {
			task := s.make(ecsTaskDefinition, s.task("", settings{"family": "files", "volumes": efsVolume(system, settings{
				"transitEncryption": "ENABLED", "authorizationConfig": settings{"accessPointId": point, "iam": "ENABLED"}})}))
			return attempt{name, ecsService, s.service(settings{"taskDefinition": task.ID}), want}
		}
		return []attempt{
			mounting("mounted", mounted, point(mounted), ""),
			mounting("no mount target", apart, point(apart), "Failed to resolve \""+apart+".efs.eu-west-1.amazonaws.com\""),
			mounting("another's access point", mounted, point(apart), "access denied by server"),
		}
	})
}

func TestRevisionsIncrease(t *testing.T) {
	s := full(t)
	first := s.make(ecsTaskDefinition, s.task("", nil))
	second := s.make(ecsTaskDefinition, s.task("", settings{"cpu": "512"}))
	assert.Equal(t, "arn:aws:ecs:eu-west-1:123456789012:task-definition/acme:1", first.Text("arn"))
	assert.Equal(t, "arn:aws:ecs:eu-west-1:123456789012:task-definition/acme:2", second.Text("arn"))
	assert.Equal(t, second.ID, second.Text("arn"))
	assert.NoError(t, s.delete(first))
	assert.NoError(t, s.delete(second))
	third := s.make(ecsTaskDefinition, s.task("", nil))
	assert.Equal(t, "arn:aws:ecs:eu-west-1:123456789012:task-definition/acme:3", third.Text("arn"))
	kept, err := s.update(third, s.task("", settings{"tags": settings{"a": "b"}}))
	assert.NoError(t, err)
	assert.Equal(t, third.Text("arn"), kept.Text("arn"))
}

func served(t *testing.T) *site {
	s := full(t)
	s.make(ecsCluster, settings{"name": "cell"})
	s.make(logGroup, settings{"name": "/haven/acme"})
	s.make(ecsTaskDefinition, s.task(logsTo("/haven/acme"), nil))
	s.make(lbListenerRule, hostRule(s.listener(s.loadBalancer()).ID, s.targetGroup("acme").ID, 1))
	return s
}

func (s *site) service(changes settings) settings {
	group, _ := s.Find(lbTargetGroup, account, ireland, "name", "acme")
	return with(settings{"name": "acme", "cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/cell",
		"launchType":     "FARGATE",
		"taskDefinition": "arn:aws:ecs:eu-west-1:123456789012:task-definition/acme:1", "desiredCount": 2,
		"networkConfiguration": settings{"subnets": s.subnetIDs(3), "securityGroups": []string{s.group.ID}},
		"loadBalancers":        []settings{{"targetGroupArn": group.ID, "containerName": "app", "containerPort": 8080}}},
		changes)
}

func TestServices(t *testing.T) {
	each(t, served, func(s *site) []attempt {
		s.make(ecsService, s.service(settings{"name": "taken"}))
		idle := s.targetGroup("idle").ID
		byInstance := s.make(lbTargetGroup, settings{"name": "inst", "port": 80, "targetType": "instance",
			"vpcId": s.vpc.ID}).ID
		s.make(lbListenerRule, hostRule(s.List(lbListener, account, ireland)[0].ID, byInstance, 2))
		secretARN := s.make(secret, settings{"name": "acme"}).ID
		wrong := s.make(iamRole, settings{"name": "wrong", "assumeRolePolicy": trust("ec2.amazonaws.com")}).Text("arn")
		target := func(changes settings) settings {
			base := s.service(nil)["loadBalancers"].([]settings)[0]
			return settings{"loadBalancers": []settings{with(base, changes)}}
		}
		withTask := func(more string, changes settings) settings {
			return settings{"taskDefinition": s.make(ecsTaskDefinition,
				s.task(more, with(settings{"family": "x"}, changes))).Text("arn")}
		}
		secrets := func(from string) string { return `,"secrets":[{"name":"A","valueFrom":"` + from + `"}]` }
		at := func(name string, changes settings, want string) attempt {
			return attempt{name, ecsService, s.service(changes), want}
		}
		return []attempt{
			at("complete", nil, ""),
			at("by family", settings{"taskDefinition": "acme"}, ""),
			at("taken", settings{"name": "taken"},
				"api error InvalidParameterException: Creation of service was not idempotent."),
			at("no cluster", settings{"cluster": "arn:x"}, "api error ClusterNotFoundException: Cluster not found."),
			at("no task definition", settings{"taskDefinition": "x:9"},
				"api error ClientException: Unable to describe task definition."),
			at("target group without load balancer", target(settings{"targetGroupArn": idle}),
				"The target group with targetGroupArn "+idle+" does not have an associated load balancer."),
			at("target type", target(settings{"targetGroupArn": byInstance}),
				"has target type instance, which is incompatible with the awsvpc"),
			at("no such container", target(settings{"containerName": "web"}),
				"The container web does not exist in the task definition."),
			at("no such port", target(settings{"containerPort": 80}),
				"The container app did not have a container port 80 defined."),
			at("no network", settings{"networkConfiguration": nil},
				"Network Configuration must be provided when networkMode 'awsvpc' is specified."),
			at("no such subnet", settings{"networkConfiguration": settings{"subnets": []string{"subnet-1"}}},
				"Error retrieving subnet information for [subnet-1]: The subnet ID 'subnet-1' does not exist"),
			at("nothing may move", settings{"deploymentMaximumPercent": 100},
				"Both maximumPercent and minimumHealthyPercent cannot be 100"),
			at("deployment range", settings{"deploymentMaximumPercent": 90}, "The deployment configuration is invalid"),
			at("two strategies", settings{"capacityProviderStrategies": []settings{{"capacityProvider": "FARGATE"}}},
				"Specifying both a launch type and capacity provider strategy is not supported."),
			at("grace without load balancer", settings{"loadBalancers": nil, "healthCheckGracePeriodSeconds": 60},
				"Health check grace period is only valid for services configured to use load balancers"),
			at("role not for tasks", withTask("", settings{"taskRoleArn": wrong}),
				"ECS was unable to assume the role '"+wrong+"'"),
			at("no such log group", withTask(logsTo("/haven/none"), nil), "The specified log group does not exist."),
			at("secret", withTask(secrets(secretARN+":password::"), nil), ""),
			at("no such secret", withTask(secrets("arn:aws:secretsmanager:eu-west-1:123456789012:secret:none-abcdef"),
				nil),
				"Secrets Manager can't find the specified secret."),
		}
	})
}

func TestClusters(t *testing.T) {
	each(t, served, func(*site) []attempt {
		return []attempt{
			{"insights", ecsCluster, settings{"name": "b", "settings": []settings{{"name": "containerInsights",
				"value": "enhanced"}}}, ""},
			{"no such insights", ecsCluster, settings{"name": "b",
				"settings": []settings{{"name": "containerInsights", "value": "on"}}}, "'on' is not valid"},
			{"name", ecsCluster, settings{"name": "a b"}, "must contain 1 to 255 alphanumeric characters"},
			{"providers", ecsClusterCapacityProviders, settings{"clusterName": "cell",
				"capacityProviders": []string{"FARGATE"}}, ""},
			{"no such provider", ecsClusterCapacityProviders,
				settings{"clusterName": "cell", "capacityProviders": []string{"LAMBDA"}},
				"The specified capacity provider 'LAMBDA' was not found."},
			{"no such cluster", ecsClusterCapacityProviders, settings{"clusterName": "none"}, "Cluster not found."},
		}
	})
	s := served(t)
	service := s.make(ecsService, s.service(nil))
	assert.Equal(t, "arn:aws:ecs:eu-west-1:123456789012:service/cell/acme", service.ID)
	cluster := s.List(ecsCluster, account, ireland)[0]
	expect(t, s.delete(cluster),
		"api error ClusterContainsServicesException: The Cluster cannot be deleted while Services are active.")
	expect(t, s.delete(s.group), "api error DependencyViolation")
	assert.NoError(t, s.delete(service))
	assert.NoError(t, s.delete(cluster))
}
