package environment

import (
	"errors"
	"io/fs"
	"strings"

	"haven/infra/engine"
	"haven/stacks/config"
)

// LoadAll reads and checks all stack files of the checkout. Files that cannot be read are a Problem; what is wrong in
// them is not.
func LoadAll(checkout engine.Checkout) (*config.Directory, error) {
	directory, err := config.LoadDir(checkout.Stacks())
	var unread *fs.PathError
	if errors.As(err, &unread) {
		err = engine.Explain(err)
		return nil, &engine.Problem{Text: err.Error(), Cause: err}
	}
	return directory, err
}

// Load reads and checks all stack files of the checkout and picks those of the environment of that name.
func Load(checkout engine.Checkout, name string) (*config.Environment, error) {
	directory, err := LoadAll(checkout)
	if err != nil {
		return nil, err
	}
	found, err := directory.Environment(name)
	var unknown *config.UnknownError
	if !errors.As(err, &unknown) {
		return found, err
	}
	if _, err := directory.Stack(name); err == nil {
		return nil, engine.Problemf("%q is a stack; name the environment it belongs to: %s",
			name, strings.Join(directory.Environments(), ", "))
	}
	return nil, &engine.Problem{Text: unknown.Error(), Cause: unknown}
}
