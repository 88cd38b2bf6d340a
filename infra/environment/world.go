package environment

import (
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"

	"haven/infra/engine"
	"haven/infra/sandbox/world"
)

// made are the creates that came to pass: the world holds a resource of that URN which the state has under no ID.
func (o *Operator) made(state engine.State) ([]optrefresh.PendingCreate, error) {
	known := map[string]bool{}
	for _, resource := range state.Resources {
		known[string(resource.URN)+" "+string(resource.ID)] = true
	}
	var made []optrefresh.PendingCreate
	for _, operation := range state.Pending {
		urn := string(operation.Resource.URN)
		found, err := world.At(o.Checkout.World()).ByURN(urn)
		if err != nil {
			return nil, err
		}
		for _, resource := range found {
			if !known[urn+" "+resource.ID] {
				made = append(made, optrefresh.PendingCreate{URN: urn, ID: resource.ID})
			}
		}
	}
	return made, nil
}
