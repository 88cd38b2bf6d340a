package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/policy/props"
)

func TestSecrets(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		s.make(secret, settings{"name": "taken"})
		assert.NoError(s.t, s.delete(s.make(secret, settings{"name": "leaving", "recoveryWindowInDays": 30})))
		assert.NoError(s.t, s.delete(s.make(secret, settings{"name": "left", "recoveryWindowInDays": 0})))
		s.make(rdsSubnetGroup, settings{"name": "acme", "subnetIds": s.subnetIDs(2)})
		master := props.Text(s.make(rdsInstance, s.database(settings{"parameterGroupName": nil})).Outputs,
			"masterUserSecrets[*].secretArn")
		own := s.make(secret, settings{"name": "own"}).ID
		var german string
		s.in(germany, func() {
			german = s.make(kmsReplicaKey, settings{"primaryKeyArn": s.key.Text("arn")}).Text("arn")
			s.make(secret, settings{"name": "abroad", "replicas": []settings{{"region": ireland}}})
		})
		replica := func(region, key string) settings {
			return settings{"name": "new", "replicas": []settings{{"region": region, "kmsKeyId": key}}}
		}
		return []attempt{
			{"new", secret, settings{"name": "haven/demo", "kmsKeyId": s.key.Text("arn")}, ""},
			{"taken", secret, settings{"name": "taken"},
				"api error ResourceExistsException: The operation failed because the secret taken already exists."},
			{"replicated here", secret, settings{"name": "abroad"}, "api error ResourceExistsException"},
			{"scheduled for deletion", secret, settings{"name": "leaving"},
				"api error InvalidRequestException: You can't create this secret" +
					" because a secret with this name is already scheduled for deletion."},
			{"deleted at once", secret, settings{"name": "left"}, ""},
			{"name", secret, settings{"name": "a b"}, "must contain only alphanumeric characters"},
			{"window", secret, settings{"name": "a", "recoveryWindowInDays": 3},
				"expected recovery_window_in_days to be in the range (7 - 30), got 3"},
			{"no such key", secret, settings{"name": "a", "kmsKeyId": "arn:k"}, "api error EncryptionFailure"},
			{"replica", secret, replica(germany, german), ""},
			{"replica at home", secret, replica(ireland, ""),
				"api error InvalidParameterException: Invalid replica region."},
			{"replica with a key of home", secret, replica(germany, s.key.Text("arn")), "api error EncryptionFailure"},
			{"value", secretVersion, settings{"secretId": own, "secretString": "x"}, ""},
			{"no value", secretVersion, settings{"secretId": own},
				"You must provide either SecretString or SecretBinary."},
			{"value of nothing", secretVersion, settings{"secretId": "arn:s", "secretString": "x"},
				"Secrets Manager can't find the specified secret."},
			{"rotation by RDS", secretRotation, settings{"secretId": master,
				"rotationRules": settings{"automaticallyAfterDays": 30}}, ""},
			{"rotation by nobody", secretRotation, settings{"secretId": own},
				"No Lambda rotation function ARN is associated with this secret."},
			{"rotation of nothing", secretRotation, settings{"secretId": "arn:s"},
				"Secrets Manager can't find the specified secret."},
			{"rotation's period", secretRotation, settings{"secretId": master,
				"rotationRules": settings{"automaticallyAfterDays": 1001}}, "got 1001"},
		}
	})
	s := full(t)
	assert.Regexp(t, `^arn:aws:secretsmanager:eu-west-1:123456789012:secret:haven/a-[A-Za-z0-9]{6}$`,
		s.make(secret, settings{"name": "haven/a"}).ID)
	assert.Regexp(t, `^haven/b-[0-9a-f]{26}$`, s.make(secret, settings{"namePrefix": "haven/b-"}).Text("name"))
}
