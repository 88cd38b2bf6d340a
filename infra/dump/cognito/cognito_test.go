package cognito_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/dump/cognito"
	"haven/infra/dump/users"
	"haven/tests/cognitostub"
)

// opened is a pool that nobody is in.
func opened(t *testing.T) (*cognitostub.Server, *cognito.Pool) {
	t.Helper()
	stub := cognitostub.New()
	t.Cleanup(stub.Close)
	for _, variable := range stub.Environment() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	pool, err := cognito.Open(t.Context(), "eu-west-1_people")
	require.NoError(t, err)
	return stub, pool
}

func person(name string, groups ...string) cognitostub.Account {
	return cognitostub.Account{Name: name, Status: "CONFIRMED", Groups: groups, Attributes: map[string]string{
		"sub": name, "email": name + "@acme.example", "email_verified": "true", "name": "One " + name}}
}

// populated is a pool of five people, two of whom are not as the others.
func populated(t *testing.T) (*cognitostub.Server, *cognito.Pool) {
	stub, pool := opened(t)
	for _, group := range []string{"admins", "clerks", "empty"} {
		stub.Group(group)
	}
	for _, account := range []cognitostub.Account{
		person("a", "admins", "clerks"), person("b", "clerks"), person("c"), person("d"),
		{Name: "sso-saml_e", Status: "EXTERNAL_PROVIDER", Attributes: map[string]string{"sub": "e", "email": "e@acme.example"}},
	} {
		account.Disabled = account.Name == "c"
		stub.Add(account)
	}
	return stub, pool
}

func TestAPoolIsListedWhole(t *testing.T) {
	_, pool := populated(t)
	d, err := pool.Read(t.Context())
	require.NoError(t, err)
	require.Len(t, d.Users, 5)
	require.Len(t, d.Groups, 3)
	assert.Equal(t, "admins", d.Groups[0].Name)
	assert.Equal(t, "those of admins", d.Groups[0].Description)
	assert.Equal(t, int32(7), *d.Groups[0].Precedence)
	byName := map[string]users.User{}
	for _, user := range d.Users {
		byName[user.Name] = user
	}
	assert.ElementsMatch(t, []string{"admins", "clerks"}, byName["a"].Groups)
	assert.Equal(t, "a@acme.example", byName["a"].Attributes["email"])
	assert.Equal(t, "2026-01-02T03:04:05Z", byName["a"].Created.Format("2006-01-02T15:04:05Z"))
	assert.True(t, byName["a"].Enabled)
	assert.False(t, byName["c"].Enabled)
	assert.Equal(t, "EXTERNAL_PROVIDER", byName["sso-saml_e"].Status)
}

func TestAPoolThatMayNotBeListed(t *testing.T) {
	for _, action := range []string{"ListUsers", "ListGroups", "ListUsersInGroup"} {
		stub, pool := populated(t)
		stub.Refuse = func(asked string, _ map[string]any) bool { return asked == action }
		_, err := pool.Read(t.Context())
		require.ErrorContains(t, err, "user pool eu-west-1_people: ", action)
		assert.ErrorContains(t, err, "not allowed", action)
	}
}

func TestPeopleComeBack(t *testing.T) {
	_, from := populated(t)
	d, err := from.Read(t.Context())
	require.NoError(t, err)

	stub, pool := opened(t)
	stub.Add(person("d"))
	done, err := pool.Restore(t.Context(), d)
	require.NoError(t, err)
	assert.Equal(t, cognito.Restored{Created: 3, Kept: 1, Federated: 1}, done)
	assert.Equal(t, []string{"admins", "clerks", "empty"}, stub.Groups())
	all := stub.Accounts()
	require.Len(t, all, 4)
	assert.NotContains(t, all, "e@acme.example")
	assert.Empty(t, all["d@acme.example"].Password, "who is there stays as they are")
	passwords := map[string]bool{}
	for _, name := range []string{"a", "b", "c"} {
		made := all[name+"@acme.example"]
		assert.Equal(t, "CONFIRMED", made.Status)
		assert.Equal(t, "true", made.Attributes["email_verified"])
		assert.Equal(t, "One "+name, made.Attributes["name"])
		assert.GreaterOrEqual(t, len(made.Password), 30)
		assert.Regexp(t, "[A-Z].*[0-9]", made.Password)
		assert.True(t, strings.HasSuffix(made.Password, "aA1!"))
		passwords[made.Password] = true
	}
	assert.Len(t, passwords, 3, "each has its own")
	assert.ElementsMatch(t, []string{"admins", "clerks"}, all["a@acme.example"].Groups)
	assert.True(t, all["c@acme.example"].Disabled)
	assert.False(t, all["a@acme.example"].Disabled)

	again, err := pool.Restore(t.Context(), d)
	require.NoError(t, err)
	assert.Equal(t, cognito.Restored{Kept: 4, Federated: 1}, again, "a second time changes nothing")
	assert.Equal(t, all, stub.Accounts())
}

// TestARestoreThatFailsIsFinishedByTheNext has each step of an account fail once.
func TestARestoreThatFailsIsFinishedByTheNext(t *testing.T) {
	_, from := populated(t)
	d, err := from.Read(t.Context())
	require.NoError(t, err)
	for _, action := range []string{"CreateGroup", "AdminCreateUser", "AdminAddUserToGroup", "AdminDisableUser",
		"AdminSetUserPassword"} {
		stub, pool := opened(t)
		stub.Refuse = func(asked string, _ map[string]any) bool { return asked == action }
		_, err = pool.Restore(t.Context(), d)
		require.ErrorContains(t, err, "not allowed", action)
		assert.NotContains(t, err.Error(), "@acme.example", "an error is logged, and names nobody")
		stub.Refuse = nil
		_, err = pool.Restore(t.Context(), d)
		require.NoError(t, err, action)
		for address, account := range stub.Accounts() {
			assert.Equal(t, "CONFIRMED", account.Status, address)
			assert.NotEmpty(t, account.Password, address)
		}
		assert.True(t, stub.Accounts()["c@acme.example"].Disabled, action)
		assert.NotEmpty(t, stub.Accounts()["b@acme.example"].Groups, action)
	}
}
