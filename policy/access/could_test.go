package access_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"haven/policy/access"
)

// TestCould is about what the asker may choose, and what he must choose for it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
func TestCould(t *testing.T) {
	t.Parallel()
	const get = `"Action":"s3:GetObject","Resource":"*"`
	given := func(condition string) string { return allow(get + `,"Condition":` + condition) }
	unless := func(condition string) string {
		return `{"Statement":[{"Effect":"Allow",` + get + `},{"Effect":"Deny",` + get + `,"Condition":` + condition + `}]}`
	}
	for name, test := range map[string]struct {
		identity, resource string
		context            access.Context
		want               bool
		chosen             access.Context
	}{
		"nothing to choose":           {identity: allow(get), want: true},
		"nothing allows":              {identity: deny(get)},
		"a value that is wanted":      {identity: given(`{"StringEquals":{"a:x":"y"}}`), want: true, chosen: access.Context{"a:x": {"y"}}},
		"a value of a pattern":        {identity: given(`{"StringLike":{"a:x":"y*z"}}`), want: true, chosen: access.Context{"a:x": {"yxz"}}},
		"no value is one of all":      {identity: given(`{"StringNotEquals":{"a:x":"y"}}`), want: true, chosen: access.Context{}},
		"a value that is not another": {identity: given(`{"StringNotEquals":{"a:x":"y"},"Null":{"a:x":"false"}}`), want: true, chosen: access.Context{"a:x": {"none"}}},
		"known to be another":         {identity: given(`{"StringEquals":{"a:x":"y"}}`), context: access.Context{"a:x": {"z"}}},
		"known to be absent":          {identity: given(`{"StringEquals":{"a:x":"y"}}`), context: access.Context{"a:x": nil}},
		"a family known to be absent": {identity: given(`{"StringEquals":{"a:tag/x":"y"}}`), context: access.Context{"a:tag/*": nil}},
		"one of a family":             {identity: given(`{"StringEquals":{"a:tag/x":"y"}}`), context: access.Context{"a:tag/*": nil, "a:Tag/x": {"y"}}, want: true},
		"a contradiction":             {identity: given(`{"StringEquals":{"a:x":"y"},"Null":{"a:x":"true"}}`)},
		"two keys":                    {identity: given(`{"StringEquals":{"a:x":"y"},"Bool":{"a:z":"true"}}`), want: true, chosen: access.Context{"a:x": {"y"}, "a:z": {"true"}}},
		"a denial to avoid":           {identity: unless(`{"StringEquals":{"a:x":"y"}}`), want: true, chosen: access.Context{}},
		"a denial of all but one":     {identity: unless(`{"StringNotEquals":{"a:x":"y"}}`), want: true, chosen: access.Context{"a:x": {"y"}}},
		"a denial of all":             {identity: unless(`{"StringLike":{"a:x":"*"}}`), want: true, chosen: access.Context{}},
		"a denial of all but none":    {identity: unless(`{"StringLikeIfExists":{"a:x":"*"}}`)},
		"two that contradict": {identity: given(`{"StringEquals":{"a:x":"y"}}`),
			resource: deny(`"Principal":"*",` + get + `,"Condition":{"StringEquals":{"a:x":"y"}}`)},
		"two patterns": {identity: given(`{"StringLike":{"a:x":"y*"}}`), want: true,
			resource: deny(`"Principal":"*",` + get + `,"Condition":{"StringNotLike":{"a:x":"*z"}}`), chosen: access.Context{"a:x": {"yxz"}}},
		"a number below": {identity: given(`{"NumericLessThan":{"a:x":"7"}}`), want: true, chosen: access.Context{"a:x": {"6"}}},
		"a day after": {identity: given(`{"DateGreaterThan":{"a:x":"2026-11-22T00:00:00Z"}}`), want: true,
			chosen: access.Context{"a:x": {"2026-11-23T00:00:00Z"}}},
		"an address": {identity: given(`{"IpAddress":{"a:x":"10.1.0.0/16"}}`), want: true, chosen: access.Context{"a:x": {"10.1.0.0"}}},
		"a variable": {identity: allow(`"Action":"*","Resource":"arn:aws:s3:::backup/tenants/${a:x}/*"`), want: true,
			chosen: access.Context{"a:x": {"acme"}}},
		"a variable that is known": {identity: allow(`"Action":"*","Resource":"arn:aws:s3:::backup/tenants/${a:x}/*"`),
			context: access.Context{"a:x": {"globex"}}},
		"all but a variable": {identity: allow(`"Action":"*","NotResource":"arn:aws:s3:::backup/tenants/${a:x}/*"`), want: true,
			chosen: access.Context{"a:x": {"arn"}}},
		"every value of several": {identity: given(`{"ForAllValues:StringEquals":{"a:x":["y"]}}`), want: true, chosen: access.Context{}},
		"any value of several": {identity: given(`{"ForAnyValue:StringEquals":{"a:x":["y"]}}`), want: true,
			chosen: access.Context{"a:x": {"y"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := access.Could(access.Request{Principal: access.Role(roleARN), Action: "s3:GetObject", Resource: object,
				Context: test.context}, access.Policies{Identity: parse(t, "identity", test.identity),
				Resource: parse(t, "resource", test.resource)})
			assert.Equal(t, test.want, got.Allowed, got.Why)
			if test.chosen != nil {
				assert.Equal(t, test.chosen, got.Chosen)
			}
		})
	}
}

// TestWhatIsAllowedCouldBe: a request that is allowed is one that the asker finds, if he may choose more of it.
func TestWhatIsAllowedCouldBe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		policies := access.Policies{Identity: document(t, "i", drawn(t, "i")), Resource: document(t, "r", drawn(t, "r")),
			Sovereign: rapid.Bool().Draw(t, "sovereign")}
		request := asked(t)
		request.Context["aws:unknown"] = rapid.SampledFrom([][]string{nil, {"true"}, {"x"}, {"other"}}).Draw(t, "value")
		allowed := access.Decide(request, policies)
		delete(request.Context, "aws:unknown")
		could := access.Could(request, policies)
		assert.False(t, allowed.Allowed && !could.Allowed, "%s; %s", allowed.Why, could.Why)
		if could.Allowed {
			for key, values := range could.Chosen {
				request.Context[key] = values
			}
			if _, chosen := could.Chosen["aws:unknown"]; !chosen {
				request.Context["aws:unknown"] = nil
			}
			assert.True(t, access.Decide(request, policies).Allowed, "what is chosen is allowed")
		}
	})
}

