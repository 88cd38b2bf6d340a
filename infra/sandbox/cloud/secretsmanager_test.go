package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSecrets(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		s.make(secret, props{"name": "taken"})
		assert.NoError(s.t, s.delete(s.make(secret, props{"name": "leaving", "recoveryWindowInDays": 30})))
		assert.NoError(s.t, s.delete(s.make(secret, props{"name": "left", "recoveryWindowInDays": 0})))
		s.make(rdsSubnetGroup, props{"name": "acme", "subnetIds": s.subnetIDs(2)})
		master := textAt(s.make(rdsInstance, s.database(props{"parameterGroupName": nil})).Outputs,
			"masterUserSecrets[*].secretArn")
		own := s.make(secret, props{"name": "own"}).ID
		var german string
		s.in(germany, func() {
			german = s.make(kmsReplicaKey, props{"primaryKeyArn": s.key.Text("arn")}).Text("arn")
			s.make(secret, props{"name": "abroad", "replicas": []props{{"region": ireland}}})
		})
		replica := func(region, key string) props {
			return props{"name": "new", "replicas": []props{{"region": region, "kmsKeyId": key}}}
		}
		return []attempt{
			{"new", secret, props{"name": "haven/demo", "kmsKeyId": s.key.Text("arn")}, ""},
			{"taken", secret, props{"name": "taken"},
				"api error ResourceExistsException: The operation failed because the secret taken already exists."},
			{"replicated here", secret, props{"name": "abroad"}, "api error ResourceExistsException"},
			{"scheduled for deletion", secret, props{"name": "leaving"},
				"api error InvalidRequestException: You can't create this secret" +
					" because a secret with this name is already scheduled for deletion."},
			{"deleted at once", secret, props{"name": "left"}, ""},
			{"name", secret, props{"name": "a b"}, "must contain only alphanumeric characters"},
			{"window", secret, props{"name": "a", "recoveryWindowInDays": 3},
				"expected recovery_window_in_days to be in the range (7 - 30), got 3"},
			{"no such key", secret, props{"name": "a", "kmsKeyId": "arn:k"}, "api error EncryptionFailure"},
			{"replica", secret, replica(germany, german), ""},
			{"replica at home", secret, replica(ireland, ""),
				"api error InvalidParameterException: Invalid replica region."},
			{"replica with a key of home", secret, replica(germany, s.key.Text("arn")), "api error EncryptionFailure"},
			{"value", secretVersion, props{"secretId": own, "secretString": "x"}, ""},
			{"no value", secretVersion, props{"secretId": own},
				"You must provide either SecretString or SecretBinary."},
			{"value of nothing", secretVersion, props{"secretId": "arn:s", "secretString": "x"},
				"Secrets Manager can't find the specified secret."},
			{"rotation by RDS", secretRotation, props{"secretId": master,
				"rotationRules": props{"automaticallyAfterDays": 30}}, ""},
			{"rotation by nobody", secretRotation, props{"secretId": own},
				"No Lambda rotation function ARN is associated with this secret."},
			{"rotation of nothing", secretRotation, props{"secretId": "arn:s"},
				"Secrets Manager can't find the specified secret."},
			{"rotation's period", secretRotation, props{"secretId": master,
				"rotationRules": props{"automaticallyAfterDays": 1001}}, "got 1001"},
		}
	})
	s := full(t)
	assert.Regexp(t, `^arn:aws:secretsmanager:eu-west-1:123456789012:secret:haven/a-[A-Za-z0-9]{6}$`,
		s.make(secret, props{"name": "haven/a"}).ID)
	assert.Regexp(t, `^haven/b-[0-9a-f]{26}$`, s.make(secret, props{"namePrefix": "haven/b-"}).Text("name"))
}
