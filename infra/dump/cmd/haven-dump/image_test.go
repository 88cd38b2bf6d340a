package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheImageHasAllThatItIsBuiltFrom fails where the command comes to need a package that no build of the image sees.
func TestTheImageHasAllThatItIsBuiltFrom(t *testing.T) {
	listed, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	require.NoError(t, err)
	read := func(name string) string {
		text, err := os.ReadFile("../../" + name)
		require.NoError(t, err)
		return string(text)
	}
	dockerfile, ignored := read("Dockerfile"), read("Dockerfile.dockerignore")
	own := 0
	for _, path := range strings.Fields(string(listed)) {
		folder, ours := strings.CutPrefix(path, "haven/")
		if !ours {
			continue
		}
		own++
		if strings.HasPrefix(folder, "infra/dump/") || folder == "infra/dump" {
			continue
		}
		assert.Contains(t, dockerfile, "\nCOPY "+folder+" "+folder+"\n")
		assert.Contains(t, ignored, "\n!"+folder+"\n")
	}
	assert.Greater(t, own, 5)
}
