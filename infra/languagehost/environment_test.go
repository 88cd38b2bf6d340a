package languagehost

import (
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEnvironment(t *testing.T) {
	base := []string{"HOME=/root", "PULUMI_STACK=another"}
	got, err := environment(base, "127.0.0.1:1", &pulumirpc.RunRequest{
		Project:          "haven",
		Stack:            "demo-acme",
		Organization:     "organization",
		Config:           map[string]string{"haven:tenant": `{"slot":1}`, "aws:region": "eu-west-1"},
		ConfigSecretKeys: []string{"haven:token"},
		DryRun:           true,
		Parallel:         8,
		MonitorAddress:   "127.0.0.1:2",
		Info:             &pulumirpc.ProgramInfo{RootDirectory: "/checkout"},
	})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"HOME=/root",
		"PULUMI_STACK=another", // what comes later counts
		"PULUMI_ORGANIZATION=organization",
		"PULUMI_PROJECT=haven",
		"PULUMI_ROOT_DIRECTORY=/checkout",
		"PULUMI_STACK=demo-acme",
		`PULUMI_CONFIG={"aws:region":"eu-west-1","haven:tenant":"{\"slot\":1}"}`,
		`PULUMI_CONFIG_SECRET_KEYS=["haven:token"]`,
		"PULUMI_DRY_RUN=true",
		"PULUMI_PARALLEL=8",
		"PULUMI_MONITOR=127.0.0.1:2",
		"PULUMI_ENGINE=127.0.0.1:1",
	}, got)
	assert.Equal(t, []string{"HOME=/root", "PULUMI_STACK=another"}, base)
}
