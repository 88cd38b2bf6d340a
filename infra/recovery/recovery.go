package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haven/stacks/config"
)

// Recovery brings the tenants of one environment back.
type Recovery struct {
	Environment *config.Environment
	// Folder is the one of the stack files.
	Folder   string
	Cloud    Cloud
	Deployer Deployer
	// AtOnce has the cloud asked for all tenants side by side: where it takes minutes to promote a replica.
	AtOnce bool
	// Say tells what is going on; nil tells nobody.
	Say func(text string)
}

func (r *Recovery) say(format string, args ...any) {
	if r.Say != nil {
		r.Say(fmt.Sprintf(format, args...))
	}
}

// The ends of the names of restoring stacks: what stands by and takes over, and what is brought back beside.
const (
	takeOverSuffix = "-dr"
	besideSuffix   = "-drill"
)

// TakeOverStack is the name of the stack that takes a tenant over.
func TakeOverStack(tenant Tenant) string { return tenant.Stack + takeOverSuffix }

// BesideStack is the name of the stack that brings a tenant back beside the living one.
func BesideStack(tenant Tenant) string { return tenant.Stack + besideSuffix }

// standby is the cell that stands by for a tenant's own.
func (r *Recovery) standby(tenant Tenant) (*config.Stack, error) {
	for _, stack := range r.Environment.Stacks {
		if stack.Role == config.RoleCell && stack.Cell.Standby && stack.Cell.Primary == tenant.Cell {
			return stack, nil
		}
	}
	return nil, fmt.Errorf("no cell stands by for %s: write one with standby: true and primary: %s", tenant.Cell,
		tenant.Cell)
}

// ready is the stack that waits to take a tenant over.
func (r *Recovery) ready(tenant Tenant) (Restoring, error) {
	standby, err := r.standby(tenant)
	if err != nil {
		return Restoring{}, err
	}
	return Restoring{
		Tenant: tenant, Stack: TakeOverStack(tenant), Cell: standby.Name, Region: standby.Cell.Region, Slot: tenant.Slot,
		Mode: Ready,
	}, nil
}

// Provide makes all that a take-over needs beforehand: what would change a control plane that is one for all regions is
// never made during one. It answers the stacks that wait.
func (r *Recovery) Provide(ctx context.Context, tenants []Tenant) ([]Restoring, error) {
	var all []Restoring
	var names []string
	for _, tenant := range tenants {
		stack, err := r.ready(tenant)
		if err == nil {
			_, err = stack.Write(r.Folder)
		}
		if err != nil {
			return nil, err
		}
		all, names = append(all, stack), append(names, stack.Stack)
	}
	r.say("making ready to take over: %s", strings.Join(names, ", "))
	return all, r.Deployer.Up(ctx, names...)
}

// TakeOver brings tenants back in the cell that stands by for theirs, from the copies that lie in its region, and
// writes the files of the stacks that do. Who has no copy there is left out, and keeps nobody else waiting: the error
// names them, beside those that were brought back. Who was taken over before stays what it was made from, so that nothing
// that was written since is lost. Users are led there by [Recovery.Lead].
func (r *Recovery) TakeOver(ctx context.Context, tenants []Tenant) ([]Restoring, error) {
	before, err := r.Taken(tenants)
	if err != nil {
		return nil, err
	}
	var all []Restoring
	var left error
	for _, tenant := range tenants {
		stack, err := r.taking(ctx, tenant, before)
		if err != nil {
			left = errors.Join(left, err)
			continue
		}
		all = append(all, stack)
	}
	if len(all) == 0 {
		return nil, left
	}
	if err := r.bring(ctx, all); err != nil {
		return nil, errors.Join(left, err)
	}
	return all, left
}

// taking is the stack that takes a tenant over: as it does already, or from the newest copy.
func (r *Recovery) taking(ctx context.Context, tenant Tenant, before []Restoring) (Restoring, error) {
	for _, stack := range before {
		if stack.Tenant.Stack == tenant.Stack {
			return stack, nil
		}
	}
	stack, err := r.ready(tenant)
	if err != nil {
		return stack, err
	}
	stack.Mode = Active
	return stack, r.from(ctx, &stack, time.Time{})
}

// from chooses the copies that a stack starts from.
func (r *Recovery) from(ctx context.Context, stack *Restoring, at time.Time) error {
	copies, err := r.Cloud.Copies(ctx, stack.Tenant, stack.Region)
	if err != nil {
		return err
	}
	if stack.Source, err = Choose(stack.useful(copies), at); err != nil {
		return fmt.Errorf("%s: %w", stack.Tenant.Name, err)
	}
	for _, copied := range copies {
		if copied.Kind == Dump && (at.IsZero() || !copied.Until.After(at)) && stack.Files == "" {
			stack.Files = copied.ID // they come newest first
		}
	}
	if stack.Files == "" {
		return fmt.Errorf("%s: there is no dump%s to bring its files back from", stack.Tenant.Name, until(at))
	}
	r.say("%s: from the %s", stack.Stack, stack.Source)
	return nil
}

// useful are the copies that a stack can start from: a drill promotes nothing, and what takes over takes a replica as it
// is, rather than what could be brought back from that one's own backups.
func (r Restoring) useful(copies []Copy) []Copy {
	return slices.DeleteFunc(slices.Clone(copies), func(c Copy) bool {
		return r.Mode == Drill && c.Kind == Replica || r.Mode == Active && c.Kind == Instance
	})
}

// freeSlot is a place in a cell that no tenant has, the highest first: those of tenants are given from the lowest. A
// stack that is there keeps its own.
func (r *Recovery) freeSlot(cell, name string, beside []Restoring) (int, error) {
	taken := map[int]bool{}
	slots := 0
	for _, stack := range r.Environment.Stacks {
		if stack.Name == name {
			return stack.Tenant.Slot, nil
		}
		if stack.Role == config.RoleTenant && stack.Tenant.Cell == cell {
			taken[stack.Tenant.Slot] = true
		}
		if stack.Name == cell && stack.Role == config.RoleCell {
			slots = stack.Cell.Slots
		}
	}
	for _, stack := range beside {
		taken[stack.Slot] = true
	}
	for slot := slots; slot > 0; slot-- {
		if !taken[slot] {
			return slot, nil
		}
	}
	return 0, fmt.Errorf("%s has no free slot to bring a tenant back beside the others", cell)
}

// bring promotes replicas, and brings the stacks up side by side.
func (r *Recovery) bring(ctx context.Context, all []Restoring) error {
	err := r.each(len(all), func(i int) error {
		if all[i].Source.Kind == Replica {
			if err := r.Cloud.Promote(ctx, all[i].Source.ID); err != nil {
				return err
			}
		}
		_, err := all[i].Write(r.Folder)
		return err
	})
	if err != nil {
		return err
	}
	return r.up(ctx, all)
}

// Lead leads the users of tenants to the standby, or back: through records that are there already.
func (r *Recovery) Lead(ctx context.Context, tenants []Tenant, away bool) error {
	return r.each(len(tenants), func(i int) error { return r.Cloud.Latch(ctx, tenants[i], away) })
}

// Retire takes restoring stacks down and removes their files.
func (r *Recovery) Retire(ctx context.Context, stacks ...string) error {
	if err := r.Deployer.Down(ctx, slices.Clone(stacks)...); err != nil {
		return err
	}
	for _, stack := range stacks {
		if err := Remove(r.Folder, stack); err != nil {
			return err
		}
	}
	return nil
}
