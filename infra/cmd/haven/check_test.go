package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/rules"
)

// executed is what the command printed, and its exit status. Tests that use it are not parallel: a process has one
// standard output.
func executed(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	out, complaints := os.Stdout, os.Stderr
	defer func() { os.Stdout, os.Stderr = out, complaints }()
	read := func(stream **os.File) func() string {
		file, err := os.CreateTemp(t.TempDir(), "stream")
		require.NoError(t, err)
		*stream = file
		return func() string {
			_, err := file.Seek(0, io.SeekStart)
			require.NoError(t, err)
			text, err := io.ReadAll(file)
			require.NoError(t, err)
			require.NoError(t, file.Close())
			return string(text)
		}
	}
	printed, complained := read(&os.Stdout), read(&os.Stderr)
	status = run(args)
	return status, printed(), complained()
}

// state is one resource of a stack as exports have it.
func state(stack, token, name, inputs string) string {
	return fmt.Sprintf(`{"urn": "urn:pulumi:%s::haven::%s::%s", "custom": true, "id": "%[3]s-id", "type": "%[2]s",
		"inputs": %[4]s, "outputs": %[4]s}`, stack, token, name, inputs)
}

func root(stack string) string {
	return fmt.Sprintf(`{"urn": "urn:pulumi:%s::haven::pulumi:pulumi:Stack::haven-%[1]s", "custom": false,
		"type": "pulumi:pulumi:Stack"}`, stack)
}

// saved writes what `pulumi stack export` would of a stack with these resources, and answers the file.
func saved(t *testing.T, resources ...string) string {
	t.Helper()
	return written(t, `{"version": 3, "deployment": {"manifest": {}, "resources": [`+strings.Join(resources, ",")+`]}}`)
}

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "saved.json")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

const (
	elasticIP  = "aws:ec2/eip:Eip"
	subnet     = "aws:ec2/subnet:Subnet"
	accessList = "aws:ec2/networkAcl:NetworkAcl"
)

// subnetOf are a subnet that nothing but its public addresses can be held against, and the access list that it needs.
func subnetOf(stack, public string) string {
	tags := fmt.Sprintf(`{"Name": "s", "environment": "%s", "cell": "%[1]s", "component": "network", "owner": "us",
		"data-classification": "internal"}`, stack)
	return state(stack, subnet, "s", fmt.Sprintf(`{"mapPublicIpOnLaunch": %s, "availabilityZone": "eu-west-1a",
		"cidrBlock": "10.0.0.0/20", "tags": %s}`, public, tags)) + "," +
		state(stack, accessList, "l", `{"subnetIds": ["s-id"], "tags": `+tags+`}`)
}

func closedSubnet(stack string) string { return subnetOf(stack, "false") }
func openSubnet(stack string) string   { return subnetOf(stack, "true") }

// entries are what --json prints.
func entries(t *testing.T, text string) []map[string]any {
	t.Helper()
	var all []map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &all))
	return all
}

func of(all []map[string]any, rule, urn string) map[string]any {
	for _, one := range all {
		if one["rule"] == rule && one["urn"] == urn {
			return one
		}
	}
	return nil
}

func TestCheckPasses(t *testing.T) {
	status, stdout, stderr := executed(t, "check", "--export", saved(t, root("a"), closedSubnet("a")), "--json")
	all := entries(t, stdout)
	one := of(all, "subnet-no-public-ip", "urn:pulumi:a::haven::"+subnet+"::s")
	require.NotNil(t, one)
	assert.Equal(t, map[string]any{"rule": "subnet-no-public-ip", "urn": "urn:pulumi:a::haven::" + subnet + "::s",
		"result": "pass", "severity": "high", "message": "", "witness": []any{}}, one)
	for _, each := range all {
		require.NotEqual(t, string(rules.Fail), each["result"], each)
	}
	assert.Zero(t, status)
	assert.Empty(t, stderr)
}

// TestCheckOfSeveral: together they are an environment; each is named by its URNs.
func TestCheckOfSeveral(t *testing.T) {
	good, bad := saved(t, root("a"), closedSubnet("a")), saved(t, root("b"), openSubnet("b"))
	for _, args := range [][]string{
		{"check", "--json", "--export", good, "--export", bad},
		{"check", "--json", "--export", good, bad},
	} {
		status, stdout, stderr := executed(t, args...)
		assert.Equal(t, refused, status)
		assert.Contains(t, stderr, "haven: refused: 1 failed")
		all := entries(t, stdout)
		assert.Equal(t, "pass", of(all, "subnet-no-public-ip", "urn:pulumi:a::haven::"+subnet+"::s")["result"])
		failed := of(all, "subnet-no-public-ip", "urn:pulumi:b::haven::"+subnet+"::s")
		assert.Equal(t, "fail", failed["result"])
		assert.Equal(t, "mapPublicIpOnLaunch is true; expected false: set mapPublicIpOnLaunch to false", failed["message"])
	}
	status, stdout, _ := executed(t, "check", "--export", bad)
	assert.Equal(t, refused, status)
	assert.Contains(t, stdout, "(subnet-no-public-ip)\n  fix: set mapPublicIpOnLaunch to false\n"+
		"  b s: mapPublicIpOnLaunch is true; expected ")
}

