package golden

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/stacks"
	"haven/tests/harness"
)

// generations are the demo's tenants with their data brought back in their own stacks, one of each tier: acme once,
// initech from a snapshot, globex twice with its first generation released.
var generations = []string{"demo-acme", "demo-globex", "demo-initech"}

func declareGeneration(t *testing.T, stack string) []harness.Declared {
	t.Helper()
	r := harness.Environment()
	values := harness.StackFileValues(t, filepath.Join("testdata", "generations", "Pulumi."+stack+".yaml"))
	require.NoError(t, harness.RunStack(r, stack, values, stacks.Deploy))
	return r.Declared()
}

// TestGenerations compares what a tenant's stack declares whose data was brought back with its golden file.
func TestGenerations(t *testing.T) {
	for _, stack := range generations {
		t.Run(stack, func(t *testing.T) {
			got := render(t, declareGeneration(t, stack))
			file := filepath.Join("testdata", "generations", stack+".golden")
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

// inQuarantine are the properties of a store in which one in quarantine differs from one that serves; what is released
// is protected no longer, and has the name of its final snapshot.
var inQuarantine = map[string][]string{
	"aws:rds/instance:Instance":                 {"vpcSecurityGroupIds", "deletionProtection", "finalSnapshotIdentifier"},
	"aws:efs/mountTarget:MountTarget":           {"securityGroups"},
	"aws:efs/fileSystemPolicy:FileSystemPolicy": {"policy"},
}

// quarantine is the tag of a first generation.
func quarantine(stack string) string {
	if stack == "demo-globex" {
		return "released"
	}
	return "held"
}

// TestTheFirstGenerationStaysWhatItWas: it keeps its URNs, and changes in nothing but who reaches it, and its tag.
func TestTheFirstGenerationStaysWhatItWas(t *testing.T) {
	for _, stack := range generations {
		after := map[string]harness.Declared{}
		for _, d := range declareGeneration(t, stack) {
			after[d.Type+" "+d.Name] = d
		}
		stores := 0
		for _, was := range declare(t, stack) {
			is, still := after[was.Type+" "+was.Name]
			assert.True(t, still, "%s|%s of %s is gone", was.Type, was.Name, stack)
			assert.Equal(t, was.Parent, is.Parent, was.Name)
			if !slices.Contains([]string{"database", "files", "replica", "replication"}, was.Parent) {
				continue
			}
			stores++
			if tags := was.Inputs["tags"]; tags.IsObject() {
				tags.ObjectValue()["quarantine"] = resource.NewProperty(quarantine(stack))
			}
			for _, property := range inQuarantine[was.Type] {
				delete(was.Inputs, resource.PropertyKey(property))
				delete(is.Inputs, resource.PropertyKey(property))
			}
			assert.Equal(t, was.Inputs, is.Inputs, "%s|%s of %s", was.Type, was.Name, stack)
		}
		assert.Greater(t, stores, 10, stack)
	}
}

// TestNobodyReachesQuarantine: its stores are in a group without a rule, and the file system denies every mount.
func TestNobodyReachesQuarantine(t *testing.T) {
	const group = "perimeter-quarantine-id"
	for stack, want := range map[string]int{"demo-acme": 1, "demo-globex": 2, "demo-initech": 1} {
		databases, targets := 0, 0
		for _, d := range declareGeneration(t, stack) {
			if strings.HasPrefix(d.Type, "aws:vpc/securityGroup") {
				assert.NotEqual(t, group, d.Input("securityGroupId"), d.Name)
				assert.NotEqual(t, group, d.Input("referencedSecurityGroupId"), d.Name)
			}
			switch {
			case d.Type == "aws:rds/instance:Instance" && assert.ObjectsAreEqual([]any{group}, d.Input("vpcSecurityGroupIds")):
				databases++
			case d.Type == "aws:efs/mountTarget:MountTarget" && assert.ObjectsAreEqual([]any{group}, d.Input("securityGroups")):
				targets++
			case d.Type == "aws:efs/fileSystemPolicy:FileSystemPolicy" && d.Name == "files-policy":
				assert.NotContains(t, d.Input("policy"), `"Allow"`, stack)
			}
		}
		assert.Equal(t, want, databases, stack)
		assert.Equal(t, 3*want, targets, stack)
	}
}

// TestEverythingFollowsTheServingGeneration: outside of the stores and of what backs them up nothing names one in
// quarantine.
func TestEverythingFollowsTheServingGeneration(t *testing.T) {
	backups := []string{"database", "files", "replica", "replication", "backup", "perimeter"}
	for _, d := range declareGeneration(t, "demo-acme") {
		if slices.Contains(backups, d.Parent) || d.Name == "database-g2-instance" { // which names what it is made from
			continue
		}
		line := render(t, []harness.Declared{d})
		for _, past := range []string{"database-instance", "files-system", "files-access-point", "demo-acme-database\""} {
			assert.NotContains(t, line, past, "%s|%s", d.Type, d.Name)
		}
	}
}

// TestReleasedGenerationsMayGo: protection is lifted of what is released, and of nothing else.
func TestReleasedGenerationsMayGo(t *testing.T) {
	protected := map[string]bool{
		"database-instance": false, "files-system": false, "replica-instance": false,
		"database-g2-instance": true, "files-g2-system": true, "replica-g2-instance": true,
		"database-g3-instance": true, "files-g3-system": true, "replica-g3-instance": true,
	}
	for _, d := range declareGeneration(t, "demo-globex") {
		want, listed := protected[d.Name]
		if !listed {
			continue
		}
		delete(protected, d.Name)
		if d.Type == "aws:rds/instance:Instance" {
			assert.Equal(t, want, d.Input("deletionProtection"), d.Name)
		} else {
			assert.Equal(t, want, d.Protect, d.Name)
		}
		if d.Name == "database-instance" {
			assert.Equal(t, "demo-globex-database-final-20261129-100000", d.Input("finalSnapshotIdentifier"))
		}
	}
	assert.Empty(t, protected)
}
