package props_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"haven/policy/props"
)

func object(values map[string]property.Value) property.Value {
	return property.New(property.NewMap(values))
}

func list(values ...property.Value) property.Value { return property.New(values) }

var unknown = property.New(property.Computed)

var bucket = property.NewMap(map[string]property.Value{
	"name":  property.New("backups"),
	"count": property.New(3.0),
	"empty": property.New(""),
	"open":  property.New(false),
	"arn":   unknown,
	"rules": list(
		object(map[string]property.Value{"id": property.New("first"), "enabled": property.New(true)}),
		object(map[string]property.Value{"id": unknown}),
		property.New("no object"),
	),
	"later":  unknown,
	"secret": property.New("hidden").WithSecret(true),
})

func TestTexts(t *testing.T) {
	t.Parallel()
	for path, want := range map[string][]string{
		"name": {"backups"}, "rules[*].id": {"first"}, "secret": {"hidden"},
		"empty": nil, "arn": nil, "count": nil, "absent": nil, "name.inner": nil, "name[*]": nil, "rules.id": nil,
		"absent[*].inner": nil, "later[*].inner": nil, "": nil,
	} {
		assert.Equal(t, want, props.Texts(bucket, path), path)
	}
	assert.Equal(t, "first", props.Text(bucket, "rules[*].id"))
	assert.Empty(t, props.Text(bucket, "absent"))
}

func TestKnown(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"name": true, "absent": true, "rules[*].enabled": true,
		"arn": false, "rules": false, "rules[*].id": false, "later.inner": false, "later[*].a.b": false,
	} {
		assert.Equal(t, want, props.Known(bucket, path), path)
	}
}

func TestNumbersFlagsAndMaps(t *testing.T) {
	t.Parallel()
	count, is := props.Number(bucket, "count")
	assert.True(t, is)
	assert.InDelta(t, 3, count, 0)
	_, is = props.Number(bucket, "name")
	assert.False(t, is)
	assert.True(t, props.Flag(bucket, "rules[*].enabled"))
	assert.False(t, props.Flag(bucket, "open"))
	assert.False(t, props.Flag(bucket, "name"))
	assert.Len(t, props.Maps(bucket, "rules[*]"), 2)
}

// anything is a value of any type, nested.
func anything(depth int) *rapid.Generator[property.Value] {
	return rapid.Custom(func(t *rapid.T) property.Value {
		kinds := 6
		if depth == 0 {
			kinds = 4
		}
		switch rapid.IntRange(0, kinds).Draw(t, "kind") {
		case 0:
			return property.New(rapid.String().Draw(t, "text"))
		case 1:
			return property.New(rapid.Bool().Draw(t, "flag"))
		case 2:
			return property.New(rapid.Float64Range(-9, 9).Draw(t, "number"))
		case 3:
			return unknown
		case 4:
			return property.New(property.Null)
		case 5:
			return property.New(rapid.SliceOfN(anything(depth-1), 0, 3).Draw(t, "list"))
		}
		return property.New(property.NewMap(
			rapid.MapOfN(rapid.SampledFrom([]string{"a", "b"}), anything(depth-1), 0, 2).Draw(t, "object")))
	})
}

// TestAnyValueAtAnyPath: no value makes an accessor fail, and what has no unknown value anywhere is known everywhere.
func TestAnyValueAtAnyPath(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := property.NewMap(map[string]property.Value{"a": anything(3).Draw(t, "a")})
		steps := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "a[*]", "[*]", ""}), 1, 4).Draw(t, "steps")
		path := strings.Join(steps, ".")
		props.Texts(m, path)
		props.Number(m, path)
		props.Flag(m, path)
		props.Maps(m, path)
		if !property.New(m).HasComputed() {
			assert.True(t, props.Known(m, path))
		}
	})
}

func TestPlain(t *testing.T) {
	t.Parallel()
	value := property.New(map[string]property.Value{
		"text": property.New("a"), "number": property.New(1.5), "flag": property.New(true), "nothing": {},
		"list":    property.New([]property.Value{property.New("b"), property.New(property.Computed)}),
		"secret":  property.New("c").WithSecret(true),
		"no list": property.New([]property.Value{}),
	})
	assert.Equal(t, map[string]any{
		"text": "a", "number": 1.5, "flag": true, "nothing": nil, "list": []any{"b", "otherwise"}, "secret": "c",
		"no list": []any{},
	}, props.Plain(value, "otherwise"))
}
