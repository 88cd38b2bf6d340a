package cloud

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Repositories: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html. The sandbox holds
// no images, so nothing keeps one from being deleted.
func ecrTypes() []*Type {
	ofRepository := func(c *Call) string { return c.text("repository") }
	return []*Type{
		{
			Token: ecrRepository, ID: func(c *Call) string { return c.text("name") },
			References: []Reference{toKey("encryptionConfigurations[*].kmsKey", ecr.says("CreateRepository",
				"KmsException", "Failed to describe KMS key with id '%s'"))},
			Unique: []Unique{{Property: "name", Taken: ecr.says("CreateRepository", "RepositoryAlreadyExistsException",
				"The repository with name '%s' already exists in the registry")}},
			Refuse:   firstOf(refuseRepositoryName, refuseImageEncryption),
			Computed: repositoryOutputs,
		},
		{
			Token: ecrRepositoryPolicy, ID: ofRepository,
			References: []Reference{toRepository("SetRepositoryPolicy")},
			Refuse:     refuseRepositoryPolicy, Computed: registryOutputs,
		},
		{
			Token: ecrLifecyclePolicy, ID: ofRepository,
			References: []Reference{toRepository("PutLifecyclePolicy")},
			Refuse:     refuseImageLifecycle, Computed: registryOutputs,
		},
		{
			Token: ecrReplicationConfiguration, ID: func(c *Call) string { return c.Account },
			Refuse: refuseReplication, Computed: registryOutputs,
		},
	}
}

func toRepository(operation string) Reference {
	return Reference{Property: "repository", To: ecrRepository, By: "name", NotFound: ecr.says(operation,
		"RepositoryNotFoundException", "The repository with name '%s' does not exist in the registry")}
}

var repositoryName = regexp.MustCompile(`^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$`)

func refuseRepositoryName(c *Call) error {
	if name := c.text("name"); name != "" && (len(name) < 2 || len(name) > 256 || !repositoryName.MatchString(name)) {
		return ecr.refuses("CreateRepository", "InvalidParameterException",
			"Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '%s''",
			repositoryName)
	}
	return nil
}

// refuseImageEncryption: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_EncryptionConfiguration.html.
func refuseImageEncryption(c *Call) error {
	for _, encryption := range props.Maps(c.Inputs, "encryptionConfigurations[*]") {
		kind := Text(encryption, "encryptionType")
		if !absent(encryption, "kmsKey") && kind != "KMS" && kind != "KMS_DSSE" {
			return ecr.says("CreateRepository", "InvalidParameterException", "Invalid parameter at"+
				" 'encryptionConfiguration' failed to satisfy constraint: 'kmsKey is only allowed with encryption type KMS'")
		}
	}
	return nil
}

func repositoryOutputs(c *Call) map[string]property.Value {
	name := c.text("name")
	return c.outputs().
		text("arn", c.arn("ecr", "repository/"+name)).
		text("registryId", c.Account).
		text("repositoryUrl", fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com/%s", c.Account, c.Region, name)).
		fillText("imageTagMutability", "MUTABLE").
		values
}

func registryOutputs(c *Call) map[string]property.Value {
	return c.outputs().text("registryId", c.Account).values
}

// refuseRepositoryPolicy: a policy speaks of its own repository, so it names principals and no resource,
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html.
func refuseRepositoryPolicy(c *Call) error {
	text := c.text("policy")
	if text == "" {
		return nil
	}
	document, err := parsePolicy(text)
	invalid := slices.ContainsFunc(document.Statement, func(s statement) bool {
		return len(s.Resource)+len(s.NotResource) > 0 || s.Principal == nil && s.NotPrincipal == nil ||
			len(s.Action)+len(s.NotAction) == 0
	})
	if err != nil || len(document.Statement) == 0 || invalid || len(document.strangers(c)) > 0 {
		return ecr.says("SetRepositoryPolicy", "InvalidParameterException", "Invalid parameter at 'PolicyText' failed to"+
			" satisfy constraint: 'Invalid repository policy provided'")
	}
	return nil
}

// imageLifecycle: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html.
type imageLifecycle struct {
	Rules []struct {
		RulePriority int
		Description  string
		Selection    struct {
			TagStatus, CountType, CountUnit string
			TagPrefixList, TagPatternList   []string
			CountNumber                     int
		}
		Action struct{ Type string }
	}
}

func refuseImageLifecycle(c *Call) error {
	text := c.text("policy")
	if text == "" {
		return nil
	}
	refused := func(problem string) error {
		return ecr.refuses("PutLifecyclePolicy", "InvalidParameterException", "Invalid parameter at"+
			" 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: %s'", problem)
	}
	var policy imageLifecycle
	if err := strictly(json.RawMessage(text), &policy); err != nil {
		return refused("Could not map policyString into LifecyclePolicy.")
	}
	if len(policy.Rules) == 0 {
		return refused("at least one rule is required")
	}
	priorities := map[int]bool{}
	for _, rule := range policy.Rules {
		s := rule.Selection
		switch {
		case rule.RulePriority < 1 || priorities[rule.RulePriority]:
			return refused("rulePriority must be unique and at least 1")
		case rule.Action.Type != "expire":
			return refused("action type must be expire")
		case !slices.Contains([]string{"tagged", "untagged", "any"}, s.TagStatus):
			return refused("tagStatus must be tagged, untagged or any")
		case s.TagStatus == "tagged" && len(s.TagPrefixList)+len(s.TagPatternList) == 0:
			return refused("tagPrefixList or tagPatternList is required with tagStatus tagged")
		case s.CountNumber < 1:
			return refused("countNumber must be at least 1")
		case s.CountType == "sinceImagePushed" && s.CountUnit != "days":
			return refused("countUnit days is required with countType sinceImagePushed")
		case s.CountType == "imageCountMoreThan" && s.CountUnit != "":
			return refused("countUnit is not allowed with countType imageCountMoreThan")
		case s.CountType != "sinceImagePushed" && s.CountType != "imageCountMoreThan":
			return refused("countType must be imageCountMoreThan or sinceImagePushed")
		}
		priorities[rule.RulePriority] = true
	}
	return nil
}

// refuseReplication: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html.
func refuseReplication(c *Call) error {
	for _, to := range props.Maps(c.Inputs, "replicationConfiguration.rules[*].destinations[*]") {
		region, registry := Text(to, "region"), Text(to, "registryId")
		switch {
		case region != "" && !KnownRegion(region):
			return ecr.refuses("PutReplicationConfiguration", "InvalidParameterException",
				"Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: 'Invalid region %s'", region)
		case region == c.Region && registry == c.Account:
			return ecr.says("PutReplicationConfiguration", "InvalidParameterException", "Invalid parameter at"+
				" 'replicationConfiguration' failed to satisfy constraint: 'Destination must not be the source registry'")
		}
	}
	return nil
}
