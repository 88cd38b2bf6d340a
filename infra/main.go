// Infra is Haven's Pulumi program.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/stacks"
)

func main() { pulumi.Run(stacks.Deploy) }
