package registry

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/iamdoc"
	"haven/components/naming"
)

// part names the repository: what it holds are the application's images.
const part = "application"

// URL is what the images of a cell are pulled from in a region, its own or the one that they are copied to.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
func URL(account, region string, cell naming.Scope) string {
	return account + ".dkr.ecr." + region + ".amazonaws.com/" + cell.Name(part)
}

// untaggedDays is how long an image without a tag is kept: a push that failed, or the parts of one.
const untaggedDays = 14

// repository declares the repository of one region, with who may use it and what is cleared away.
func repository(
	ctx *pulumi.Context, name string, args Args, keyARN pulumi.StringInput, opts ...pulumi.ResourceOption,
) (*ecr.Repository, error) {
	physical := args.Scope.Name(part)
	made, err := ecr.NewRepository(ctx, name+"-repository", &ecr.RepositoryArgs{
		Name:               pulumi.String(physical),
		ImageTagMutability: pulumi.String("IMMUTABLE"),
		ImageScanningConfiguration: ecr.RepositoryImageScanningConfigurationArgs{
			ScanOnPush: pulumi.Bool(true),
		},
		EncryptionConfigurations: ecr.RepositoryEncryptionConfigurationArray{
			ecr.RepositoryEncryptionConfigurationArgs{
				EncryptionType: pulumi.String("KMS"),
				KmsKey:         keyARN.ToStringOutput(),
			},
		},
		ForceDelete: pulumi.Bool(!args.Protected),
		Tags:        pulumi.ToStringMap(args.Scope.Tags("registry", physical, naming.Internal)),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("repository: %w", err)
	}
	policy, err := access(args.Account).Repository()
	if err != nil {
		return nil, err
	}
	_, err = ecr.NewRepositoryPolicy(ctx, name+"-policy", &ecr.RepositoryPolicyArgs{
		Repository: made.Name,
		Policy:     pulumi.String(policy),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("repository policy: %w", err)
	}
	rules, err := lifecycle()
	if err != nil {
		return nil, err
	}
	_, err = ecr.NewLifecyclePolicy(ctx, name+"-lifecycle", &ecr.LifecyclePolicyArgs{
		Repository: made.Name,
		Policy:     pulumi.String(rules),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("lifecycle policy: %w", err)
	}
	return made, nil
}

// access closes a repository to everyone outside of the account, and lets nobody in: who may pull and push is said by
// the identities' own policies.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
func access(account string) iamdoc.Document {
	return iamdoc.Document{Statements: []iamdoc.Statement{
		{
			Sid:        "DenyOtherAccounts",
			Effect:     iamdoc.Deny,
			Principals: iamdoc.Principals{Anyone: true},
			Actions:    []string{"ecr:*"},
			Conditions: iamdoc.Conditions{
				iamdoc.StringNotEquals: {"aws:PrincipalAccount": {account}},
				iamdoc.Bool:            {"aws:PrincipalIsAWSService": {"false"}},
			},
		},
		iamdoc.DenyPlainTransport("ecr"),
	}}
}

// lifecycle is the JSON of what is cleared away. An image that a manifest list names is kept, tagged or not.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
func lifecycle() (string, error) {
	type selection struct {
		TagStatus   string `json:"tagStatus"`
		CountType   string `json:"countType"`
		CountUnit   string `json:"countUnit"`
		CountNumber int    `json:"countNumber"`
	}
	type rule struct {
		RulePriority int               `json:"rulePriority"`
		Description  string            `json:"description"`
		Selection    selection         `json:"selection"`
		Action       map[string]string `json:"action"`
	}
	text, err := json.Marshal(map[string][]rule{"rules": {{
		RulePriority: 1,
		Description:  "Images that no tag names any more",
		Selection: selection{
			TagStatus: "untagged", CountType: "sinceImagePushed", CountUnit: "days", CountNumber: untaggedDays,
		},
		Action: map[string]string{"type": "expire"},
	}}})
	if err != nil {
		return "", fmt.Errorf("lifecycle policy: %w", err)
	}
	return string(text), nil
}
