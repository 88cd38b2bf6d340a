package application_test

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/application"
	"haven/components/application/scripts"
	"haven/tests/harness"
)

const (
	roleType    = "aws:iam/role:Role"
	taskType    = "aws:ecs/taskDefinition:TaskDefinition"
	serviceType = "aws:ecs/service:Service"
)

// rule stands in for the listener rule that the service waits for.
type rule struct{ pulumi.CustomResourceState }

var small = application.Size{CPU: 1024, MemoryMiB: 2048}

func args() application.Args {
	return application.Args{
		Scope:            harness.TenantScope(),
		Account:          "123456789012",
		Region:           "eu-west-1",
		Host:             "acme.demo.haven.example",
		Image:            "public.ecr.aws/haven-demo/processmaker:4.15",
		Web:              application.Scaled{Size: small, Min: 2, Max: 2},
		ClusterARN:       pulumi.String("arn:cluster"),
		SubnetIDs:        pulumi.ToStringArray([]string{"subnet-a", "subnet-b", "subnet-c"}),
		SecurityGroupID:  pulumi.String("sg-application"),
		TrustedProxies:   []string{"10.20.0.0/20"},
		TargetGroupARN:   pulumi.String("arn:target-group"),
		Rule:             &rule{},
		LogsKeyARN:       pulumi.String("arn:logs-key"),
		LogRetentionDays: 400,
		SecretsKeyARN:    pulumi.String("arn:secrets-key"),
		AppKeyARN:        pulumi.String("arn:app-key"),
		Database: application.Database{
			Host:      pulumi.String("db.example"),
			Port:      3306,
			Name:      "processmaker",
			SecretARN: pulumi.String("arn:db-secret"),
		},
	}
}

// full are those of a tenant with everything, whose processes scale.
func full() application.Args {
	all := args()
	all.Web = application.Scaled{Size: small, Min: 2, Max: 8}
	all.Worker = application.Scaled{Size: application.Size{CPU: 2048, MemoryMiB: 4096}, Min: 1, Max: 6}
	all.WebSocket = application.Scaled{Size: application.Size{CPU: 512, MemoryMiB: 1024}, Min: 2, Max: 4}
	all.Scheduler = application.Size{CPU: 512, MemoryMiB: 2048}
	all.ClusterARN = pulumi.String("arn:aws:ecs:eu-west-1:123456789012:cluster/demo-cell-cluster")
	all.ListenerARN = pulumi.String(balancing + "listener/app/demo-cell-alb/1/2")
	all.TargetGroupARN = pulumi.String(balancing + "targetgroup/demo-acme-web/3")
	all.WebSocketTargetGroupARN = pulumi.String(balancing + "targetgroup/demo-acme-ws/4")
	all.WebSocketRule = &rule{}
	all.AdminSecretARN = pulumi.String("arn:admin")
	all.AdminEmail = "admin@acme.example"
	all.Cache = &application.Cache{
		Host: pulumi.String("cache.example"), Port: 6379,
		SecretARN: pulumi.String("arn:cache"), SecretVersionID: pulumi.String("1-2-3"),
	}
	all.Files = &application.Files{FileSystemID: pulumi.String("fs-1"), AccessPointID: pulumi.String("fsap-1")}
	return all
}

const balancing = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:"

func declare(t *testing.T, all application.Args) *harness.Recorder {
	t.Helper()
	recorder := &harness.Recorder{}
	name := make(chan string, 1)
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		before := &rule{}
		if err := ctx.RegisterResource("test:index:Rule", "application-rule", nil, before); err != nil {
			return err
		}
		all.Rule = before
		if all.WebSocketRule != nil {
			all.WebSocketRule = before
		}
		a, err := application.New(ctx, "application", all)
		if err != nil {
			return err
		}
		a.ServiceName.ApplyT(func(v string) string { name <- v; return v })
		return nil
	}))
	assert.Equal(t, "demo-acme-web", <-name)
	return recorder
}

