package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// At least two tasks, so that the loss of one, or of a zone, is not seen; at most as many as a cell's tenant may take.
const (
	minTasks = 2
	maxTasks = 20
)

// memory is what Fargate allows with one size of CPU: from least to most in steps, in MiB.
type memory struct {
	least, most, step int
}

// fargate are the sizes of a task by CPU units. Fargate's smallest, 256, is not offered: a task holds a web server and
// its workers.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
var fargate = map[int]memory{
	512:   {1024, 4096, 1024},
	1024:  {2048, 8192, 1024},
	2048:  {4096, 16384, 1024},
	4096:  {8192, 30720, 1024},
	8192:  {16384, 61440, 4096},
	16384: {32768, 122880, 8192},
}

func (c *checker) application(application *Application) {
	c.image(application.Image)
	c.size(application)
	c.between("tenant.application.tasks", application.Tasks, minTasks, maxTasks,
		"leave it out for 2, one in each of two zones")
}

// size is a pair of CPU and memory that Fargate has.
func (c *checker) size(application *Application) {
	memory, known := fargate[application.CPU]
	if !known {
		c.refuse("tenant.application.cpu", application.CPU, "one of "+listed(slices.Sorted(maps.Keys(fargate))),
			"choose one of Fargate's sizes, 1024 for one processor")
		return
	}
	given := application.MemoryMiB
	if given < memory.least || given > memory.most || given%memory.step != 0 {
		c.refuse("tenant.application.memoryMiB", given,
			fmt.Sprintf("%d to %d in steps of %d, as Fargate allows with cpu %d",
				memory.least, memory.most, memory.step, application.CPU),
			"choose one of these, or another cpu")
	}
}

// imageReference is the grammar of container image references: a name of components, a tag and a SHA-256 digest.
// https://pkg.go.dev/github.com/distribution/reference
var imageReference = regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?` +
	`(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d{1,5})?/)?` +
	`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*` +
	`(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$`)

// image names a version, by tag or digest: without either it would be whatever was pushed last.
func (c *checker) image(image string) {
	part := imageReference.FindStringSubmatch(image)
	if part == nil || part[1]+part[2] == "" {
		c.refuse("tenant.application.image", image, "a container image with a tag, a digest or both",
			`write it like "registry.example.org/team/name:4.15@sha256:<64 digits>"`)
	}
}

// hasDigest says whether an image can never be another one under the same name.
func hasDigest(image string) bool {
	part := imageReference.FindStringSubmatch(image)
	return part != nil && part[2] != ""
}
