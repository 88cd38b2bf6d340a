package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"haven/infra/drill"
	"haven/infra/earnest"
	"haven/infra/environment"
	"haven/infra/recovery"
	"haven/infra/recovery/account"
	"haven/infra/signin"
)

// inEarnest is an environment in real accounts, with what brings its tenants back.
type inEarnest struct {
	*environment.Account
	bringing *recovery.Recovery
	tenants  []recovery.Tenant
	door     earnest.Door
}

// aws is the door to AWS.
func (p *person) aws(ctx context.Context, number, region string) (recovery.Cloud, signin.Identity, error) {
	cloud, who, err := account.Open(ctx, number, region)
	if p.pace > 0 {
		cloud.Pace = p.pace
	}
	return cloud, who, err
}

// enter opens an environment in real accounts, and reads who its tenants are. Whoever calls closes it.
func (r *recovering) enter(ctx context.Context, name string) (*inEarnest, error) {
	checkout, err := here()
	if err != nil {
		return nil, err
	}
	opened, err := environment.OpenAccount(ctx, environment.Options{
		Checkout: checkout, Environment: name, Verb: r.name, Out: os.Stderr, Hard: r.person.hard,
	})
	if err != nil {
		return nil, err
	}
	e := &inEarnest{Account: opened, door: r.person.aws}
	e.bringing = &recovery.Recovery{Environment: opened.Environment, Folder: checkout.Stacks(), Deployer: opened,
		AtOnce: true, Say: func(text string) { fmt.Fprintln(os.Stderr, text) }}
	if e.tenants, err = recovery.Tenants(opened.Environment, opened); err != nil {
		opened.Close()
		return nil, fmt.Errorf("%s: what the stacks export: %w", r.name, err)
	}
	return e, nil
}

// cloud is the one that it signed in to.
func (e *inEarnest) cloud() account.Cloud { return e.bringing.Cloud.(account.Cloud) }

// ask says who, what and how much it is for these tenants, and asks. It signs in at the first of the regions. What passes
// is taken down again.
func (r *recovering) ask(ctx context.Context, e *inEarnest, tenants []recovery.Tenant, plan earnest.Plan, passes bool) (
	earnest.Plan, error,
) {
	plan.Environment = e.Environment
	cloud, who, err := earnest.Enter(ctx, e.door, tenants, plan.Regions[0])
	if err != nil {
		return plan, err
	}
	e.bringing.Cloud, plan.Who = cloud, who
	exports, err := earnest.Exports(ctx, e, tenants)
	if err != nil {
		return plan, err
	}
	if plan.Estimate(exports); passes {
		if plan.Lasting, err = drill.Lasting(exports); err != nil {
			return plan, err
		}
	}
	if err := plan.Write(os.Stderr); err != nil {
		return plan, err
	}
	return plan, r.confirm(e.Environment.Name, "Nothing was changed yet.")
}

// recoverAccount brings all tenants back in the cell that stands by, in a real account.
func (r *recovering) recoverAccount(ctx context.Context, name string) error {
	e, err := r.enter(ctx, name)
	if err != nil {
		return err
	}
	defer e.Close()
	regions, err := earnest.Regions(e.bringing, e.tenants, true)
	if err != nil || len(regions) == 0 {
		return errors.Join(err, nobodyUp(r.name, name, len(e.tenants)))
	}
	plan := earnest.Plan{Regions: regions, What: fmt.Sprintf("%s brings all tenants of %s up where they stand by, and "+
		"leads their users there.\nIt asks nothing of the regions that they live in, so it cannot know whether these are "+
		"lost: a take-over while one\nserves makes two of each tenant. Only a person can decide that.", r.name, name)}
	if r.ready {
		plan.What = fmt.Sprintf("%s --ready makes what a take-over of the tenants of %s needs of roles and rules.\nIt runs "+
			"nothing: it costs far less than what is estimated here, which is what a take-over would.", r.name, name)
	}
	for _, tenant := range e.tenants {
		plan.Made = append(plan.Made, recovery.TakeOverStack(tenant))
	}
	if _, err := r.ask(ctx, e, e.tenants, plan, false); err != nil {
		return err
	}
	if r.ready {
		waiting, err := e.bringing.Provide(ctx, e.tenants)
		if err != nil {
			return r.stopped(err, name)
		}
		return r.tell(waiting)
	}
	return r.takeOver(ctx, e, name)
}

// takeOver brings tenants back and leads their users there: of all who have a copy, whoever has none.
func (r *recovering) takeOver(ctx context.Context, e *inEarnest, name string) error {
	taken, left := e.bringing.TakeOver(ctx, e.tenants)
	var back []recovery.Tenant
	for _, stack := range taken {
		back = append(back, stack.Tenant)
	}
	if err := e.bringing.Lead(ctx, back, true); err != nil {
		return r.stopped(errors.Join(left, err), name)
	}
	if left != nil {
		left = r.stopped(left, name)
	}
	return errors.Join(r.tell(taken), left)
}

// failbackAccount brings what was written while tenants were taken over home, in a real account.
func (r *recovering) failbackAccount(ctx context.Context, name string) error {
	e, err := r.enter(ctx, name)
	if err != nil {
		return err
	}
	defer e.Close()
	taken, err := e.bringing.Taken(e.tenants)
	if err != nil {
		return fmt.Errorf("failback: %w", err)
	}
	if len(taken) == 0 {
		return fmt.Errorf("failback: no tenant of %s was taken over", name)
	}
	plan := earnest.Plan{What: fmt.Sprintf("%s stops every tenant of %s that was taken over, and brings its data home "+
		"beside its own stack.", r.name, name)}
	var tenants []recovery.Tenant
	for _, stack := range taken {
		tenants = append(tenants, stack.Tenant)
		plan.Made = append(plan.Made, recovery.BesideStack(stack.Tenant))
		plan.Regions = append(plan.Regions, stack.Tenant.Region, stack.Region)
	}
	slices.Sort(plan.Regions)
	plan.Regions = slices.Compact(plan.Regions)
	if _, err := r.ask(ctx, e, tenants, plan, false); err != nil {
		return err
	}
	home, err := e.bringing.BringHome(ctx, taken)
	if err != nil {
		return r.stopped(err, name)
	}
	return r.tell(home)
}

// stopped is why a verb ended before its end, and how it goes on.
func (r *recovering) stopped(err error, name string) error {
	again := fmt.Sprintf("haven %s %s --account", r.name, name)
	if r.ready {
		again += " --ready"
	}
	if r.person.interrupted() {
		return fmt.Errorf("stopped; what is under way in the account goes on there. To go on: %s", again)
	}
	return fmt.Errorf("%s: %w\nput that right, then %s: it goes on where this stopped", r.name, err, again)
}

func nobodyUp(verb, name string, tenants int) error {
	if tenants > 0 {
		return nil
	}
	return fmt.Errorf("%s: no tenant of %s is up, by what the stacks of this backend export: is it the right one? "+
		"pulumi whoami -v says which it is", verb, name)
}
