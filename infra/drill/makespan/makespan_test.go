package makespan

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCritical(t *testing.T) {
	t.Parallel()
	plan, err := Of([]Task{
		{"database", 800 * time.Second, []string{"group", "key"}}, {"group", 3 * time.Second, nil},
		{"key", 8 * time.Second, nil}, {"cache", 483 * time.Second, []string{"key"}},
		{"service", 185 * time.Second, []string{"database", "cache", "not there"}},
	})
	require.NoError(t, err)
	assert.Equal(t, 993*time.Second, plan.Total)
	var path []string
	for _, span := range plan.Critical("") {
		path = append(path, span.String())
	}
	assert.Equal(t, []string{"key: 8s, from 0s", "database: 13m20s, from 8s", "service: 3m5s, from 13m28s"}, path)
	ends, known := plan.Ends("cache")
	assert.True(t, known)
	assert.Equal(t, 491*time.Second, ends)
	assert.Equal(t, "cache", plan.Critical("cache")[1].Name)
	_, known = plan.Ends("nothing")
	assert.False(t, known)
}

func TestWhatCannotBePlanned(t *testing.T) {
	t.Parallel()
	_, err := Of([]Task{{Name: "a", After: []string{"b"}}, {Name: "b", After: []string{"a"}}})
	require.EqualError(t, err, `"a" waits for itself`)
	_, err = Of([]Task{{Name: "a"}, {Name: "a"}})
	require.EqualError(t, err, `two tasks have the name "a"`)
	plan, err := Of(nil)
	require.NoError(t, err)
	assert.Zero(t, plan.Total)
	assert.Empty(t, plan.Critical(""))
}

// TestTheCriticalPathIsTheWhole: without gaps, each after one it needs, and as long as the whole takes; nothing begins
// before what it needs is done.
func TestTheCriticalPathIsTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tasks []Task
		for i := range rapid.IntRange(1, 30).Draw(t, "tasks") {
			task := Task{Name: string(rune('A' + i)), Takes: time.Duration(rapid.IntRange(1, 900).Draw(t, "takes")) * time.Second}
			for j := range i {
				if rapid.IntRange(0, 4).Draw(t, "edge") == 0 {
					task.After = append(task.After, string(rune('A'+j)))
				}
			}
			tasks = append(tasks, task)
		}
		plan, err := Of(tasks)
		require.NoError(t, err)
		sum, previous := time.Duration(0), ""
		for _, span := range plan.Critical("") {
			assert.Equal(t, sum, span.Begins)
			assert.True(t, previous == "" || slices.Contains(span.After, previous))
			sum, previous = span.Ends, span.Name
		}
		assert.Equal(t, plan.Total, sum)
		for _, task := range tasks {
			for _, before := range task.After {
				ended, _ := plan.Ends(before)
				assert.LessOrEqual(t, ended, plan.spans[task.Name].Begins)
			}
		}
	})
}

func TestDurations(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 545*time.Second, Creating("aws:rds/instance:Instance", "").Median)
	assert.Equal(t, Duration{800 * time.Second, 1000 * time.Second, "derived"},
		Creating("aws:rds/instance:Instance", Restored))
	assert.Equal(t, 850*time.Second, Creating("aws:rds/instance:Instance", Replica).Median)
	assert.Equal(t, 185*time.Second, Creating("aws:ecs/service:Service", Restored).Median, "no service is restored")
	assert.Equal(t, 3*time.Second, Creating("aws:sns/topic:Topic", "").Median)
	for name, duration := range table() {
		assert.Positive(t, duration.Median, name)
		assert.GreaterOrEqual(t, duration.Most, duration.Median, name)
		assert.NotEmpty(t, duration.Basis, name)
	}
	for _, step := range []string{"promote", "warm", "restore-files", "verify", "take-over", "decide"} {
		assert.Positive(t, Step(step).Median, step)
	}
}

func TestResources(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []Task{
		{"stack", 0, nil}, {"component", 0, nil}, {"database", 800 * time.Second, []string{"component"}}, {"old", 0, nil},
	}, Resources([]Resource{
		{URN: "stack", Type: "pulumi:pulumi:Stack"}, {URN: "component", Type: "haven:database:Database"},
		{URN: "database", Type: "aws:rds/instance:Instance", Kind: Restored, After: []string{"component"}},
		{URN: "old", Type: "aws:rds/instance:Instance", Exists: true},
	}))
}
