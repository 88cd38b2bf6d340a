package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRoles(t *testing.T) {
	role := func(changes settings) settings {
		return with(settings{"name": "new", "assumeRolePolicy": trust("ecs-tasks.amazonaws.com")}, changes)
	}
	trusting := func(statement string) settings {
		return role(settings{"assumeRolePolicy": `{"Version":"2012-10-17","Statement":[` + statement + `]}`})
	}
	each(t, full, func(s *site) []attempt {
		return []attempt{
			{"new", iamRole, role(nil), ""},
			{"taken", iamRole, role(settings{"name": "runner"}),
				"StatusCode: 409, api error EntityAlreadyExists: Role with name runner already exists."},
			{"long name", iamRole, role(settings{"name": strings.Repeat("a", 65)}),
				"expected length of name to be in the range (1 - 64)"},
			{"name's characters", iamRole, role(settings{"name": "a/b"}), `must match [\w+=,.@-]`},
			{"short session", iamRole, role(settings{"maxSessionDuration": 60}),
				"expected max_session_duration to be in the range (3600 - 43200), got 60"},
			{"no JSON", iamRole, role(settings{"assumeRolePolicy": "{"}),
				"api error MalformedPolicyDocument: This policy contains invalid Json"},
			{"no principal", iamRole, trusting(`{"Effect":"Allow","Action":"sts:AssumeRole"}`),
				"Missing required field Principal"},
			{"with resource", iamRole,
				trusting(`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Resource":"*"}`),
				"Has prohibited field Resource"},
			{"effect", iamRole, trusting(`{"Effect":"allow","Action":"sts:AssumeRole","Principal":"*"}`),
				"Syntax errors in policy."},
			{"unknown element", iamRole, trusting(`{"Effect":"Allow","Actions":"x","Principal":"*"}`),
				"Syntax errors in policy."},
			{"a role that is there", iamRole,
				trusting(`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"` + s.role.Text("arn") +
					`"}}`), ""},
			{"a role that is not", iamRole,
				trusting(`{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::123456789012:role/x"}}`),
				`Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/x"`},
			{"too long", iamRole, trusting(`{"Effect":"Allow","Action":"sts:` + strings.Repeat("A", 2048) +
				`","Principal":"*"}`), "ACLSizePerRole: 2048"},
		}
	})
}

func TestPolicies(t *testing.T) {
	inline := func(policy string) settings { return settings{"role": "runner", "name": "p", "policy": policy} }
	each(t, full, func(s *site) []attempt {
		s.make(iamPolicy, settings{"name": "taken", "policy": identity(`"Action":"s3:GetObject","Resource":"*"`)})
		s.make(iamRolePolicy, with(inline(identity(`"Action":"s3:GetObject","Resource":"arn:`+strings.Repeat("x",
			6000)+`"`)), settings{"name": "large"}))
		return []attempt{
			{"inline", iamRolePolicy, inline(identity(`"Action":"s3:GetObject","Resource":"*"`)), ""},
			{"no such role", iamRolePolicy, settings{"role": "x", "policy": "{}"},
				"StatusCode: 404, api error NoSuchEntity: The role with name x cannot be found."},
			{"principal", iamRolePolicy, inline(identity(`"Action":"s3:GetObject","Resource":"*","Principal":"*"`)),
				"Policy document should not specify a principal."},
			{"no resource", iamRolePolicy, inline(identity(`"Action":"s3:GetObject"`)),
				"Policy statement must contain resources."},
			{"no action", iamRolePolicy, inline(identity(`"Resource":"*"`)), "Policy statement must contain actions."},
			{"action without service", iamRolePolicy, inline(identity(`"Action":"GetObject","Resource":"*"`)),
				"must be prefaced by a vendor"},
			{"resource", iamRolePolicy, inline(identity(`"Action":"s3:GetObject","Resource":"bucket"`)),
				`Resource bucket must be in ARN format or "*".`},
			{"sid", iamRolePolicy, inline(identity(`"Sid":"a b","Action":"s3:GetObject","Resource":"*"`)),
				"Statement IDs (SID) must be alpha-numeric."},
			{"sid twice", iamRolePolicy,
				inline(`{"Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"},` +
					`{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`),
				"Statement IDs (SID) in a single policy must be unique."},
			{"too much in all", iamRolePolicy, inline(identity(`"Action":"s3:GetObject","Resource":"arn:` +
				strings.Repeat("x", 6000) + `"`)),
				"Maximum policy size of 10240 bytes exceeded for role runner"},
			{"managed", iamPolicy, settings{"name": "p", "policy": identity(`"Action":"s3:GetObject","Resource":"*"`)},
				""},
			{"managed taken", iamPolicy, settings{"name": "taken",
				"policy": identity(`"Action":"s3:GetObject","Resource":"*"`)},
				"A policy called taken already exists. Duplicate names are not allowed."},
			{"managed too long", iamPolicy, settings{"name": "p",
				"policy": identity(`"Action":"s3:` + strings.Repeat("x", 6144) + `","Resource":"*"`)},
				"PolicySize: 6144"},
			{"AWS's own attached", iamRolePolicyAttachment, settings{"role": "runner",
				"policyArn": "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"}, ""},
			{"none attached", iamRolePolicyAttachment, settings{"role": "runner",
				"policyArn": "arn:aws:iam::123456789012:policy/x"},
				"Policy arn:aws:iam::123456789012:policy/x does not exist or is not attachable."},
		}
	})
}

func TestRoleDeletion(t *testing.T) {
	s := full(t)
	inline := s.make(iamRolePolicy, settings{"role": "runner", "name": "p",
		"policy": identity(`"Action":"s3:GetObject","Resource":"*"`)})
	policy := s.make(iamPolicy, settings{"name": "p", "policy": identity(`"Action":"s3:GetObject","Resource":"*"`)})
	attached := s.make(iamRolePolicyAttachment, settings{"role": "runner", "policyArn": policy.ID})
	assert.Equal(t, "runner:p", inline.ID)
	assert.Equal(t, "arn:aws:iam::123456789012:policy/p", policy.ID)
	expect(t, s.delete(policy), "api error DeleteConflict: Cannot delete a policy attached to entities.")
	expect(t, s.delete(s.role), "api error DeleteConflict: Cannot delete entity, must detach all policies first.")
	assert.NoError(t, s.delete(attached))
	expect(t, s.delete(s.role), "api error DeleteConflict: Cannot delete entity, must delete policies first.")
	assert.NoError(t, s.delete(inline))
	assert.NoError(t, s.delete(s.role))
}
