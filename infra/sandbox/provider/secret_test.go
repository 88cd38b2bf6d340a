package provider

import (
	"testing"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const secretVersionFunction = "aws:secretsmanager/getSecretVersion:getSecretVersion"

// required are the arguments that a function does not answer without.
var required = map[string]map[string]any{
	listFunction:          {"bucket": "archive"},
	objectFunction:        {"bucket": "archive", "key": "other"},
	secretVersionFunction: {"secretId": secretARN("acme-sso")},
	storageAgentFunction:  {"project": "haven-demo"},
	transferAgentFunction: {"project": "haven-demo"},
}

func secretARN(name string) string {
	return "arn:aws:secretsmanager:eu-west-1:123456789012:secret:" + name + "-AbCdEf"
}

// keepSecret puts a secret and its value into the world; without a value the secret has none.
func (f *fixture) keepSecret(name, value string) {
	arn := secretARN(name)
	require.NoError(f.t, f.world.Update(func(tx *world.Tx) error {
		put := func(token, id string, outputs map[string]any) error {
			return tx.Put(cloud.Resource{Provider: "aws", Account: "123456789012", Region: "eu-west-1", Type: token,
				ID: id, URN: string(urn(token, name)), Outputs: values(outputs)}, nil)
		}
		err := put("aws:secretsmanager/secret:Secret", arn, map[string]any{"arn": arn, "name": name})
		if err != nil || value == "" {
			return err
		}
		return put("aws:secretsmanager/secretVersion:SecretVersion", arn+"|1",
			map[string]any{"secretId": arn, "arn": arn, "versionId": "1", "secretString": value})
	}))
}

func TestSecretVersion(t *testing.T) {
	f := newFixture(t)
	f.keepSecret("acme-sso", "s3cret")
	f.keepSecret("empty", "")
	tests := map[string]struct{ id, value, err string }{
		"by ARN":     {secretARN("acme-sso"), "s3cret", ""},
		"by name":    {"acme-sso", "s3cret", ""},
		"no secret":  {"nothing", "", "ResourceNotFoundException: Secrets Manager can't find the specified secret."},
		"no version": {"empty", "", "can't find the specified secret value for staging label: AWSCURRENT"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			response, err := f.Invoke(ctx, p.InvokeRequest{
				Token: tokens.Type(secretVersionFunction), Args: values(map[string]any{"secretId": test.id}),
			})
			if test.err != "" {
				assert.ErrorContains(t, err, test.err)
				return
			}
			require.NoError(t, err)
			value := response.Return.Get("secretString")
			assert.Equal(t, test.value, value.AsString())
			assert.True(t, value.Secret())
		})
	}
}
