// A policy pack with a rule that panics.
package main

import (
	"fmt"
	"os"

	"haven/policy/check"
	"haven/policy/pack"
	"haven/policy/rules"
)

func main() {
	library := check.Library{Rules: []rules.Rule{{
		ID: "broken", Types: []string{"aws:ec2/vpc:Vpc"}, Check: func(*rules.Look) { panic("it divides by zero") },
	}}}
	if err := pack.Serve(library, nil, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
