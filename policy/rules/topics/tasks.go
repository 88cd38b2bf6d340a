package topics

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"haven/policy/rules"
)

const (
	cluster        = "aws:ecs/cluster:Cluster"
	service        = "aws:ecs/service:Service"
	taskSet        = "aws:ecs/taskSet:TaskSet"
	taskDefinition = "aws:ecs/taskDefinition:TaskDefinition"
	role           = "aws:iam/role:Role"
)

var tasks = []rules.Rule{
	on("ecs-container-insights", insights, cluster),
	on("ecs-exec-logging", among("configuration.executeCommandConfiguration.logging", "OVERRIDE", "DEFAULT"), cluster),
	on("ecs-exec-cmk", both(given("configuration.executeCommandConfiguration.kmsKeyId", "the customer's own key"),
		sessionLogs),
		cluster),
	on("ecs-efs-tls", filesOverTLS, taskDefinition),
	across("ecs-roles-differ", twoRoles, taskDefinition),
	on("ecs-platform-latest", recentPlatform, service, schedule),
	on("ecs-no-public-ip", both(mustNot("networkConfiguration.assignPublicIp"),
		mustNot("target.ecsParameters.networkConfiguration.assignPublicIp")), service, taskSet, schedule),
	on("ecs-not-privileged", eachContainer("privileged: true", "an unprivileged container",
		func(c container) bool { return c.Privileged }), taskDefinition),
	on("ecs-no-host-pid", noHostProcesses, taskDefinition),
	on("ecs-awsvpc", among("networkMode", "awsvpc"), taskDefinition),
	on("ecs-readonly-root", eachContainer("a root file system that can be written", "readonlyRootFilesystem: true",
		func(c container) bool { return !c.ReadonlyRootFilesystem }), taskDefinition),
	on("ecs-non-root-user", eachContainer("no user but root", "a user other than root", runsAsRoot), taskDefinition),
	on("ecs-no-secret-env", noSecretInEnvironment, taskDefinition),
	on("ecs-logging", eachContainer("no log", "a logConfiguration",
		func(c container) bool { return c.LogConfiguration.LogDriver == "" }), taskDefinition),
	on("ecs-logging-nonblocking", eachContainer("a log that it waits for", `the option mode "non-blocking"`, waitsForLog),
		taskDefinition),
}

func insights(l *rules.Look) {
	for _, setting := range l.Each("settings") {
		if setting.Text("name") == "containerInsights" {
			oneOf(setting, "value", "enhanced", "enabled")
			return
		}
	}
	if l.Known("settings") {
		l.RefuseFound("settings", "without containerInsights", `it to be "enhanced"`, "add it")
	}
}

func sessionLogs(l *rules.Look) {
	const at = "configuration.executeCommandConfiguration.logConfiguration."
	if l.Text("configuration.executeCommandConfiguration.logging") == "OVERRIDE" &&
		!l.Flag(at+"cloudWatchEncryptionEnabled") && !l.Flag(at+"s3BucketEncryptionEnabled") {
		l.Refuse(at+"cloudWatchEncryptionEnabled", "true", "set it to true")
	}
}

func filesOverTLS(l *rules.Look) {
	for _, volume := range l.Each("volumes") {
		for _, files := range volume.Each("efsVolumeConfiguration") {
			oneOf(files, "transitEncryption", "ENABLED")
		}
	}
}

func twoRoles(l *rules.Look) {
	for _, path := range []string{"executionRoleArn", "taskRoleArn"} {
		has(l, path, "a role")
	}
	starts, runs := l.Named("executionRoleArn", role), l.Named("taskRoleArn", role)
	if len(starts) != 1 || len(runs) != 1 {
		if text := l.Text("taskRoleArn"); text != "" && text == l.Text("executionRoleArn") {
			l.Refuse("taskRoleArn", "another role than executionRoleArn", "give the application a role of its own")
		}
		return
	}
	if starts[0].Resource == runs[0].Resource {
		lacks(l, "executionRoleArn and taskRoleArn are both "+runs[0].Resource.Name(), "two roles",
			"give the application a role of its own", runs[0].Resource)
	}
}

