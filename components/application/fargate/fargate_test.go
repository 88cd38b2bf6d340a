package fargate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/components/application/fargate"
)

func TestSizes(t *testing.T) {
	t.Parallel()
	tests := []struct{ cpu, least, most, between int }{
		{256, 512, 2048, 1024},
		{512, 1024, 4096, 3072},
		{1024, 2048, 8192, 7168},
		{2048, 4096, 16384, 5120},
		{4096, 8192, 30720, 9216},
		{8192, 16384, 61440, 20480},
		{16384, 32768, 122880, 40960},
	}
	for _, test := range tests {
		assert.NoError(t, fargate.CPU(test.cpu))
		for _, memory := range []int{test.least, test.between, test.most} {
			assert.NoError(t, fargate.MemoryMiB(memory, test.cpu))
		}
		for _, memory := range []int{test.least - 1, test.least / 2, test.most + 1, test.most * 2} {
			assert.Error(t, fargate.MemoryMiB(memory, test.cpu), "%d with %d", memory, test.cpu)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	assert.EqualError(t, fargate.CPU(1000),
		"1000, expected one of [256 512 1024 2048 4096 8192 16384] CPU units")
	assert.EqualError(t, fargate.MemoryMiB(1536, 256),
		"1536, expected one of [512 1024 2048] MiB, which go with 256 CPU units")
	assert.NoError(t, fargate.MemoryMiB(1536, 1000), "the CPU's error is enough")
}
