package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/stacks/config"
)

var update = flag.Bool("update", false, "write the errors that the wrong stack files give into testdata/wrong")

// Each folder of testdata/wrong holds stack files, and in errors.txt every line that is said about them.
func TestWrongStackFilesAreRefusedWithAllTheirErrors(t *testing.T) {
	cases, err := filepath.Glob("testdata/wrong/*")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(cases), 30)
	for _, dir := range cases {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			directory, err := config.LoadDir(dir)
			require.Error(t, err)
			assert.Nil(t, directory)

			var all config.Errors
			require.ErrorAs(t, err, &all)
			for _, one := range all {
				assert.NotContains(t, []string{one.File, one.Got, one.Want, one.Fix}, "", "a part is missing: %s", one)
			}
			golden := filepath.Join(dir, "errors.txt")
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644))
			}
			want, readErr := os.ReadFile(golden)
			require.NoError(t, readErr)
			assert.Equal(t, string(want), err.Error()+"\n")
		})
	}
}
