package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestKeys(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		policy := func(text string) settings { return settings{"policy": text} }
		return []attempt{
			{"default policy", kmsKey, settings{"enableKeyRotation": true}, ""},
			{"own policy", kmsKey, policy(keyPolicy(account, logsMayUse)), ""},
			{"window", kmsKey, settings{"deletionWindowInDays": 6},
				"expected deletion_window_in_days to be in the range (7 - 30), got 6"},
			{"rotation", kmsKey, settings{"rotationPeriodInDays": 30},
				"expected rotation_period_in_days to be in the range (90 - 2560), got 30"},
			{"rotation of a signing key", kmsKey, settings{"enableKeyRotation": true, "customerMasterKeySpec": "RSA_2048"},
				"api error UnsupportedOperationException"},
			{"no JSON", kmsKey, policy("x"),
				"api error MalformedPolicyDocumentException: This policy contains invalid Json"},
			{"no resource", kmsKey, policy(`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*"}]}`),
				"missing or invalid fields"},
			{"another account's", kmsKey, policy(keyPolicy("999999999999", "")),
				"The new key policy will not allow you to update the key policy in the future."},
			{"unknown role", kmsKey, policy(keyPolicy(account,
				`,{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Principal":`+
					`{"AWS":"arn:aws:iam::123456789012:role/x"}}`)),
				"Policy contains a statement with one or more invalid principals."},
			{"alias", kmsAlias, settings{"name": "alias/haven", "targetKeyId": s.key.ID}, ""},
			{"alias by ARN", kmsAlias, settings{"name": "alias/haven", "targetKeyId": s.key.Text("arn")}, ""},
			{"alias of nothing", kmsAlias, settings{"name": "alias/haven", "targetKeyId": "x"},
				"api error NotFoundException: Key 'x' does not exist"},
			{"alias of AWS", kmsAlias, settings{"name": "alias/aws/x", "targetKeyId": s.key.ID}, "reserved for AWS"},
			{"alias without prefix", kmsAlias, settings{"name": "haven", "targetKeyId": s.key.ID},
				"must begin with 'alias/'"},
		}
	})
}

func TestReplicaKeys(t *testing.T) {
	s := full(t)
	single := s.make(kmsKey, settings{})
	_, err := s.try(kmsReplicaKey, settings{"primaryKeyArn": s.key.Text("arn")})
	expect(t, err, "already exists in region eu-west-1.")
	s.in(germany, func() {
		_, err := s.try(kmsReplicaKey, settings{"primaryKeyArn": single.Text("arn")})
		expect(t, err, "api error UnsupportedOperationException: "+single.Text("arn")+" is not a multi-region"+
			" primary key.")
		_, err = s.try(kmsReplicaKey, settings{"primaryKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/x"})
		expect(t, err, "api error NotFoundException")
		replica := s.make(kmsReplicaKey, settings{"primaryKeyArn": s.key.Text("arn")})
		assert.Equal(t, s.key.ID, replica.ID)
		assert.Equal(t, strings.Replace(s.key.Text("arn"), ireland, germany, 1), replica.Text("arn"))
		s.make(kmsAlias, settings{"name": "alias/haven", "targetKeyId": replica.Text("arn")})
		_, err = s.try(kmsReplicaKey, settings{"primaryKeyArn": s.key.Text("arn")})
		expect(t, err, "api error AlreadyExistsException")
	})
	alias := s.make(kmsAlias, settings{"name": "alias/haven", "targetKeyId": s.key.ID})
	assert.Equal(t, s.key.Text("arn"), alias.Text("targetKeyArn"))
	_, err = s.try(kmsAlias, settings{"name": "alias/haven", "targetKeyId": s.key.ID})
	expect(t, err, "api error AlreadyExistsException: An alias with the name alias/haven already exists")
}

func TestKeyIDsAndDeletion(t *testing.T) {
	s := full(t)
	assert.Regexp(t, `^mrk-[0-9a-f]{32}$`, s.key.ID)
	plain := s.make(kmsKey, settings{"deletionWindowInDays": 7})
	assert.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, plain.ID)
	assert.NoError(t, s.delete(plain))
	assert.Equal(t, []Retained{{Type: kmsKey, ID: plain.ID, Name: plain.ID, Region: ireland, Account: account,
		Until: noon.AddDate(0, 0, 7)}}, s.Retained(kmsKey, account, ireland))
}
