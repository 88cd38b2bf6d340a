package mutation_test

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"

	"haven/policy/check"
	"haven/policy/exceptions"
	"haven/policy/graph"
	"haven/policy/rules"
)

// judge finds what a mutant makes rules and proofs find that they do not find in the demo as it is.
type judge struct {
	graph    *graph.Graph
	library  check.Library
	accepted []exceptions.Exception
	about    about
	now      time.Time
	// own are the rules on each type that look at nothing but their resource.
	own map[string][]rules.Rule
	// reading are the looks of other rules that asked for resources of a type, proving the proofs that did.
	reading map[string][]look
	proving map[string][]check.Proof
	// known are the failures in the demo as it is.
	known map[string]bool
}

// look is a rule about one resource.
type look struct {
	rule rules.Rule
	urn  string
}

func newJudge(g *graph.Graph, library check.Library, accepted []exceptions.Exception, of about) (*judge, error) {
	j := &judge{
		graph: g, library: library, accepted: accepted, about: of, now: today, own: map[string][]rules.Rule{},
		reading: map[string][]look{}, proving: map[string][]check.Proof{}, known: map[string]bool{},
	}
	for _, rule := range library.Rules {
		for _, token := range rule.Types {
			if !rule.Whole {
				j.own[token] = append(j.own[token], rule)
			}
			for _, r := range g.OfType(token) {
				asked := map[string]bool{token: true}
				outcomes, err := rules.RunOne(rule, r, g.Telling(func(token string) { asked[token] = true }), nil)
				if err != nil {
					return nil, err
				}
				j.remember(outcomes)
				for token := range asked {
					if rule.Whole {
						j.reading[token] = append(j.reading[token], look{rule, r.URN})
					}
				}
			}
		}
	}
	for _, proof := range quickFirst(library.Proofs) {
		asked := map[string]bool{}
		j.remember(outcomesOf(proof, g.Telling(func(token string) { asked[token] = true })))
		for token := range asked {
			j.proving[token] = append(j.proving[token], proof)
		}
	}
	return j, nil
}

// quickFirst puts the proof first that finds most of what rules do not: what names a resource that is gone or another
// tenant's.
func quickFirst(proofs []check.Proof) []check.Proof {
	return slices.SortedStableFunc(slices.Values(proofs), func(a, b check.Proof) int {
		return cmp.Compare(rank(a), rank(b))
	})
}

func rank(p check.Proof) int {
	if p.ID == "references" {
		return 0
	}
	return 1
}

func outcomesOf(proof check.Proof, g *graph.Graph) []rules.Outcome {
	var outcomes []rules.Outcome
	for _, f := range proof.Check(g) {
		if !f.Undecided {
			outcomes = append(outcomes, rules.Outcome{
				Rule: f.Rule, URN: f.URN, Result: rules.Fail, Message: f.Message, Witness: f.Witness,
			})
		}
	}
	return outcomes
}

func (j *judge) remember(outcomes []rules.Outcome) {
	for _, o := range outcomes {
		j.known[key(o)] = true
	}
}

func key(o rules.Outcome) string { return o.Rule + "|" + o.URN + "|" + o.Message }

// fresh are the failures that are new, and that no exception accepts.
func (j *judge) fresh(outcomes []rules.Outcome) []rules.Outcome {
	return slices.DeleteFunc(exceptions.Accept(j.accepted, outcomes, j.now), func(o rules.Outcome) bool {
		return o.Result != rules.Fail || j.known[key(o)]
	})
}

// rules are what rules find of a mutant.
func (j *judge) rules(m mutant) ([]rules.Outcome, error) {
	var all []rules.Outcome
	if m.changed != nil {
		for _, rule := range j.own[m.of.Type] {
			outcomes, err := rules.RunOne(rule, m.changed, nil, nil)
			if err != nil {
				return nil, err
			}
			all = append(all, j.fresh(outcomes)...)
		}
	}
	g := j.with(m)
	for _, look := range append(slices.Clone(j.reading[m.of.Type]), j.reading[graph.Everything]...) {
		of := g.ByURN(look.urn)
		if of == nil {
			continue
		}
		outcomes, err := rules.RunOne(look.rule, of, g, nil)
		if err != nil {
			return nil, err
		}
		all = append(all, j.fresh(outcomes)...)
	}
	return all, nil
}

// proofs are what proofs find of it, which look at everything: one after the other, up to the first that is about it.
func (j *judge) proofs(m mutant) []rules.Outcome {
	g := j.with(m)
	var all []rules.Outcome
	for _, proof := range append(slices.Clone(j.proving[m.of.Type]), j.proving[graph.Everything]...) {
		found := j.fresh(outcomesOf(proof, g))
		all = append(all, found...)
		if slices.ContainsFunc(found, func(o rules.Outcome) bool { return j.about.says(o, m) }) {
			return all
		}
	}
	return all
}

// with is the graph with a mutant in it.
func (j *judge) with(m mutant) *graph.Graph { return j.graph.With(m.of, m.changed) }

// verdict is a mutant and what was found of it.
type verdict struct {
	mutant
	found []rules.Outcome
}

// rules are the names of those that found it.
func (v verdict) rules() []string {
	var all []string
	for _, o := range v.found {
		if !slices.Contains(all, o.Rule) {
			all = append(all, o.Rule)
		}
	}
	return all
}

// caught says whether one of the rules that found it is about what was changed.
func (j *judge) caught(v verdict) bool {
	return slices.ContainsFunc(v.found, func(o rules.Outcome) bool { return j.about.says(o, v.mutant) })
}

// all judges mutants, as many at once as there are processors.
func (j *judge) all(mutants []mutant, workers int) ([]verdict, error) {
	verdicts, failed := make([]verdict, len(mutants)), make([]error, workers)
	var group sync.WaitGroup
	next := make(chan int)
	for worker := range workers {
		group.Go(func() {
			for i := range next {
				v := verdict{mutant: mutants[i]}
				if v.found, failed[worker] = j.rules(v.mutant); failed[worker] != nil {
					break
				}
				if !j.caught(v) {
					v.found = append(v.found, j.proofs(v.mutant)...)
				}
				verdicts[i] = v
			}
			for range next { // so that nobody waits for it
			}
		})
	}
	for i := range mutants {
		next <- i
	}
	close(next)
	group.Wait()
	return verdicts, errors.Join(failed...)
}
