package environment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"haven/infra/engine"
	"haven/infra/sandbox/world"
	"haven/stacks"
	"haven/stacks/config"
)

// settle settles creates that were under way when an engine died, which the state notes as pending. What the world
// holds and the state does not is taken into the state under its ID, and read; a create that never came to pass is
// forgotten, and done again by the update that follows. Updates and deletes that were under way the
// engine repeats by itself.
//
// The engine's own --import-pending-creates drops them unread (v3.258), so the state is exported, completed and
// imported:
// https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_import/
func (o *Operator) settle(ctx context.Context, stack *config.Stack, state engine.State) error {
	if slices.ContainsFunc(state.Pending, creating) {
		made, err := o.made(state)
		if err != nil {
			return err
		}
		fmt.Fprintf(o.out, "%s was interrupted: of %d resources under way %d were made, and are adopted.\n",
			stack.Name, len(state.Pending), len(made))
		if err := o.adopt(ctx, stack.Name, made); err != nil {
			return err
		}
	}
	return o.readAdopted(ctx, stack)
}

func creating(operation apitype.OperationV2) bool {
	return operation.Type == apitype.OperationTypeCreating
}

// made are the IDs, by URN, of the creates that came to pass: the world holds a resource of that URN that the state has
// under no ID.
func (o *Operator) made(state engine.State) (map[string]string, error) {
	known := map[string]bool{}
	for _, resource := range state.Resources {
		known[string(resource.URN)+" "+string(resource.ID)] = true
	}
	made := map[string]string{}
	for _, operation := range state.Pending {
		urn := string(operation.Resource.URN)
		found, err := world.At(o.Checkout.World()).ByURN(urn)
		if err != nil {
			return nil, err
		}
		for _, resource := range found {
			if creating(operation) && !known[urn+" "+resource.ID] {
				made[urn] = resource.ID
			}
		}
	}
	return made, nil
}

// adopt puts what was made into the state, and ends all pending operations.
func (o *Operator) adopt(ctx context.Context, stack string, made map[string]string) error {
	exported, err := o.ask(ctx, "stack", "export", "--stack", stack)
	if err != nil {
		return err
	}
	completed, err := complete([]byte(exported), made)
	if err != nil {
		return err
	}
	file := o.Checkout.Path("tmp", stack+".json")
	if err := errors.Join(write(file, completed), o.rememberAdopted(stack, made)); err != nil {
		return err
	}
	_, err = o.ask(ctx, "stack", "import", "--stack", stack, "--file", file)
	return errors.Join(err, remove(file))
}

// complete moves what was made from the pending operations of an exported state to its resources. A create that was to
// replace a resource leaves the old one to be deleted, as the engine does.
func complete(exported []byte, made map[string]string) ([]byte, error) {
	var document struct {
		Version    int                        `json:"version"`
		Deployment map[string]json.RawMessage `json:"deployment"`
	}
	var resources, adopted []map[string]any
	var pending []struct {
		Resource map[string]any `json:"resource"`
	}
	if err := errors.Join(
		decode(exported, &document),
		decode(document.Deployment["resources"], &resources),
		decode(document.Deployment["pending_operations"], &pending),
	); err != nil {
		return nil, err
	}
	for _, operation := range pending {
		urn, _ := operation.Resource["urn"].(string)
		if id, ok := made[urn]; ok {
			operation.Resource["id"] = id
			adopted = append(adopted, operation.Resource)
		}
	}
	for _, resource := range resources {
		if urn, _ := resource["urn"].(string); made[urn] != "" {
			resource["delete"] = true
		}
	}
	all, err := json.Marshal(append(resources, adopted...))
	if err != nil {
		return nil, err
	}
	document.Deployment["resources"] = all
	delete(document.Deployment, "pending_operations")
	return json.Marshal(document)
}

// decode keeps numbers as they are written. What is not there it leaves empty.
func decode(text []byte, into any) error {
	if len(text) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// readAdopted completes the outputs of what was adopted by reading them from the cloud. A note in .haven/adopted says
// which, so that a kill between adopting and reading loses nothing.
func (o *Operator) readAdopted(ctx context.Context, stack *config.Stack) error {
	note, err := os.ReadFile(o.adoptedNote(stack.Name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	targets, err := o.inState(stack.Name, strings.Fields(string(note)))
	if err != nil {
		return err
	}
	if len(targets) > 0 {
		if result := o.refresh(ctx, stack, targets); result.failed() {
			return errors.New(strings.Join(result.Errors, "; "))
		}
	}
	return remove(o.adoptedNote(stack.Name))
}

func (o *Operator) adoptedNote(stack string) string { return o.Checkout.Path("adopted", stack) }

// rememberAdopted adds to what an earlier run, killed as well, may have left to be read.
func (o *Operator) rememberAdopted(stack string, made map[string]string) error {
	note, err := os.ReadFile(o.adoptedNote(stack))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for urn := range made {
		note = append(note, urn+"\n"...)
	}
	return write(o.adoptedNote(stack), note)
}

// inState are those of the URNs that the state holds: a kill before the import leaves the others to be adopted yet.
func (o *Operator) inState(stack string, urns []string) ([]string, error) {
	state, err := engine.ReadState(o.Checkout, stack)
	var there []string
	for _, resource := range state.Resources {
		if slices.Contains(urns, string(resource.URN)) && !resource.Delete {
			there = append(there, string(resource.URN))
		}
	}
	return there, err
}

func (o *Operator) refresh(ctx context.Context, stack *config.Stack, targets []string) Result {
	return o.operate(ctx, stack, stacks.Deploy, func(op operation) (Outcome, error) {
		_, err := op.stack.Refresh(ctx,
			optrefresh.Target(targets),
			optrefresh.RunProgram(false),
			optrefresh.ConfigFile(op.configFile),
			optrefresh.Color(op.color),
			optrefresh.SuppressProgress(),
			optrefresh.SuppressOutputs(),
			optrefresh.ProgressStreams(op.out),
			optrefresh.ErrorProgressStreams(op.out, &op.watch.stderr),
			optrefresh.EventStreams(op.watch.events),
		)
		return Up, err
	})
}

// ask runs a short command of the engine and answers what it prints.
func (o *Operator) ask(ctx context.Context, args ...string) (string, error) {
	answer, complaints, _, err := o.runner.Run(ctx, o.Checkout.Root, nil, nil, nil, nil, args...)
	if err != nil {
		return "", fmt.Errorf("pulumi %s: %s: %w", strings.Join(args[:2], " "), strings.TrimSpace(complaints), err)
	}
	return answer, nil
}
