package recovery

import (
	"fmt"
	"slices"

	"haven/stacks/config"
)

// Taken are the stacks that have taken tenants over, by their files.
func (r *Recovery) Taken(tenants []Tenant) ([]Restoring, error) {
	var all []Restoring
	for _, stack := range r.Environment.Stacks {
		if stack.Role != config.RoleTenant || !restores(stack) || stack.Tenant.Restore.Mode != config.Taken {
			continue
		}
		restore := stack.Tenant.Restore
		at := slices.IndexFunc(tenants, func(t Tenant) bool { return t.Stack == restore.Of })
		if at < 0 {
			return nil, fmt.Errorf("%s takes over %s, which is not up", stack.Name, restore.Of)
		}
		taken, err := r.ready(tenants[at])
		if err != nil {
			return nil, err
		}
		taken.Stack, taken.Mode, taken.Files = stack.Name, Active, restore.Files.Dump
		taken.Source, taken.again = sourceOf(restore), true
		all = append(all, taken)
	}
	return all, nil
}

// sourceOf is what a stack was made from, by its file.
func sourceOf(restore config.Restore) Source {
	source := Source{Copy: Copy{Key: restore.Database.KeyARN}}
	for kind, id := range map[Kind]string{
		Replica: restore.Database.Replica, AutomatedBackup: restore.Database.AutomatedBackup,
		Instance: restore.Database.Instance, Snapshot: restore.Database.Snapshot, Dump: restore.Database.Dump,
	} {
		if id != "" {
			source.Kind, source.ID = kind, id
		}
	}
	return source
}
