package exposure_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/exposure"
	"haven/policy/graph"
	"haven/policy/graph/graphtest"
)

func TestTheDemoExposesNoSecret(t *testing.T) {
	t.Parallel()
	for _, finding := range exposure.Check(graphtest.Demo(t)) {
		assert.Fail(t, finding.Rule, "%s: %s", finding.URN, finding.Message)
	}
}

const task = "aws:ecs/taskDefinition:TaskDefinition"

func container(environment string) map[string]any {
	return map[string]any{"containerDefinitions": `[{"name":"a","environment":[` + environment + `]}]`}
}

func TestExposed(t *testing.T) {
	t.Parallel()
	key := "base64:" + strings.Repeat("A", 43) + "="
	for name, test := range map[string]struct {
		token      string
		inputs     map[string]any
		rule, says string
	}{
		"a password": {"aws:rds/instance:Instance", map[string]any{"password": "hunter2"}, "exposure/property",
			"its password is in plain text"},
		"a token in a list": {"aws:elasticache/user:User", map[string]any{"passwords": []any{"hunter2"}}, "exposure/property",
			"its passwords[*] is in plain text"},
		"a secret's value": {"aws:secretsmanager/secretVersion:SecretVersion", map[string]any{"secretString": "x"},
			"exposure/property", "its secretString is"},
		"a client's secret": {"aws:cognito/identityProvider:IdentityProvider", map[string]any{"providerDetails": map[string]any{
			"client_secret": "x"}}, "exposure/property", "its providerDetails.client_secret is"},
		"a provider's key": {"pulumi:providers:aws", map[string]any{"secretKey": "x"}, "exposure/property", "its secretKey is"},
		"an access key in a tag": {"aws:s3/bucketV2:BucketV2", map[string]any{"tags": map[string]any{
			"note": "see AKIAIOSFODNN7EXAMPLE"}}, "exposure/value", "its tags.note holds the ID of an access key of AWS"},
		"a private key in user data": {"aws:ec2/instance:Instance", map[string]any{"userData": "-----BEGIN RSA PRIVATE KEY-----\n"},
			"exposure/value", "its userData holds a private key"},
		"an address with a password": {"x:x:X", map[string]any{"url": "mysql://root:hunter2@db.internal:3306/x"}, "exposure/value",
			"its url holds an address with a password in it"},
		"a variable by its name": {task, container(`{"name":"DB_PASSWORD","value":"hunter2"}`), "exposure/environment",
			"its variable DB_PASSWORD is in plain text"},
		"a variable by its value": {task, container(`{"name":"SETTING","value":"` + key + `"}`), "exposure/value",
			"its containerDefinitions holds a key of Laravel"},
		"a variable of a function": {"aws:lambda/function:Function", map[string]any{"environment": map[string]any{
			"variables": map[string]any{"API_KEY": "x"}}}, "exposure/environment", "its variable API_KEY"},
		"a variable of a job at Google": {"gcp:cloudrunv2/job:Job", map[string]any{"template": map[string]any{"containers": []any{
			map[string]any{"envs": []any{map[string]any{"name": "DB_PASSWORD", "value": "x"}}}}}}, "exposure/environment",
			"its variable DB_PASSWORD"},
		"an output": {"pulumi:pulumi:Stack", map[string]any{"tenant": map[string]any{"hook": "https://hooks.slack.com/services/" +
			"T0/B0/abc"}}, "exposure/output", "its tenant.hook holds an address that Slack takes messages at"},
		"a key of age": {"x:x:X", map[string]any{"identity": "AGE-SECRET-KEY-1" + strings.Repeat("Q", 58)}, "exposure/value",
			"its identity holds a private key of age"},
		"a key of Google": {"gcp:serviceaccount/key:Key", map[string]any{"privateKey": "x"}, "exposure/property", "its privateKey"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := graphtest.New("demo", test.token, "it", test.inputs)
			all := exposure.Check(graph.New([]*graph.Resource{r}))
			require.Len(t, all, 1)
			assert.Equal(t, test.rule, all[0].Rule)
			assert.Equal(t, []string{r.URN}, all[0].Witness)
			assert.Contains(t, all[0].Message, test.says)
		})
	}
}

func TestNotExposed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		token  string
		inputs map[string]any
	}{
		"a password that RDS makes": {"aws:rds/instance:Instance", map[string]any{"manageMasterUserPassword": true}},
		"an empty password":         {"aws:rds/instance:Instance", map[string]any{"password": ""}},
		"the ARN of a secret":       {task, container(`{"name":"SECRET_ARN","value":"arn:aws:secretsmanager:eu-west-1:1:secret:x"}`)},
		"the life of a token":       {task, container(`{"name":"TOKEN_LIFETIME","value":"3600"}`)},
		"a secret by its ARN": {task, map[string]any{"containerDefinitions": `[{"secrets":[{"name":"DB_PASSWORD",` +
			`"valueFrom":"arn:aws:secretsmanager:eu-west-1:1:secret:x"}]}]`}},
		"the public key of age":      {task, container(`{"name":"RECIPIENTS","value":"age122af0xkmw9c3qfkhwx064jjzujmpts42s2m0n5"}`)},
		"an address without":         {"x:x:X", map[string]any{"url": "https://user@db.internal:3306/x", "other": "https://a.b:443/c@d"}},
		"a certificate":              {"x:x:X", map[string]any{"pem": "-----BEGIN CERTIFICATE-----"}},
		"a rule about passwords":     {"aws:iam/accountPasswordPolicy:AccountPasswordPolicy", map[string]any{"passwordReusePrevention": 24.0}},
		"an id that begins like one": {"x:x:X", map[string]any{"id": "AKIAfoo"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, exposure.Check(graph.New([]*graph.Resource{graphtest.New("demo", test.token, "it", test.inputs)})))
		})
	}
	for name, v := range map[string]property.Value{
		"a secret":              property.New("hunter2").WithSecret(true),
		"one that is not known": property.New(property.Computed),
	} {
		r := graphtest.New("demo", "aws:rds/instance:Instance", "it", nil)
		r.Inputs = r.Inputs.Set("password", v)
		assert.Empty(t, exposure.Check(graph.New([]*graph.Resource{r})), name)
	}
}

func BenchmarkCheck(b *testing.B) {
	made := graphtest.Demo(b)
	for b.Loop() {
		exposure.Check(made)
	}
}