func TestFamilyAndTags(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args())
	taggable := map[string]bool{roleType: true, taskType: true, serviceType: true,
		"aws:cloudwatch/logGroup:LogGroup": true}
	children := 0
	for _, d := range recorder.Declared() {
		if d.Type == application.Type || d.Type == "test:index:Rule" {
			continue
		}
		children++
		assert.Equal(t, "application", d.Parent, d.Name)
		assert.Contains(t, d.Name, "application-")
		if taggable[d.Type] {
			harness.AssertTags(t, d, "application")
		}
	}
	assert.Equal(t, 6, children)
}

func TestService(t *testing.T) {
	t.Parallel()
	service := declare(t, args()).One(t, serviceType, "application-service")
	tests := map[string]map[string]any{
		"what runs": {"name": "demo-acme-web", "cluster": "arn:cluster", "launchType": "FARGATE",
			"platformVersion": "LATEST", "taskDefinition": "arn:aws:mock:::application-task"},
		"redundant": {"desiredCount": 2.0, "availabilityZoneRebalancing": "ENABLED",
			"networkConfiguration.subnets": []any{"subnet-a", "subnet-b", "subnet-c"}},
		"deployed safely": {"deploymentMinimumHealthyPercent": 100.0, "deploymentMaximumPercent": 200.0,
			"deploymentCircuitBreaker.enable": true, "deploymentCircuitBreaker.rollback": true,
			"waitForSteadyState": true, "healthCheckGracePeriodSeconds": 120.0},
		"private": {"networkConfiguration.assignPublicIp": false, "enableExecuteCommand": false,
			"networkConfiguration.securityGroups": []any{"sg-application"}},
		"behind the load balancer": {"loadBalancers": []any{map[string]any{"targetGroupArn": "arn:target-group",
			"containerName": "web", "containerPort": 8080.0}}},
		"tagged": {"propagateTags": "SERVICE", "enableEcsManagedTags": true},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			harness.AssertInputs(t, service, want)
		})
	}
	assert.Subset(t, service.DependsOn, []string{"application-rule", "application-execution-policy", "application-log"})
}

func TestTask(t *testing.T) {
	t.Parallel()
	task := declare(t, args()).One(t, taskType, "application-task")
	harness.AssertInputs(t, task, map[string]any{
		"family":                                "demo-acme-web",
		"requiresCompatibilities":               []any{"FARGATE"},
		"networkMode":                           "awsvpc",
		"cpu":                                   "1024",
		"memory":                                "2048",
		"runtimePlatform.operatingSystemFamily": "LINUX",
		"runtimePlatform.cpuArchitecture":       "X86_64",
		"executionRoleArn":                      "arn:aws:mock:::application-execution-role",
		"taskRoleArn":                           "arn:aws:mock:::application-task-role",
		"volumes": []any{map[string]any{"name": "bootstrap-cache"}, map[string]any{"name": "framework"},
			map[string]any{"name": "run"}, map[string]any{"name": "tmp"}},
	})
	var containers []struct {
		Name    string
		Secrets []struct{ Name, ValueFrom string }
	}
	require.NoError(t, json.Unmarshal([]byte(task.Input("containerDefinitions").(string)), &containers))
	require.Len(t, containers, 1)
	assert.Equal(t, "web", containers[0].Name)
	for _, s := range containers[0].Secrets {
		assert.Regexp(t, `^arn:(app-key|db-secret:(username|password)::)$`, s.ValueFrom)
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args())
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Principal":{"Service":["ecs-tasks.amazonaws.com"]},"Action":["sts:AssumeRole"],` +
		`"Condition":{"ArnLike":{"aws:SourceArn":["arn:aws:ecs:eu-west-1:123456789012:*"]},` +
		`"StringEquals":{"aws:SourceAccount":["123456789012"]}}}]}`
	for _, use := range []string{"execution", "task"} {
		harness.AssertInputs(t, recorder.One(t, roleType, "application-"+use+"-role"), map[string]any{
			"name":              "demo-acme-web-" + use,
			"assumeRolePolicy":  trust,
			"managedPolicyArns": nil,
			"inlinePolicies":    nil,
		})
	}
	policies := recorder.OfType("aws:iam/rolePolicy:RolePolicy")
	require.Len(t, policies, 1, "the task's own role may do nothing")
	harness.AssertInputs(t, policies[0], map[string]any{
		"name": "demo-acme-web-execution",
		"role": "demo-acme-web-execution",
	})
	assert.Contains(t, policies[0].Input("policy"), `"Resource":["arn:app-key","arn:db-secret"]`)
	assert.Contains(t, policies[0].Input("policy"), `"Resource":["arn:secrets-key"]`)
	assert.Empty(t, recorder.OfType("aws:iam/rolePolicyAttachment:RolePolicyAttachment"))
}

