package library_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
	"haven/policy/graph"
)

// clientSecret is what a customer's own provider of identities knows a client by; the operator keeps it.
const clientSecret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme-sso-AbCdEf"

// settings are what the demo's tenants do not say, each of a tenant of its own.
var settings = map[string]string{
	"password": `
    maintenancePage: true
    identity: {mode: password, ssoOnly: true, noticesFrom: arn:aws:ses:eu-west-1:123456789012:identity/haven.example}`,
	"oidc": `
    identity:
      mode: oidc
      ssoOnly: true
      issuer: https://login.acme.example
      clientID: haven
      clientSecretARN: ` + clientSecret,
	"suspended": `
    state: suspended`,
	"alone": `
    cache: {tokenRotation: 1}`,
	"released": `
    tier: critical
    standby: demo-standby
    database: {replica: released}`,
	"dropped": `
    tier: continuity
    standby: demo-standby
    database: {replica: dropped}`,
}

// later are what tenants say once they were there, each of a tenant of its own.
var later = map[string]string{
	"stopped": `
    state: suspended`,
	"leaving": `
    state: leaving
    deletionDate: "2999-12-31"`,
}

// TestWhatTenantsMaySayKeepsEveryPromise: no setting that validation accepts is refused by the policies.
func TestWhatTenantsMaySayKeepsEveryPromise(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(folder, os.DirFS(filepath.Join("..", "..", "stacks"))))
	slots := map[string]int{}
	write := func(name, said string) {
		if slots[name] == 0 {
			slots[name] = 11 + len(slots)
		}
		text := "config:\n  haven:role: tenant\n  haven:tenant:\n    cell: demo-cell\n    mirror: demo-mirror\n    slot: " +
			strconv.Itoa(slots[name]) +
			"\n    application: {image: public.ecr.aws/haven-demo/processmaker:4.15}" + said + "\n"
		require.NoError(t, os.WriteFile(stackFile(folder, name), []byte(text), 0o600))
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		write(name, settings[name])
	}
	for _, name := range slices.Sorted(maps.Keys(later)) {
		write(name, "")
	}
	w := world.At(filepath.Join(t.TempDir(), "world.db"))
	kept := keptByOperator(t, w)
	d := flowtest.New(w, folder)
	require.NoError(t, d.Environment(t.Context(), "demo"))
	for name, said := range later {
		write(name, said)
		require.NoError(t, d.Up(t.Context(), "demo-"+name))
	}
	require.NoError(t, w.Update(func(tx *world.Tx) error {
		for _, r := range kept { // what no stack declares is in no graph of stacks
			if err := tx.Delete(world.KeyOf(r)); err != nil {
				return err
			}
		}
		return nil
	}))
	g, err := d.Graph()
	require.NoError(t, err)
	t.Run("all", func(t *testing.T) { // eleven of them, of whom as many as there are slots fit
		assert.Empty(t, fails(t, g, func(urn string) bool { return strings.Contains(urn, "listenerCertificate:") }))
	})
	for name := range slots {
		t.Run(name, func(t *testing.T) {
			assert.Empty(t, fails(t, g, func(urn string) bool { return strings.Contains(urn, ":demo-"+name+"::") }))
		})
	}
}

// keptByOperator puts the client's secret and its value into a world.
func keptByOperator(t *testing.T, w *world.World) []cloud.Resource {
	t.Helper()
	made := func(token, id string, outputs map[string]any) cloud.Resource {
		return cloud.Resource{
			Provider: "aws", Account: "123456789012", Region: "eu-west-1", Type: "aws:secretsmanager/" + token, ID: id,
			URN: "urn:pulumi:operator::haven::aws:secretsmanager/" + token + "::acme-sso", Outputs: graph.Object(outputs),
		}
	}
	kept := []cloud.Resource{
		made("secret:Secret", clientSecret, map[string]any{"arn": clientSecret, "name": "acme-sso"}),
		made("secretVersion:SecretVersion", clientSecret+"|1",
			map[string]any{"arn": clientSecret, "secretId": clientSecret, "versionId": "1", "secretString": "s3cret"}),
	}
	require.NoError(t, w.Update(func(tx *world.Tx) error {
		for _, r := range kept {
			if err := tx.Put(r, nil); err != nil {
				return err
			}
		}
		return nil
	}))
	return kept
}
