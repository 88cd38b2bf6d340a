package application

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// container is a container definition, as far as it is used here.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
type container struct {
	Name                   string       `json:"name"`
	Image                  string       `json:"image"`
	Essential              bool         `json:"essential"`
	Command                []string     `json:"command,omitempty"`
	DependsOn              []dependency `json:"dependsOn,omitempty"`
	User                   string       `json:"user"`
	ReadonlyRootFilesystem bool         `json:"readonlyRootFilesystem"`
	PortMappings           []portMap    `json:"portMappings"`
	Environment            []variable   `json:"environment"`
	Secrets                []secret     `json:"secrets"`
	MountPoints            []mountPoint `json:"mountPoints"`
	LinuxParameters        linux        `json:"linuxParameters"`
	HealthCheck            *healthCheck `json:"healthCheck,omitempty"`
	LogConfiguration       logging      `json:"logConfiguration"`
	StopTimeout            int          `json:"stopTimeout"` // seconds
}

type dependency struct {
	ContainerName string `json:"containerName"`
	Condition     string `json:"condition"`
}

type portMap struct {
	ContainerPort int    `json:"containerPort"`
	HostPort      int    `json:"hostPort"`
	Protocol      string `json:"protocol"`
}

type variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type secret struct {
	Name      string `json:"name"`
	ValueFrom string `json:"valueFrom"`
}

type mountPoint struct {
	SourceVolume  string `json:"sourceVolume"`
	ContainerPath string `json:"containerPath"`
	ReadOnly      bool   `json:"readOnly"`
}

type linux struct {
	Capabilities       capabilities `json:"capabilities"`
	InitProcessEnabled bool         `json:"initProcessEnabled"`
}

type capabilities struct {
	Drop []string `json:"drop"`
}

type healthCheck struct {
	Command     []string `json:"command"`
	Interval    int      `json:"interval"`    // seconds
	Timeout     int      `json:"timeout"`     // seconds
	StartPeriod int      `json:"startPeriod"` // seconds
	Retries     int      `json:"retries"`
}

type logging struct {
	LogDriver string            `json:"logDriver"`
	Options   map[string]string `json:"options"`
}

const user = "1000:1000"

// volume is a directory that the application writes. But for files it is empty for each task and gone with it, and
// Fargate encrypts it like all of a task's storage.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html
type volume struct{ name, path string }

var volumes = []volume{
	{"bootstrap-cache", "/code/pm4/bootstrap/cache"},
	{"framework", "/code/pm4/storage/framework"},
	{"run", "/run"},
	{"tmp", "/tmp"},
}

// files are what all tasks of the tenant share and what outlives them.
var files = volume{"files", "/code/pm4/storage/app"}

// containers are those of a process's task: the process itself, and before the scheduler what makes the database ready.
func (a Args) containers(p process, s settings) []container {
	own := a.container(p, s)
	if !p.single {
		return []container{own}
	}
	first := a.migration(s)
	own.DependsOn = []dependency{{ContainerName: first.Name, Condition: "SUCCESS"}}
	return []container{first, own}
}

// container is a process with the given settings.
func (a Args) container(p process, s settings) container {
	c := container{
		Name:                   p.name,
		Image:                  a.Image,
		Essential:              true,
		Command:                p.command,
		User:                   user,
		ReadonlyRootFilesystem: true,
		PortMappings:           []portMap{},
		Environment:            s.environment(p.name),
		Secrets:                s.secrets(p.name),
		MountPoints:            a.mountPoints(),
		LinuxParameters:        linux{Capabilities: capabilities{Drop: []string{"ALL"}}, InitProcessEnabled: true},
		HealthCheck:            p.health,
		LogConfiguration:       logging{LogDriver: "awslogs", Options: a.logOptions(p.name)},
		StopTimeout:            p.drain,
	}
	if p.port != 0 {
		c.PortMappings = []portMap{{ContainerPort: p.port, HostPort: p.port, Protocol: "tcp"}}
	}
	return c
}

func (a Args) mountPoints() []mountPoint {
	var points []mountPoint
	for _, v := range a.volumes() {
		points = append(points, mountPoint{SourceVolume: v.name, ContainerPath: v.path})
	}
	return points
}

func (a Args) volumes() []volume {
	if a.Files == nil {
		return volumes
	}
	return append(slices.Clone(volumes), files)
}

// logOptions let the application go on, at the cost of the latest lines, while its log cannot be written.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
func (a Args) logOptions(process string) map[string]string {
	return map[string]string{
		"awslogs-group":         a.Scope.Path(process),
		"awslogs-region":        a.Region,
		"awslogs-stream-prefix": process,
		"mode":                  "non-blocking",
		"max-buffer-size":       "25m",
	}
}

// render is the container definitions as ECS takes them. The same definitions always make the same text.
func render(containers []container) (string, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(containers); err != nil {
		return "", fmt.Errorf("container definitions: %w", err)
	}
	return strings.TrimSpace(text.String()), nil
}
