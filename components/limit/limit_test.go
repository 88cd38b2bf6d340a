package limit_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/components/limit"
)

func TestError(t *testing.T) {
	t.Parallel()
	assert.EqualError(t, &limit.Error{Got: "a\n", Want: "b", Fix: "write b"}, `"a\n", expected b; write b`)
	assert.EqualError(t, &limit.Error{Got: "", Want: "b"}, `"", expected b`)
	assert.EqualError(t, &limit.Error{Got: 7, Want: "8", Fix: "add 1"}, "7, expected 8; add 1")
}

func TestBetween(t *testing.T) {
	t.Parallel()
	for _, value := range []int{2, 3, 20} {
		assert.NoError(t, limit.Between(value, 2, 20, "choose one"))
	}
	for _, value := range []int{-2, 0, 1, 21} {
		assert.Equal(t, &limit.Error{Got: value, Want: "2 to 20", Fix: "choose one"},
			limit.Between(value, 2, 20, "choose one"))
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	assert.Empty(t, limit.List([]string{}))
	assert.Equal(t, "a", limit.List([]string{"a"}))
	assert.Equal(t, "1, 2", limit.List([]int{1, 2}))
	assert.Equal(t, "10.0.0.0/8", limit.List([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}))
}
