// Pulumi is the stub of a person's pulumi.
package main

import (
	"os"

	"haven/tests/pulumistub"
)

func main() { os.Exit(pulumistub.Main()) }
