package access_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/policy/access"
)

const (
	own      = "123456789012"
	other    = "210987654321"
	roleARN  = "arn:aws:iam::123456789012:role/demo-acme-dump"
	object   = "arn:aws:s3:::backup/tenants/acme/dumps/x"
	root     = "arn:aws:iam::123456789012:root"
	readAll  = `{"Statement":{"Sid":"Read","Effect":"Allow","Action":"s3:Get*","Resource":"*"}}`
	plainTLS = `{"Sid":"DenyPlain","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",` +
		`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
)

func parse(t require.TestingT, name, text string) []access.Document {
	if text == "" {
		return nil
	}
	document, err := access.Parse(name, text)
	require.NoError(t, err)
	return []access.Document{document}
}

func allow(rest string) string { return `{"Statement":[{"Effect":"Allow",` + rest + `}]}` }

func deny(rest string) string { return `{"Statement":[{"Effect":"Deny",` + rest + `}]}` }

// TestDecisions is about one role that wants to read one object.
func TestDecisions(t *testing.T) {
	t.Parallel()
	const get, its = `"Action":"s3:GetObject"`, `"Resource":"` + object + `"`
	toRole := `"Principal":{"AWS":"` + roleARN + `"},` + get + `,` + its
	toAccount := `"Principal":{"AWS":["` + root + `"]},` + get + `,` + its
	tests := []struct {
		name                         string
		identity, boundary, resource string
		account                      string
		sovereign                    bool
		context                      access.Context
		want                         bool
		why                          string
	}{
		{name: "nothing allows", why: "no policy of the principal allows s3:GetObject on " + object + " to " + roleARN},
		{name: "own policy", identity: readAll, want: true, why: "allowed by statement 1 (Read) of identity"},
		{name: "another action", identity: allow(`"Action":["s3:PutObject"],"Resource":"*"`),
			why: "no policy of the principal allows s3:GetObject on " + object + " to " + roleARN},
		{name: "action in another case", identity: allow(`"Action":"S3:getobject",` + its), want: true,
			why: "allowed by statement 1 of identity"},
		{name: "another resource", identity: allow(get + `,"Resource":"arn:aws:s3:::backup/tenants/globex/*"`),
			why: "no policy of the principal allows s3:GetObject on " + object + " to " + roleARN},
		{name: "one character", identity: allow(get + `,"Resource":"arn:aws:s3:::backup/tenants/acm?/*"`), want: true,
			why: "allowed by statement 1 of identity"},
		{name: "all but another action", identity: allow(`"NotAction":"s3:Put*","Resource":"*"`), want: true,
			why: "allowed by statement 1 of identity"},
		{name: "all but this resource", identity: allow(get + `,"NotResource":"arn:aws:s3:::backup/*"`),
			why: "no policy of the principal allows s3:GetObject on " + object + " to " + roleARN},
		{name: "bucket names the role", resource: allow(toRole), want: true, why: "allowed by statement 1 of resource"},
		{name: "bucket names the account", resource: allow(toAccount),
			why: "no policy of the principal allows s3:GetObject on " + object + " to " + roleARN},
		{name: "bucket denies", identity: readAll, resource: deny(`"Principal":"*","Action":"s3:*","Resource":"*"`),
			why: "denied by statement 1 of resource"},
		{name: "bucket denies the account", identity: readAll, resource: deny(toAccount),
			why: "denied by statement 1 of resource"},
		{name: "bucket denies plain transport", identity: readAll, resource: `{"Statement":[` + plainTLS + `]}`, want: true,
			why: "allowed by statement 1 (Read) of identity"},
		{name: "over plain transport", identity: readAll, resource: `{"Statement":[` + plainTLS + `]}`,
			context: access.Context{"aws:securetransport": {"false"}}, why: "denied by statement 1 (DenyPlain) of resource"},
		{name: "own policy denies", identity: `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},` +
			`{"Sid":"No","Effect":"Deny","Action":"s3:*","Resource":"*"}]}`, why: "denied by statement 2 (No) of identity"},
		{name: "boundary", identity: readAll, boundary: allow(`"Action":"kms:*","Resource":"*"`),
			why: "boundary does not allow s3:GetObject on " + object + " to " + roleARN},
		{name: "denied to all but another", identity: readAll,
			resource: deny(`"NotPrincipal":{"AWS":"arn:aws:iam::123456789012:role/other"},` + get + `,` + its),
			why:      "denied by statement 1 of resource"},
		{name: "denied to all but it", identity: readAll,
			resource: deny(`"NotPrincipal":{"AWS":"` + roleARN + `"},` + get + `,` + its), want: true,
			why: "allowed by statement 1 (Read) of identity"},
		{name: "abroad, own policy alone", identity: readAll, account: other,
			why: "the resource has no policy, which does not allow s3:GetObject on " + object + " to " + roleARN},
		{name: "abroad, bucket alone", resource: allow(toRole), account: other,
			why: "no policy of the principal allows s3:GetObject on " + object + " to " + roleARN},
		{name: "abroad, both", identity: readAll, resource: allow(toRole), account: other, want: true,
			why: "allowed by statement 1 of resource"},
		{name: "abroad, both by account", identity: readAll, resource: allow(toAccount), account: other, want: true,
			why: "allowed by statement 1 of resource"},
		{name: "key, own policy alone", identity: readAll,
			resource:  allow(`"Principal":{"Service":"a.amazonaws.com"},` + get + `,` + its),
			sovereign: true, why: "resource does not allow s3:GetObject on " + object + " to " + roleARN},
		{name: "key, by account", identity: readAll, resource: allow(toAccount), sovereign: true, want: true,
			why: "allowed by statement 1 of resource"},
		{name: "key, account alone", resource: allow(toAccount), sovereign: true,
			why: "no policy of the principal allows s3:GetObject on " + object + " to " + roleARN},
		{name: "key, by role", resource: allow(toRole), sovereign: true, want: true,
			why: "allowed by statement 1 of resource"},
		{name: "unknown key", identity: allow(get + `,` + its +
			`,"Condition":{"StringEquals":{"s3:x":"y","aws:SourceVpce":["v"]}}`),
			why: "no policy of the principal allows s3:GetObject on " + object + " to " + roleARN +
				"; not known: aws:SourceVpce, s3:x"},
		{name: "unknown key never grants by being other", identity: allow(get + `,` + its +
			`,"Condition":{"StringNotEquals":{"s3:x":"y"}}`),
			why: "no policy of the principal allows s3:GetObject on " + object + " to " + roleARN + "; not known: s3:x"},
		{name: "unknown key denies by being other", identity: readAll,
			resource: deny(`"Principal":"*",` + get + `,` + its + `,"Condition":{"StringNotEquals":{"aws:SourceVpce":"v"}}`),
			why:      "denied by statement 1 of resource; not known: aws:SourceVpce"},
		{name: "variable", identity: allow(get + `,"Resource":"arn:aws:s3:::backup/tenants/${aws:PrincipalTag/tenant}/*"`),
			context: access.Context{"aws:PrincipalTag/tenant": {"acme"}}, want: true, why: "allowed by statement 1 of identity"},
		{name: "variable is no pattern", identity: allow(get +
			`,"Resource":"arn:aws:s3:::backup/tenants/${aws:PrincipalTag/tenant}/*"`),
			context: access.Context{"aws:PrincipalTag/tenant": {"*"}},
			why:     "no policy of the principal allows s3:GetObject on " + object + " to " + roleARN},
		{name: "variable not known", identity: allow(get + `,"NotResource":"arn:aws:s3:::${aws:PrincipalTag/tenant}"`),
			why: "no policy of the principal allows s3:GetObject on " + object + " to " + roleARN},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := access.Decide(
				access.Request{Principal: access.Role(roleARN), Action: "s3:GetObject", Resource: object,
					Account: test.account, Context: test.context},
				access.Policies{Identity: parse(t, "identity", test.identity), Boundaries: parse(t, "boundary", test.boundary),
					Resource: parse(t, "resource", test.resource), Sovereign: test.sovereign})
			assert.Equal(t, test.want, got.Allowed)
			assert.Equal(t, test.why, got.Why)
		})
	}
}

func TestServicesAndFederated(t *testing.T) {
	t.Parallel()
	trust := `{"Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole",` +
		`"Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}},` +
		`{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity",` +
		`"Condition":{"StringEquals":{"accounts.google.com:sub":"117"}}}]}`
	google := access.Principal{Kind: access.Federated, ID: "accounts.google.com"}
	for _, test := range []struct {
		name    string
		who     access.Principal
		action  string
		context access.Context
		want    bool
	}{
		{"service", access.ServiceOf("backup.amazonaws.com"), "sts:AssumeRole",
			access.Context{"aws:SourceAccount": {own}}, true},
		{"of another account", access.ServiceOf("backup.amazonaws.com"), "sts:AssumeRole",
			access.Context{"aws:SourceAccount": {other}}, false},
		{"another service", access.ServiceOf("s3.amazonaws.com"), "sts:AssumeRole",
			access.Context{"aws:SourceAccount": {own}}, false},
		{"role", access.Role(roleARN), "sts:AssumeRole", access.Context{"aws:SourceAccount": {own}}, false},
		{"subject", google, "sts:AssumeRoleWithWebIdentity", access.Context{"accounts.google.com:sub": {"117"}}, true},
		{"another subject", google, "sts:AssumeRoleWithWebIdentity",
			access.Context{"accounts.google.com:sub": {"118"}}, false},
	} {
		got := access.Decide(access.Request{Principal: test.who, Action: test.action, Resource: roleARN, Account: own,
			Context: test.context}, access.Policies{Resource: parse(t, "trust", trust), Sovereign: true})
		assert.Equal(t, test.want, got.Allowed, "%s: %s", test.name, got.Why)
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	const key = "aws:x"
	for _, test := range []struct {
		operator, wanted string
		values           []string
		want             bool
	}{
		{"StringEquals", `"a"`, []string{"a"}, true},
		{"StringEquals", `"a*"`, []string{"ab"}, false},
		{"StringEquals", `["b","a"]`, []string{"a"}, true},
		{"StringEquals", `"a"`, nil, false},
		{"StringEqualsIfExists", `"a"`, nil, true},
		{"StringEqualsIfExists", `"a"`, []string{"b"}, false},
		{"StringNotEquals", `["a","b"]`, []string{"b"}, false},
		{"StringNotEquals", `["a","b"]`, []string{"c"}, true},
		{"StringNotEquals", `"a"`, nil, true},
		{"StringEqualsIgnoreCase", `"A"`, []string{"a"}, true},
		{"StringNotEqualsIgnoreCase", `"A"`, []string{"a"}, false},
		{"StringLike", `"a*c?"`, []string{"abbbcd"}, true},
		{"StringLike", `"a*c?"`, []string{"abbbc"}, false},
		{"StringNotLike", `"a*"`, []string{"b"}, true},
		{"ArnLike", `"arn:aws:iam::*:role/x-*"`, []string{"arn:aws:iam::1:role/x-y"}, true},
		{"ArnLike", `"arn:aws:*:role/x"`, []string{"arn:aws:iam::1:role/x"}, false},
		{"ArnLike", `"*"`, []string{"arn:aws:iam::1:role/x"}, true},
		{"ArnEquals", `"arn:aws:iam::1:role/x"`, []string{"no arn"}, false},
		{"ArnNotLike", `"arn:aws:iam::*:role/x"`, []string{"arn:aws:iam::1:role/y"}, true},
		{"Bool", `true`, []string{"true"}, true},
		{"Bool", `"false"`, []string{"true"}, false},
		{"BoolIfExists", `"false"`, nil, true},
		{"Null", `"true"`, nil, true},
		{"Null", `"true"`, []string{"a"}, false},
		{"Null", `false`, []string{"a"}, true},
		{"NumericLessThan", `1.3`, []string{"1.2"}, true},
		{"NumericLessThan", `1.3`, []string{"1.3"}, false},
		{"NumericGreaterThanEquals", `"35"`, []string{"35"}, true},
		{"NumericNotEquals", `35`, []string{"36"}, true},
		{"NumericEquals", `35`, []string{"many"}, false},
		{"DateGreaterThan", `"2026-11-20T00:00:00Z"`, []string{"2026-11-21"}, true},
		{"DateLessThanEquals", `"0"`, []string{"2026-11-21"}, false},
		{"DateEquals", `"60"`, []string{"1970-01-01T00:01:00Z"}, true},
		{"IpAddress", `"10.0.0.0/8"`, []string{"10.1.2.3"}, true},
		{"IpAddress", `"10.1.2.3"`, []string{"10.1.2.3"}, true},
		{"IpAddress", `"10.0.0.0/8"`, []string{"here"}, false},
		{"NotIpAddress", `"10.0.0.0/8"`, []string{"11.1.2.3"}, true},
		{"BinaryEquals", `"QQ=="`, []string{"QQ=="}, true},
		{"ForAllValues:StringEquals", `["a","b"]`, []string{"a", "b"}, true},
		{"ForAllValues:StringEquals", `["a","b"]`, []string{"a", "c"}, false},
		{"ForAllValues:StringEquals", `"a"`, nil, true},
		{"ForAnyValue:StringLike", `"a*"`, []string{"b", "ac"}, true},
		{"ForAnyValue:StringLike", `"a*"`, nil, false},
		{"ForAnyValue:StringNotEquals", `"a"`, []string{"a", "b"}, true},
		{"StringEquals", `"${*}${aws:PrincipalAccount}"`, []string{"*" + own}, true},
		{"StringLike", `"${aws:none, 'n'}?"`, []string{"na"}, true},
	} {
		policy := allow(`"Action":"*","Resource":"*","Condition":{"` + test.operator + `":{"` + key + `":` +
			test.wanted + `}}`)
		got := access.Decide(access.Request{Principal: access.Role(roleARN), Action: "s3:GetObject", Resource: object,
			Context: access.Context{key: test.values, "aws:none": nil}}, access.Policies{Identity: parse(t, "identity",
			policy)})
		assert.Equal(t, test.want, got.Allowed, "%s %s of %q", test.operator, test.wanted, test.values)
	}
}

func TestWrongDocuments(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":               "policy: no policy document: unexpected end of JSON input",
		`{}`:             "policy: no statement, expected at least one",
		allow(`"a":"b"`): "statement 1 of policy: expected one of Action and NotAction",

		`{"Statement":[{"Sid":"A","Effect":"Maybe","Action":"*"}]}`: `statement 1 (A) of policy: effect "Maybe", ` +
			`expected "Allow" or "Deny"`,
		allow(`"Action":"*","Resource":"*","NotResource":"*"`): "statement 1 of policy: both Resource and NotResource, " +
			"expected one of them",
		allow(`"Action":"*","Principal":"*","NotPrincipal":"*"`): "statement 1 of policy: both Principal and " +
			"NotPrincipal, expected one of them",
		allow(`"Action":"*","Condition":{"Equals":{"a":"b"}}`): `statement 1 of policy: condition operator "Equals", ` +
			"expected one of IAM's",
		allow(`"Action":"*","Condition":{"NullIfExists":{"a":"true"}}`): "statement 1 of policy: condition operator " +
			`"NullIfExists", expected one of IAM's`,
	} {
		_, err := access.Parse("policy", text)
		assert.EqualError(t, err, want)
	}
}

