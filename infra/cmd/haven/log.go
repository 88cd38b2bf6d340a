package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"haven/infra/engine"
	"haven/infra/sandbox/requestlog"
	"haven/infra/sandbox/world"
)

func newLog() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "log --file FILE",
		Short: "Give the sandbox lines of request logs, for haven report to read",
		Long: "Give the sandbox lines of request logs, for haven report to read: of a load balancer's access log, or of a\n" +
			"firewall's (JSON), as AWS writes them. A line that is there already is not kept twice.",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return importLog(file) },
	}
	cmd.Flags().StringVar(&file, "file", "", `the file, also compressed (".gz"); "-" for standard input`)
	return cmd
}

func importLog(path string) error {
	if path == "" {
		return engine.Problemf(`sandbox log: name the file with --file, or "-" for standard input`)
	}
	checkout, err := here()
	if err != nil {
		return err
	}
	requests, err := readLog(path)
	if err != nil {
		return err
	}
	err = world.At(checkout.World()).Update(func(tx *world.Tx) error {
		for _, request := range requests {
			if err := tx.PutRequest(request); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = fmt.Printf("%d requests\n", len(requests))
	return err
}

func readLog(path string) ([]world.Request, error) {
	file := os.Stdin
	if path != "-" {
		var err error
		if file, err = os.Open(path); err != nil {
			return nil, err
		}
		defer file.Close()
	}
	var lines io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		unpacked, err := gzip.NewReader(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		lines = unpacked
	}
	requests, err := requestlog.Read(lines)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return requests, nil
}
