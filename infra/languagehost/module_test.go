package languagehost

import (
	"os"
	"path/filepath"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/engine"
)

const requirements = `module example

go 1.26

require (
	github.com/pulumi/pulumi-aws/sdk/v6 v6.83.2
	github.com/pulumi/pulumi-azure-native/sdk v1.2.3
	github.com/pulumi/pulumi-go-provider v1.5.0
	github.com/pulumi/pulumi-policy/sdk/go v1.0.0
	github.com/pulumi/pulumi/sdk/v3 v3.262.0
	github.com/stretchr/testify v1.12.1
)

require github.com/pulumi/pulumi-gcp/sdk/v7 v7.38.0 // indirect
`

func TestRequiredPackagesAreTheProvidersWhoseSDKsAreRequired(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, "go.mod"), []byte(requirements), 0o644))
	program := &pulumirpc.ProgramInfo{ProgramDirectory: filepath.Join(root, "infra")}
	response, err := (&host{}).GetRequiredPackages(t.Context(), &pulumirpc.GetRequiredPackagesRequest{Info: program})
	require.NoError(t, err)
	var got []string
	for _, p := range response.Packages {
		got = append(got, p.Kind+" "+p.Name+" "+p.Version)
	}
	assert.Equal(t, []string{"resource aws v6.83.2", "resource azure-native v1.2.3", "resource gcp v7.38.0"}, got)
}

func TestThisModuleRequiresThePluginsOfTheSandbox(t *testing.T) {
	here, err := os.Getwd()
	require.NoError(t, err)
	m, err := moduleOf(here)
	require.NoError(t, err)
	got := map[string]string{}
	for _, p := range m.packages() {
		got[p.Name] = p.Version
	}
	assert.Equal(t, map[string]string{"aws": "v" + engine.AWSVersion, "gcp": "v" + engine.GCPVersion}, got)
}

func TestAProgramWithoutAModuleRequiresNothing(t *testing.T) {
	program := &pulumirpc.ProgramInfo{ProgramDirectory: t.TempDir()}
	response, err := (&host{}).GetRequiredPackages(t.Context(), &pulumirpc.GetRequiredPackagesRequest{Info: program})
	require.NoError(t, err)
	assert.Empty(t, response.Packages)
}

func TestAModuleThatCannotBeReadIsNoEmptyOne(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, "go.mod"), []byte("modul example"), 0o644))
	program := &pulumirpc.ProgramInfo{ProgramDirectory: root}
	_, err := (&host{}).GetRequiredPackages(t.Context(), &pulumirpc.GetRequiredPackagesRequest{Info: program})
	require.ErrorContains(t, err, "go.mod:1: unknown directive: modul")
}

func TestProgramDependencies(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, "go.mod"), []byte(requirements), 0o644))
	m, err := moduleOf(root)
	require.NoError(t, err)
	assert.Len(t, m.dependencies(false), 6)
	all := m.dependencies(true)
	require.Len(t, all, 7)
	assert.Equal(t, "github.com/pulumi/pulumi-gcp/sdk/v7", all[6].Name)
	assert.Equal(t, "v7.38.0", all[6].Version)
}
