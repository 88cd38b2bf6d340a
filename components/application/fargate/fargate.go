// Package fargate knows the sizes of task that Fargate runs.
//
// It is pure: no Pulumi, no cloud SDK, so that a stack file is checked by the same rules as the component.
package fargate

import (
	"fmt"
	"maps"
	"slices"
)

// memories are the MiB of memory that go with a number of CPU units, 1024 to a virtual CPU.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size
var memories = map[int][]int{
	256:   {512, 1024, 2048},
	512:   steps(1024, 4096, 1024),
	1024:  steps(2048, 8192, 1024),
	2048:  steps(4096, 16384, 1024),
	4096:  steps(8192, 30720, 1024),
	8192:  steps(16384, 61440, 4096),
	16384: steps(32768, 122880, 8192),
}

func steps(from, to, by int) []int {
	var all []int
	for m := from; m <= to; m += by {
		all = append(all, m)
	}
	return all
}

// CPU answers nil where Fargate runs tasks with that many CPU units, or an error that names those it does.
func CPU(units int) error {
	if _, ok := memories[units]; !ok {
		return fmt.Errorf("%d, expected one of %v CPU units", units, slices.Sorted(maps.Keys(memories)))
	}
	return nil
}

// MemoryMiB answers nil where Fargate runs tasks with that memory beside that many CPU units, or an error that names
// what goes with them. Beside units that are wrong themselves any memory is right.
func MemoryMiB(mib, units int) error {
	if allowed, ok := memories[units]; ok && !slices.Contains(allowed, mib) {
		return fmt.Errorf("%d, expected one of %v MiB, which go with %d CPU units", mib, allowed, units)
	}
	return nil
}
