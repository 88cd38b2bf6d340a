package exposure

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// Check is every secret in plain text.
func Check(g *graph.Graph) []graph.Finding {
	c := &check{told: map[string]bool{}}
	for _, r := range g.All() {
		c.marked(r)
		for _, name := range slices.Sorted(maps.Keys(r.Inputs.AsMap())) {
			c.look(r, name, r.Inputs.Get(name))
		}
		for _, name := range slices.Sorted(maps.Keys(r.Outputs.AsMap())) {
			if v := r.Outputs.Get(name); !v.Equals(r.Inputs.Get(name)) {
				c.look(r, name, v)
			}
		}
	}
	return c.findings
}

// check is the proof while it is made.
type check struct {
	findings []graph.Finding
	told     map[string]bool
}

func (c *check) find(rule string, r *graph.Resource, path, format string, args ...any) {
	if key := rule + r.URN + path; !c.told[key] {
		c.told[key] = true
		c.findings = append(c.findings, graph.Finding{Rule: rule, URN: r.URN, Message: fmt.Sprintf(format, args...),
			Witness: []string{r.URN}})
	}
}

// secrets are the properties that hold one, by type.
var secrets = map[string][]string{
	"aws:rds/instance:Instance":                         {"password"},
	"aws:rds/cluster:Cluster":                           {"masterPassword"},
	"aws:elasticache/replicationGroup:ReplicationGroup": {"authToken"},
	"aws:elasticache/user:User":                         {"passwords[*]", "authenticationMode.passwords[*]"},
	"aws:secretsmanager/secretVersion:SecretVersion":    {"secretString", "secretBinary"},
	"aws:ssm/parameter:Parameter":                       {"value", "insecureValue"},
	"aws:iam/accessKey:AccessKey":                       {"secret", "sesSmtpPasswordV4"},
	"aws:iam/userLoginProfile:UserLoginProfile":         {"password"},
	"aws:acm/certificate:Certificate":                   {"privateKey"},
	"aws:cognito/userPoolClient:UserPoolClient":         {"clientSecret"},
	"aws:cognito/identityProvider:IdentityProvider":     {"providerDetails.client_secret"},
	"aws:cloudwatch/eventConnection:EventConnection":    {"authParameters.basic.password", "authParameters.apiKey.value"},
	"aws:lb/listenerRule:ListenerRule":                  {"actions[*].authenticateOidc.clientSecret"},
	"aws:lb/listener:Listener":                          {"defaultActions[*].authenticateOidc.clientSecret"},
	"random:index/randomPassword:RandomPassword":        {"result", "bcryptHash"},
	"tls:index/privateKey:PrivateKey":                   {"privateKeyPem", "privateKeyOpenssh"},
	"pulumi:providers:aws":                              {"secretKey", "token"},
	"pulumi:providers:gcp":                              {"credentials", "accessToken"},
	"gcp:sql/user:User":                                 {"password"},
	"gcp:sql/databaseInstance:DatabaseInstance":         {"rootPassword"},
	"gcp:secretmanager/secretVersion:SecretVersion":     {"secretData"},
	"gcp:serviceaccount/key:Key":                        {"privateKey"},
	"gcp:monitoring/notificationChannel:NotificationChannel": {"sensitiveLabels.authToken", "sensitiveLabels.password",
		"sensitiveLabels.serviceKey"},
}

// marked demands that what is known to be a secret is marked as one; what is not known yet may still be.
func (c *check) marked(r *graph.Resource) {
	for _, path := range secrets[r.Type] {
		for _, values := range []property.Map{r.Inputs, r.Outputs} {
			top, _, _ := strings.Cut(strings.ReplaceAll(path, "[", "."), ".")
			if values.Get(top).Secret() {
				continue
			}
			for _, v := range props.At(values, path) {
				if v.IsString() && v.AsString() != "" && !v.Secret() {
					c.find("exposure/property", r, path, "its %s is in plain text in the state and in every export: mark it as a "+
						"secret with pulumi.ToSecret, or have the cloud make it", path)
				}
			}
		}
	}
}

// shape is what a kind of secret looks like. Without the sign there is none.
type shape struct {
	called, sign string
	pattern      *regexp.Regexp
}

