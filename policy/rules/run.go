package rules

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"golang.org/x/sync/errgroup"

	"haven/policy/graph"
)

// Settings are the parameters that configuration gives, by rule. A rule that is not there has its defaults.
type Settings map[string]property.Map

// Run is what rules say of all the resources of a graph that they are about, resource by resource in the graph's order;
// it looks at several at a time. A rule that panics ends it with an error.
func Run(list []Rule, g *graph.Graph, settings Settings) ([]Outcome, error) {
	byType := map[string][]Rule{}
	for _, rule := range list {
		for _, token := range rule.Types {
			byType[token] = append(byType[token], rule)
		}
	}
	said := make([][]Outcome, len(g.All()))
	var looking errgroup.Group
	looking.SetLimit(runtime.GOMAXPROCS(0))
	for i, r := range g.All() {
		looking.Go(func() error {
			for _, rule := range byType[r.Type] {
				outcomes, err := RunOne(rule, r, g, settings)
				if err != nil {
					return err
				}
				said[i] = append(said[i], outcomes...)
			}
			return nil
		})
	}
	if err := looking.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(said...), nil
}

// RunOne is what one rule says of one resource of a graph; of a rule that is not [Rule.Whole], the graph is nothing.
func RunOne(rule Rule, r *graph.Resource, g *graph.Graph, settings Settings) (outcomes []Outcome, err error) {
	s := &subject{rule: rule, of: r, graph: g, parameters: settings[rule.ID]}
	defer func() {
		if reason := recover(); reason != nil {
			outcomes, err = nil, fmt.Errorf("the rule %s is broken: it panicked on %s: %v", rule.ID, r.URN, reason)
		}
	}()
	rule.Check(&Look{Resource: r, inside: r.Declared(), subject: s})
	return s.result(), nil
}

// result is the failures; without any, whether the rule passes.
func (s *subject) result() []Outcome {
	if len(s.outcomes) > 0 {
		failed := make([]Outcome, len(s.outcomes))
		for i, o := range s.outcomes {
			failed[i] = *o
		}
		return failed
	}
	if len(s.unknown) > 0 {
		return []Outcome{*s.outcome(Undecided, "not known yet: "+strings.Join(s.unknown, ", "))}
	}
	return []Outcome{*s.outcome(Pass, "")}
}
