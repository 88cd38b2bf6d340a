package application

import (
	"slices"

	"haven/components/task"
)

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
func (a Args) containers(p process, s settings) []task.Container {
	own := a.container(p, s)
	if !p.single {
		return []task.Container{own}
	}
	first := a.migration(s)
	own.DependsOn = []task.Dependency{{ContainerName: first.Name, Condition: "SUCCESS"}}
	return []task.Container{first, own}
}

// container is a process with the given settings.
func (a Args) container(p process, s settings) task.Container {
	c := task.Hardened(p.name, a.Image)
	c.Command = p.command
	c.Environment = s.environment(p.name)
	c.Secrets = s.secrets(p.name)
	c.MountPoints = a.mountPoints()
	c.HealthCheck = p.health
	c.LogConfiguration = task.Logs(a.Scope.Path(p.name), a.Region, p.name)
	c.StopTimeout = p.drain
	if p.port != 0 {
		c.PortMappings = []task.PortMap{{ContainerPort: p.port, HostPort: p.port, Protocol: "tcp"}}
	}
	return c
}

func (a Args) mountPoints() []task.MountPoint {
	var points []task.MountPoint
	for _, v := range a.volumes() {
		points = append(points, task.MountPoint{SourceVolume: v.name, ContainerPath: v.path})
	}
	return points
}

func (a Args) volumes() []volume {
	if a.Files == nil {
		return volumes
	}
	return append(slices.Clone(volumes), files)
}
