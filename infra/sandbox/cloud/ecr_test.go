package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRepositories(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		s.make(ecrRepository, settings{"name": "taken"})
		encrypted := func(kind, key string) settings {
			return settings{"name": "new", "encryptionConfigurations": []settings{{"encryptionType": kind, "kmsKey": key}}}
		}
		policy := func(more string) settings {
			return settings{"repository": "taken", "policy": `{"Version":"2012-10-17","Statement":[` +
				`{"Effect":"Deny","Principal":"*","Action":"ecr:*"` + more + `}]}`}
		}
		lifecycle := func(priority, selection string) settings {
			return settings{"repository": "taken", "policy": `{"rules":[{"rulePriority":` + priority +
				`,"selection":{` + selection + `},"action":{"type":"expire"}}]}`}
		}
		replicate := func(region string) settings {
			return settings{"replicationConfiguration": settings{"rules": []settings{{
				"destinations": []settings{{"region": region, "registryId": account}}}}}}
		}
		const untagged = `"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":14`
		return []attempt{
			{"encrypted", ecrRepository, encrypted("KMS", s.key.Text("arn")), ""},
			{"taken", ecrRepository, settings{"name": "taken"}, "api error RepositoryAlreadyExistsException"},
			{"name", ecrRepository, settings{"name": "Upper"}, "Invalid parameter at 'repositoryName'"},
			{"no such key", ecrRepository, encrypted("KMS", "arn:aws:kms:eu-west-1:123456789012:key/x"),
				"api error KmsException: Failed to describe KMS key with id"},
			{"a key for AES256", ecrRepository, encrypted("AES256", s.key.Text("arn")),
				"kmsKey is only allowed with encryption type KMS"},
			{"policy", ecrRepositoryPolicy, policy(""), ""},
			{"policy that names a resource", ecrRepositoryPolicy, policy(`,"Resource":"*"`),
				"Invalid repository policy provided"},
			{"policy of nothing", ecrRepositoryPolicy, with(policy(""), settings{"repository": "none"}),
				"api error RepositoryNotFoundException: The repository with name 'none' does not exist in the registry"},
			{"lifecycle", ecrLifecyclePolicy, lifecycle("1", untagged), ""},
			{"lifecycle by number", ecrLifecyclePolicy,
				lifecycle("1", `"tagStatus":"any","countType":"imageCountMoreThan","countNumber":9`), ""},
			{"lifecycle's key", ecrLifecyclePolicy, lifecycle("1", untagged+`,"count":1`),
				"Could not map policyString into LifecyclePolicy."},
			{"lifecycle's priority", ecrLifecyclePolicy, lifecycle("0", untagged), "rulePriority must be unique"},
			{"lifecycle's tags", ecrLifecyclePolicy,
				lifecycle("1", `"tagStatus":"tagged","countType":"imageCountMoreThan","countNumber":9`),
				"tagPrefixList or tagPatternList is required with tagStatus tagged"},
			{"lifecycle's unit", ecrLifecyclePolicy,
				lifecycle("1", `"tagStatus":"any","countType":"sinceImagePushed","countNumber":9`), "countUnit days is required"},
			{"lifecycle without rules", ecrLifecyclePolicy, settings{"repository": "taken", "policy": `{"rules":[]}`},
				"at least one rule is required"},
			{"lifecycle of nothing", ecrLifecyclePolicy, with(lifecycle("1", untagged), settings{"repository": "none"}),
				"api error RepositoryNotFoundException"},
			{"replication", ecrReplicationConfiguration, replicate(germany), ""},
			{"replication to itself", ecrReplicationConfiguration, replicate(ireland),
				"Destination must not be the source registry"},
			{"replication to nowhere", ecrReplicationConfiguration, replicate("eu-nowhere-1"),
				"Invalid region eu-nowhere-1"},
		}
	})
	made := full(t).make(ecrRepository, settings{"name": "demo-cell-application"})
	assert.Equal(t, "demo-cell-application", made.ID)
	assert.Equal(t, "arn:aws:ecr:eu-west-1:123456789012:repository/demo-cell-application", made.Text("arn"))
	assert.Equal(t, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/demo-cell-application", made.Text("repositoryUrl"))
}
