package environment

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"haven/infra/engine"
	"haven/infra/sandbox/world"
)

// World is the checkout's world, once it is seen that it can be read.
func World(checkout engine.Checkout) (*world.World, error) {
	found := world.At(checkout.World())
	if err := found.View(func(*world.Tx) error { return nil }); err != nil {
		return nil, &engine.Problem{Text: err.Error(), Cause: err}
	}
	return found, nil
}

// checkWorld refuses a world that cannot be read, or that is gone while states still tell of what it held. The engine
// would notice neither: it asks no provider about a resource whose inputs are as they were.
func (o *Operator) checkWorld(states []engine.State) error {
	if _, err := World(o.Checkout); err != nil {
		return err
	}
	if _, err := os.Stat(o.Checkout.World()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for i, state := range states {
		if slices.ContainsFunc(state.Resources, ofWorld) {
			return engine.Problemf("%s is gone, and the state of %s tells of what it held; put it back, or %s",
				o.Checkout.World(), o.Environment.Stacks[i].Name, o.Checkout.Anew())
		}
	}
	return nil
}

// ofWorld says whether a resource lies in the world rather than in the engine alone.
func ofWorld(resource apitype.ResourceV3) bool {
	return resource.Custom && !strings.HasPrefix(string(resource.Type), "pulumi:")
}
