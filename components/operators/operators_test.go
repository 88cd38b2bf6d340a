package operators_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/operators"
	"haven/tests/harness"
)

const (
	roleType       = "aws:iam/role:Role"
	policyType     = "aws:iam/rolePolicy:RolePolicy"
	attachmentType = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"

	person = "arn:aws:iam::123456789012:user/ann"
)

func args() operators.Args {
	return operators.Args{
		Scope:        harness.AccountScope(),
		Account:      "123456789012",
		Principals:   []string{person, "210987654321"},
		Regions:      []string{"eu-west-1", "eu-central-1", "us-east-1"},
		SessionHours: 4,
	}
}

func declare(t *testing.T) *harness.Recorder {
	t.Helper()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		o, err := operators.New(ctx, "operators", args())
		if err != nil {
			return err
		}
		pulumi.All(o.OperatorRoleARN, o.ReadOnlyRoleARN, o.EmergencyRoleARN).ApplyT(func(all []any) error {
			assert.Equal(t, []any{"arn:aws:mock:::operators-operator", "arn:aws:mock:::operators-read-only",
				"arn:aws:mock:::operators-emergency"}, all)
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, r, operators.Type, "operators")
	return r
}

type conditions = map[string]map[string][]string

type statement struct {
	Sid, Effect string
	Principal   map[string][]string
	Action      []string
	Resource    []string
	Condition   conditions
}

// policy is a policy's statements by their Sid.
func policy(t *testing.T, d harness.Declared, property string) map[string]statement {
	t.Helper()
	var document struct{ Statement []statement }
	require.NoError(t, json.Unmarshal([]byte(d.Input(property).(string)), &document))
	statements := map[string]statement{}
	for _, s := range document.Statement {
		statements[s.Sid] = s
	}
	return statements
}

func TestRolesAreTakenOnWithASecondFactor(t *testing.T) {
	t.Parallel()
	r := declare(t)
	assert.Len(t, r.OfType(roleType), 3)
	for part, seconds := range map[string]float64{"read-only": 4 * 3600, "operator": 4 * 3600, "emergency": 3600} {
		role := r.One(t, roleType, "operators-"+part)
		harness.AssertTags(t, role, "operators")
		harness.AssertInputs(t, role, map[string]any{"name": "demo-account-" + part, "maxSessionDuration": seconds})
		want := conditions{
			"Bool":            {"aws:MultiFactorAuthPresent": {"true"}},
			"NumericLessThan": {"aws:MultiFactorAuthAge": {"3600"}},
		}
		if part == "emergency" {
			want["StringEquals"] = map[string][]string{
				"aws:RequestedRegion": {"eu-central-1", "eu-west-1", "us-east-1"}}
		}
		assert.Equal(t, map[string]statement{"WithSecondFactor": {Sid: "WithSecondFactor", Effect: "Allow",
			Principal: map[string][]string{"AWS": {"210987654321", person}}, Action: []string{"sts:AssumeRole"},
			Condition: want}}, policy(t, role, "assumeRolePolicy"), part)
	}
}

func TestNobodyIsAdministrator(t *testing.T) {
	t.Parallel()
	attached := map[string][]string{}
	for _, d := range declare(t).OfType(attachmentType) {
		role := d.Input("role").(string)
		attached[role] = append(attached[role], d.Input("policyArn").(string))
	}
	const own = "arn:aws:iam::aws:policy/"
	assert.Equal(t, map[string][]string{
		"demo-account-read-only": {own + "SecurityAudit", own + "job-function/ViewOnlyAccess"},
		"demo-account-operator":  {own + "AWSSupportAccess", own + "job-function/ViewOnlyAccess"},
		"demo-account-emergency": {own + "PowerUserAccess"},
	}, attached)
}

// TestOperatorsStayInTheirEnvironment: what changes or reads anything names the environment's resources.
func TestOperatorsStayInTheirEnvironment(t *testing.T) {
	t.Parallel()
	r := declare(t)
	assert.Len(t, r.OfType(policyType), 2, "who only looks has no policy of our own")
	statements := policy(t, r.One(t, policyType, "operators-operator-policy"), "policy")
	actions := map[string][]string{}
	for sid, s := range statements {
		assert.Equal(t, "Allow", s.Effect)
		actions[sid] = s.Action
		for _, action := range s.Action {
			assert.NotContains(t, action, "*")
			assert.NotRegexp(t, `^(iam|sts|kms|secretsmanager|ssm|s3):`, action)
		}
		if sid == "StopQueries" {
			continue
		}
		for _, resource := range s.Resource {
			_, name, _ := strings.Cut(resource, ":123456789012:")
			assert.Regexp(t, `^[a-z-]+(/|:|:/haven/)demo-\*$`, name)
		}
	}
	assert.Equal(t, map[string][]string{
		"RestartServices":   {"ecs:StopTask", "ecs:UpdateService"},
		"OpenSessions":      {"ecs:ExecuteCommand"},
		"MaintainDatabases": {"rds:AddTagsToResource", "rds:CreateDBSnapshot", "rds:RebootDBInstance"},
		"MaintainCaches": {"elasticache:CreateSnapshot", "elasticache:RebootCacheCluster",
			"elasticache:TestFailover"},
		"ReadLogs":    {"logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetQueryResults", "logs:StartQuery"},
		"StopQueries": {"logs:StopQuery"},
	}, actions)
}

// TestAnEmergencySilencesNothing: the emergency role's own policy allows nothing and denies what would hide it.
func TestAnEmergencySilencesNothing(t *testing.T) {
	t.Parallel()
	statements := policy(t, declare(t).One(t, policyType, "operators-emergency-policy"), "policy")
	var denied []string
	for _, s := range statements {
		assert.Equal(t, "Deny", s.Effect)
		assert.Empty(t, s.Condition)
		denied = append(denied, s.Action...)
	}
	assert.Subset(t, denied, []string{
		"cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "guardduty:DeleteDetector",
		"securityhub:DisableSecurityHub", "config:StopConfigurationRecorder", "kms:ScheduleKeyDeletion",
		"events:DisableRule", "events:DeleteRule", "sns:DeleteTopic", "sns:Unsubscribe",
	})
	assert.Equal(t, []string{"arn:aws:events:*:123456789012:rule/demo-account-*",
		"arn:aws:sns:*:123456789012:demo-account-*"}, statements["KeepAlarms"].Resource)
	assert.Equal(t, []string{"*"}, statements["KeepSubscriptions"].Resource)
}

func TestEmergencyRoleARN(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "arn:aws:iam::123456789012:role/demo-account-emergency",
		operators.EmergencyRoleARN(harness.AccountScope(), "123456789012"))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, operators.New,
		"operators: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Principals: missing, expected a value\nRegions: missing, expected a value\n"+
			"SessionHours: 0, expected 1 to 12",
		args, map[string]func(*operators.Args){
			"operators: SessionHours: 13, expected 1 to 12": func(a *operators.Args) { a.SessionHours = 13 },
		})
}
