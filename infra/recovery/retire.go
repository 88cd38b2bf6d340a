package recovery

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"haven/components/naming"
)

// LetGo retires a generation in quarantine: one update lifts its protection, the next deletes it and leaves a final
// snapshot of its database, whose name it answers. Asked for again, it goes on where it was stopped; the name is "" where
// the file has it no longer.
func (r *Recovery) LetGo(ctx context.Context, tenant Tenant, generation int) (string, error) {
	if err := mayGo(tenant, generation); err != nil {
		return "", fmt.Errorf("%s: %w", tenant.Stack, err)
	}
	snapshot := "" // it was named when it was released
	if slices.Contains(tenant.Config.Data.Quarantined, generation) {
		now, err := r.Cloud.Now()
		if err != nil {
			return "", err
		}
		r.say("%s: lifting the protection of generation %d", tenant.Stack, generation)
		at := now.UTC().Truncate(time.Second)
		if len(tenant.Config.Data.Released) > 0 {
			at = tenant.Config.Data.Release()
		}
		if err := r.changed(ctx, tenant.Stack, released(generation, at)); err != nil {
			return "", err
		}
		snapshot = naming.FinalSnapshot(tenant.instance(generation), at)
	}
	r.say("%s: deleting generation %d", tenant.Stack, generation)
	if err := r.changed(ctx, tenant.Stack, dropped(generation)); err != nil {
		return "", err
	}
	is, err := r.tenant(tenant.Stack)
	if err == nil && slices.Contains(is.Quarantined, generation) {
		err = fmt.Errorf("%s: generation %d is still in quarantine", tenant.Stack, generation)
	}
	return snapshot, err
}

// mayGo refuses what cannot be retired.
func mayGo(tenant Tenant, generation int) error {
	data := tenant.Config.Data
	listed, there := slices.Contains(data.Quarantined, generation), slices.Contains(tenant.Quarantined, generation)
	switch {
	case generation == tenant.Generation, generation == data.Generation:
		return misasked("generation %d serves: only one in quarantine can be retired", generation)
	case !listed && !there:
		return misasked("it has no generation %d in quarantine; it has %s", generation, numbered(data.Quarantined))
	case !listed && !slices.Contains(tenant.Released, tenant.instance(generation)):
		return misasked("generation %d was not released, and its file lists it no longer: put it back into "+
			"tenant.data.quarantined", generation)
	}
	return tenant.settled()
}

// changed brings a stack up with its settings changed.
func (r *Recovery) changed(ctx context.Context, stack string, how func(tenant map[string]any)) error {
	if err := r.change(stack, how); err != nil {
		return err
	}
	return r.Deployer.Up(ctx, stack)
}

// released lists a generation as one that may be deleted.
func released(generation int, at time.Time) func(map[string]any) {
	return func(tenant map[string]any) {
		data := dataOf(tenant)
		if list := listOf(data["released"]); !slices.Contains(list, any(generation)) {
			data["released"], data["releasedAt"] = append(list, generation), clock(at)
		}
	}
}

// dropped lists a generation no longer.
func dropped(generation int) func(map[string]any) {
	return func(tenant map[string]any) {
		data := dataOf(tenant)
		for _, name := range []string{"quarantined", "released"} {
			list := slices.DeleteFunc(listOf(data[name]), func(one any) bool { return one == generation })
			if data[name] = list; len(list) == 0 {
				delete(data, name)
			}
		}
		if data["released"] == nil {
			delete(data, "releasedAt")
		}
	}
}

// numbered are generations in words.
func numbered(generations []int) string {
	var all []string
	for _, one := range slices.Sorted(slices.Values(generations)) {
		all = append(all, fmt.Sprint(one))
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}
