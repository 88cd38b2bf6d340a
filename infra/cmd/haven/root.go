package main

import (
	"strings"

	"github.com/spf13/cobra"

	"haven/infra/engine"
)

func newRoot(p *person) *cobra.Command {
	root := &cobra.Command{
		Use:   "haven",
		Short: "Bring the environments of this checkout up and down, in a cloud that lives on this machine",
		Long: "Haven brings the environments of this checkout up and down with the real Pulumi engine, in a sandbox:\n" +
			"a cloud that lives in one file under .haven/ and needs no account.\n" +
			"Exit status: 0 done, 1 refused or failed, 2 wrong use.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		newUp(p), newPreview(p), newDown(p), newStatus(), newCheck(), newValidate(), newEnv(), newSandbox(), newCost(),
		newReport(), newTenant(), newDrill(p), newRecover(p), newFailback(p), newRestore(p),
		newRetire(p), newVersion(),
	)
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(*cobra.Command, []string) error {
		return root.Help()
	}})
	onlyVerbs(root)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return engine.Problemf("%s: %v; see haven %[1]s --help", verbOf(cmd), err)
	})
	return root
}

// onlyVerbs makes a command that does nothing by itself say so, and suggest what may have been meant.
func onlyVerbs(cmd *cobra.Command) {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		var verbs []string
		for _, verb := range cmd.Commands() {
			if verb.IsAvailableCommand() {
				verbs = append(verbs, verb.Name())
			}
		}
		if close := cmd.SuggestionsFor(args[0]); len(close) > 0 {
			return engine.Problemf("unknown verb %q; did you mean %s?", args[0], strings.Join(close, " or "))
		}
		return engine.Problemf("unknown verb %q; the verbs are %s", args[0], strings.Join(verbs, ", "))
	}
	cmd.SuggestionsMinimumDistance = 2
}

// noArguments refuses arguments in one line.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return engine.Problemf("%s takes no arguments, but got %q", verbOf(cmd), args)
	}
	return nil
}

// verbOf is a command without the program's name, as errors begin with that already.
func verbOf(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), "haven ")
}

// here is the checkout of the working folder.
func here() (engine.Checkout, error) { return engine.FindCheckout(".") }
