package environment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"haven/infra/engine"
	"haven/policy/graph"
	"haven/policy/library"
	"haven/stacks"
	"haven/stacks/config"
)

// Account works on an environment in real accounts: with the person's own pulumi from the PATH, their backend and their
// credentials. Each stack is previewed with the policy pack and updated with it, as in the sandbox. It needs no Go: the
// program is this one's own. What it knows of a stack it asks the backend, which never shows it a secret.
type Account struct {
	Checkout    engine.Checkout
	Environment *config.Environment

	runner *engine.Runner
	lock   *engine.Lock
	out    io.Writer
	color  string
}

// OpenAccount checks the stack files and finds the person's pulumi. Nothing is asked of a cloud, and nothing of a backend.
func OpenAccount(ctx context.Context, options Options) (*Account, error) {
	environment, err := Load(options.Checkout, options.Environment)
	if err != nil {
		return nil, err
	}
	if _, err := options.Checkout.PolicyConfiguration(library.All()); err != nil {
		return nil, err
	}
	found, err := engine.Person(ctx, options.Checkout)
	if err != nil {
		return nil, err
	}
	if err := engine.Prepare(options.Checkout); err != nil { // for the policy pack
		return nil, err
	}
	verb := fmt.Sprintf("haven %s %s --account", options.Verb, options.Environment)
	lock, err := options.Checkout.Lock(ctx, "haven.lock", verb, options.Out)
	if err != nil {
		return nil, err
	}
	a := &Account{
		Checkout: options.Checkout, Environment: environment, lock: lock, out: options.Out, color: "never",
		runner: &engine.Runner{Engine: found, Environment: found.PersonEnviron(options.Checkout, os.Environ()), Lock: lock,
			Hard: options.Hard},
	}
	if engine.IsTerminal(options.Out) && os.Getenv("NO_COLOR") == "" {
		a.color = "always"
	}
	return a, nil
}

// Close lets others work in the checkout.
func (a *Account) Close() { a.lock.Release() }

// Up implements [haven/infra/recovery.Deployer]: it brings stacks up side by side.
func (a *Account) Up(ctx context.Context, names ...string) error {
	return a.UpWatching(ctx, func(string, string, string) {}, names...)
}

// UpWatching implements [haven/infra/recovery.Watcher].
func (a *Account) UpWatching(ctx context.Context, made func(stack, token, id string), names ...string) error {
	return a.each(ctx, names, func(stack *config.Stack) Result {
		if err := a.initialise(ctx, stack.Name); err != nil {
			return Result{Stack: stack.Name, Role: string(stack.Role), Outcome: Failed, Errors: []string{err.Error()}}
		}
		planned := a.operate(ctx, stack, stacks.Deploy, func(op operation) (Outcome, error) {
			return Planned, op.preview(ctx, op.out)
		})
		if planned.failed() {
			return planned
		}
		return a.watched(ctx, stack, stacks.Deploy, func(token, id string) { made(stack.Name, token, id) },
			func(op operation) (Outcome, error) { return Up, op.update(ctx) })
	})
}

// Down implements [haven/infra/recovery.Deployer]: it lifts the protection of stacks, destroys what they hold, and has
// the backend forget them. What an earlier run has destroyed is not made again.
func (a *Account) Down(ctx context.Context, names ...string) error {
	return a.each(ctx, names, func(stack *config.Stack) Result {
		state, there, err := a.Export(ctx, stack.Name)
		if err != nil || !there {
			result := Result{Stack: stack.Name, Role: string(stack.Role), Outcome: Absent}
			if err != nil {
				result.Outcome, result.Errors = Failed, []string{err.Error()}
			}
			return result
		}
		if guarded(state) {
			if lifted := a.unprotect(ctx, stack, state); lifted.failed() {
				return lifted
			}
		}
		return a.operate(ctx, stack, stacks.Deploy, func(op operation) (Outcome, error) {
			if err := op.destroy(ctx); err != nil {
				return Failed, err
			}
			_, _, err := a.ask(ctx, "stack", "rm", stack.Name, "--yes", "--preserve-config")
			return Down, err
		})
	})
}

// guarded says whether anything in a stack is kept from being deleted.
func guarded(state []apitype.ResourceV3) bool {
	return slices.ContainsFunc(state, func(r apitype.ResourceV3) bool {
		for _, input := range []string{"deletionProtection", "enableDeletionProtection"} {
			if value := r.Inputs[input]; value == true || value == "ACTIVE" {
				return true
			}
		}
		return r.Protect
	})
}

func (a *Account) unprotect(ctx context.Context, stack *config.Stack, state []apitype.ResourceV3) Result {
	var there []string
	for _, resource := range state {
		there = append(there, string(resource.URN))
	}
	return a.operate(ctx, stack, stacks.Teardown(time.Now()), func(op operation) (Outcome, error) {
		_, err := op.stack.Up(ctx, op.upOptions(optup.Target(there))...)
		return Up, err
	})
}

