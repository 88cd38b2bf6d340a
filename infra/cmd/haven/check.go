package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/spf13/cobra"

	"haven/infra/engine"
	"haven/infra/environment"
	"haven/policy/check"
	"haven/policy/exceptions"
	"haven/policy/graph"
	"haven/policy/library"
	findings "haven/policy/report"
	"haven/stacks/config"
)

// checking is what `haven check` was asked for.
type checking struct {
	environment  string
	exports      []string
	asJSON       bool
	sarif, junit string
}

func newCheck() *cobra.Command {
	var c checking
	cmd := &cobra.Command{
		Use:   "check (--env ENV | --export FILE...)",
		Short: "Hold an environment against the policies and the proofs",
		Long: "Hold stacks against the policies and the proofs, without an engine: those of an environment of the\n" +
			"sandbox, or files that `pulumi stack export` or `pulumi preview --json` wrote. Of one file alone only what\n" +
			"one stack can tell by itself is checked. Failures that policy/exceptions.yaml accepts are shown, and do\n" +
			"not count.\n" +
			"policy/config.json sets levels and parameters, as it does for previews.\n" +
			"Exit status 1 if anything fails that does not only advise; what is undecided fails only where it is too much.",
		RunE: func(_ *cobra.Command, args []string) error { return c.run(args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&c.environment, "env", "", "check all stacks of that environment, as the sandbox holds them")
	flags.StringArrayVar(&c.exports, "export", nil, "check the stacks in these files instead")
	flags.BoolVar(&c.asJSON, "json", false, "print one JSON array of {rule, urn, result, severity, message, witness}")
	flags.StringVar(&c.sarif, "sarif", "", "write a SARIF 2.1.0 log to that file as well")
	flags.StringVar(&c.junit, "junit", "", "write a JUnit report to that file as well")
	return cmd
}

func (c *checking) run(args []string) error {
	if len(c.exports) > 0 {
		c.exports, args = append(c.exports, args...), nil
	}
	switch {
	case len(args) > 0:
		return engine.Problemf("check takes no arguments, but got %q; name an environment with --env", args)
	case c.environment == "" && len(c.exports) == 0:
		return engine.Problemf("check needs --env ENV or --export FILE")
	case c.environment != "" && len(c.exports) > 0:
		return engine.Problemf("check takes --env or --export, but got both")
	}
	checkout, err := here()
	if err != nil {
		return err
	}
	g, err := c.graph(checkout)
	if err != nil {
		return err
	}
	found, err := checked(checkout, g, c.environment == "")
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	if err := c.tell(found); err != nil {
		return err
	}
	if found.Failed() {
		return fmt.Errorf("refused: %s", found.Summary())
	}
	return nil
}

func (c *checking) graph(checkout engine.Checkout) (*graph.Graph, error) {
	if c.environment != "" {
		return environmentGraph(checkout, c.environment)
	}
	var saved [][]byte
	for _, path := range c.exports {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, &engine.Problem{Text: fmt.Sprintf("--export: %v", err), Cause: err}
		}
		saved = append(saved, text)
	}
	g, err := graph.Read(saved...)
	if err != nil {
		return nil, &engine.Problem{Text: fmt.Sprintf("--export: %v", err), Cause: err}
	}
	if len(g.Stacks()) == 0 {
		return nil, engine.Problemf("--export: there is no stack in it; it was made before its first update")
	}
	return g, nil
}

// environmentGraph is what the states of an environment's stacks hold. A tenant that is gone may have none.
func environmentGraph(checkout engine.Checkout, name string) (*graph.Graph, error) {
	target, err := environment.Load(checkout, name)
	if err != nil {
		return nil, err
	}
	var states [][]apitype.ResourceV3
	var missing []string
	for _, stack := range target.Stacks {
		state, err := engine.ReadState(checkout, stack.Name)
		switch {
		case err != nil:
			return nil, err
		case len(state.Resources) > 0:
			states = append(states, state.Resources)
		case stack.Role != config.RoleTenant || stack.Tenant.State != config.Gone:
			missing = append(missing, stack.Name)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("not up, so not checked: %s; haven up %s", strings.Join(missing, ", "), name)
	}
	return graph.Of(states...), nil
}

// checked holds a graph against everything that is demanded, be it a whole environment or some of its stacks.
func checked(checkout engine.Checkout, g *graph.Graph, some bool) (findings.Report, error) {
	all, now := library.All(), time.Now()
	text, err := exceptionsOf(checkout)
	if err != nil {
		return findings.Report{}, err
	}
	accepted, err := exceptions.Parse(text, all.Has, now)
	if err != nil {
		return findings.Report{}, fmt.Errorf("policy/exceptions.yaml: %w", err)
	}
	configured, err := checkout.PolicyConfiguration(all)
	if err != nil {
		return findings.Report{}, err
	}
	outcomes, err := configured.Over(g, check.Run{Exceptions: accepted, Now: now, Some: some,
		Alone: some && len(g.Stacks()) == 1})
	if err != nil {
		return findings.Report{}, err
	}
	found := findings.New(all, outcomes)
	found.Advises = configured.Advises
	return found, nil
}

func (c *checking) tell(found findings.Report) error {
	if err := write(c.sarif, found.SARIF); err != nil {
		return err
	}
	if err := write(c.junit, found.JUnit); err != nil {
		return err
	}
	if c.asJSON {
		return found.JSON(os.Stdout)
	}
	return found.People(os.Stdout)
}

// write writes a report into a file, "-" being the standard output; "" writes nothing.
func write(path string, report func(io.Writer) error) error {
	switch path {
	case "":
		return nil
	case "-":
		return report(os.Stdout)
	}
	file, err := os.Create(path)
	if err != nil {
		return &engine.Problem{Text: err.Error(), Cause: err}
	}
	if err := report(file); err != nil {
		return err
	}
	return file.Close()
}
