package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"haven/infra/engine"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print of what this haven is made",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			fmt.Printf("haven %s (%s)\nengine %s\naws plugin %s\ngcp plugin %s\n",
				revision(), runtime.Version(), engine.Version, engine.AWSVersion, engine.GCPVersion)
			return nil
		},
	}
}

// revision is the commit it was built from, where the build wrote that down.
func revision() string {
	info, _ := debug.ReadBuildInfo()
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return info.Main.Version
}
