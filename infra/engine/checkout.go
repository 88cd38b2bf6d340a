package engine

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
)

// Checkout is a clone of Haven's repository. Whatever Haven writes lies in its folder .haven, which git ignores.
type Checkout struct {
	// Root is the absolute path of the folder that holds Pulumi.yaml.
	Root string
}

// FindCheckout is the checkout that dir lies in. The error says where to go if there is none.
func FindCheckout(dir string) (Checkout, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Checkout{}, err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if isProject(filepath.Join(at, "Pulumi.yaml")) {
			return Checkout{Root: at}, nil
		}
		if at == filepath.Dir(at) {
			return Checkout{}, Problemf("%s is not in a checkout of Haven; go to the folder that holds its Pulumi.yaml", dir)
		}
	}
}

func isProject(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if strings.TrimSpace(lines.Text()) == "name: "+Project {
			return true
		}
	}
	return false
}

// Project is the name in Pulumi.yaml.
const Project = "haven"

// Stacks is the folder of the stack files.
func (c Checkout) Stacks() string { return filepath.Join(c.Root, "stacks") }

// Path is a path below .haven.
func (c Checkout) Path(elements ...string) string {
	return filepath.Join(append([]string{c.Root, ".haven"}, elements...)...)
}

// World is the file that holds the sandbox's world.
func (c Checkout) World() string { return c.Path("world.db") }
