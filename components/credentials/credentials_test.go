package credentials_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/credentials"
	"haven/tests/harness"
)

const (
	secretType    = "aws:secretsmanager/secret:Secret"
	versionType   = "aws:secretsmanager/secretVersion:SecretVersion"
	passwordToken = "aws:secretsmanager/getRandomPassword:getRandomPassword"
)

func args() credentials.Args {
	return credentials.Args{
		Scope:          harness.TenantScope(),
		Part:           "app-key",
		Length:         32,
		KeyARN:         pulumi.String("arn:key"),
		RecoveryRegion: "eu-central-1",
		ReplicaKeyARN:  pulumi.String("arn:replica-key"),
	}
}

// asked is a recorder that also keeps what was asked of the random password function.
type asked struct {
	harness.Recorder
	calls []pulumi.MockCallArgs
}

func (a *asked) Call(call pulumi.MockCallArgs) (resource.PropertyMap, error) {
	a.calls = append(a.calls, call)
	return resource.PropertyMap{"randomPassword": resource.NewProperty("generated")}, nil
}

type outputs struct {
	arn, versionID, value string
	secret                bool // whether the value is a Pulumi secret
}

func declare(t *testing.T, args credentials.Args) (*asked, outputs) {
	t.Helper()
	recorder := &asked{}
	recorder.Outputs = map[string]resource.PropertyMap{versionType: {"versionId": resource.NewProperty("v-1")}}
	got := make(chan outputs, 1)
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		region, err := aws.NewProvider(ctx, "ireland", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		c, err := credentials.New(ctx, "app-key", args, pulumi.Provider(region))
		if err != nil {
			return err
		}
		pulumi.All(c.ARN, c.VersionID, pulumi.Unsecret(c.Value)).ApplyT(func(v []any) error {
			got <- outputs{v[0].(string), v[1].(string), v[2].(string), pulumi.IsSecret(c.Value)}
			return nil
		})
		return nil
	}, pulumi.WithMocks(harness.Project, harness.Stack, recorder))
	require.NoError(t, err)
	harness.AssertFamily(t, &recorder.Recorder, credentials.Type, "app-key")
	return recorder, <-got
}

func TestSecretIsEncryptedAndReplicated(t *testing.T) {
	t.Parallel()
	recorder, got := declare(t, args())
	secret := recorder.One(t, secretType, "app-key-secret")
	harness.AssertTags(t, secret, "credentials")
	harness.AssertInputs(t, secret, map[string]any{
		"name":                        nil,
		"namePrefix":                  "demo-acme-app-key-",
		"description":                 "The app-key of demo-acme, generated",
		"kmsKeyId":                    "arn:key",
		"recoveryWindowInDays":        30.0,
		"replicas[0].region":          "eu-central-1",
		"replicas[0].kmsKeyId":        "arn:replica-key",
		"tags.data-classification":    "secret",
		"replicas[1]":                 nil,
		"forceOverwriteReplicaSecret": nil,
	})
	assert.Equal(t, outputs{"arn:aws:mock:::app-key-secret", "v-1", "generated", true}, got)
}

func TestValueIsGeneratedOnceAndSecret(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	version := recorder.One(t, versionType, "app-key-version")
	assert.Equal(t, []string{"secretString"}, version.IgnoreChanges)
	assert.True(t, version.Secret("secretString"))
	harness.AssertInputs(t, version, map[string]any{"secretId": "app-key-secret-id", "secretString": "generated"})

	require.Len(t, recorder.calls, 1)
	assert.Equal(t, passwordToken, recorder.calls[0].Token)
	assert.Contains(t, recorder.calls[0].Provider, "::ireland::", "generated in the component's own region")
	assert.Equal(t, map[string]any{"passwordLength": 32.0, "excludePunctuation": true},
		recorder.calls[0].Args.Mappable())
}

// TestRotation: a rotation is a version of its own, generated like the first one.
func TestRotation(t *testing.T) {
	t.Parallel()
	rotated := args()
	rotated.Rotation = 2
	recorder, got := declare(t, rotated)
	require.Len(t, recorder.OfType(versionType), 1)
	version := recorder.One(t, versionType, "app-key-version-2")
	assert.Equal(t, []string{"secretString"}, version.IgnoreChanges)
	assert.True(t, version.Secret("secretString"))
	recorder.One(t, secretType, "app-key-secret")
	assert.True(t, got.secret)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const nothingGiven = "credentials: Scope: missing, expected a value\n" +
		`Part: "", expected small letters, digits and hyphens, beginning with a letter, not ending with a hyphen` + "\n" +
		"Length: 0, expected 16 to 4096\n" +
		"KeyARN: missing, expected a value"
	harness.AssertRefusals(t, credentials.New, nothingGiven, args, map[string]func(*credentials.Args){
		`credentials: Part: "App key-", expected small letters, digits and hyphens, ` +
			"beginning with a letter, not ending with a hyphen": func(a *credentials.Args) {
			a.Part = "App key-"
		},
		"credentials: Length: 8, expected 16 to 4096": func(a *credentials.Args) {
			a.Length = 8
		},
		"credentials: ReplicaKeyARN: missing, expected a value": func(a *credentials.Args) {
			a.ReplicaKeyARN = nil
		},
		"credentials: Rotation: -1, expected 0 to 9999": func(a *credentials.Args) {
			a.Rotation = -1
		},
	})
}
