package mutation_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/exceptions"
	"haven/policy/graph"
	"haven/policy/graph/graphtest"
	"haven/policy/library"
	"haven/policy/rules"
)

// today is a day on which the exceptions hold.
var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// leastCaught is the share of mutants that must be found.
const leastCaught = 0.95

// TestMutants: of what is changed in the demo, and guards something, nearly all is found by a rule that is about it; what
// is not is known, and why.
func TestMutants(t *testing.T) {
	g := demo(t)
	all := bred(g)
	assertTables(t, all)
	j, err := newJudge(g, library.All(), accepted(t), table(t, "about.csv"))
	require.NoError(t, err)
	mutants := chosen(relevant(t, all))
	verdicts, err := j.all(mutants, runtime.GOMAXPROCS(0))
	require.NoError(t, err)
	report(t, j, verdicts)

	survivors := slices.DeleteFunc(slices.Clone(verdicts), j.caught)
	share := 1 - float64(len(survivors))/float64(len(verdicts))
	t.Logf("%d mutants, %.2f %% found by a rule that is about what was changed", len(verdicts), 100*share)
	assert.GreaterOrEqual(t, share, leastCaught)
	known := table(t, "survivors.csv")
	others := table(t, "rest.csv")
	if os.Getenv("MUTANTS") == "" {
		others = nil
	}
	for _, v := range survivors {
		assert.True(t, slices.ContainsFunc(slices.Concat(known, others), func(r row) bool { return r.covers(v.mutant) }),
			"nobody finds %s (%s), nor is it among the survivors; found: %v", v.mutant, v.of.Type, v.rules())
	}
	for _, r := range known {
		if slices.ContainsFunc(mutants, r.covers) {
			assert.True(t, slices.ContainsFunc(survivors, func(v verdict) bool { return r.covers(v.mutant) }),
				"line %d of the survivors, %s: it is found now", r.number, r.text)
		}
	}
}

// assertTables asserts that each line of the tables is about some mutant or rule, and gives a reason.
func assertTables(t *testing.T, all []mutant) {
	t.Helper()
	for _, file := range []string{"irrelevant.csv", "survivors.csv", "rest.csv"} {
		for _, r := range table(t, file) {
			assert.True(t, slices.ContainsFunc(all, r.covers), "line %d of %s, %s, is about nothing", r.number, file, r.text)
			assert.NotEmpty(t, r.says, "line %d of %s", r.number, file)
		}
	}
	for _, r := range table(t, "about.csv") {
		assert.True(t, isRule(r), "line %d of about.csv is of no rule", r.number)
	}
}

// isRule says whether a line's first column is the name of a rule, a proof or a part of one, or of some.
func isRule(r row) bool {
	all := library.All()
	name, _, _ := strings.Cut(r.text, ",")
	return all.Has(strings.TrimSuffix(name, "*")) ||
		slices.ContainsFunc(all.Rules, func(one rules.Rule) bool { return r.what[0].MatchString(one.ID) })
}

// demo is the demo as the sandbox makes it, with a provider that says which account is the own.
func demo(t *testing.T) *graph.Graph {
	t.Helper()
	return graphtest.Plus(graphtest.Demo(t), graphtest.New("demo-cell", "pulumi:providers:aws", "aws",
		map[string]any{"allowedAccountIds": []any{"123456789012"}}))
}

func accepted(t *testing.T) []exceptions.Exception {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "exceptions.yaml"))
	require.NoError(t, err)
	all, err := exceptions.Parse(text, func(string) bool { return true }, today)
	require.NoError(t, err)
	return all
}

// bred are all mutants, by the resources' names: so that the first of a kind is the same each time.
func bred(g *graph.Graph) []mutant {
	b := newBreeder(g)
	resources := slices.SortedStableFunc(slices.Values(g.All()), func(a, b *graph.Resource) int {
		return cmp.Compare(a.URN, b.URN)
	})
	var all []mutant
	for _, r := range resources {
		all = append(all, b.of(r)...)
	}
	return all
}

// relevant are those that guard something.
func relevant(t *testing.T, all []mutant) []mutant {
	irrelevant := table(t, "irrelevant.csv")
	return slices.DeleteFunc(all, func(m mutant) bool {
		return slices.ContainsFunc(irrelevant, func(r row) bool { return r.covers(m) })
	})
}

// chosen are those that the environment asks for: one of each kind where it does not.
func chosen(all []mutant) []mutant {
	asked := os.Getenv("MUTANTS")
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(m mutant) bool {
		was := seen[m.kind()]
		seen[m.kind()] = true
		switch asked {
		case "":
			return was
		case "all":
			return false
		}
		return !strings.Contains(m.of.Type, asked)
	})
}

// tally is how mutants of a kind fared.
type tally struct {
	mutants, found int
	rules, lost    map[string]int
}

// report writes down how each kind fared, where that is asked for.
func report(t *testing.T, j *judge, verdicts []verdict) {
	t.Helper()
	file := os.Getenv("MUTANTS_REPORT")
	if file == "" {
		return
	}
	tallies := map[string]*tally{}
	for _, v := range verdicts {
		one := cmp.Or(tallies[v.kind()], &tally{rules: map[string]int{}, lost: map[string]int{}})
		tallies[v.kind()] = one
		if one.mutants++; j.caught(v) {
			one.found++
		} else {
			one.lost[v.of.Stack+"::"+v.of.Name()]++
		}
		for _, rule := range v.rules() {
			one.rules[rule]++
		}
	}
	var lines strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(tallies)) {
		one := tallies[kind]
		fmt.Fprintf(&lines, "%s\t%d\t%d\t%v\t%v\n", kind, one.mutants, one.found, one.rules, one.lost)
	}
	require.NoError(t, os.WriteFile(file, []byte(lines.String()), 0o644))
}
