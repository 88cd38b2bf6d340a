package fargate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/components/application/fargate"
)

func TestSizes(t *testing.T) {
	t.Parallel()
	tests := []struct{ cpu, least, most, between, step int }{
		{512, 1024, 4096, 3072, 1024},
		{1024, 2048, 8192, 7168, 1024},
		{2048, 4096, 16384, 5120, 1024},
		{4096, 8192, 30720, 9216, 1024},
		{8192, 16384, 61440, 20480, 4096},
		{16384, 32768, 122880, 40960, 8192},
	}
	for _, test := range tests {
		assert.NoError(t, fargate.CPU(test.cpu))
		for _, memory := range []int{test.least, test.between, test.most} {
			assert.NoError(t, fargate.MemoryMiB(memory, test.cpu))
		}
		for _, memory := range []int{
			test.least - test.step, test.least - 1, test.between + test.step/2, test.most + 1, test.most + test.step,
		} {
			assert.Error(t, fargate.MemoryMiB(memory, test.cpu), "%d with %d", memory, test.cpu)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, cpu := range []int{-1024, 0, 256, 1000, 32768} {
		assert.ErrorContains(t, fargate.CPU(cpu), ", expected one of 512, 1024, 2048, 4096, 8192, 16384; "+
			"choose one of Fargate's sizes, 1024 for one processor")
	}
	assert.EqualError(t, fargate.MemoryMiB(1536, 512), "1536, expected 1024 to 4096 in steps of 1024, "+
		"as Fargate allows with cpu 512; choose one of these, or another cpu")
	assert.NoError(t, fargate.MemoryMiB(1536, 1000), "the CPU's error is enough")
}
