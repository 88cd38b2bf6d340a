package guards_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/guards"
	"haven/tests/harness"
)

func account() guards.AccountArgs { return guards.AccountArgs{Account: "123456789012"} }

func region() guards.RegionArgs {
	return guards.RegionArgs{Scope: harness.AccountScope(), Account: "123456789012", Region: "eu-west-1"}
}

func TestAccount(t *testing.T) {
	t.Parallel()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		_, err := guards.NewAccount(ctx, "guards", account())
		return err
	}))
	harness.AssertFamily(t, r, guards.AccountType, "guards")
	harness.AssertInputs(t, r.One(t, "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "guards-public-access"),
		map[string]any{"accountId": "123456789012", "blockPublicAcls": true, "blockPublicPolicy": true,
			"ignorePublicAcls": true, "restrictPublicBuckets": true})
	harness.AssertInputs(t, r.One(t, "aws:iam/accountPasswordPolicy:AccountPasswordPolicy", "guards-passwords"),
		map[string]any{"minimumPasswordLength": 14.0, "requireLowercaseCharacters": true,
			"requireUppercaseCharacters": true, "requireNumbers": true, "requireSymbols": true, "maxPasswordAge": 90.0,
			"passwordReusePrevention": 24.0, "allowUsersToChangePassword": true, "hardExpiry": false})
}

func TestRegion(t *testing.T) {
	t.Parallel()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		own, err := guards.NewRegion(ctx, "guards", region())
		if err != nil {
			return err
		}
		own.VolumesKeyARN.ApplyT(func(arn string) string {
			assert.Equal(t, "arn:aws:mock:::guards-volumes-key-regional", arn)
			return arn
		})
		return nil
	}))
	harness.AssertFamily(t, r, guards.RegionType, "guards")
	for _, test := range []struct {
		token, name string
		want        map[string]any
	}{
		{"aws:ebs/defaultKmsKey:DefaultKmsKey", "guards-default-key",
			map[string]any{"keyArn": "arn:aws:mock:::guards-volumes-key-regional"}},
		{"aws:ebs/encryptionByDefault:EncryptionByDefault", "guards-encryption", map[string]any{"enabled": true}},
		{"aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess", "guards-snapshots",
			map[string]any{"state": "block-all-sharing"}},
		{"aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess", "guards-images",
			map[string]any{"state": "block-new-sharing"}},
		{"aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults", "guards-metadata", map[string]any{
			"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1.0,
			"instanceMetadataTags": "disabled"}},
		{"aws:kms/key:Key", "guards-volumes-key-regional", map[string]any{"tags.Name": "demo-account-volumes-key",
			"description": "Encrypts the volumes without another key of demo-account"}},
	} {
		harness.AssertInputs(t, r.One(t, test.token, test.name), test.want)
	}
	assert.Contains(t, r.One(t, "aws:kms/key:Key", "guards-volumes-key-regional").Input("policy"),
		`"kms:ViaService":["ec2.eu-west-1.amazonaws.com"]`)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, guards.NewAccount, "guards: Account: missing, expected a value", account, nil)
	harness.AssertRefusals(t, guards.NewRegion,
		"guards: Scope: missing, expected a value\nAccount: missing, expected a value\nRegion: missing, expected a value",
		region, map[string]func(*guards.RegionArgs){
			"guards: Region: missing, expected a value": func(a *guards.RegionArgs) { a.Region = "" },
		})
}