func TestLog(t *testing.T) {
	t.Parallel()
	log := declare(t, args()).One(t, "aws:cloudwatch/logGroup:LogGroup", "application-log")
	harness.AssertInputs(t, log, map[string]any{
		"name":            "/haven/demo-acme/web",
		"kmsKeyId":        "arn:logs-key",
		"retentionInDays": 400.0,
	})
}

// TestSecretPassesThrough: what is secret when it comes in is secret in what it is rendered into.
func TestSecretPassesThrough(t *testing.T) {
	t.Parallel()
	secret := args()
	secret.AppKeyARN = pulumi.ToSecret(pulumi.String("arn:app-key")).(pulumi.StringOutput)
	recorder := declare(t, secret)
	assert.True(t, recorder.One(t, taskType, "application-task").Secret("containerDefinitions"))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const missing = ": missing, expected a value\n"
	const nothingGiven = "application: Scope" + missing +
		"Web.CPU: 0, expected one of 512, 1024, 2048, 4096, 8192, 16384; " +
		"choose one of Fargate's sizes, 1024 for one processor\n" +
		"Web.Min: 0, expected 2 to 20\nWeb.Max: 0, expected 2 to 20\n" +
		"Account" + missing + "Region" + missing + "Host" + missing + "Image" + missing +
		"ClusterARN" + missing + "SubnetIDs" + missing + "SecurityGroupID" + missing + "TrustedProxies" + missing +
		"TargetGroupARN" + missing + "Rule" + missing + "LogsKeyARN" + missing + "LogRetentionDays" + missing +
		"SecretsKeyARN" + missing + "AppKeyARN" + missing + "Database.Host" + missing +
		"Database.Port" + missing + "Database.Name" + missing +
		"Database.SecretARN: missing, expected a value"
	harness.AssertRefusals(t, application.New, nothingGiven, args, map[string]func(*application.Args){
		"application: Web.Min: 1, expected 2 to 20": func(a *application.Args) {
			a.Web.Min, a.ListenerARN = 1, pulumi.String("arn:listener")
		},
		"application: Web.Max: 2, expected 3 to 20": func(a *application.Args) {
			a.Web.Min = 3
		},
		"application: Web.MemoryMiB: 8192, expected 1024 to 4096 in steps of 1024, as Fargate allows with cpu 512; " +
			"choose one of these, or another cpu": func(a *application.Args) {
			a.Web.CPU, a.Web.MemoryMiB = 512, 8192
		},
		"application: ListenerARN: missing, expected a value": func(a *application.Args) {
			a.Web.Max = 4
		},
		"application: Cache.Host" + missing + "Cache.Port" + missing + "Cache.SecretARN" + missing +
			"Cache.SecretVersionID" + missing +
			"Worker.Min: 0, expected 1 to 20\nWorker.Max: 0, expected 1 to 20\n" +
			"WebSocket.Min: 0, expected 1 to 20\nWebSocket.Max: 0, expected 1 to 20\n" +
			"WebSocketTargetGroupARN" + missing + "WebSocketRule" + missing + "AdminSecretARN" + missing +
			"AdminEmail" + missing + "Files: missing, expected a value": func(a *application.Args) {
			a.Cache = &application.Cache{}
			a.Worker.Size, a.WebSocket.Size, a.Scheduler = small, small, small
		},
		"application: Files.FileSystemID" + missing + "Files.AccessPointID: missing, expected a value": func(
			a *application.Args,
		) {
			a.Files = &application.Files{}
		},
		"application: Scripts.BaseURL: \"http://scripts.example\", expected a URL that begins with \"https://\" and " +
			"names a host; whoever runs the service tells it": func(a *application.Args) {
			a.Scripts = scripts.Service{
				BaseURL: "http://scripts.example", TokenURL: "https://id.example/token", CallbackPath: "/api/results",
				SecretARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme-scripts-AbCdEf",
			}
		},
	})
}
