// The policy pack, for `pulumi preview --policy-pack policy`.
package main

import (
	"fmt"
	"os"

	"haven/policy/library"
	"haven/policy/pack"
)

func main() {
	if err := pack.Serve(library.All(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "haven: the policy pack:", err)
		os.Exit(1)
	}
}
