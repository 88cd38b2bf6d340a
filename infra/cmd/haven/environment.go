package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"haven/infra/engine"
	"haven/infra/environment"
)

type (
	operator = environment.Operator
	report   = environment.Report
)

// verb is what up, preview and down have in common.
type verb struct {
	person *person
	name   string
	json   bool
	// strict is --expect-no-changes.
	strict bool
	// wave is --wave; nil where it is not given.
	wave *int
}

// jsonHelp is the contract of --json.
const jsonHelp = "print one JSON object {verb, environment, wave, changed, seconds, stacks: [{stack, role, outcome, " +
	"changes, resources, seconds, url, errors, policies, certificate}]} on standard output, progress on standard error"

func (v *verb) flags(cmd *cobra.Command, strict bool) *cobra.Command {
	cmd.Flags().BoolVar(&v.json, "json", false, jsonHelp)
	if strict {
		cmd.Flags().BoolVar(&v.strict, "expect-no-changes", false, "change nothing, and exit 1 if anything would change")
	}
	cmd.Args = v.oneEnvironment
	return cmd
}

const waveHelp = "leave the tenants of the waves after `N` as they are; 0: only the canaries are worked on"

// inWaves adds --wave.
func (v *verb) inWaves(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().Func("wave", waveHelp, func(text string) error {
		wave, err := strconv.Atoi(text)
		if err != nil || wave < 0 {
			return errors.New("expected the number of a wave, 0 or more")
		}
		v.wave = &wave
		return nil
	})
	return cmd
}

func (v *verb) oneEnvironment(_ *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	checkout, err := here()
	if err != nil {
		return err
	}
	directory, err := environment.LoadAll(checkout)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return engine.Problemf("%s: name the environment: %s", v.name, strings.Join(directory.Environments(), ", "))
	}
	return engine.Problemf("%s takes one environment, but got %q", v.name, args)
}

// progress is where to tell what is going on: standard output belongs to the result where a program reads it.
func (v *verb) progress() io.Writer {
	if v.json {
		return os.Stderr
	}
	return os.Stdout
}

// act opens the environment, does what the verb does, and tells the result.
func (v *verb) act(ctx context.Context, name string, changes bool,
	do func(context.Context, *operator) report,
) error {
	checkout, err := here()
	if err != nil {
		return err
	}
	opened, err := environment.Open(ctx, environment.Options{
		Checkout: checkout, Environment: name, Verb: v.name, Changes: changes, Out: v.progress(), Hard: v.person.hard,
		Wave: v.wave,
	})
	if err != nil {
		return err
	}
	defer opened.Close()
	done := do(ctx, opened)
	if err := v.tell(done); err != nil {
		return err
	}
	if v.person.interrupted() {
		return fmt.Errorf("stopped; the state is safe. To go on: haven %s %s", v.name, name)
	}
	if err := done.Err(); err != nil {
		return err
	}
	if v.strict && done.Changed {
		return fmt.Errorf("%s is not as its stack files say: %s", name, differences(done))
	}
	return nil
}

func (v *verb) tell(done report) error {
	if !v.json {
		return summarise(os.Stdout, done)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(done)
}

func differences(done report) string {
	var stacks []string
	for _, result := range done.Stacks {
		switch {
		case result.Outcome == environment.Waiting:
			stacks = append(stacks, result.Stack+" is not up yet")
		case result.Done() != "none":
			stacks = append(stacks, result.Stack+": "+result.Done())
		}
	}
	return strings.Join(stacks, "; ")
}