// shapes are those by which scanners of repositories tell secrets.
// https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns
var shapes = []shape{
	{"the ID of an access key of AWS", "IA", regexp.MustCompile(`\b(AKIA|ASIA)[A-Z0-9]{16}\b`)},
	{"a private key", "PRIVATE KEY", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)},
	{"a private key of age", "AGE-SECRET-KEY-1", regexp.MustCompile(`AGE-SECRET-KEY-1[A-Z0-9]{20,}`)},
	{"an address with a password in it", "://", regexp.MustCompile(`\b[a-z][a-z0-9+.-]*://[^/\s:@{}$]+:[^/\s@{}$]{3,}@[a-zA-Z0-9.-]+`)},
	{"a key of Google's APIs", "AIza", regexp.MustCompile(`\bAIza[A-Za-z0-9_-]{35}\b`)},
	{"a token of GitHub", "_", regexp.MustCompile(`\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})`)},
	{"an address that Slack takes messages at", "hooks.slack.com", regexp.MustCompile(`hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/\w+`)},
	{"a token of Slack", "xox", regexp.MustCompile(`\bxox[abeprs]-[A-Za-z0-9-]{10,}`)},
	{"a signed token", "eyJ", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`)},
	{"a key of Laravel", "base64:", regexp.MustCompile(`\bbase64:[A-Za-z0-9+/]{43}=`)},
	{"a token of Pulumi", "pul-", regexp.MustCompile(`\bpul-[0-9a-f]{40}\b`)},
}

// look goes through a value and all that is in it, but for what is a secret.
func (c *check) look(r *graph.Resource, path string, v property.Value) {
	switch {
	case v.Secret():
	case v.IsString():
		c.text(r, path, v.AsString())
	case v.IsArray():
		for _, element := range v.AsArray().All {
			c.look(r, path+"[*]", element)
		}
	case v.IsMap():
		inside := v.AsMap()
		if name := props.Text(inside, "name"); secretName(name) && props.Text(inside, "value") != "" && isVariables(path) {
			c.variable(r, name)
		}
		for _, name := range slices.Sorted(maps.Keys(inside.AsMap())) {
			c.look(r, path+"."+name, inside.Get(name))
		}
	}
}

func (c *check) text(r *graph.Resource, path, text string) {
	for _, s := range shapes {
		if strings.Contains(text, s.sign) && s.pattern.MatchString(text) {
			c.find(where(r), r, path, "its %s holds %s in plain text: keep it in Secrets Manager, and name it by its ARN", path,
				s.called)
		}
	}
	if strings.HasSuffix(path, "containerDefinitions") {
		c.containers(r, text)
	}
	if in, name, is := cutLast(path, "."); is && isVariables(in) && secretName(name) && text != "" {
		c.variable(r, name)
	}
}

func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(separator):], true
}

// isVariables says whether a path leads to the variables of a program.
func isVariables(path string) bool {
	return slices.ContainsFunc([]string{"environment.variables", "envs[*]", "env[*]", "environmentVariables"},
		func(end string) bool { return strings.HasSuffix(path, end) })
}

// where is the rule for what is found in a resource: a stack exports it to everyone who may read its state.
func where(r *graph.Resource) string {
	if r.Type == "pulumi:pulumi:Stack" {
		return "exposure/output"
	}
	return "exposure/value"
}

// containers demands that variables which are secrets by their name come from where secrets are kept.
func (c *check) containers(r *graph.Resource, text string) {
	var containers []struct {
		Environment []struct{ Name, Value string }
	}
	if json.Unmarshal([]byte(text), &containers) != nil {
		return
	}
	for _, container := range containers {
		for _, variable := range container.Environment {
			if secretName(variable.Name) && variable.Value != "" {
				c.variable(r, variable.Name)
			}
		}
	}
}

func (c *check) variable(r *graph.Resource, name string) {
	c.find("exposure/environment", r, name, "its variable %s is in plain text for everyone who may describe it: give it by "+
		"secrets and valueFrom", name)
}

var (
	secretWords = regexp.MustCompile(`(?i)(^|_)(password|passwd|pwd|secret|token|credential|credentials|(api|app|access|private|signing|encryption)_?key)(_[0-9]+)?$`)
)

// secretName says whether a variable's name says that its value is a secret.
func secretName(name string) bool { return secretWords.MatchString(name) }
