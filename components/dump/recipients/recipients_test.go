package recipients_test

import (
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/dump/recipients"
)

func TestParse(t *testing.T) {
	t.Parallel()
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	key := identity.Recipient().String()
	parsed, err := recipients.Parse(key)
	require.NoError(t, err)
	assert.Equal(t, identity.Recipient(), parsed)
	for _, wrong := range []string{"", "age1", key + " ", " " + key, key + "\n" + key, key[:len(key)-1] + "b", key[:20],
		"# a comment"} {
		_, err := recipients.Parse(wrong)
		assert.EqualError(t, err, `it is not a public key of age, "age1…"`, wrong)
	}
	hybrid, err := age.GenerateHybridIdentity()
	require.NoError(t, err)
	_, err = recipients.Parse(hybrid.Recipient().String())
	require.NoError(t, err, "one that a quantum computer does not open")
	_, err = recipients.Parse(identity.String())
	require.ErrorIs(t, err, recipients.ErrSecret)
	assert.NotContains(t, err.Error(), identity.String())
}

func TestParseList(t *testing.T) {
	t.Parallel()
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	key := identity.Recipient().String()
	for _, list := range []string{key + "," + key, key + ", " + key, " " + key + "\n" + key + "\n"} {
		all, err := recipients.ParseList(list)
		require.NoError(t, err)
		assert.Len(t, all, 2)
	}
	_, err = recipients.ParseList(" ,\n")
	require.EqualError(t, err, "expected one public key of age or more, separated by commas")
	_, err = recipients.ParseList(key + " " + identity.String())
	require.ErrorIs(t, err, recipients.ErrSecret)
	_, err = recipients.ParseList(key + ",age1")
	assert.EqualError(t, err, `key 2: it is not a public key of age, "age1…"`)
}