// recentPlatform demands the platform from 1.4.0 on, where it is Fargate's.
func recentPlatform(l *rules.Look) {
	for _, path := range []string{"platformVersion", "target.ecsParameters.platformVersion"} {
		if l.Has(path) {
			oneOf(l, path, "1.4.0", "LATEST")
		}
	}
}

func noHostProcesses(l *rules.Look) {
	if l.Text("pidMode") == "host" {
		l.Refuse("pidMode", "absent", "remove it")
	}
}

// container is what the rules ask of one in a definition.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
type container struct {
	Name, Image, User                  string
	Privileged, ReadonlyRootFilesystem bool
	Environment, Secrets               []variable
	MountPoints                        []mount
	LogConfiguration                   struct {
		LogDriver string
		Options   map[string]string
	}
}

// variable is one that a container is told or given. Of a secret, only the name is asked for.
type variable struct{ Name, Value, ValueFrom string }

type mount struct {
	SourceVolume, ContainerPath string
	ReadOnly                    bool
}

func containers(l *rules.Look) []container {
	text := l.Text("containerDefinitions")
	if text == "" {
		return nil
	}
	var all []container
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		l.RefuseFound("containerDefinitions", "not what ECS reads: "+err.Error(), "a list of containers", "correct it")
	}
	return all
}

// eachContainer refuses the containers of which wrong is so.
func eachContainer(found, want string, wrong func(container) bool) func(*rules.Look) {
	return func(l *rules.Look) {
		for _, c := range containers(l) {
			if wrong(c) {
				l.RefuseFound("containerDefinitions", fmt.Sprintf("of a container %q with %s", c.Name, found), want,
					"give it "+want)
			}
		}
	}
}

func runsAsRoot(c container) bool {
	user, _, _ := strings.Cut(c.User, ":")
	return slices.Contains([]string{"", "root", "0"}, user)
}

func waitsForLog(c container) bool {
	return c.LogConfiguration.LogDriver == "awslogs" && c.LogConfiguration.Options["mode"] != "non-blocking"
}

// secretName is how variables that hold secrets are called.
var secretName = regexp.MustCompile(`(?i)(PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|APP_KEY)`)

// noSecretInEnvironment takes no switch or number for a secret.
func noSecretInEnvironment(l *rules.Look) {
	for _, c := range containers(l) {
		for _, v := range c.Environment {
			if secretName.MatchString(v.Name) && !slices.Contains([]string{"", "true", "false"}, v.Value) {
				l.RefuseFound("containerDefinitions", fmt.Sprintf("of a container %q with a value of %s", c.Name, v.Name),
					"the value in secrets", "put it into Secrets Manager, and name it in secrets")
			}
		}
	}
}

const (
	repository       = "aws:ecr/repository:Repository"
	repositoryPolicy = "aws:ecr/repositoryPolicy:RepositoryPolicy"
	imageLifecycle   = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
)

var images = []rules.Rule{
	on("ecr-immutable", among("imageTagMutability", "IMMUTABLE"), repository),
	on("ecr-scan", must("imageScanningConfiguration.scanOnPush"), repository),
	on("ecr-cmk", imagesByOwnKey, repository),
	on("ecr-not-public", notPublic("policy"), repositoryPolicy),
	across("ecr-lifecycle", companion(imageLifecycle, "repository", "an end to images that nothing names", nil),
		repository),
}

func imagesByOwnKey(l *rules.Look) {
	for _, encryption := range l.Each("encryptionConfigurations") {
		oneOf(encryption, "encryptionType", "KMS")
		has(encryption, "kmsKey", "the customer's own key")
	}
	if !filled(l, "encryptionConfigurations") {
		l.Refuse("encryptionConfigurations", "the customer's own key", "set it")
	}
}
