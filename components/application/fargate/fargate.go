// Package fargate knows the sizes of task that a tenant may have on Fargate, and how many.
//
// It is pure: no Pulumi, no cloud SDK, so that a stack file is checked by the same rules as the component. Each
// function answers nil or a *limit.Error; the caller adds the field.
package fargate

import (
	"fmt"
	"maps"
	"slices"

	"haven/components/limit"
)

// At least two tasks, so that the loss of one, or of a zone, is not seen; at most as many as a cell's tenant may take.
const (
	MinTasks = 2
	MaxTasks = 20
)

// memory is what Fargate allows with one size of CPU: from least to most in steps, in MiB.
type memory struct {
	least, most, step int
}

// sizes are those of a task by CPU units, 1024 to a virtual CPU. Fargate's smallest, 256, is not offered: a task holds
// a web server and its workers.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
var sizes = map[int]memory{
	512:   {1024, 4096, 1024},
	1024:  {2048, 8192, 1024},
	2048:  {4096, 16384, 1024},
	4096:  {8192, 30720, 1024},
	8192:  {16384, 61440, 4096},
	16384: {32768, 122880, 8192},
}

// CPU is one of the sizes, in CPU units.
func CPU(units int) error {
	if _, offered := sizes[units]; !offered {
		return &limit.Error{
			Got:  units,
			Want: "one of " + limit.List(slices.Sorted(maps.Keys(sizes))),
			Fix:  "choose one of Fargate's sizes, 1024 for one processor",
		}
	}
	return nil
}

// MemoryMiB is one that Fargate allows with that many CPU units. With units that are wrong themselves any is right.
func MemoryMiB(mib, units int) error {
	m, offered := sizes[units]
	if offered && (mib < m.least || mib > m.most || mib%m.step != 0) {
		return &limit.Error{
			Got:  mib,
			Want: fmt.Sprintf("%d to %d in steps of %d, as Fargate allows with cpu %d", m.least, m.most, m.step, units),
			Fix:  "choose one of these, or another cpu",
		}
	}
	return nil
}
