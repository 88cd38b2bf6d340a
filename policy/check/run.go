package check

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"haven/policy/exceptions"
	"haven/policy/graph"
	"haven/policy/props"
	"haven/policy/rules"
)

// TooUndecided is the rule that not too much is left undecided, as a percentage of all outcomes.
const TooUndecided = "undecided-share"

// MostUndecided is that percentage where nobody says otherwise.
const MostUndecided = 2.0

// Run is a run of a library.
type Run struct {
	Library    Library
	Settings   rules.Settings
	Exceptions []exceptions.Exception
	Now        time.Time
	// MostUndecided is the percentage of [TooUndecided].
	MostUndecided float64
	// Some says that the graph is some stacks of more: only exceptions that are about no other stack must be used.
	Some bool
	// Alone says that it is one stack of several: only the proofs for one stack are made, and it is Some.
	Alone bool
}

// Over is every outcome over a graph. Of a graph with no stack in it there is nothing to say, so it is an error.
func (r Run) Over(g *graph.Graph) ([]rules.Outcome, error) {
	if len(g.Stacks()) == 0 {
		return nil, fmt.Errorf("there is no stack to check")
	}
	var ruled, proven []rules.Outcome
	var deciding errgroup.Group
	deciding.Go(func() (err error) {
		ruled, err = rules.Run(r.Library.Rules, g, r.Settings)
		return err
	})
	deciding.Go(func() (err error) {
		proven, err = r.prove(g)
		return err
	})
	if err := deciding.Wait(); err != nil {
		return nil, err
	}
	outcomes := leave(slices.Concat(ruled, proven), g)
	return append(r.except(outcomes, g.Stacks()), r.undecided(outcomes, g)...), nil
}

// prove makes the proofs one after the other, as they share what [graph.Once] keeps.
func (r Run) prove(g *graph.Graph) ([]rules.Outcome, error) {
	var all []rules.Outcome
	for _, proof := range r.Library.Proofs {
		if r.Alone && !proof.Alone {
			continue
		}
		outcomes, err := proof.prove(g)
		if err != nil {
			return nil, err
		}
		all = append(all, outcomes...)
	}
	return all, nil
}

// except applies the exceptions that are about these stacks.
func (r Run) except(outcomes []rules.Outcome, stacks []string) []rules.Outcome {
	about := func(e exceptions.Exception) bool { return slices.ContainsFunc(stacks, e.AboutStack) }
	only := func(e exceptions.Exception) bool { return slices.ContainsFunc(stacks, e.OnlyStack) }
	mustBeUsed := about
	if r.Alone || r.Some {
		mustBeUsed = func(e exceptions.Exception) bool { return only(e) && !(r.Alone && r.provenElsewhere(e.Rule)) }
	}
	var relevant []exceptions.Exception
	for _, e := range r.Exceptions {
		if about(e) {
			relevant = append(relevant, e)
		}
	}
	return exceptions.Apply(relevant, outcomes, r.Now, mustBeUsed)
}

// provenElsewhere says whether a rule belongs to a proof that is made of a whole environment only.
func (r Run) provenElsewhere(rule string) bool {
	return slices.ContainsFunc(r.Library.Proofs, func(p Proof) bool { return !p.Alone && p.covers(rule) })
}

// undecided is a failure where too much is undecided, but of stacks that bring tenants back: what is lost waits for
// nothing that is only not known yet. It is counted and shown there, and decided by the update itself.
func (r Run) undecided(outcomes []rules.Outcome, g *graph.Graph) []rules.Outcome {
	if bringsBack(g) {
		return nil
	}
	count := 0
	for _, o := range outcomes {
		if o.Result == rules.Undecided {
			count++
		}
	}
	share := 100 * float64(count) / float64(max(1, len(outcomes)))
	if share <= r.MostUndecided {
		return nil
	}
	const fix = "bring up first what the unknown values come from, or have a rule read something that is known"
	return []rules.Outcome{{
		Rule: TooUndecided, URN: g.OfType(rules.Stack)[0].URN, Result: rules.Fail, Severity: rules.High, Fix: fix,
		Message: fmt.Sprintf("%d of %d outcomes are undecided (%.1f %%); expected at most %g %%: %s", count, len(outcomes),
			share, r.MostUndecided, fix),
	}}
}

// bringsBack says whether each stack brings back a tenant of another, in another company's cloud too, or its own as a
// further generation: one whose data lies in quarantine beside what serves.
func bringsBack(g *graph.Graph) bool {
	return !slices.ContainsFunc(g.Stacks(), func(stack string) bool {
		exports := g.Exports(stack)
		return props.Text(exports, "tenant.restoredOf") == "" && props.Text(exports, "offsite.tenant") == "" &&
			len(props.At(exports, "tenant.quarantined[*]")) == 0
	})
}
