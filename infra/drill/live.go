package drill

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"haven/infra/drill/makespan"
	"haven/infra/evidence"
	"haven/infra/recovery"
	"haven/policy/graph"
)

// live is how a scenario is drilled in a real account, where nothing can be lost: everybody is brought back beside what
// serves them, abroad or in their own cell. With settled the copies are waited for to hold the moment of the drill.
type live struct {
	abroad, settled bool
	// verbs are what does the same in earnest.
	verbs string
}

// restoring are the verbs for damaged data.
const restoring = "`haven restore TENANT --at TIME --account`, and once nobody needs what is in quarantine, `haven retire TENANT " +
	"--account`"

// LiveCloud is a real cloud.
type LiveCloud interface {
	recovery.Cloud
	// Clear deletes what the deletion of a drill's database has left.
	Clear(ctx context.Context, database string) error
}

// Live are how a drill in a real account is done.
type Live struct {
	Recovery *recovery.Recovery
	Cloud    LiveCloud
	Tenants  []recovery.Tenant
	// Account is whose it is, Regions are where everybody is brought back.
	Account string
	Regions []string
	// Graph is all that the stacks of the environment hold.
	Graph func(context.Context) (*graph.Graph, error)
	// Ask asks for an application as its users do, until it answers.
	Ask func(ctx context.Context, url string) error
	// Say tells what is going on.
	Say func(text string)
	// Ending is for what has to be done also when the drill is stopped: it ends when a person insists.
	Ending context.Context
	// Pace is how long to wait between two looks at the copies.
	Pace time.Duration
}

// liveRun is one while it is done.
type liveRun struct {
	Live
	*live
	drill
	ctx   context.Context
	began time.Time
	made  []recovery.Restoring
	lock  sync.Mutex
}

// liveStep is a step of a drill in a real account.
type liveStep struct {
	Name, Person, Haven string
	do                  func(*liveRun) error
}

func (l *live) steps() []liveStep {
	where, source := "in its own cell", "as of that moment, or of the last before it that its copies hold"
	if l.abroad {
		where, source = "in the cell that stands by", "from the newest copy that lies in that region"
	}
	steps := []liveStep{
		{"Meet", "sign in to the account and to the backend of the stacks", "reads what the tenants' stacks export and " +
			"whose the account is, and says what it will make and what that costs", nil},
		{"Decide", "type the environment's name", "notes the moment: data and time are measured from it", nil},
	}
	if l.settled {
		steps = append(steps, liveStep{"Wait", "", "waits until the transaction logs hold that moment, 20 minutes at most",
			(*liveRun).wait})
	}
	return append(steps,
		liveStep{"Restore", "", "brings each tenant up " + where + " as `…-trial`, beside what serves it, " + source,
			(*liveRun).restore},
		liveStep{"Bring files back", "", "runs each stack's state machine as soon as it is there: the dump is verified, the " +
			"files come back, every page of the database is read", nil},
		liveStep{"Ask", "sign in under the drill's own host, while it waits", "asks for each application under that host; " +
			"then the tenant is back", (*liveRun).serve},
		liveStep{"Verify", "", "proves over what all stacks hold that the tenants are isolated", (*liveRun).prove},
		liveStep{"Measure", "", "says what the copies lacked of that moment, and how long each tenant took by the clock",
			nil},
		liveStep{"Take down", "after a second Ctrl-C, or a kill: `haven drill take-down --env ENV --account`", "destroys " +
			"all that it made, also after a failure and when it is stopped, with the final snapshots and backups that this " +
			"leaves", nil},
	)
}

// Live says whether a scenario is drilled in a real account. The error says why it is not, and what to do.
func (s Scenario) Live() (abroad bool, err error) {
	if s.live == nil {
		return false, fmt.Errorf("%s is not drilled in a real account: %s; infra/drill/runbooks/%[1]s.md has the steps",
			s.Name, s.spared)
	}
	return s.live.abroad, nil
}

// LiveNames are the names of the scenarios that are.
func LiveNames() []string {
	var names []string
	for _, s := range Scenarios() {
		if s.live != nil {
			names = append(names, s.Name)
		}
	}
	return names
}

// InAccount does a drill in a real account, takes down what it made, and answers what is to be kept of it. What was
// missed is in the record; an error is what could not be taken down.
func (s Scenario) InAccount(ctx context.Context, options Live) (evidence.Record, error) {
	r := &liveRun{Live: options, live: s.live, ctx: ctx, began: time.Now().UTC().Truncate(time.Second)}
	r.scenario, r.Options.Say, r.cloud = s, options.Say, options.Cloud
	r.record = evidence.Drill{Scenario: s.Name, Environment: options.Recovery.Environment.Name, Account: options.Account,
		Regions: options.Regions, Alarms: []string{}, Critical: []string{}, Failures: []string{}}
	for _, t := range options.Tenants {
		r.tenants = append(r.tenants, &tenant{Tenant: t})
	}
	for _, step := range s.live.steps() {
		if r.step = step.Name; step.do == nil {
			continue
		}
		r.note(step.Haven)
		err := step.do(r)
		if ctx.Err() != nil {
			r.fail("it was stopped")
			break
		}
		if err != nil {
			r.fail("%s: %v", step.Name, err)
			break
		}
	}
	r.step = "Take down"
	r.note(fmt.Sprintf("destroys what was made: %d stacks", len(r.made)))
	left := TakeDown(r.Ending, r.Recovery, r.Cloud, r.made)
	if left != nil {
		r.fail("it was not taken down: %v", left)
	} else {
		r.note("nothing of it is left")
	}
	record, err := r.conclude()
	record.Simulated = false
	return record, errors.Join(left, err)
}

