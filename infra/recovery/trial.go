package recovery

import (
	"context"
	"strings"
	"time"

	"haven/stacks/config"
)

// trialSuffix ends the names of what a drill in a real account brings back: never anything that anybody has to keep.
const trialSuffix = "-trial"

// TrialStack is the name of the stack in which a drill in a real account brings a tenant back.
func TrialStack(tenant Tenant) string { return tenant.Stack + trialSuffix }

// Trials are what such drills have left of an environment, by its stack files.
func Trials(environment *config.Environment) []Restoring {
	var left []Restoring
	for _, stack := range environment.Stacks {
		if stack.Role != config.RoleTenant || stack.Tenant.Restore.Mode != config.Drill ||
			!strings.HasSuffix(stack.Name, trialSuffix) {
			continue
		}
		for _, cell := range environment.Stacks {
			if cell.Role == config.RoleCell && cell.Name == stack.Tenant.Cell {
				left = append(left, Restoring{Stack: stack.Name, Cell: cell.Name, Region: cell.Cell.Region, Mode: Drill,
					Tenant: Tenant{Name: stack.Tenant.Name, Stack: stack.Tenant.Restore.Of, Account: cell.Cell.Account}})
			}
		}
	}
	return left
}

// DatabaseARN is the database's that a restoring stack makes.
func (r Restoring) DatabaseARN() string {
	return "arn:aws:rds:" + r.Region + ":" + r.Tenant.Account + ":db:" + r.Stack + "-database"
}

// Trial brings tenants back for a drill, beside what serves them: in their own cell as of a time, or abroad, in the cell
// that stands by for theirs, from what lies in its region. Nothing is promoted, and nobody is led anywhere. What it was
// going to bring up is answered also where that failed.
func (r *Recovery) Trial(ctx context.Context, tenants []Tenant, abroad bool, at time.Time) ([]Restoring, error) {
	var all []Restoring
	for _, tenant := range tenants {
		stack := Restoring{Tenant: tenant, Stack: TrialStack(tenant), Cell: tenant.Cell, Region: tenant.Region, Mode: Drill}
		if abroad {
			standby, err := r.standby(tenant)
			if err != nil {
				return nil, err
			}
			stack.Cell, stack.Region = standby.Name, standby.Cell.Region
		}
		var err error
		if stack.Slot, err = r.freeSlot(stack.Cell, stack.Stack, all); err != nil {
			return nil, err
		}
		if err := r.from(ctx, &stack, at); err != nil {
			return nil, err
		}
		all = append(all, stack)
	}
	return all, r.bring(ctx, all)
}

// Region is where a tenant is brought back, once its own region is lost.
func (r *Recovery) Region(tenant Tenant) (string, error) {
	standby, err := r.standby(tenant)
	if err != nil {
		return "", err
	}
	return standby.Cell.Region, nil
}
