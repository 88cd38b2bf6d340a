package mutation_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
	"haven/policy/exceptions"
	"haven/policy/graph"
	"haven/policy/library"
	"haven/policy/rules"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func demo(t *testing.T) *graph.Graph {
	t.Helper()
	made, err := flowtest.Graph(world.At(filepath.Join(t.TempDir(), "world.db")), filepath.Join("..", "..", "stacks"),
		"demo")
	require.NoError(t, err)
	const token = "pulumi:providers:aws"
	account := property.NewMap(map[string]property.Value{
		"allowedAccountIds": property.New([]property.Value{property.New("123456789012")})})
	return graph.New(append(slices.Clone(made.All()),
		&graph.Resource{URN: "urn:pulumi:demo-cell::haven::" + token + "::aws", Stack: "demo-cell", Type: token,
			Inputs: account}))
}

func TestMutants(t *testing.T) {
	g := demo(t)
	text, err := os.ReadFile(filepath.Join("..", "exceptions.yaml"))
	require.NoError(t, err)
	accepted, err := exceptions.Parse(text, func(string) bool { return true }, today)
	require.NoError(t, err)
	at := time.Now()
	j, err := newJudge(g, library.All(), accepted, today)
	require.NoError(t, err)
	t.Log("baseline", time.Since(at))
	at = time.Now()
	b := newBreeder(g)
	var all []mutant
	for _, r := range g.All() {
		all = append(all, b.of(r)...)
	}
	t.Log("bred", len(all), time.Since(at))
	if only := os.Getenv("ONLY"); only != "" {
		all = slices.DeleteFunc(all, func(m mutant) bool { return !strings.Contains(m.of.Type, only) })
	}
	irrelevant := table(t, "irrelevant.csv")
	before := len(all)
	all = slices.DeleteFunc(all, func(m mutant) bool {
		return slices.ContainsFunc(irrelevant, func(r row) bool { return r.covers(m) })
	})
	t.Log("irrelevant", before-len(all), "left", len(all))
	if os.Getenv("SAMPLE") != "" {
		seen := map[string]bool{}
		all = slices.DeleteFunc(all, func(m mutant) bool {
			k := m.of.Type + " " + m.pattern() + " " + m.operator
			was := seen[k]
			seen[k] = true
			return was
		})
		t.Log("sampled", len(all))
	}
	at = time.Now()
	proofs := os.Getenv("PROOFS") != ""
	verdicts, err := j.all(all, runtime.GOMAXPROCS(0), func(v verdict) bool { return !proofs || len(v.found) > 0 })
	require.NoError(t, err)
	t.Log("judged", time.Since(at))
	type group struct {
		n, caught, named int
		rules            map[string]int
		names            map[string]int
	}
	groups := map[string]*group{}
	caught, namedN := 0, 0
	for _, v := range verdicts {
		k := v.of.Type + "\t" + v.pattern() + "\t" + v.operator
		if groups[k] == nil {
			groups[k] = &group{rules: map[string]int{}, names: map[string]int{}}
		}
		gr := groups[k]
		gr.n++
		if len(v.found) > 0 {
			gr.caught++
			caught++
		} else {
			gr.names[v.of.Stack+"::"+v.of.Name()]++
		}
		if slices.ContainsFunc(v.found, func(o rules.Outcome) bool { return named(o, v.mutant) }) {
			gr.named++
			namedN++
		}
		for _, o := range v.found {
			gr.rules[o.Rule]++
		}
	}
	t.Log("mutants", len(verdicts), "caught", caught, "named", namedN)
	f, _ := os.Create("/tmp/E-groups.tsv")
	defer f.Close()
	var keys []string
	for k := range groups {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		gr := groups[k]
		fmt.Fprintf(f, "%s\t%d\t%d\t%d\t%v\n", k, gr.n, gr.caught, gr.named, gr.rules)
	}
}
