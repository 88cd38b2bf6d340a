package recovery

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
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

// FailBack brings tenants back to the cell that they were taken over from, with all that was written since: the services
// of the stack that took over are stopped, its database is copied back, the tenant's own stack gets it as its data's next
// generation, and users are led back. The generation of before stays, unreachable, until [Recovery.Retire].
func (r *Recovery) FailBack(ctx context.Context, taken []Restoring) error {
	var away, home []string
	var tenants []Tenant
	for i := range taken {
		if err := r.quiet(&taken[i]); err != nil {
			return err
		}
		away = append(away, taken[i].Stack)
		home = append(home, taken[i].Tenant.Stack)
		tenants = append(tenants, taken[i].Tenant)
	}
	r.say("stopping what took over: %s", strings.Join(away, ", "))
	if err := r.Deployer.Up(ctx, away...); err != nil {
		return err
	}
	for _, stack := range taken {
		if err := r.carryBack(ctx, stack); err != nil {
			return fmt.Errorf("%s: %w", stack.Tenant.Stack, err)
		}
	}
	r.say("bringing the data back: %s", strings.Join(home, ", "))
	if err := r.Deployer.Up(ctx, home...); err != nil {
		return err
	}
	for _, stack := range home {
		if err := r.Cloud.Restore(ctx, stack); err != nil {
			return fmt.Errorf("%s: %w", stack, err)
		}
	}
	return r.Lead(ctx, tenants, false)
}

// quiet writes a stack's file so that its services stand still: from then on nothing is written.
func (r *Recovery) quiet(stack *Restoring) error {
	if _, err := stack.Write(r.Folder); err != nil {
		return err
	}
	return edit(FileOf(r.Folder, stack.Stack), func(tenant map[string]any) { tenant["state"] = "suspended" })
}

// carryBack copies the database of what took over back, and writes it into the tenant's own file.
func (r *Recovery) carryBack(ctx context.Context, stack Restoring) error {
	database := stack.Source.ID
	if stack.Source.Kind != Replica {
		exported, err := r.Deployer.Outputs(stack.Stack)
		if err != nil {
			return err
		}
		outputs, _ := exported["tenant"].(map[string]any)
		database, _ = outputs["databaseArn"].(string)
	}
	now, err := r.Cloud.Now()
	if err != nil {
		return err
	}
	t := stack.Tenant
	taken, err := r.Cloud.Snapshot(ctx, database, t.Stack+"-back-"+now.Format("20060102t150405"))
	if err != nil {
		return err
	}
	copied, err := r.Cloud.CopySnapshot(ctx, taken, t.Region, t.DatabaseKeyARN)
	if err != nil {
		return err
	}
	return r.nextGeneration(t, map[string]any{"snapshot": copied})
}

// nextGeneration writes into a tenant's own file that its data is brought back from something: its application moves to
// what is made, and what it worked on before is kept and shut off.
func (r *Recovery) nextGeneration(tenant Tenant, from map[string]any) error {
	return edit(FileOf(r.Folder, tenant.Stack), func(settings map[string]any) {
		data, _ := settings["data"].(map[string]any)
		current := 1
		if given, is := data["generation"].(int); is {
			current = given
		}
		quarantined, _ := data["quarantined"].([]any)
		settings["data"] = map[string]any{
			"generation": current + 1, "from": from, "quarantined": append(quarantined, current),
		}
	})
}

// Restore brings a tenant's data back in its own stack, as of a time.
func (r *Recovery) Restore(ctx context.Context, tenants []Tenant, at time.Time) error {
	var stacks []string
	for _, tenant := range tenants {
		generation := 1
		if tenant.Config != nil && tenant.Generation > 0 {
			generation = tenant.Generation
		}
		from := map[string]any{"generation": generation}
		if !at.IsZero() {
			from["at"] = at.UTC().Format(time.RFC3339)
		}
		if err := r.nextGeneration(tenant, from); err != nil {
			return err
		}
		stacks = append(stacks, tenant.Stack)
	}
	if err := r.Deployer.Up(ctx, stacks...); err != nil {
		return err
	}
	for _, stack := range stacks {
		if err := r.Cloud.Restore(ctx, stack); err != nil {
			return fmt.Errorf("%s: %w", stack, err)
		}
	}
	return nil
}

// edit changes the settings of a tenant in its stack file, and leaves all else in it as it is.
func edit(path string, change func(tenant map[string]any)) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return err
	}
	settings := child(child(document.Content[0], "config"), "haven:tenant")
	if settings == nil {
		return fmt.Errorf("%s is no tenant's", path)
	}
	var tenant map[string]any
	if err := settings.Decode(&tenant); err != nil {
		return err
	}
	before := fmt.Sprint(tenant)
	change(tenant)
	if fmt.Sprint(tenant) == before {
		return nil
	}
	for name, value := range tenant {
		var node yaml.Node
		if err := node.Encode(value); err != nil {
			return err
		}
		if there := child(settings, name); there != nil {
			var was any
			if err := there.Decode(&was); err == nil && fmt.Sprint(was) == fmt.Sprint(value) {
				continue
			}
			*there = node
			continue
		}
		var key yaml.Node
		key.SetString(name)
		settings.Content = append(settings.Content, &key, &node)
	}
	changed, err := yaml.Marshal(&document)
	if err != nil {
		return err
	}
	return replace(path, changed)
}

// child is the value of a key in a mapping; nil where it has none.
func child(of *yaml.Node, key string) *yaml.Node {
	if of == nil || of.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(of.Content); i += 2 {
		if of.Content[i].Value == key {
			return of.Content[i+1]
		}
	}
	return nil
}