// each works on stacks side by side.
func (a *Account) each(ctx context.Context, names []string, work func(*config.Stack) Result) error {
	some, environment, err := named(a.Checkout, a.Environment.Name, names)
	if err != nil {
		return err
	}
	a.Environment = environment
	report := Report{Environment: environment.Name, Stacks: schedule(len(some), some, nobody, work)}
	return errors.Join(report.Err(), context.Cause(ctx))
}

func (a *Account) operate(ctx context.Context, stack *config.Stack, program pulumi.RunFunc,
	run func(operation) (Outcome, error),
) Result {
	return a.watched(ctx, stack, program, func(string, string) {}, run)
}

// watched is operate that tells of what is made.
func (a *Account) watched(ctx context.Context, stack *config.Stack, program pulumi.RunFunc, made func(token, id string),
	run func(operation) (Outcome, error),
) Result {
	begun := time.Now()
	result, watch := Result{Stack: stack.Name, Role: string(stack.Role), Outcome: Failed}, newWatch(made)
	workspace, err := auto.NewLocalWorkspace(ctx,
		auto.WorkDir(a.Checkout.Root), auto.Pulumi(a.runner), auto.Program(program))
	var handle auto.Stack
	if err == nil {
		handle, err = auto.SelectStack(ctx, stack.Name, workspace)
	}
	outcome := Failed
	if err == nil {
		outcome, err = run(operation{
			stack: handle, color: a.color, out: progress(a.out, a.Environment.Stacks, stack.Name), watch: watch,
			packs: []string{a.Checkout.PolicyPack()}, packConfigs: a.Checkout.PolicyConfigs(),
		})
	}
	if err == nil {
		result.Outcome = outcome
	}
	watch.afterwards(err, &result)
	result.Seconds = time.Since(begun).Seconds()
	return result
}

// initialise makes a stack that is not there yet, with the secrets provider of its file: that of the tenant's own stack.
func (a *Account) initialise(ctx context.Context, stack string) error {
	if _, there, err := a.ask(ctx, "stack", "output", "--json", "--stack", stack); there || err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(a.Checkout.Stacks(), "Pulumi."+stack+".yaml"))
	if err != nil {
		return err
	}
	var file struct {
		Provider string `yaml:"secretsprovider"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return err
	}
	args := []string{"stack", "init", stack, "--no-select"}
	if file.Provider != "" {
		args = append(args, "--secrets-provider", file.Provider)
	}
	_, _, err = a.ask(ctx, args...)
	return err
}

// Outputs implements [haven/infra/recovery.Outputs]. What is secret in them is not shown.
func (a *Account) Outputs(stack string) (map[string]any, error) {
	answer, there, err := a.ask(a.runner.Hard, "stack", "output", "--json", "--stack", stack)
	if err != nil || !there {
		return nil, err
	}
	var outputs map[string]any
	if err := json.Unmarshal([]byte(answer), &outputs); err != nil {
		return nil, fmt.Errorf("the outputs of %s: %w", stack, err)
	}
	return outputs, nil
}

// Export is what a stack holds, with its secrets as the backend keeps them, and whether it is there.
func (a *Account) Export(ctx context.Context, stack string) ([]apitype.ResourceV3, bool, error) {
	answer, there, err := a.ask(ctx, "stack", "export", "--stack", stack)
	if err != nil || !there {
		return nil, false, err
	}
	var export struct {
		Deployment apitype.DeploymentV3 `json:"deployment"`
	}
	if err := json.Unmarshal([]byte(answer), &export); err != nil {
		return nil, false, fmt.Errorf("the export of %s: %w", stack, err)
	}
	return export.Deployment.Resources, true, nil
}

// Graph is all that the stacks of the environment hold.
func (a *Account) Graph(ctx context.Context) (*graph.Graph, error) {
	var states [][]apitype.ResourceV3
	for _, stack := range a.Environment.Stacks {
		state, _, err := a.Export(ctx, stack.Name)
		if err != nil {
			return nil, err
		}
		if len(state) > 0 {
			states = append(states, state)
		}
	}
	return graph.Of(states...), nil
}

// absent is how pulumi says that a backend has no such stack.
const absent = "no stack named"

// ask runs a short command of pulumi and answers what it prints, and whether there is a stack of that name.
func (a *Account) ask(ctx context.Context, args ...string) (string, bool, error) {
	answer, complaints, _, err := a.runner.Ask(ctx, a.Checkout.Root, nil, nil, nil, nil, args...)
	switch {
	case err == nil:
		return answer, true, nil
	case strings.Contains(complaints, absent):
		return "", false, nil
	}
	return "", false, fmt.Errorf("pulumi %s: %s: %w", strings.Join(args, " "), strings.TrimSpace(complaints), err)
}
