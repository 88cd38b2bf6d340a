package users_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/dump/users"
)

const identity = "haven dump 1 of tenant acme, generation 1, at 2026-11-21T22:00:00Z"

func TestADirectoryIsReadAsItWasWritten(t *testing.T) {
	d := &users.Directory{
		Groups: []users.Group{{Name: "clerks"}, {Name: "admins", Description: "who administer"}},
		Users: []users.User{
			{Name: "b", Status: "CONFIRMED", Attributes: map[string]string{"email": "b@acme.example"}},
			{Name: "a", Status: "CONFIRMED", Enabled: true, Groups: []string{"clerks", "admins"}},
		},
	}
	var written bytes.Buffer
	require.NoError(t, users.Write(&written, identity, d))
	read, whose, err := users.Read(&written)
	require.NoError(t, err)
	assert.Equal(t, identity, whose)
	assert.Equal(t, d, read)
	assert.Equal(t, "a", read.Users[0].Name, "in order")
	assert.Equal(t, []string{"admins", "clerks"}, read.Users[0].Groups)
	assert.Equal(t, "admins", read.Groups[0].Name)
}

func TestADirectoryOfNobody(t *testing.T) {
	var written bytes.Buffer
	require.NoError(t, users.Write(&written, identity, &users.Directory{}))
	assert.Equal(t, `{"identity":"`+identity+`","groups":[],"users":[]}`+"\n", written.String())
}

func TestWhatIsNoDirectoryIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "what it holds is no directory of users as haven-dump writes it",
		`{"password":"x"}`:                       "what it holds is no directory of users as haven-dump writes it",
		`{} {}`:                                  "there is more after the directory of users",
		`{"groups":[{}]}`:                        "groups[0]: expected a name, each once",
		`{"users":[{}]}`:                         "users[0]: expected a name, each once",
		`{"users":[{"name":"a"},{"name":"a"}]}`:  "users[1]: expected a name, each once",
		`{"groups":[{"name":"g"},{"name":"g"}]}`: "groups[1]: expected a name, each once",
		`{"users":[{"name":"a","groups":["g"]}]}`: "users[0]: it is in a group that there is none of",
	} {
		_, _, err := users.Read(strings.NewReader(text))
		assert.EqualError(t, err, want, text)
	}
}
