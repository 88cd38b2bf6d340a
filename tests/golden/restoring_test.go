package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/stacks"
	"haven/tests/harness"
)

// restoring are the stacks that bring a tenant back, one for each source and mode, and where each lies.
var restoring = map[string]string{
	"demo-acme-drill":  "demo-standby",
	"demo-acme-dump":   "demo-standby",
	"demo-acme-dr":     "demo-standby",
	"demo-initech-dr":  "demo-standby",
	"demo-globex-dr":   "demo-standby",
	"demo-acme-beside": "demo-cell",
}

func declareRestoring(t *testing.T, stack string) []harness.Declared {
	t.Helper()
	r := harness.Environment()
	if restoring[stack] == "demo-standby" {
		r = harness.StandbyEnvironment()
	}
	values := harness.StackFileValues(t, filepath.Join("testdata", "restoring", "Pulumi."+stack+".yaml"))
	require.NoError(t, harness.RunStack(r, stack, values, stacks.Deploy))
	return r.Declared()
}

// TestRestoringStacks compares what a stack declares that brings a tenant back with its golden file.
func TestRestoringStacks(t *testing.T) {
	for stack := range restoring {
		t.Run(stack, func(t *testing.T) {
			got := render(t, declareRestoring(t, stack))
			file := filepath.Join("testdata", "restoring", stack+".golden")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), got,
				"a changed line is a changed contract; where that is meant, run go test ./tests/golden -update")
		})
	}
}

// TestRestoringNeedsNoOtherRegion: in the standby nothing names the region that may be lost, in any input, option or
// provider.
func TestRestoringNeedsNoOtherRegion(t *testing.T) {
	for stack, cell := range restoring {
		if cell != "demo-standby" {
			continue
		}
		for _, d := range declareRestoring(t, stack) {
			line := render(t, []harness.Declared{d}) + d.Provider
			assert.NotContains(t, line, "eu-west-1", "%s|%s of %s", d.Type, d.Name, stack)
			assert.NotContains(t, line, "aws-recovery", "%s|%s of %s", d.Type, d.Name, stack)
			assert.NotContains(t, line, "pulumi:providers:gcp", "%s|%s of %s", d.Type, d.Name, stack)
		}
	}
}

// TestTakeOverChangesNothingGlobal: what is ready and what is active declare the same roles and policies, and neither a
// record nor a certificate.
func TestTakeOverChangesNothingGlobal(t *testing.T) {
	ready := harness.StackFileValues(t, filepath.Join("testdata", "restoring", "Pulumi.demo-acme-dr.yaml"))
	active := map[string]string{}
	for key, value := range ready {
		active[key] = strings.NewReplacer(`"mode":"ready"`, `"mode":"active",`+
			`"database":{"snapshot":"arn:aws:rds:eu-central-1:123456789012:snapshot:acme",`+
			`"keyARN":"arn:aws:kms:eu-central-1:123456789012:key/mrk-0000000000000000000000000000000c"},`+
			`"files":{"dump":"tenants/acme/dumps/20261122T010000Z/manifest.json"}`).Replace(value)
	}
	require.NotEqual(t, ready, active)
	assert.Equal(t, global(t, ready), global(t, active))
	assert.NotEmpty(t, global(t, ready))
}

// global are the lines of what lies in no region, or is issued by what does.
func global(t *testing.T, values map[string]string) []string {
	r := harness.StandbyEnvironment()
	require.NoError(t, harness.RunStack(r, "demo-acme-dr", values, stacks.Deploy))
	var lines []string
	for _, line := range strings.Split(render(t, r.Declared()), "\n") {
		for _, service := range []string{"aws:iam/", "aws:route53/", "aws:acm/", "aws:budgets/"} {
			if strings.HasPrefix(line, service) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// TestSourcesArePinned: what a database was made from is never held against it again, so that it is never replaced.
func TestSourcesArePinned(t *testing.T) {
	found := 0
	for stack := range restoring {
		for _, d := range declareRestoring(t, stack) {
			if d.Type != "aws:rds/instance:Instance" {
				continue
			}
			found++
			assert.Subset(t, d.IgnoreChanges, []string{"restoreToPointInTime", "snapshotIdentifier"}, stack)
		}
	}
	assert.Equal(t, 4, found)
}
