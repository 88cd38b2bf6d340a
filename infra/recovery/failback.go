package recovery

import (
	"context"
	"fmt"
	"strings"
	"time"

	"haven/stacks/config"
)

// Save takes what a tenant's database holds now to the recovery region: a snapshot, and a copy of it there. It is for a
// database that nobody can write to any more, in a region that answers.
func (r *Recovery) Save(ctx context.Context, tenant Tenant) error {
	standby, err := r.standby(tenant)
	if err != nil {
		return err
	}
	now, err := r.Cloud.Now()
	if err != nil {
		return err
	}
	name := tenant.Stack + "-saved-" + now.Format("20060102t150405")
	taken, err := r.Cloud.Snapshot(ctx, tenant.DatabaseARN, name)
	if err != nil {
		return err
	}
	_, err = r.Cloud.CopySnapshot(ctx, taken, standby.Cell.Region, tenant.DatabaseReplicaKeyARN)
	return err
}

// BringHome brings what was written to tenants while they were taken over back to the region of their own cells: the
// services of the stacks that took over are stopped, so that nothing more is written, their databases are copied back,
// and each tenant is brought back from the copy beside its own stack. Users stay where they are.
func (r *Recovery) BringHome(ctx context.Context, taken []Restoring) ([]Restoring, error) {
	var home []Restoring
	for _, stack := range taken { // before anything is stopped: nothing is where the region does not answer
		back, err := r.returning(ctx, stack, home)
		if err != nil {
			return nil, err
		}
		home = append(home, back)
	}
	var away []string
	for i := range taken {
		if err := r.quiet(&taken[i]); err != nil {
			return nil, err
		}
		away = append(away, taken[i].Stack)
	}
	r.say("stopping what took over: %s", strings.Join(away, ", "))
	if err := r.Deployer.Up(ctx, away...); err != nil {
		return nil, err
	}
	err := r.each(len(taken), func(i int) error {
		if home[i].Source.ID != "" {
			return nil // it has come home
		}
		var err error
		if home[i].Source, err = r.carryBack(ctx, taken[i]); err != nil {
			return fmt.Errorf("%s: %w", taken[i].Tenant.Stack, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return home, r.bring(ctx, home)
}

// returning is the stack that brings a tenant home, without its source. One that is there has what was brought home
// before: it stays as it is where nothing was written since, and is refused where it would lack what was.
func (r *Recovery) returning(ctx context.Context, away Restoring, beside []Restoring) (Restoring, error) {
	t := away.Tenant
	slot, err := r.freeSlot(t.Cell, BesideStack(t), beside)
	if err != nil {
		return Restoring{}, err
	}
	back := Restoring{Tenant: t, Stack: BesideStack(t), Cell: t.Cell, Region: t.Region, Slot: slot, Mode: Drill}
	if known, is := r.named(back.Stack); is {
		if taking, _ := r.named(away.Stack); taking.Tenant.State != config.Suspended {
			return back, fmt.Errorf("%s has what was brought home before, and %s may have been written to since: destroy %[1]s "+
				"first", back.Stack, away.Stack)
		}
		back.Source, back.Files, back.again = sourceOf(known.Tenant.Restore), known.Tenant.Restore.Files.Dump, true
		return back, nil
	}
	err = r.from(ctx, &back, time.Time{}) // for its files
	back.Source = Source{}
	return back, err
}

// named is the stack of that name, by its file.
func (r *Recovery) named(name string) (*config.Stack, bool) {
	for _, stack := range r.Environment.Stacks {
		if stack.Name == name {
			return stack, true
		}
	}
	return nil, false
}

// quiet writes a stack's file so that its services stand still: from then on nothing is written.
func (r *Recovery) quiet(stack *Restoring) error {
	if _, err := stack.Write(r.Folder); err != nil {
		return err
	}
	return edit(FileOf(r.Folder, stack.Stack), func(tenant map[string]any) { tenant["state"] = "suspended" })
}

// carryBack copies the database of what took over to the region of the tenant's own cell.
func (r *Recovery) carryBack(ctx context.Context, stack Restoring) (Source, error) {
	database := stack.Source.ID
	if stack.Source.Kind != Replica {
		exported, err := r.Deployer.Outputs(stack.Stack)
		if err != nil {
			return Source{}, err
		}
		outputs, _ := exported["tenant"].(map[string]any)
		database, _ = outputs["databaseArn"].(string)
	}
	now, err := r.Cloud.Now()
	if err != nil {
		return Source{}, err
	}
	t := stack.Tenant
	taken, err := r.Cloud.Snapshot(ctx, database, t.Stack+"-back-"+now.Format("20060102t150405"))
	if err != nil {
		return Source{}, err
	}
	copied, err := r.Cloud.CopySnapshot(ctx, taken, t.Region, t.DatabaseKeyARN)
	return Source{Copy{Kind: Snapshot, ID: copied, From: now, Until: now, Key: t.DatabaseKeyARN}, now}, err
}
