package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/check"
	"haven/policy/report"
	"haven/policy/rules"
)

var update = flag.Bool("update", false, "write the golden files anew")

func urn(stack, name string) string {
	return "urn:pulumi:" + stack + "::haven::a$aws:ec2/subnet:Subnet::" + name
}

var library = check.Library{
	Rules: []rules.Rule{
		{ID: "subnet-no-public-ip", Title: "No subnet gives out public addresses", Frameworks: []string{"CKV_AWS_130", "EC2.15"}},
		{ID: "kms-rotation", Title: "Keys rotate"},
	},
	Proofs: []check.Proof{{ID: "copies", Title: "Each tenant's data has all its copies"}},
}

var outcomes = []rules.Outcome{
	{Rule: "kms-rotation", URN: urn("demo-acme", "key"), Result: rules.Undecided, Severity: rules.Medium,
		Message: "not known yet: enableKeyRotation"},
	{Rule: "subnet-no-public-ip", URN: urn("demo-cell", "b"), Result: rules.Fail, Severity: rules.High, Fix: "remove it",
		Message: "mapPublicIpOnLaunch is true; expected false or absent: remove it"},
	{Rule: "subnet-no-public-ip", URN: urn("demo-cell", "a"), Result: rules.Fail, Severity: rules.High, Fix: "remove it",
		Message: "mapPublicIpOnLaunch is true; expected false or absent: remove it"},
	{Rule: "subnet-no-public-ip", URN: urn("demo-cell", "c"), Result: rules.Excepted, Severity: rules.High,
		Message: `it is <"public"> (accepted by b until 2026-12-01: why & how; owner: a)`},
	{Rule: "subnet-no-public-ip", URN: urn("demo-cell", "d"), Result: rules.Pass, Severity: rules.High},
	{Rule: "copies/region", URN: urn("demo-acme", "database"), Result: rules.Fail, Severity: rules.Critical,
		Message: "no copy is in another region", Witness: []string{urn("demo-acme", "database"), urn("demo-cell", "vault")}},
	{Rule: "exception-unused", URN: "demo-*::x", Result: rules.Fail, Severity: rules.Low, Fix: "remove it",
		Message: "the exception from kms-rotation on line 3: nothing needs it; remove it"},
}

func TestFormats(t *testing.T) {
	t.Parallel()
	r := report.New(library, outcomes)
	assert.True(t, r.Failed())
	for file, write := range map[string]func(io.Writer) error{
		"report.txt": r.People, "report.json": r.JSON, "report.sarif": r.SARIF, "report.xml": r.JUnit,
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			var written bytes.Buffer
			require.NoError(t, write(&written))
			golden := filepath.Join("testdata", file)
			if *update {
				require.NoError(t, os.WriteFile(golden, written.Bytes(), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), written.String())
		})
	}
}

func TestNothingFound(t *testing.T) {
	t.Parallel()
	r := report.New(check.Library{}, nil)
	assert.False(t, r.Failed())
	var written bytes.Buffer
	require.NoError(t, r.JSON(&written))
	assert.Equal(t, "[]\n", written.String())
	written.Reset()
	require.NoError(t, r.SARIF(&written))
	var log map[string]any
	require.NoError(t, json.Unmarshal(written.Bytes(), &log))
	run := log["runs"].([]any)[0].(map[string]any)
	assert.Equal(t, []any{}, run["results"])
	written.Reset()
	require.NoError(t, r.People(&written))
	assert.Equal(t, "0 failed, 0 undecided, 0 excepted, 0 passed (0 rules, 0 proofs)\n", written.String())
}