// TakeDown destroys what drills have made in a real account, and what its deletion leaves.
func TakeDown(ctx context.Context, r *recovery.Recovery, cloud LiveCloud, made []recovery.Restoring) error {
	var stacks []string
	for _, stack := range made {
		stacks = append(stacks, stack.Stack)
	}
	if len(stacks) == 0 {
		return nil
	}
	if err := r.Retire(ctx, stacks...); err != nil {
		return err
	}
	var left error
	for _, stack := range made {
		left = errors.Join(left, cloud.Clear(ctx, stack.DatabaseARN()))
	}
	return left
}

// settling is how long the transaction logs are waited for: they are kept every five minutes.
const settling = 20 * time.Minute

// wait waits until the copies hold the moment of the drill.
func (r *liveRun) wait() error {
	for _, t := range r.tenants {
		for {
			copies, err := r.Cloud.Copies(r.ctx, t.Tenant, t.Region)
			if err != nil {
				return err
			}
			source, err := recovery.Choose(copies, r.began)
			if err == nil && !source.At.Before(r.began) || time.Since(r.began) > settling {
				break // what is missing then is measured
			}
			select {
			case <-r.ctx.Done():
				return context.Cause(r.ctx)
			case <-time.After(r.Pace):
			}
		}
	}
	return nil
}

func (r *liveRun) restore() error {
	at := r.began
	if r.abroad {
		at = time.Time{}
	}
	var err error
	r.made, err = r.Recovery.Trial(r.ctx, r.Tenants, r.abroad, at)
	r.restored = r.made
	for i, stack := range r.made {
		reaches := stack.Source.At
		if r.abroad && stack.Tenant.ReplicaARN != "" && err == nil {
			if reaches, err = r.reached(stack); err != nil {
				return err
			}
		}
		r.tenants[i].result.Source = stack.Source.String()
		r.tenants[i].result.RPOSeconds = math.Max(0, r.began.Sub(reaches).Seconds())
	}
	return err
}

// reached is what a take-over would have of a tenant with a replica: what had reached that one, which a drill leaves alone.
func (r *liveRun) reached(stack recovery.Restoring) (time.Time, error) {
	copies, err := r.Cloud.Copies(r.ctx, stack.Tenant, stack.Region)
	if err != nil {
		return time.Time{}, err
	}
	for _, copied := range copies {
		if copied.Kind == recovery.Replica {
			r.note(fmt.Sprintf("%s: a take-over would promote %s, as of %s", stack.Tenant.Name, copied.ID,
				copied.Until.Format(time.RFC3339)))
			return copied.Until, nil
		}
	}
	return time.Time{}, fmt.Errorf("%s has no replica in %s, though its stack says so", stack.Tenant.Name, stack.Region)
}

// serve asks for each tenant's application, all side by side.
func (r *liveRun) serve() error {
	var working sync.WaitGroup
	for i, stack := range r.made {
		working.Go(func() {
			err := r.back(stack)
			r.lock.Lock()
			defer r.lock.Unlock()
			t := r.tenants[i]
			t.measured, t.result.Verified = true, err == nil
			t.result.RTOSeconds = time.Since(r.began).Round(time.Second).Seconds() // at least, of who is not back
			if err != nil {
				t.fail("it is not back: %v", err)
				return
			}
			r.note(stack.Stack + " is back")
		})
	}
	working.Wait()
	return context.Cause(r.ctx)
}

// back asks for one tenant's application; nothing answers for who is suspended.
func (r *liveRun) back(stack recovery.Restoring) error {
	if !stack.Tenant.Config.Serves() {
		return nil
	}
	exported, err := r.Recovery.Deployer.Outputs(stack.Stack)
	if err != nil {
		return err
	}
	outputs, _ := exported["tenant"].(map[string]any)
	url, _ := outputs["url"].(string)
	return r.Ask(r.ctx, url)
}

// prove holds all that there is against the proofs of isolation.
func (r *liveRun) prove() error {
	g, err := r.Graph(r.ctx)
	if err != nil {
		return err
	}
	for _, failure := range proofs(g) {
		r.fail("no longer isolated: %s", failure)
	}
	return nil
}

// Lasting is how long a drill in a real account is expected to keep up what it makes, by what the tenants' own stacks
// hold: planned as in the sandbox, and once more for taking it down, in whole hours.
func Lasting(exports map[string][]apitype.ResourceV3) (time.Duration, error) {
	var tasks []makespan.Task
	for stack, resources := range exports {
		restored := recovery.Restoring{Stack: stack, Source: recovery.Source{Copy: recovery.Copy{Kind: recovery.Snapshot}}}
		made := Made(resources)
		for i := range made {
			if made[i].Type == databaseType {
				made[i].Kind = makespan.Restored
			}
		}
		tasks = append(tasks, Restoration(restored, made)...)
	}
	plan, err := makespan.Of(tasks)
	if err != nil {
		return 0, err
	}
	return time.Duration(math.Ceil(max(1, 2*plan.Total.Hours()))) * time.Hour, nil
}

// Made are the resources of a state as a plan takes them.
func Made(state []apitype.ResourceV3) []makespan.Resource {
	var made []makespan.Resource
	for _, r := range state {
		one := makespan.Resource{URN: string(r.URN), Type: string(r.Type)}
		for _, urn := range r.Dependencies {
			one.After = append(one.After, string(urn))
		}
		if !r.Delete {
			made = append(made, one)
		}
	}
	return made
}
