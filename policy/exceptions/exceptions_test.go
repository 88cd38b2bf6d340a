package exceptions_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/policy/exceptions"
	"haven/policy/rules"
)

var (
	rulesKnown = []string{"subnet-no-public-ip", "rds-storage-encrypted"}
	now        = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

func known(rule string) bool { return slices.Contains(rulesKnown, rule) }

const file = `
exceptions:
  - rule: subnet-no-public-ip
    resource: demo-cell::network-public-*
    owner: network team
    reason: the load balancer's subnets
    expires: 2026-11-22
    approver: security team
`

func TestParse(t *testing.T) {
	t.Parallel()
	list, err := exceptions.Parse([]byte(file), known, now)
	require.NoError(t, err)
	assert.Equal(t, []exceptions.Exception{{
		Rule: "subnet-no-public-ip", Resource: "demo-cell::network-public-*", Owner: "network team",
		Reason: "the load balancer's subnets", Approver: "security team", Line: 3,
		Expires: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
	}}, list)
	for _, empty := range []string{"", "# none\n", "exceptions:\n", "exceptions: []\n"} {
		list, err := exceptions.Parse([]byte(empty), known, now)
		require.NoError(t, err)
		assert.Empty(t, list)
	}
}

func TestAllThatIsWrongIsTold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"no yaml":     {"exceptions: [", "exceptions: yaml: line 1: did not find expected node content"},
		"other field": {"rules: []", "exceptions: line 1: the file must have the one field exceptions, a list"},
		"two fields":  {"exceptions: []\nmore: 1", "exceptions: line 1: the file must have the one field exceptions, a list"},
		"no list":     {"exceptions: 3", "exceptions: line 1: exceptions must be a list"},
		"many": {`exceptions:
  - all
  - rule: subnet-no-public
    resource: everything
    owner: a
    reason: [b]
    expires: soon
    approver: A
    until: never
    owner: b
  - rule: rds-storage-encrypted
    resource: "*::*"
    owner: a
    expires: 2028-01-01
    approver: b
    reason: c
  - rule: rds-storage-encrypted
    resource: "*::*"
`, `exceptions: line 2: an exception must have the fields rule, resource, owner, reason, expires, approver
line 6: reason must be text
line 9: unknown field "until"; the fields are rule, resource, owner, reason, expires, approver
line 10: owner is there twice
line 3: reason is missing
line 3: there is no rule "subnet-no-public"
line 3: resource is "everything"; expected <stack>::<name>, as in demo-cell::network-public-*
line 3: expires is "soon"; expected a day, as in 2027-03-31
line 11: resource is "*::*", which is every resource there is; name those that it is about
line 11: expires is 2028-01-01, more than a year ahead; expected 2027-11-23 at the latest
line 17: owner is missing
line 17: reason is missing
line 17: expires is missing
line 17: approver is missing
line 17: resource is "*::*", which is every resource there is; name those that it is about
line 17: it is the same as that of line 11`},
		"own approver": {strings.Replace(file, "security team", "Network team", 1),
			"exceptions: line 3: network team approves what it owns; the approver must be somebody else"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := exceptions.Parse([]byte(test.text), known, now)
			assert.EqualError(t, err, test.want)
			assert.Nil(t, list)
		})
	}
}

func TestAnyFileIsReadOrRefused(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(rapid.SampledFrom(append(strings.Split(file, "\n"), "- x", "  - rule: [a]", "&a *a: 1", "exceptions:"))).
			Draw(t, "lines")
		list, err := exceptions.Parse([]byte(strings.Join(lines, "\n")), known, now)
		assert.False(t, err != nil && list != nil)
		for _, e := range list {
			assert.NotEmpty(t, e.Reason)
		}
	})
}

func urn(stack, name string) string {
	return "urn:pulumi:" + stack + "::haven::a$aws:ec2/subnet:Subnet::" + name
}

func outcome(stack, name string, result rules.Result) rules.Outcome {
	return rules.Outcome{Rule: "subnet-no-public-ip", URN: urn(stack, name), Result: result, Message: "it is public"}
}

func TestApply(t *testing.T) {
	t.Parallel()
	list, err := exceptions.Parse([]byte(file), known, now)
	require.NoError(t, err)
	always := func(exceptions.Exception) bool { return true }
	const by = "(accepted by security team until 2026-11-22: the load balancer's subnets; owner: network team)"

	covered := outcome("demo-cell", "network-public-a", rules.Fail)
	elsewhere := outcome("demo-standby", "network-public-a", rules.Fail)
	other := outcome("demo-cell", "network-private-a", rules.Fail)
	applied := exceptions.Apply(list, []rules.Outcome{covered, elsewhere, other}, now, always)
	accepted := covered
	accepted.Result, accepted.Message = rules.Excepted, "it is public "+by
	assert.Equal(t, []rules.Outcome{accepted, elsewhere, other}, applied)
	assert.Equal(t, rules.Fail, covered.Result)

	unused := rules.Outcome{Rule: exceptions.Unused, URN: "demo-cell::network-public-*", Result: rules.Fail, Severity: rules.High,
		Fix: "remove it", Message: "the exception from subnet-no-public-ip on line 3: nothing needs it; remove it " + by}
	passing := outcome("demo-cell", "network-public-a", rules.Pass)
	assert.Equal(t, []rules.Outcome{passing, unused}, exceptions.Apply(list, []rules.Outcome{passing}, now, always))
	never := func(exceptions.Exception) bool { return false }
	assert.Equal(t, []rules.Outcome{passing}, exceptions.Apply(list, []rules.Outcome{passing}, now, never))

	undecided := outcome("demo-cell", "network-public-a", rules.Undecided)
	assert.Equal(t, []rules.Outcome{undecided}, exceptions.Apply(list, []rules.Outcome{undecided}, now, always))

	midnight := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	assert.Equal(t, []rules.Outcome{accepted}, exceptions.Apply(list, []rules.Outcome{covered}, midnight.Add(-time.Second), always))
	expired := rules.Outcome{Rule: exceptions.Expired, URN: "demo-cell::network-public-*", Result: rules.Fail, Severity: rules.High,
		Fix:     "mend what it was for, or have it approved again",
		Message: "the exception from subnet-no-public-ip on line 3: it has expired on 2026-11-22; mend what it was for, or have it approved again " + by}
	assert.Equal(t, []rules.Outcome{covered, expired}, exceptions.Apply(list, []rules.Outcome{covered}, midnight, always))
}

func TestOfWhichStack(t *testing.T) {
	t.Parallel()
	one := exceptions.Exception{Resource: "demo-cell::a*"}
	assert.True(t, one.AboutStack("demo-cell"))
	assert.True(t, one.OnlyStack("demo-cell"))
	assert.False(t, one.AboutStack("demo-cell-2"))
	many := exceptions.Exception{Resource: "demo-*::a"}
	assert.True(t, many.AboutStack("demo-cell"))
	assert.False(t, many.OnlyStack("demo-cell"))
}
