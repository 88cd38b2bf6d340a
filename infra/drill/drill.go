package drill

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"haven/infra/drill/makespan"
	"haven/infra/drill/realdata"
	"haven/infra/evidence"
	"haven/infra/recovery"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
	"haven/policy/graph"
	"haven/stacks/config"
)

// Deployer is what a drill brings stacks up with.
type Deployer interface {
	recovery.Deployer
	// Made are the resources of a stack that is up.
	Made(stack string) ([]makespan.Resource, error)
	// Graph is all that the stacks of the environment have, those that restore among them.
	Graph() (*graph.Graph, error)
}

// Options are how a drill is done.
type Options struct {
	Environment *config.Environment
	// Folder is the one of the stack files, World what is drilled in.
	Folder   string
	World    *world.World
	Deployer Deployer
	// Seed chooses the times.
	Seed uint64
	// Say tells what is going on; nil tells nobody.
	Say func(text string)
	// Real says how much real data scenarios of corruption have on MariaDB servers; nil has none.
	Real *realdata.Options
	// Sabotage is done before anything else: tests take a mechanism away by it.
	Sabotage func(*world.World) error
}

// Result is what `haven drill --json` prints.
type Result struct {
	Scenario string         `json:"scenario"`
	Met      bool           `json:"met"`
	Tenants  []TenantResult `json:"tenants"`
	// Evidence is the path of the record.
	Evidence string `json:"evidence"`
}

// TenantResult is how a tenant came off.
type TenantResult struct {
	Tenant          string  `json:"tenant"`
	RPOSeconds      float64 `json:"rpoSeconds"`
	RPOBoundSeconds float64 `json:"rpoBoundSeconds"`
	RTOSeconds      float64 `json:"rtoSeconds"`
	RTOBoundSeconds float64 `json:"rtoBoundSeconds"`
	Verified        bool    `json:"verified"`
}

// Run does a drill and answers what is to be kept of it. What was missed is in the record; an error is a drill that
// could not be done.
func Run(ctx context.Context, scenario Scenario, options Options) (evidence.Record, error) {
	d := &drill{
		Options: options, scenario: scenario, random: rand.New(rand.NewPCG(options.Seed, 0)),
		cloud: recovery.Sandbox{World: options.World},
		record: evidence.Drill{Scenario: scenario.Name, Environment: options.Environment.Name, Seed: options.Seed,
			Alarms: []string{}, Critical: []string{}, Failures: []string{}},
	}
	d.recovery = &recovery.Recovery{Environment: options.Environment, Folder: options.Folder, Cloud: d.cloud,
		Deployer: options.Deployer, Say: d.note}
	if options.Sabotage != nil {
		if err := options.Sabotage(options.World); err != nil {
			return evidence.Record{}, err
		}
	}
	for _, step := range scenario.Steps {
		d.step = step.Name
		d.note(firstText(step.Haven, step.Person))
		if err := step.do(ctx, d); err != nil {
			if ctx.Err() != nil { // whatever failed: somebody stopped it
				return evidence.Record{}, fmt.Errorf("%s: %w", step.Name, context.Cause(ctx))
			}
			var missed missed
			if !errors.As(err, &missed) {
				return evidence.Record{}, fmt.Errorf("%s: %w", step.Name, err)
			}
			d.fail("%s: %v", step.Name, err)
			break
		}
	}
	return d.conclude()
}

// missed is an objective or a mechanism that did not hold: the drill has failed, not what does it.
type missed struct{ cause error }

func (m missed) Error() string { return m.cause.Error() }
func (m missed) Unwrap() error { return m.cause }

// miss makes an error the drill's result.
func miss(err error) error {
	if err == nil {
		return nil
	}
	return missed{err}
}

// drill is one while it is done.
type drill struct {
	Options
	scenario Scenario
	random   *rand.Rand
	cloud    recovery.Cloud
	recovery *recovery.Recovery
	record   evidence.Drill
	step     string

	tenants  []*tenant
	struck   time.Time // when the disaster began
	noticed  time.Time // when the last of the alarms that must was raised
	restored []recovery.Restoring
	plan     *makespan.Plan
	before   map[string]bool // the URNs of what was there before restoring
}

