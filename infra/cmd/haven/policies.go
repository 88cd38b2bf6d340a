package main

import (
	"os"
	"path/filepath"

	"haven/infra/engine"
	"haven/policy/library"
	"haven/policy/pack"
)

// servePolicies serves the policy pack to the engine that started this process in the pack's folder, with the exceptions
// of the checkout that the folder lies in.
func servePolicies() error {
	checkout, err := here()
	if err != nil {
		return err
	}
	exceptions, err := exceptionsOf(checkout)
	if err != nil {
		return pack.Refuse(err, os.Stdout)
	}
	return pack.Serve(library.All(), exceptions, os.Stdout)
}

func exceptionsOf(checkout engine.Checkout) ([]byte, error) {
	return os.ReadFile(filepath.Join(checkout.Root, "policy", "exceptions.yaml"))
}