func TestAbout(t *testing.T) {
	t.Parallel()
	documents := parse(t, "p", `{"Statement":[{"Effect":"Allow","Action":"S3:Get*","Resource":"arn:aws:s3:::a/${a:x}/*"},`+
		`{"Sid":"No","Effect":"Deny","NotAction":"s3:*","Resource":"*"}]}`)
	about := access.About(documents, "s3:getObject")
	assert.Len(t, about[0].Clauses(), 1)
	assert.True(t, access.Grants(about, "arn:aws:s3:::a/b/c"))
	assert.False(t, access.Grants(about, "arn:aws:s3:::b/b/c"))
	assert.Equal(t, "No", access.About(documents, "kms:Decrypt")[0].Clauses()[0].At.Sid)
	assert.False(t, access.Grants(access.About(documents, "kms:Decrypt"), "any"))
	assert.Empty(t, access.About(documents, "s3:PutObject"))
	for principal, want := range map[string]bool{`"*"`: true, `{"AWS":"` + roleARN + `"}`: true, `{"AWS":"` + own + `"}`: false,
		`{"AWS":["` + root + `"]}`: false, `{"Service":"a.amazonaws.com"}`: false} {
		named := parse(t, "r", allow(`"Principal":`+principal+`,"Action":"*","Resource":"*"`))
		assert.Equal(t, want, access.NamesAnyone(named), principal)
	}
	assert.True(t, access.NamesAnyone(parse(t, "r", allow(`"NotPrincipal":{"AWS":"`+own+`"},"Action":"*","Resource":"*"`))))
}

// TestNamesOfDocumentsAreKeptApart: the same text under another name is told under that one.
func TestNamesOfDocumentsAreKeptApart(t *testing.T) {
	t.Parallel()
	first, second := parse(t, "first", readAll)[0], parse(t, "second", readAll)[0]
	assert.Equal(t, "first", first.Clauses()[0].At.Policy)
	assert.Equal(t, "second", second.Clauses()[0].At.Policy)
}
