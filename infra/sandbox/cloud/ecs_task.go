package cloud

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// taskDefinitionType: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html. Its ID
// is the ARN, by which the provider imports it too; the provider then goes by the family, which an old and a new
// revision share while one replaces the other, and the world tells resources apart by ID.
func taskDefinitionType() *Type {
	roleInvalid := ecs.says("RegisterTaskDefinition", "ClientException", "Role is not valid")
	return &Type{
		Token: ecsTaskDefinition, ID: taskDefinitionARN,
		References: []Reference{toRole("executionRoleArn", roleInvalid), toRole("taskRoleArn", roleInvalid)},
		Refuse:     firstOf(ecsName("family"), refuseContainers, refuseVolumes, refuseFargate),
		Computed:   taskOutputs, Retains: inactiveRevision,
	}
}

func taskRefused(format string, args ...any) error {
	return ecs.refuses("RegisterTaskDefinition", "ClientException", format, args...)
}

// container is what the rules read of a container definition.
type container struct {
	Name             string
	Image            string
	Essential        *bool
	PortMappings     []struct{ ContainerPort, HostPort int }
	Environment      []struct{ Name, Value string }
	Secrets          []struct{ Name, ValueFrom string }
	MountPoints      []struct{ SourceVolume, ContainerPath string }
	DependsOn        []struct{ ContainerName, Condition string }
	LogConfiguration struct {
		LogDriver string
		Options   map[string]string
	}
}

func (d container) isEssential() bool { return d.Essential == nil || *d.Essential }

func (d container) listensOn(port int) bool {
	return slices.ContainsFunc(d.PortMappings, func(p struct{ ContainerPort, HostPort int }) bool {
		return p.ContainerPort == port
	})
}

// containerKeys: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html.
var containerKeys = strings.Fields(`command cpu credentialSpecs dependsOn disableNetworking dnsSearchDomains dnsServers
	dockerLabels dockerSecurityOptions entryPoint environment environmentFiles essential extraHosts firelensConfiguration
	healthCheck hostname image interactive links linuxParameters logConfiguration memory memoryReservation mountPoints name
	portMappings privileged pseudoTerminal readonlyRootFilesystem repositoryCredentials resourceRequirements restartPolicy
	secrets startTimeout stopTimeout systemControls ulimits user versionConsistency volumesFrom workingDirectory`)

func parseContainers(text string) ([]container, error) {
	const invalid = "ECS Task Definition container_definitions is invalid: Error decoding JSON: %w"
	var containers []container
	if err := json.Unmarshal([]byte(text), &containers); err != nil {
		return nil, fmt.Errorf(invalid, err)
	}
	var raw []map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, fmt.Errorf(invalid, err)
	}
	for _, definition := range raw {
		for _, key := range slices.Sorted(maps.Keys(definition)) {
			if !slices.Contains(containerKeys, key) {
				return nil, fmt.Errorf(invalid, fmt.Errorf("unknown field %q", key))
			}
		}
	}
	return containers, nil
}

func refuseContainers(c *Call) error {
	text := c.text("containerDefinitions")
	if text == "" {
		return nil
	}
	containers, err := parseContainers(text)
	if err != nil {
		return err
	}
	if len(containers) == 0 {
		return taskRefused("Container list cannot be empty.")
	}
	essential := false
	for _, d := range containers {
		essential = essential || d.isEssential()
		if err := refuseContainer(c, d); err != nil {
			return err
		}
		if err := refuseDependency(d, containers); err != nil {
			return err
		}
	}
	if !essential {
		return taskRefused("Task definition doesn't have any essential container.")
	}
	return nil
}

func refuseContainer(c *Call, d container) error {
	switch {
	case d.Name == "":
		return taskRefused("Container.name should not be null or empty.")
	case d.Image == "":
		return taskRefused("Container.image should not be null or empty.")
	case len(d.Secrets) > 0 && !c.has("executionRoleArn"):
		return taskRefused("When you are specifying container secrets, you must also specify a value for" +
			" 'executionRoleArn'.")
	}
	for _, mapping := range d.PortMappings {
		if c.text("networkMode") == "awsvpc" && mapping.HostPort != 0 && mapping.HostPort != mapping.ContainerPort {
			return taskRefused("When networkMode=awsvpc, the host ports and container ports in port mappings must" +
				" match.")
		}
	}
	for _, mount := range d.MountPoints {
		if !slices.Contains(c.texts("volumes[*].name"), mount.SourceVolume) {
			return taskRefused("Unknown volume '%s'.", mount.SourceVolume)
		}
	}
	if err := refuseVariables(d); err != nil {
		return err
	}
	return refuseLogOptions(c, d)
}

// refuseDependency: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html.
func refuseDependency(d container, all []container) error {
	for _, dependency := range d.DependsOn {
		index := slices.IndexFunc(all, func(other container) bool { return other.Name == dependency.ContainerName })
		ends := dependency.Condition == "COMPLETE" || dependency.Condition == "SUCCESS"
		switch {
		case index < 0:
			return taskRefused("The container '%s' depends on the container '%s', which does not exist.", d.Name,
				dependency.ContainerName)
		case !ends && dependency.Condition != "START" && dependency.Condition != "HEALTHY":
			return taskRefused("The dependency condition '%s' is not valid.", dependency.Condition)
		case ends && all[index].isEssential():
			return taskRefused("The container '%s' is essential, so nothing can depend on its condition %s.",
				all[index].Name, dependency.Condition)
		}
	}
	return nil
}

