package props_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/policy/graph"
	"haven/policy/props"
)

// FuzzAccessors: whatever stands at whatever path is read or is not there; nothing panics, and what is unknown is never
// taken for known.
func FuzzAccessors(f *testing.F) {
	for _, seed := range []struct{ object, path string }{
		{`{}`, ""}, {`{"a": 1}`, "a"}, {`{"a": [1, "b", {"c": null}]}`, "a[*].c"}, {`{"a": {"b": [true]}}`, "a.b[*]"},
		{`{"a": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}`, "a.b.c"}, {`{"a": ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"]}`, "a[*]"},
		{`{"a": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}}`, "a"}, {`{"": ""}`, ".[*]."},
	} {
		f.Add(seed.object, seed.path)
	}
	f.Fuzz(func(t *testing.T, object, path string) {
		var values map[string]any
		if json.Unmarshal([]byte(object), &values) != nil {
			return
		}
		m := graph.Object(values)
		unknown := false
		for _, v := range props.At(m, path) {
			unknown = unknown || v.HasComputed()
			props.Partial(v)
		}
		assert.Equal(t, !unknown, props.Known(m, path))
		texts := props.Texts(m, path)
		if text := props.Text(m, path); len(texts) == 0 {
			assert.Empty(t, text)
		} else {
			assert.Equal(t, texts[0], text)
			assert.NotContains(t, texts, "")
		}
		props.Number(m, path)
		props.Flag(m, path)
		for _, inner := range props.Maps(m, path) {
			props.At(inner, path)
		}
	})
}
