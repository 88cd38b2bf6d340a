package keys_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/iamdoc"
	"haven/components/keys"
	"haven/tests/harness"
)

func regionalArgs() keys.RegionalArgs {
	return keys.RegionalArgs{
		Scope:       harness.CellScope(),
		Account:     "123456789012",
		Part:        "volumes",
		Description: "the volumes",
		Uses:        keys.UseThrough("123456789012", "eu-west-1", "ec2"),
	}
}

func TestRegionalKey(t *testing.T) {
	t.Parallel()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		key, err := keys.NewRegional(ctx, "key", regionalArgs())
		if err != nil {
			return err
		}
		key.ARN.ApplyT(func(arn string) string {
			assert.Equal(t, "arn:aws:mock:::key-regional", arn)
			return arn
		})
		return nil
	}))
	harness.AssertFamily(t, r, keys.RegionalType, "key")
	key := r.One(t, keyType, "key-regional")
	harness.AssertInputs(t, key, map[string]any{
		"description":                    "Encrypts the volumes of demo-cell",
		"multiRegion":                    false,
		"enableKeyRotation":              true,
		"rotationPeriodInDays":           365.0,
		"deletionWindowInDays":           30.0,
		"bypassPolicyLockoutSafetyCheck": false,
		"tags.Name":                      "demo-cell-volumes-key",
		"tags.data-classification":       "secret",
	})
	harness.AssertTags(t, key, "keys")
	harness.AssertInputs(t, r.One(t, aliasType, "key-alias"), map[string]any{
		"name": "alias/demo-cell-volumes-key", "targetKeyId": "arn:aws:mock:::key-regional"})
	assert.Empty(t, r.OfType(replicaType))

	policy := statements(t, key)
	assert.Len(t, policy, 3)
	assert.NotContains(t, policy["Administer"].Action, "kms:Decrypt")
	through := map[string][]string{
		"kms:CallerAccount": {"123456789012"}, "kms:ViaService": {"ec2.eu-west-1.amazonaws.com"}}
	assert.Equal(t, map[string]map[string][]string{"StringEquals": through}, policy["UseThroughService"].Condition)
	assert.Equal(t, []string{"kms:CreateGrant"}, policy["GrantToService"].Action)
	assert.Equal(t, map[string]map[string][]string{"StringEquals": through,
		"Bool": {"kms:GrantIsForAWSResource": {"true"}}}, policy["GrantToService"].Condition)
}

func TestRegionalKeyRefuses(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, keys.NewRegional,
		"key refused: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Part: missing, expected a value\nDescription: missing, expected a value\nUses: missing, expected a value",
		regionalArgs, map[string]func(*keys.RegionalArgs){
			"key refused: Part: missing, expected a value": func(a *keys.RegionalArgs) { a.Part = "" },
		})
}

func TestReadThrough(t *testing.T) {
	t.Parallel()
	assert.Equal(t, iamdoc.Statement{
		Sid:        "ReadThroughService",
		Principals: iamdoc.Principals{AWS: []string{"arn:aws:iam::123456789012:root"}},
		Actions:    []string{"kms:Decrypt", "kms:DescribeKey"},
		Resources:  []string{"*"},
		Conditions: iamdoc.Conditions{iamdoc.StringEquals: {
			"kms:CallerAccount": {"123456789012"},
			"kms:ViaService":    {"s3.eu-west-1.amazonaws.com"},
		}},
	}, keys.ReadThrough("123456789012", "eu-west-1", "s3"))
}
