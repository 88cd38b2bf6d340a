package flow

import (
	"go/parser"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMetricMath(t *testing.T) {
	t.Parallel()
	values := map[string]float64{"one": 1, "ten": 10, "zero": 0}
	for _, test := range []struct {
		formula string
		want    float64
		is      bool
	}{
		{"ten", 10, true}, {"none", 0, false}, {"2.5", 2.5, true}, {"(ten)", 10, true},
		{"ten + one", 11, true}, {"ten - one", 9, true}, {"ten * 2", 20, true}, {"ten / 4", 2.5, true},
		{"ten > one", 1, true}, {"ten >= 10", 1, true}, {"ten < one", 0, true}, {"ten <= 10", 1, true},
		{"ten == 10", 1, true}, {"ten != 10", 0, true},
		{"one && zero", 0, true}, {"one && ten", 1, true}, {"one || zero", 1, true}, {"zero || zero", 0, true},
		{"ten + none", 0, false}, {"FILL(none, 7)", 7, true}, {"FILL(ten, 7)", 10, true},
		{"IF(one, 5, 6)", 5, true}, {"IF(zero, 5, 6)", 6, true}, {"IF(none, 5, 6)", 0, false},
		{"IF(ten > 0 && FILL(none, 0) == 0, 1, 0)", 1, true},
		{"SUM(ten)", 0, false}, {`"text"`, 0, false}, {"ten[0]", 0, false}, {"a.b(ten)", 0, false},
	} {
		formula, err := parser.ParseExpr(test.formula)
		require.NoError(t, err, test.formula)
		got, is := computed(formula, func(id string) (float64, bool) { value, is := values[id]; return value, is })
		assert.Equal(t, test.is, is, test.formula)
		if is {
			assert.InDelta(t, test.want, got, 1e-9, test.formula)
		}
	}
}