// tenant is one while it is drilled.
type tenant struct {
	recovery.Tenant
	// database is the Pulumi ID of its database, and what it held when the disaster began.
	database string
	held     world.Ledger
	// heldFiles is what its file system held then.
	heldFiles world.Ledger
	// sentinels are what was planted, each with when; those of present must be found, those of absent must not.
	present, absent []sentinel
	// source is what it was brought back from, as the database of the Pulumi ID restored.
	source   recovery.Source
	restored string
	// dump is the manifest of the dump that its files were brought back from, files the file system that they are in.
	dump, files string
	result      evidence.DrillTenant
	measured    bool
}

type sentinel struct {
	content string
	at      time.Time
}

// note adds a moment to the timeline.
func (d *drill) note(what string) {
	now, _ := d.cloud.Now()
	d.record.Timeline = append(d.record.Timeline, evidence.Moment{Time: now.Truncate(time.Second), Step: d.step, What: what})
	if d.Say != nil {
		d.Say(fmt.Sprintf("%s  %s: %s", now.Format(time.RFC3339), d.step, what))
	}
}

func (d *drill) fail(format string, args ...any) {
	d.record.Failures = append(d.record.Failures, fmt.Sprintf(format, args...))
	d.note("NOT MET: " + fmt.Sprintf(format, args...))
}

func (t *tenant) fail(format string, args ...any) {
	t.result.Failures = append(t.result.Failures, fmt.Sprintf(format, args...))
}

// advance sets the clock to a time, where it is not past it, and answers which alarms were raised meanwhile.
func (d *drill) advance(to time.Time) ([]flow.AlarmChange, error) {
	now, err := d.cloud.Now()
	if err != nil {
		return nil, err
	}
	if to.Before(now) {
		to = time.Time{}
	}
	report, err := flow.Advance(d.World, flow.Options{To: to})
	return slices.DeleteFunc(report.Changes, func(c flow.AlarmChange) bool { return c.To != world.InAlarm }), err
}

// pass lets time pass.
func (d *drill) pass(by time.Duration) error {
	now, err := d.cloud.Now()
	if err == nil {
		_, err = d.advance(now.Add(by))
	}
	return err
}

// each does something for every tenant.
func (d *drill) each(do func(*tenant) error) error {
	for _, t := range d.tenants {
		if err := do(t); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	return nil
}

func (d *drill) plain() []recovery.Tenant {
	var all []recovery.Tenant
	for _, t := range d.tenants {
		all = append(all, t.Tenant)
	}
	return all
}

// conclude judges what was measured.
func (d *drill) conclude() (evidence.Record, error) {
	d.step = "Conclude"
	met := len(d.record.Failures) == 0 && len(d.tenants) > 0
	for _, t := range d.tenants {
		objective := d.scenario.bounds(t.Tenant)
		r := &t.result
		r.Tenant, r.Tier = t.Name, string(t.Tier)
		r.RPOBoundSeconds, r.RTOBoundSeconds = objective.Data.Seconds(), objective.Time.Seconds()
		if !t.measured {
			t.fail("it was not brought back")
		}
		if r.RPOSeconds > r.RPOBoundSeconds {
			t.fail("data of %s was lost, more than %s", span(r.RPOSeconds), objective.Data)
		}
		if r.RTOSeconds > r.RTOBoundSeconds {
			t.fail("it was gone for %s, more than %s", span(r.RTOSeconds), objective.Time)
		}
		r.Verified = r.Verified && t.measured
		met = met && len(r.Failures) == 0 && r.Verified
		for _, failure := range r.Failures {
			d.record.Failures = append(d.record.Failures, t.Name+": "+failure)
		}
		d.record.Tenants = append(d.record.Tenants, *r)
	}
	d.record.Met = met
	verdict := "every objective was met"
	if !met {
		verdict = "not met: " + strings.Join(d.record.Failures, "; ")
	}
	d.note(verdict)
	now, err := d.cloud.Now()
	return evidence.Record{WrittenAt: now.Truncate(time.Second), Simulated: true, Drill: &d.record}, err
}

// ResultOf is the contract's form of a record.
func ResultOf(record evidence.Drill, path string) Result {
	result := Result{Scenario: record.Scenario, Met: record.Met, Tenants: []TenantResult{}, Evidence: path}
	for _, t := range record.Tenants {
		result.Tenants = append(result.Tenants, TenantResult{
			Tenant: t.Tenant, RPOSeconds: t.RPOSeconds, RPOBoundSeconds: t.RPOBoundSeconds, RTOSeconds: t.RTOSeconds,
			RTOBoundSeconds: t.RTOBoundSeconds, Verified: t.Verified,
		})
	}
	return result
}

func span(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}

func firstText(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