// drawn are documents of few words, so that they often are about the same.
func drawn(t *rapid.T, label string) []map[string]any {
	words := func(name string, of ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 1, 2, rapid.ID).Draw(t, label+name)
	}
	var statements []map[string]any
	for i := range rapid.IntRange(1, 4).Draw(t, label) {
		s := map[string]any{
			"Sid":       fmt.Sprintf("%s%d", label, i),
			"Effect":    rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, "effect"),
			"Principal": map[string]any{"AWS": words("principal", "*", root, roleARN, other)},
			rapid.SampledFrom([]string{"Action", "Action", "NotAction"}).Draw(t, "action"): words("actions",
				"*", "s3:GetObject", "kms:Decrypt", "s3:*"),
			rapid.SampledFrom([]string{"Resource", "Resource", "NotResource"}).Draw(t, "resource"): words("resources",
				"*", object, "arn:aws:s3:::b/*"),
		}
		if rapid.Bool().Draw(t, "conditional") {
			operator := rapid.SampledFrom([]string{"StringEquals", "StringNotEquals", "StringLikeIfExists",
				"Null"}).Draw(t, "operator")
			s["Condition"] = map[string]any{operator: map[string]any{
				rapid.SampledFrom([]string{"aws:known", "aws:absent", "aws:unknown"}).Draw(t, "key"): words("values",
					"true", "x")}}
		}
		statements = append(statements, s)
	}
	return statements
}

