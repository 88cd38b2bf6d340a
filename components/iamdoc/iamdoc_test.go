package iamdoc_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/components/iamdoc"
)

func TestRenderings(t *testing.T) {
	t.Parallel()
	read := iamdoc.Statement{Sid: "Read", Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::b/*"}}
	plain := iamdoc.DenyPlainTransport("s3", "arn:aws:s3:::b", "arn:aws:s3:::b/*")
	tests := []struct {
		name   string
		render func() (string, error)
		want   string
	}{
		{"identity", iamdoc.Document{Statements: []iamdoc.Statement{read}}.Identity,
			`{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject"],` +
				`"Resource":["arn:aws:s3:::b/*"]}]}`},
		{"trust", iamdoc.TrustService("ecs-tasks.amazonaws.com", "123456789012").Trust,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
				`"Principal":{"Service":["ecs-tasks.amazonaws.com"]},"Action":["sts:AssumeRole"],` +
				`"Condition":{"StringEquals":{"aws:SourceAccount":["123456789012"]}}}]}`},
		{"trust of sources",
			iamdoc.TrustService("rds.amazonaws.com", "123456789012", "arn:aws:rds:*:123456789012:db:*").Trust,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["rds.amazonaws.com"]},` +
				`"Action":["sts:AssumeRole"],"Condition":{"ArnLike":{"aws:SourceArn":["arn:aws:rds:*:123456789012:db:*"]},` +
				`"StringEquals":{"aws:SourceAccount":["123456789012"]}}}]}`},
		{"resource", iamdoc.Document{Statements: []iamdoc.Statement{plain}}.Resource,
			`{"Version":"2012-10-17","Statement":[{"Sid":"DenyPlainTransport","Effect":"Deny","Principal":"*","Action":["s3:*"],` +
				`"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"Bool":{"aws:SecureTransport":["false"]}}}]}`},
		{"repository", iamdoc.Document{Statements: []iamdoc.Statement{iamdoc.DenyPlainTransport("ecr")}}.Repository,
			`{"Version":"2012-10-17","Statement":[{"Sid":"DenyPlainTransport","Effect":"Deny","Principal":"*",` +
				`"Action":["ecr:*"],"Condition":{"Bool":{"aws:SecureTransport":["false"]}}}]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := test.render()
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	identity, trust, resource := iamdoc.Document.Identity, iamdoc.Document.Trust, iamdoc.Document.Resource
	actions, all := []string{"s3:GetObject"}, []string{"*"}
	service := iamdoc.Principals{Services: []string{"ecs.amazonaws.com"}}
	valid := iamdoc.Statement{Actions: actions, Resources: all}
	tests := []struct {
		name      string
		render    func(iamdoc.Document) (string, error)
		statement iamdoc.Statement
		want      string
	}{
		{"empty", identity, iamdoc.Statement{}, "identity policy: statement 1: no action, expected at least one\n" +
			"identity policy: statement 1: no resource, expected at least one"},
		{"bad sid", identity, iamdoc.Statement{Sid: "a b", Actions: actions, Resources: all},
			`identity policy: statement 1 (a b): sid "a b", expected letters and digits only`},
		{"bad effect", identity, iamdoc.Statement{Effect: "allow", Actions: actions, Resources: all},
			`identity policy: statement 1: effect "allow", expected Allow or Deny`},
		{"both actions", identity,
			iamdoc.Statement{Effect: iamdoc.Deny, Actions: actions, NotActions: actions, Resources: all},
			"identity policy: statement 1: both actions and not-actions, expected one of them"},
		{"allow not-actions", identity, iamdoc.Statement{NotActions: actions, Resources: all},
			"identity policy: statement 1: allows everything but its not-actions, expected the actions to allow"},
		{"bad action", identity, iamdoc.Statement{Actions: []string{"GetObject"}, Resources: all},
			`identity policy: statement 1: action "GetObject", expected "service:Action" or "*"`},
		{"bad resource", identity, iamdoc.Statement{Actions: actions, Resources: []string{"bucket"}},
			`identity policy: statement 1: resource "bucket", expected an ARN or "*"`},
		{"principal in identity", identity, iamdoc.Statement{Principals: service, Actions: actions, Resources: all},
			"identity policy: statement 1: names principals, which an identity policy cannot"},
		{"no principal", resource, valid, "resource policy: statement 1: no principal, expected at least one"},
		{"anyone", resource, iamdoc.Statement{Principals: iamdoc.Principals{Anyone: true}, Actions: actions, Resources: all},
			"resource policy: statement 1: allows anyone, expected a condition that limits it"},
		{"anyone and more", resource, iamdoc.Statement{Effect: iamdoc.Deny,
			Principals: iamdoc.Principals{Anyone: true, AWS: []string{"123456789012"}}, Actions: actions, Resources: all},
			"resource policy: statement 1: names principals beside anyone, expected one of the two"},
		{"bad principals", resource, iamdoc.Statement{Actions: actions, Resources: all,
			Principals: iamdoc.Principals{AWS: all, Services: []string{"ecs"}, Federated: all}},
			`resource policy: statement 1: AWS principal "*", expected an account number or an IAM ARN` + "\n" +
				`resource policy: statement 1: service principal "ecs", expected "<service>.amazonaws.com"` + "\n" +
				`resource policy: statement 1: federated principal "*", expected an identity provider`},
		{"resource in trust", trust,
			iamdoc.Statement{Principals: service, Actions: []string{"sts:AssumeRole"}, Resources: all},
			"trust policy: statement 1: names resources, which a trust policy cannot"},
		{"resource in repository", iamdoc.Document.Repository,
			iamdoc.Statement{Principals: service, Actions: []string{"ecr:*"}, Resources: all},
			"repository policy: statement 1: names resources, which a repository policy cannot"},
		{"action in trust", trust, iamdoc.Statement{Principals: service, Actions: actions},
			`trust policy: statement 1: action "s3:GetObject", expected one of sts in a trust policy`},
		{"bad conditions", identity, iamdoc.Statement{Actions: actions, Resources: all, Conditions: iamdoc.Conditions{
			"Equals": {}, iamdoc.StringEquals: {"SourceAccount": {}, "aws:SourceAccount": {""}}}},
			`identity policy: statement 1: condition operator "Equals", expected one of IAM's` + "\n" +
				"identity policy: statement 1: condition Equals has no key, expected at least one\n" +
				`identity policy: statement 1: condition key "SourceAccount", expected "service:key"` + "\n" +
				"identity policy: statement 1: condition StringEquals SourceAccount, expected values that are not empty\n" +
				"identity policy: statement 1: condition StringEquals aws:SourceAccount, expected values that are not empty"},
		{"too long", trust, iamdoc.Statement{Actions: []string{"sts:AssumeRole"},
			Principals: iamdoc.Principals{Federated: []string{strings.Repeat("x", 2048)}}},
			"trust policy: 2164 characters, expected at most 2048; name fewer values, or use wildcards"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := test.render(iamdoc.Document{Statements: []iamdoc.Statement{test.statement}})
			assert.EqualError(t, err, test.want)
		})
	}
}

func TestRefusalsOfDocuments(t *testing.T) {
	t.Parallel()
	_, err := iamdoc.Document{}.Identity()
	assert.EqualError(t, err, "identity policy: no statement, expected at least one")

	twice := iamdoc.Statement{Sid: "Same", Actions: []string{"s3:GetObject"}, Resources: []string{"*"}}
	_, err = iamdoc.Document{Statements: []iamdoc.Statement{twice, twice}}.Identity()
	assert.EqualError(t, err,
		"identity policy: statement 2 (Same): sid is that of statement 1 too, expected a unique one")
}

// TestOperators keeps the operators that AWS documents accepted.
func TestOperators(t *testing.T) {
	t.Parallel()
	for _, operator := range []iamdoc.Operator{"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase",
		"StringNotLike", "NumericLessThanEquals", "DateGreaterThan", "Bool", "BoolIfExists", "BinaryEquals",
		"NotIpAddress", "ArnNotLike", "Null", "ForAnyValue:StringLike", "ForAllValues:StringEqualsIfExists"} {
		statement := iamdoc.Statement{Actions: []string{"s3:GetObject"}, Resources: []string{"*"},
			Conditions: iamdoc.Conditions{operator: {"aws:x": {"y"}}}}
		_, err := iamdoc.Document{Statements: []iamdoc.Statement{statement}}.Identity()
		assert.NoError(t, err)
	}
}

// parsed is a document as any reader of AWS's grammar sees it.
type parsed struct {
	Version   string
	Statement []struct {
		Sid, Effect                 string
		Principal                   map[string][]string
		Action, NotAction, Resource []string
		Condition                   map[string]map[string][]string
	}
}

// TestParsesBack: whatever is valid renders as JSON that says the same.
func TestParsesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		document := documents().Draw(t, "document")
		text, err := document.Resource()
		require.NoError(t, err)

		var got parsed
		require.NoError(t, json.Unmarshal([]byte(text), &got))
		assert.Equal(t, "2012-10-17", got.Version)
		require.Len(t, got.Statement, len(document.Statements))
		for i, want := range document.Statements {
			s := got.Statement[i]
			assert.Equal(t, want.Sid, s.Sid)
			assert.Contains(t, []string{string(want.Effect), "Allow"}, s.Effect)
			assert.Subset(t, s.Action, want.Actions)
			assert.Subset(t, want.Actions, s.Action)
			assert.Subset(t, s.Resource, want.Resources)
			assert.Equal(t, want.Principals.Services, s.Principal["Service"])
			for operator, keys := range want.Conditions {
				for key, values := range keys {
					assert.Subset(t, s.Condition[string(operator)][key], values)
				}
			}
		}
	})
}

// TestOrderNeverShows: a document renders alike however its values are ordered or repeated.
func TestOrderNeverShows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		document := documents().Draw(t, "document")
		want, err := document.Resource()
		require.NoError(t, err)
		for i := range document.Statements {
			s := &document.Statements[i]
			s.Actions = append(rapid.Permutation(s.Actions).Draw(t, "actions"), s.Actions[0])
			s.Resources = rapid.Permutation(s.Resources).Draw(t, "resources")
		}
		got, err := document.Resource()
		require.NoError(t, err)
		assert.Equal(t, want, got)
	})
}

func documents() *rapid.Generator[iamdoc.Document] {
	return rapid.Custom(func(t *rapid.T) iamdoc.Document {
		var d iamdoc.Document
		for i := range rapid.IntRange(1, 4).Draw(t, "statements") {
			s := statements().Draw(t, "statement")
			s.Sid = fmt.Sprintf("%s%d", s.Sid, i)
			d.Statements = append(d.Statements, s)
		}
		return d
	})
}

func statements() *rapid.Generator[iamdoc.Statement] {
	return rapid.Custom(func(t *rapid.T) iamdoc.Statement {
		list := func(name, pattern string) []string {
			return rapid.SliceOfN(rapid.StringMatching(pattern), 1, 5).Draw(t, name)
		}
		service := rapid.StringMatching(`[a-z]{2,9}\.amazonaws\.com`).Draw(t, "service")
		s := iamdoc.Statement{
			Sid:        rapid.StringMatching(`[A-Za-z]{1,8}`).Draw(t, "sid"),
			Effect:     rapid.SampledFrom([]iamdoc.Effect{"", iamdoc.Allow, iamdoc.Deny}).Draw(t, "effect"),
			Principals: iamdoc.Principals{Services: []string{service}},
			Actions:    list("actions", `[a-z]{2,6}:[A-Z][A-Za-z]{2,9}\*?`),
			Resources:  list("resources", `arn:aws:s3:::[a-z<>&"]{3,9}/\*`),
		}
		if rapid.Bool().Draw(t, "conditional") {
			s.Conditions = iamdoc.Conditions{iamdoc.StringLike: {"aws:SourceArn": list("values", `[a-z*?]{1,9}`)}}
		}
		slices.Sort(s.Actions)
		return s
	})
}
