package flowtest

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"haven/infra/drill/makespan"
	"haven/infra/sandbox/world"
	"haven/policy/props"
	"haven/stacks/config"
)

// Deployer brings stacks up, changes them and takes them down in a world, as the engine would, one after the other.
type Deployer struct {
	World *world.World
	// Folder is the one of the stack files.
	Folder string

	exported map[string]property.Map
	declared map[string][]Declared
}

// New is a deployer to an empty world.
func New(w *world.World, folder string) *Deployer {
	return &Deployer{w, folder, map[string]property.Map{}, map[string][]Declared{}}
}

// On is the same deployer to a copy of its world, with a copy of its stack files.
func (d *Deployer) On(w *world.World, folder string) *Deployer {
	return &Deployer{w, folder, maps.Clone(d.exported), maps.Clone(d.declared)}
}

// Environment brings up all stacks of an environment in the order of their references.
func (d *Deployer) Environment(ctx context.Context, name string) error {
	directory, err := config.LoadDir(d.Folder)
	if err != nil {
		return err
	}
	target, err := directory.Environment(name)
	if err != nil {
		return err
	}
	for _, stack := range target.Stacks {
		if err := d.Up(ctx, stack.Name); err != nil {
			return err
		}
	}
	return nil
}

// Up makes the stacks as their files say.
func (d *Deployer) Up(ctx context.Context, stacks ...string) error {
	for _, stack := range stacks {
		m, err := up(d.World, filepath.Join(d.Folder, "Pulumi."+stack+".yaml"), stack, d.exported)
		if err != nil {
			return fmt.Errorf("%s: %w", stack, err)
		}
		if err := d.sweep(ctx, m); err != nil {
			return fmt.Errorf("%s: %w", stack, err)
		}
		d.exported[fullName(stack)], d.declared[stack] = m.outputs, m.declared
	}
	return nil
}

// UpWatching is Up, and tells of the resources of each stack once it is up.
func (d *Deployer) UpWatching(ctx context.Context, made func(stack, token, id string), stacks ...string) error {
	for _, stack := range stacks {
		if err := d.Up(ctx, stack); err != nil {
			return err
		}
		for _, one := range d.declared[stack] {
			there, err := d.World.ByURN(one.URN)
			if err != nil {
				return err
			}
			for _, r := range there {
				made(stack, r.Type, r.ID)
			}
		}
	}
	return nil
}

// sweep deletes what a stack had and no longer declares, the newest first.
func (d *Deployer) sweep(ctx context.Context, m *monitor) error {
	stays := map[string]bool{}
	for _, one := range m.declared {
		stays[one.URN] = true
	}
	for _, one := range slices.Backward(d.declared[m.stack]) {
		by, known := m.providers[one.provider]
		if stays[one.URN] || !known {
			continue
		}
		there, err := d.World.ByURN(one.URN)
		if err != nil {
			return err
		}
		for _, r := range there {
			gone := p.DeleteRequest{ID: r.ID, Urn: resource.URN(one.URN), Properties: r.Outputs}
			if err := by.Delete(ctx, gone); err != nil {
				return fmt.Errorf("%s: %w", one.URN, err)
			}
		}
	}
	return nil
}

// Down takes away all that stacks have, protected or not.
func (d *Deployer) Down(_ context.Context, stacks ...string) error {
	for _, stack := range stacks {
		err := d.World.Update(func(tx *world.Tx) error {
			for _, one := range d.declared[stack] {
				for _, r := range tx.ByURN(one.URN) {
					if err := tx.Delete(world.KeyOf(r)); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		delete(d.declared, stack)
		delete(d.exported, fullName(stack))
	}
	return nil
}

// Outputs are what a stack exports; nil where it is not up.
func (d *Deployer) Outputs(stack string) (map[string]any, error) {
	exported, up := d.exported[fullName(stack)]
	if !up {
		return nil, nil
	}
	outputs := map[string]any{}
	for name, value := range exported.All {
		outputs[name] = props.Plain(value, nil)
	}
	return outputs, nil
}

// Declared are all that a stack has, in the order in which it was asked for.
func (d *Deployer) Declared(stack string) []Declared { return d.declared[stack] }

// Made are the resources of a stack, as the planner of makespans takes them.
func (d *Deployer) Made(stack string) ([]makespan.Resource, error) {
	var made []makespan.Resource
	for _, one := range d.declared[stack] {
		made = append(made, makespan.Resource{URN: one.URN, Type: one.Type, After: one.After})
	}
	return made, nil
}
