package engine

import (
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	havenengine "haven/infra/engine"
	"haven/stacks/config"
)

// assertConsistent asserts that the world and the states of all stacks hold the same resources, each once: nothing was
// made twice, and nothing is there that no state knows.
func (c *clone) assertConsistent() {
	c.t.Helper()
	var known []string
	for _, stack := range c.stacks() {
		state, err := havenengine.ReadState(c.checkout(), stack)
		require.NoError(c.t, err)
		assert.Empty(c.t, state.Pending, "unfinished operations of %s", stack)
		for _, resource := range state.Resources {
			if resource.Custom && !strings.HasPrefix(string(resource.Type), "pulumi:") {
				known = append(known, string(resource.URN)+" "+string(resource.ID))
			}
		}
	}
	var there []string
	for _, entry := range c.world() {
		there = append(there, entry.URN+" "+entry.ID)
	}
	sort.Strings(known)
	sort.Strings(there)
	assert.Equal(c.t, known, there, "the resources in the states, and those in the world")
}

func (c *clone) stacks() []string {
	directory, err := config.LoadDir(filepath.Join(c.root, "stacks"))
	require.NoError(c.t, err)
	var names []string
	for _, stack := range directory.Stacks() {
		names = append(names, stack.Name)
	}
	return names
}

// assertClean asserts that nothing was written outside .haven: not in the work tree, not in the home folder (but for
// what the go command keeps there), not in the folder for temporary files.
func (c *clone) assertClean() {
	c.t.Helper()
	assert.Empty(c.t, c.git("status", "--porcelain"), "the work tree")
	assert.Empty(c.t, files(c.home, filepath.Join(".config", "go")), "the home folder")
	assert.Empty(c.t, files(c.tmp, ""), "the folder for temporary files")
}

// files are the files below a folder, but for those below except.
func files(root, except string) []string {
	var found []string
	_ = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		if except != "" && name == except {
			return filepath.SkipDir
		}
		if err == nil && !entry.IsDir() {
			found = append(found, name)
		}
		return err
	})
	return found
}
