package application

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// container is a container definition, as far as it is used here.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
type container struct {
	Name                   string       `json:"name"`
	Image                  string       `json:"image"`
	Essential              bool         `json:"essential"`
	User                   string       `json:"user"`
	ReadonlyRootFilesystem bool         `json:"readonlyRootFilesystem"`
	PortMappings           []portMap    `json:"portMappings"`
	Environment            []variable   `json:"environment"`
	Secrets                []secret     `json:"secrets"`
	MountPoints            []mountPoint `json:"mountPoints"`
	LinuxParameters        linux        `json:"linuxParameters"`
	HealthCheck            healthCheck  `json:"healthCheck"`
	LogConfiguration       logging      `json:"logConfiguration"`
	StopTimeout            int          `json:"stopTimeout"` // seconds
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

const (
	user = "1000:1000"
	// stopTimeoutSeconds is the longest that Fargate gives a task to finish its requests.
	stopTimeoutSeconds = 120
	// startPeriodSeconds is how long a new task may fail its health checks.
	startPeriodSeconds = 120
)

// volume is a directory that the application writes. It is empty for each task and gone with it, and Fargate encrypts
// it like all of a task's storage.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html
type volume struct{ name, path string }

var volumes = []volume{
	{"bootstrap-cache", "/code/pm4/bootstrap/cache"},
	{"framework", "/code/pm4/storage/framework"},
	{"run", "/run"},
	{"tmp", "/tmp"},
}

// webContainer is the container of the service: the application with the given settings.
func webContainer(args Args, s settings) container {
	return container{
		Name:                   part,
		Image:                  args.Image,
		Essential:              true,
		User:                   user,
		ReadonlyRootFilesystem: true,
		PortMappings:           []portMap{{ContainerPort: Port, HostPort: Port, Protocol: "tcp"}},
		Environment:            s.environment(),
		Secrets:                s.secrets(),
		MountPoints:            mountPoints(),
		LinuxParameters:        linux{Capabilities: capabilities{Drop: []string{"ALL"}}, InitProcessEnabled: true},
		HealthCheck: healthCheck{
			Command: []string{"CMD", "curl", "--fail", "--silent", "--output", "/dev/null",
				fmt.Sprintf("http://127.0.0.1:%d%s", Port, HealthCheckPath)},
			Interval:    15,
			Timeout:     5,
			StartPeriod: startPeriodSeconds,
			Retries:     3,
		},
		LogConfiguration: logging{LogDriver: "awslogs", Options: logOptions(args)},
		StopTimeout:      stopTimeoutSeconds,
	}
}

func mountPoints() []mountPoint {
	var points []mountPoint
	for _, v := range volumes {
		points = append(points, mountPoint{SourceVolume: v.name, ContainerPath: v.path})
	}
	return points
}

// logOptions let the application go on, at the cost of the latest lines, while its log cannot be written.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
func logOptions(args Args) map[string]string {
	return map[string]string{
		"awslogs-group":         args.logGroupName(),
		"awslogs-region":        args.Region,
		"awslogs-stream-prefix": part,
		"mode":                  "non-blocking",
		"max-buffer-size":       "25m",
	}
}

// render is the container definitions as ECS takes them. The same definitions always make the same text.
func render(containers ...container) (string, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(containers); err != nil {
		return "", fmt.Errorf("container definitions: %w", err)
	}
	return strings.TrimSpace(text.String()), nil
}
