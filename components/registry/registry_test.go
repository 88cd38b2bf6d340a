package registry_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/naming"
	"haven/components/registry"
	"haven/tests/harness"
)

const (
	repositoryType = "aws:ecr/repository:Repository"
	policyType     = "aws:ecr/repositoryPolicy:RepositoryPolicy"
	lifecycleType  = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
)

func args() registry.Args {
	return registry.Args{
		Scope:         harness.CellScope(),
		Account:       "123456789012",
		KeyARN:        pulumi.String("arn:key"),
		ReplicaKeyARN: pulumi.String("arn:replica-key"),
		Recovery:      &aws.Provider{},
		Protected:     true,
	}
}

func declare(t *testing.T, args registry.Args) *harness.Recorder {
	t.Helper()
	r := &harness.Recorder{}
	outputs := make(chan []any, 1)
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		recovery, err := aws.NewProvider(ctx, "recovery", &aws.ProviderArgs{Region: pulumi.String("eu-central-1")})
		if err != nil {
			return err
		}
		args.Recovery = recovery
		made, err := registry.New(ctx, "registry", args)
		if err != nil {
			return err
		}
		pulumi.All(made.ARN, made.ReplicaARN).ApplyT(func(all []any) error {
			outputs <- all
			return nil
		})
		return nil
	}))
	assert.Equal(t, []any{"arn:aws:mock:::registry-repository", "arn:aws:mock:::registry-replica-repository"}, <-outputs)
	harness.AssertFamily(t, r, registry.Type, "registry")
	return r
}

// TestRepositories: both are alike but for their region and key.
func TestRepositories(t *testing.T) {
	t.Parallel()
	r := declare(t, args())
	assert.Len(t, r.OfType(repositoryType), 2)
	for _, each := range []struct{ name, key, provider string }{
		{"registry", "arn:key", ""},
		{"registry-replica", "arn:replica-key", "recovery"},
	} {
		repository := r.One(t, repositoryType, each.name+"-repository")
		harness.AssertTags(t, repository, "registry")
		harness.AssertInputs(t, repository, map[string]any{
			"name":                                  "demo-cell-application",
			"imageTagMutability":                    "IMMUTABLE",
			"imageScanningConfiguration.scanOnPush": true,
			"encryptionConfigurations":              []any{map[string]any{"encryptionType": "KMS", "kmsKey": each.key}},
			"forceDelete":                           false,
		})
		policy := r.One(t, policyType, each.name+"-policy")
		harness.AssertInputs(t, policy, map[string]any{
			"repository": "demo-cell-application",
			"policy": `{"Version":"2012-10-17","Statement":[{"Sid":"DenyOtherAccounts","Effect":"Deny","Principal":"*",` +
				`"Action":["ecr:*"],"Condition":{"Bool":{"aws:PrincipalIsAWSService":["false"]},` +
				`"StringNotEquals":{"aws:PrincipalAccount":["123456789012"]}}},` +
				`{"Sid":"DenyPlainTransport","Effect":"Deny","Principal":"*","Action":["ecr:*"],` +
				`"Condition":{"Bool":{"aws:SecureTransport":["false"]}}}]}`,
		})
		lifecycle := r.One(t, lifecycleType, each.name+"-lifecycle")
		harness.AssertInputs(t, lifecycle, map[string]any{
			"repository": "demo-cell-application",
			"policy": `{"rules":[{"rulePriority":1,"description":"Images that no tag names any more","selection":` +
				`{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":14},` +
				`"action":{"type":"expire"}}]}`,
		})
		for _, d := range []harness.Declared{repository, policy, lifecycle} {
			assert.Equal(t, each.provider, d.Provider, d.Name)
		}
	}
}

func TestTornDownWithItsImages(t *testing.T) {
	t.Parallel()
	leaving := args()
	leaving.Protected = false
	for _, repository := range declare(t, leaving).OfType(repositoryType) {
		harness.AssertInputs(t, repository, map[string]any{"forceDelete": true})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const missing = ": missing, expected a value"
	harness.AssertRefusals(t, registry.New, "registry: Scope"+missing+"\nAccount"+missing+"\nKeyARN"+missing+
		"\nReplicaKeyARN"+missing+"\nRecovery"+missing, args, nil)
}

func replicationArgs() registry.ReplicationArgs {
	return registry.ReplicationArgs{
		Scope:          harness.CellScope(),
		Account:        "123456789012",
		Region:         "eu-west-1",
		RecoveryRegion: "eu-central-1",
	}
}

func TestReplication(t *testing.T) {
	t.Parallel()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		_, err := registry.NewReplication(ctx, "images", replicationArgs())
		return err
	}))
	harness.AssertFamily(t, r, registry.ReplicationType, "images")
	configuration := r.One(t, "aws:ecr/replicationConfiguration:ReplicationConfiguration", "images-configuration")
	harness.AssertInputs(t, configuration, map[string]any{
		"replicationConfiguration.rules": []any{map[string]any{
			"destinations":      []any{map[string]any{"region": "eu-central-1", "registryId": "123456789012"}},
			"repositoryFilters": []any{map[string]any{"filter": "demo-", "filterType": "PREFIX_MATCH"}},
		}},
	})
}

func TestReplicationRefusals(t *testing.T) {
	t.Parallel()
	const missing = ": missing, expected a value"
	harness.AssertRefusals(t, registry.NewReplication, "registry replication: Scope"+missing+"\nAccount"+missing+
		"\nRegion"+missing+"\nRecoveryRegion"+missing, replicationArgs, map[string]func(*registry.ReplicationArgs){
		`registry replication: RecoveryRegion: "eu-west-1", expected another region than Region`: func(
			a *registry.ReplicationArgs,
		) {
			a.RecoveryRegion = "eu-west-1"
		},
	})
}

// TestURL: a standby finds the images under the name that both repositories have.
func TestURL(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "123456789012.dkr.ecr.eu-central-1.amazonaws.com/demo-cell-application",
		registry.URL("123456789012", "eu-central-1", naming.Scope{Stack: "demo-cell"}))
}