// TestCheckOfAPreview reads what `pulumi preview --json` writes; what it does not know yet is undecided, and capped.
func TestCheckOfAPreview(t *testing.T) {
	preview := func(public string) string {
		var resources []json.RawMessage
		require.NoError(t, json.Unmarshal([]byte("["+root("a")+","+subnetOf("a", public)+"]"), &resources))
		var steps []string
		for _, resource := range resources {
			steps = append(steps, `{"op": "create", "newState": `+string(resource)+`}`)
		}
		return written(t, `{"config": {}, "steps": [`+strings.Join(steps, ",")+`]}`)
	}
	status, stdout, _ := executed(t, "check", "--json", "--export", preview("true"))
	assert.Equal(t, refused, status)
	assert.Equal(t, "fail", of(entries(t, stdout), "subnet-no-public-ip", "urn:pulumi:a::haven::"+subnet+"::s")["result"])

	const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
	status, stdout, stderr := executed(t, "check", "--json", "--export", preview(`"`+unknown+`"`))
	one := of(entries(t, stdout), "subnet-no-public-ip", "urn:pulumi:a::haven::"+subnet+"::s")
	assert.Equal(t, "undecided", one["result"])
	assert.Equal(t, "not known yet: mapPublicIpOnLaunch", one["message"])
	assert.Equal(t, refused, status, "a large share is")
	assert.Contains(t, stderr, "1 undecided")
}

func TestCheckWritesReports(t *testing.T) {
	sarif, junit := filepath.Join(t.TempDir(), "found.sarif"), filepath.Join(t.TempDir(), "found.xml")
	export := saved(t, root("b"), openSubnet("b"))
	status, _, _ := executed(t, "check", "--export", export, "--sarif", sarif, "--junit", junit)
	assert.Equal(t, refused, status, "the reports are written of what fails, too")
	text, err := os.ReadFile(sarif)
	require.NoError(t, err)
	var log struct {
		Version string
		Runs    []struct {
			Results []struct{ RuleID, Level string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &log))
	assert.Equal(t, "2.1.0", log.Version)
	require.Len(t, log.Runs, 1)
	assert.Contains(t, log.Runs[0].Results, struct{ RuleID, Level string }{"subnet-no-public-ip", "error"})
	text, err = os.ReadFile(junit)
	require.NoError(t, err)
	assert.Contains(t, string(text), "<failure")
	assert.Contains(t, string(text), "subnet-no-public-ip")

	status, _, stderr := executed(t, "check", "--export", saved(t, root("a")), "--sarif", t.TempDir())
	assert.Equal(t, misused, status)
	assert.Contains(t, stderr, "is a directory")
}

func TestCheckIsMisused(t *testing.T) {
	good := saved(t, root("a"), closedSubnet("a"))
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"nothing":            {nil, "check needs --env ENV or --export FILE"},
		"an argument":        {[]string{"demo"}, `check takes no arguments, but got ["demo"]; name an environment with --env`},
		"both":               {[]string{"--env", "demo", "--export", good}, "check takes --env or --export, but got both"},
		"no such env":        {[]string{"--env", "nope"}, `no environment "nope"; known environments: demo`},
		"no such flag":       {[]string{"--jsno"}, "check: unknown flag: --jsno; see haven check --help"},
		"no such file":       {[]string{"--export", "/nowhere/a.json"}, "--export: open /nowhere/a.json: no such file or directory"},
		"an empty file":      {[]string{"--export", written(t, "")}, "it holds no deployment; expected what `pulumi stack export` writes"},
		"not JSON":           {[]string{"--export", written(t, "hello")}, "it holds no deployment; expected what `pulumi stack export` writes"},
		"another JSON":       {[]string{"--export", written(t, `{"a": 1}`)}, "it has version 0 of the format, expected 3"},
		"a list":             {[]string{"--export", written(t, `[]`)}, "it holds no deployment"},
		"of another version": {[]string{"--export", written(t, `{"version": 2, "deployment": {}}`)}, "it has version 2 of the format, expected 3"},
		"no stack":           {[]string{"--export", saved(t)}, "--export: there is no stack in it"},
		"the second of two":  {[]string{"--export", good, "--export", written(t, "{")}, "export 2: it holds no deployment"},
	} {
		status, stdout, stderr := executed(t, append([]string{"check"}, test.args...)...)
		assert.Equal(t, misused, status, "%s: %s", name, stderr)
		assert.Empty(t, stdout, name)
		assert.Contains(t, stderr, test.want, name)
		assert.Equal(t, 1, strings.Count(stderr, "\n"), "%s: one line: %s", name, stderr)
	}
}