func document(t *rapid.T, name string, statements []map[string]any) []access.Document {
	text, err := json.Marshal(map[string]any{"Statement": statements})
	require.NoError(t, err)
	return parse(t, name, string(text))
}

func asked(t *rapid.T) access.Request {
	return access.Request{
		Principal: access.Role(roleARN),
		Action:    rapid.SampledFrom([]string{"s3:GetObject", "kms:Decrypt"}).Draw(t, "asked action"),
		Resource:  rapid.SampledFrom([]string{object, "arn:aws:s3:::b/c"}).Draw(t, "asked resource"),
		Account:   rapid.SampledFrom([]string{own, other}).Draw(t, "account"),
		Context:   access.Context{"aws:known": {"x"}, "aws:absent": nil},
	}
}

func TestOrderOfStatementsNeverMatters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		identity, resource, request := drawn(t, "i"), drawn(t, "r"), asked(t)
		sovereign := rapid.Bool().Draw(t, "sovereign")
		want := access.Decide(request, access.Policies{Identity: document(t, "i", identity),
			Resource: document(t, "r", resource), Sovereign: sovereign})
		got := access.Decide(request, access.Policies{
			Identity:  document(t, "i", rapid.Permutation(identity).Draw(t, "order of i")),
			Resource:  document(t, "r", rapid.Permutation(resource).Draw(t, "order of r")),
			Sovereign: sovereign})
		assert.Equal(t, want.Allowed, got.Allowed, "%s; %s", want.Why, got.Why)
	})
}

