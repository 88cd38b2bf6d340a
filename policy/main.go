// The policy pack, for `pulumi preview --policy-pack policy`. The exceptions are part of the program, so that a binary
// that was built before decides as it did then.
package main

import (
	_ "embed"
	"fmt"
	"os"

	"haven/policy/library"
	"haven/policy/pack"
)

//go:embed exceptions.yaml
var exceptions []byte

func main() {
	if err := pack.Serve(library.All(), exceptions, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "haven: the policy pack:", err)
		os.Exit(1)
	}
}
