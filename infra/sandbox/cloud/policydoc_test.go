package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestWildcards(t *testing.T) {
	assert.True(t, matches("arn:*:log-group:/haven/?", "arn:aws:logs:log-group:/haven/a"))
	assert.False(t, matches("kms:Encrypt", "kms:EncryptX"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-c]{0,8}`).Draw(t, "text")
		cut := rapid.IntRange(0, len(text)).Draw(t, "cut")
		assert.True(t, matches(text, text))
		assert.True(t, matches(text[:cut]+"*", text))
		assert.True(t, matches("*"+text[cut:], text))
		assert.False(t, matches(text+"?", text))
	})
}