func TestMoreDenialsNeverGrantAndMorePermissionsNeverDeny(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		identity, resource, request, added := drawn(t, "i"), drawn(t, "r"), asked(t), drawn(t, "a")[0]
		sovereign := rapid.Bool().Draw(t, "sovereign")
		decide := func(identity, resource []map[string]any) bool {
			return access.Decide(request, access.Policies{Identity: document(t, "i", identity),
				Resource: document(t, "r", resource), Sovereign: sovereign}).Allowed
		}
		before := decide(identity, resource)
		for _, after := range []bool{decide(append(identity, added), resource), decide(identity, append(resource, added))} {
			if added["Effect"] == "Deny" {
				assert.False(t, after && !before, "a Deny granted")
			} else {
				assert.False(t, before && !after, "an Allow denied")
			}
		}
	})
}

func TestABoundaryNeverGrants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		policies := access.Policies{Identity: document(t, "i", drawn(t, "i")), Resource: document(t, "r", drawn(t, "r"))}
		request := asked(t)
		before := access.Decide(request, policies).Allowed
		policies.Boundaries = document(t, "b", drawn(t, "b"))
		assert.False(t, access.Decide(request, policies).Allowed && !before)
	})
}

// FuzzDecide: no document breaks it, and what only denies never grants.
func FuzzDecide(f *testing.F) {
	f.Add(readAll, object)
	f.Add(`{"Statement":[`+plainTLS+`]}`, object)
	f.Add(allow(`"NotAction":"a:b",`+
		`"Resource":"${aws:x}*?","Condition":{"ForAllValues:StringNotLikeIfExists":{"k":[true,1.5]}}`), "x")
	f.Fuzz(func(t *testing.T, text, resource string) {
		read, err := access.Parse("policy", text)
		if err != nil {
			return
		}
		request := access.Request{Principal: access.Role(roleARN), Action: "s3:GetObject", Resource: resource}
		documents := []access.Document{read}
		lone := access.Decide(request, access.Policies{Identity: documents})
		if lone.Allowed {
			assert.NotEmpty(t, lone.By.Number)
		}
		both := access.Decide(request, access.Policies{Identity: documents,
			Boundaries: parse(t, "none", deny(`"Action":"*","Resource":"*"`))})
		assert.False(t, both.Allowed)
	})
}
