package environment

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/engine"
	"haven/tests/pulumistub"
)

func TestMain(m *testing.M) { os.Exit(pulumistub.Run(m)) }

// person is a checkout of somebody who has a pulumi of their own, and that pulumi.
func person(t *testing.T) (Options, pulumistub.Folder) {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(root, "stacks"), os.DirFS(filepath.Join("..", "..", "stacks"))))
	text, err := os.ReadFile(filepath.Join("..", "..", "Pulumi.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(root, "Pulumi.yaml"), text, 0o600))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "infra"), 0o700))
	own := pulumistub.Install(t, "v"+engine.Version)
	t.Setenv("AWS_PROFILE", "recovery")
	return Options{Checkout: engine.Checkout{Root: root}, Environment: "demo", Verb: "recover", Out: &bytes.Buffer{},
		Hard: t.Context()}, own
}

func openAccount(t *testing.T, options Options) *Account {
	t.Helper()
	a, err := OpenAccount(t.Context(), options)
	require.NoError(t, err)
	t.Cleanup(a.Close)
	return a
}

// called are the calls of a pulumi so far; none of them asks for secrets.
func called(t *testing.T, own pulumistub.Folder) []string {
	t.Helper()
	calls := own.Calls(t)
	for _, line := range calls {
		assert.NotContains(t, line, "show-secrets")
	}
	return calls
}

// TestAccountUp: a stack that is not there is made with its file's secrets provider, previewed under the policies and
// then updated under them, by the person's own pulumi with their credentials.
func TestAccountUp(t *testing.T) {
	options, own := person(t)
	file := filepath.Join(options.Checkout.Stacks(), "Pulumi.demo-acme.yaml")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, append(text, "\nsecretsprovider: awskms://alias/pulumi\n"...), 0o600))
	a := openAccount(t, options)
	require.NoError(t, a.Up(t.Context(), "demo-acme"))
	calls := called(t, own)
	require.Len(t, calls, 4)
	assert.Equal(t, "stack output --json --stack demo-acme", calls[0])
	assert.Equal(t, "stack init demo-acme --no-select --secrets-provider awskms://alias/pulumi", calls[1])
	for i, verb := range []string{"preview", "up"} {
		assert.Regexp(t, "^"+verb+" .*--policy-pack="+options.Checkout.PolicyPack()+".*--stack demo-acme", calls[2+i])
	}
	assert.Contains(t, options.Out.(*bytes.Buffer).String(), "demo-acme    │ previewing\n")
	environment, err := os.ReadFile(filepath.Join(string(own), "environment"))
	require.NoError(t, err)
	assert.Contains(t, string(environment), "AWS_PROFILE=recovery\n")
	assert.Regexp(t, "(?m)^PATH="+options.Checkout.Path("pulumi", "plugins", "analyzer-policy-haven-v"), string(environment))
	_, err = os.Stat(filepath.Join(options.Checkout.PolicyPack(), "PulumiPolicy.yaml"))
	require.NoError(t, err)

	own.Say(t, "demo-globex.output", "{}")
	own.Say(t, "refuse", "refused by the pack")
	before := len(calls)
	err = a.Up(t.Context(), "demo-globex")
	require.ErrorContains(t, err, "demo-globex failed: error: refused by the pack")
	calls = called(t, own)[before:]
	require.Len(t, calls, 2, "what the preview refuses is not made, and what is there is not made again")
	assert.Regexp(t, "^preview ", calls[1])
	assert.ErrorContains(t, a.Up(t.Context(), "demo-nobody"), "demo-nobody")
}

// TestAccountDown: protection is lifted of what is there, before it is destroyed and forgotten; each only where needed.
func TestAccountDown(t *testing.T) {
	options, own := person(t)
	a := openAccount(t, options)
	const urn = "urn:pulumi:demo-acme::haven::aws:rds/instance:Instance::database"
	holds := func(inputs string) {
		own.Say(t, "demo-acme.export", `{"version":3,"deployment":{"resources":[{"urn":"`+urn+`","type":"aws:rds/instance:Instance","inputs":`+inputs+`}]}}`)
	}
	holds(`{"deletionProtection":true}`)
	require.NoError(t, a.Down(t.Context(), "demo-acme"))
	calls := called(t, own)
	require.Len(t, calls, 4)
	assert.Equal(t, "stack export --stack demo-acme", calls[0])
	assert.Regexp(t, "^up .*--target="+urn, calls[1])
	assert.Regexp(t, "^destroy .*--stack demo-acme", calls[2])
	assert.Equal(t, "stack rm demo-acme --yes --preserve-config", calls[3])

	holds(`{"deletionProtection":false}`)
	require.NoError(t, a.Down(t.Context(), "demo-acme"))
	assert.Regexp(t, "^destroy ", called(t, own)[5], "a run that was stopped goes on")
	require.NoError(t, os.Remove(filepath.Join(string(own), "demo-acme.export")))
	require.NoError(t, a.Down(t.Context(), "demo-acme"), "it is gone")
	assert.Len(t, called(t, own), 8)
}