// refuseVariables: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html.
// Only secrets must differ in name from every other variable.
func refuseVariables(d container) error {
	seen := map[string]bool{}
	for _, variable := range d.Environment {
		if variable.Name == "" {
			return taskRefused("Environment variable name cannot be null or blank.")
		}
		seen[variable.Name] = true
	}
	for _, s := range d.Secrets {
		if seen[s.Name] {
			return taskRefused("The secret name must be unique and not shared with any new or existing environment"+
				" variables"+
				" set on the container, such as '%s'.", s.Name)
		}
		seen[s.Name] = true
	}
	return nil
}

// refuseLogOptions: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html.
func refuseLogOptions(c *Call, d container) error {
	log := d.LogConfiguration
	switch {
	case log.LogDriver != "awslogs":
		return nil
	case log.Options["awslogs-group"] == "", log.Options["awslogs-region"] == "":
		return taskRefused("Log driver awslogs requires options: awslogs-region, awslogs-group")
	case isFargate(c) && log.Options["awslogs-stream-prefix"] == "":
		return taskRefused("Log driver awslogs requires options: awslogs-stream-prefix")
	case isFargate(c) && !c.has("executionRoleArn"):
		return taskRefused("Fargate requires task definition to have execution role ARN to support log driver awslogs.")
	}
	return nil
}

func isFargate(c *Call) bool {
	return slices.Contains(c.texts("requiresCompatibilities[*]"), "FARGATE")
}

// fargateMemory is what each number of CPU units goes with, in MiB: from, to and in steps of.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
var fargateMemory = map[int][3]int{
	512:   {1024, 4096, 1024},
	1024:  {2048, 8192, 1024},
	2048:  {4096, 16384, 1024},
	4096:  {8192, 30720, 1024},
	8192:  {16384, 61440, 4096},
	16384: {32768, 122880, 8192},
}

func fargateOffers(cpu, memory int) bool {
	if cpu == 256 {
		return slices.Contains([]int{512, 1024, 2048}, memory)
	}
	bounds, known := fargateMemory[cpu]
	return known && memory >= bounds[0] && memory <= bounds[1] && (memory-bounds[0])%bounds[2] == 0
}

// taskSize reads "256" or ".25 vCPU", "512" or "0.5 GB".
func taskSize(text string) int {
	number := strings.TrimSpace(strings.TrimRight(text, "vVcCpPuUgGbB "))
	size, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0
	}
	if number != text {
		size *= 1024
	}
	return int(size)
}

func refuseFargate(c *Call) error {
	switch {
	case !isFargate(c):
		return nil
	case c.text("networkMode") != "awsvpc":
		return taskRefused("Fargate only supports network mode 'awsvpc'.")
	case !c.has("cpu"):
		return taskRefused("Fargate requires that 'cpu' be defined at the task level.")
	case !c.has("memory"):
		return taskRefused("Fargate requires that 'memory' be defined at the task level.")
	}
	if cpu, memory := taskSize(c.text("cpu")), taskSize(c.text("memory")); !fargateOffers(cpu, memory) {
		return taskRefused("No Fargate configuration exists for given values: %d CPU, %d memory. See the Amazon ECS"+
			" documentation for the valid values.", cpu, memory)
	}
	return inRange("ephemeralStorage.sizeInGib", "ephemeral_storage.0.size_in_gib", 21, 200)(c)
}

// taskDefinitionARN has a revision one more than any the family ever had; deregistered ones keep theirs:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister-task-definition-v2.html.
func taskDefinitionARN(c *Call) string {
	family, last := c.text("family"), 0
	for _, task := range c.list(ecsTaskDefinition) {
		if task.Text("family") == family {
			last = max(last, revisionOf(task.ID))
		}
	}
	for _, left := range c.World.Retained(ecsTaskDefinition, c.Account, c.Region) {
		if strings.HasPrefix(left.Name, family+":") {
			last = max(last, revisionOf(left.ID))
		}
	}
	return c.arn("ecs", "task-definition/"+family+":"+strconv.Itoa(last+1))
}

// revisionOf is the number at the end of a task definition's ARN.
func revisionOf(arn string) int {
	number, _ := strconv.Atoi(lastPart(arn, ":")) // the sandbox made it of a number
	return number
}

func taskOutputs(c *Call) map[string]property.Value {
	number := revisionOf(c.ID)
	return c.outputs().
		text("arn", c.ID).
		text("arnWithoutRevision", strings.TrimSuffix(c.ID, ":"+strconv.Itoa(number))).
		set("revision", num(number)).
		fillText("networkMode", "bridge").
		fill("enableFaultInjection", property.New(false)).
		values
}

func inactiveRevision(c *Call) []Retained {
	return []Retained{{Type: ecsTaskDefinition, ID: c.ID, Name: lastPart(c.ID, "/"), Region: c.Region,
		Account: c.Account}}
}
