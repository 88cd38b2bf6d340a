package task

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// User is the user and the group that every container runs as.
const User = "1000:1000"

// Container is a container definition, as far as it is used here.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
type Container struct {
	Name                   string       `json:"name"`
	Image                  string       `json:"image"`
	Essential              bool         `json:"essential"`
	Command                []string     `json:"command,omitempty"`
	DependsOn              []Dependency `json:"dependsOn,omitempty"`
	User                   string       `json:"user"`
	ReadonlyRootFilesystem bool         `json:"readonlyRootFilesystem"`
	PortMappings           []PortMap    `json:"portMappings"`
	Environment            Variables    `json:"environment"`
	Secrets                Secrets      `json:"secrets"`
	MountPoints            []MountPoint `json:"mountPoints"`
	LinuxParameters        Linux        `json:"linuxParameters"`
	HealthCheck            *HealthCheck `json:"healthCheck,omitempty"`
	LogConfiguration       Logging      `json:"logConfiguration"`
	StopTimeout            int          `json:"stopTimeout"` // seconds
}

// Dependency has a container start only once another has come so far.
type Dependency struct {
	ContainerName string `json:"containerName"`
	Condition     string `json:"condition"`
}

// PortMap is a port that a container listens on.
type PortMap struct {
	ContainerPort int    `json:"containerPort"`
	HostPort      int    `json:"hostPort"`
	Protocol      string `json:"protocol"`
}

// Variables are values by name, which whoever may read the task definition may read.
type Variables map[string]string

// MarshalJSON lists them by name.
func (v Variables) MarshalJSON() ([]byte, error) { return list(v, "value") }

// Secrets are, by name, where ECS fetches values when it starts a task: a whole secret, or one key of a secret's JSON.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
type Secrets map[string]string

// MarshalJSON lists them by name.
func (s Secrets) MarshalJSON() ([]byte, error) { return list(s, "valueFrom") }

// list is an object for each value, sorted by name.
func list(values map[string]string, field string) ([]byte, error) {
	all := []map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all = append(all, map[string]string{"name": name, field: values[name]})
	}
	return plainJSON(all)
}

// Key is the reference to one key of a secret's JSON.
func Key(secretARN, key string) string { return secretARN + ":" + key + "::" }

// Version is the reference to one version of a whole secret. A task definition that holds it changes with each version,
// and with it the services that run it.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
func Version(secretARN, versionID string) string { return secretARN + ":::" + versionID }

// MountPoint is where a container finds a volume of its task.
type MountPoint struct {
	SourceVolume  string `json:"sourceVolume"`
	ContainerPath string `json:"containerPath"`
	ReadOnly      bool   `json:"readOnly"`
}

// Linux is what the kernel lets a container do.
type Linux struct {
	Capabilities       Capabilities `json:"capabilities"`
	InitProcessEnabled bool         `json:"initProcessEnabled"`
}

// Capabilities are those that a container lacks.
type Capabilities struct {
	Drop []string `json:"drop"`
}

// HealthCheck tells whether a container is well.
type HealthCheck struct {
	Command     []string `json:"command"`
	Interval    int      `json:"interval"`    // seconds
	Timeout     int      `json:"timeout"`     // seconds
	StartPeriod int      `json:"startPeriod"` // seconds
	Retries     int      `json:"retries"`
}

// Logging is where a container's output goes.
type Logging struct {
	LogDriver string            `json:"logDriver"`
	Options   map[string]string `json:"options"`
}

// Hardened is an essential container that may do nothing beyond running its image: the rest is the caller's to fill in.
func Hardened(name, image string) Container {
	return Container{
		Name:                   name,
		Image:                  image,
		Essential:              true,
		User:                   User,
		ReadonlyRootFilesystem: true,
		PortMappings:           []PortMap{},
		LinuxParameters:        Linux{Capabilities: Capabilities{Drop: []string{"ALL"}}, InitProcessEnabled: true},
	}
}

// Logs let a container go on, at the cost of the latest lines, while its log cannot be written.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
func Logs(group, region, stream string) Logging {
	return Logging{LogDriver: "awslogs", Options: map[string]string{
		"awslogs-group":         group,
		"awslogs-region":        region,
		"awslogs-stream-prefix": stream,
		"mode":                  "non-blocking",
		"max-buffer-size":       "25m",
	}}
}

// Render is container definitions as ECS takes them. The same definitions always make the same text.
func Render(containers ...Container) (string, error) {
	text, err := plainJSON(containers)
	if err != nil {
		return "", fmt.Errorf("container definitions: %w", err)
	}
	return string(text), nil
}

// plainJSON leaves "<", ">" and "&" as they are.
func plainJSON(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSpace(text.Bytes()), err
}