// TestAccountOutputs: what is not up exports nothing, and what is secret is not asked for.
func TestAccountOutputs(t *testing.T) {
	options, own := person(t)
	a := openAccount(t, options)
	outputs, err := a.Outputs("demo-acme")
	require.NoError(t, err)
	assert.Nil(t, outputs)
	own.Say(t, "demo-acme.output", `{"tenant":{"name":"acme","slot":1},"password":"[secret]"}`)
	outputs, err = a.Outputs("demo-acme")
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"tenant": map[string]any{"name": "acme", "slot": 1.0}, "password": "[secret]"}, outputs)
	own.Say(t, "demo-acme.output", "?")
	_, err = a.Outputs("demo-acme")
	require.ErrorContains(t, err, "the outputs of demo-acme: ")
	pulumi := filepath.Join(string(own), "pulumi")
	require.NoError(t, os.Remove(pulumi))
	require.NoError(t, os.WriteFile(pulumi, []byte("#!/bin/sh\necho 'error: not signed in' >&2; exit 1"), 0o700))
	_, err = a.Outputs("demo-acme")
	assert.ErrorContains(t, err, "pulumi stack output --json --stack demo-acme: error: not signed in")
}

// TestAccountInterrupted: who is asked to stop asks pulumi once, and waits until it has.
func TestAccountInterrupted(t *testing.T) {
	options, own := person(t)
	a := openAccount(t, options)
	own.Say(t, "demo-acme.output", "{}")
	own.Say(t, "hang", "")
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	var err error
	working.Go(func() { err = a.Up(ctx, "demo-acme") })
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(string(own), "hanging"))
		return err == nil
	}, 30*time.Second, 10*time.Millisecond)
	stop()
	working.Wait()
	require.ErrorIs(t, err, context.Canceled)
	interruptions := slices.DeleteFunc(called(t, own), func(line string) bool { return line != "interrupted" })
	assert.Len(t, interruptions, 1)
}

// TestPerson: nobody's pulumi, an old one, and a shell that works on the sandbox are refused before anything is asked.
func TestPerson(t *testing.T) {
	options, own := person(t)
	refused := func() string {
		_, err := OpenAccount(t.Context(), options)
		var problem *engine.Problem
		require.ErrorAs(t, err, &problem)
		return problem.Text
	}
	own.Say(t, "version", "v3.100.0")
	assert.Contains(t, refused(), `is of version "3.100.0"; install Pulumi `+engine.Version+" or a later one")
	t.Setenv("PULUMI_HOME", options.Checkout.Path("pulumi"))
	assert.Contains(t, refused(), "this shell works on the sandbox: PULUMI_HOME is ")
	t.Setenv("PULUMI_HOME", "")
	t.Setenv("PATH", t.TempDir())
	assert.Contains(t, refused(), "there is no pulumi on the PATH")
}

// TestAccountWatching: what an update makes is told while it is made; what a preview would make is not.
func TestAccountWatching(t *testing.T) {
	options, own := person(t)
	a := openAccount(t, options)
	own.Say(t, "demo-acme.output", "{}")
	own.Say(t, "demo-acme.made", "aws:sfn/stateMachine:StateMachine arn:aws:states:eu-west-1:123456789012:stateMachine:restoration")
	var made []string
	require.NoError(t, a.UpWatching(t.Context(), func(stack, token, id string) {
		made = append(made, stack+" "+token+" "+id)
	}, "demo-acme"))
	assert.Equal(t, []string{"demo-acme aws:sfn/stateMachine:StateMachine " +
		"arn:aws:states:eu-west-1:123456789012:stateMachine:restoration"}, made)
}
