package firewall

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// maxExpression is how long a regular expression may be in AWS WAF.
// https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
const maxExpression = 512

func TestAboveMatchesExactlyTheGreaterNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 1<<40).Draw(t, "limit")
		expression := above(limit)
		matches := regexp.MustCompile(expression).MatchString
		zeros := strings.Repeat("0", rapid.IntRange(0, 3).Draw(t, "zeros"))
		near := limit + rapid.IntRange(-limit, 1000).Draw(t, "offset")
		for _, n := range []int{0, limit - 1, limit, limit + 1, near, 10 * limit} {
			assert.Equal(t, n > limit, matches(zeros+strconv.Itoa(n)), "%s against %s", zeros+strconv.Itoa(n), expression)
		}
		for _, text := range []string{"", "-1", strconv.Itoa(limit+1) + " ", strconv.Itoa(limit+1) + ".0"} {
			assert.False(t, matches(text), "%q against %s", text, expression)
		}
		assert.LessOrEqual(t, len(expression), maxExpression)
	})
}

func TestSizeOfRequests(t *testing.T) {
	t.Parallel()
	refused := regexp.MustCompile(above(maxRequestBytes)).MatchString
	assert.False(t, refused("104857600"), "100 MB")
	assert.True(t, refused("104857601"))
}

// TestClosedPaths: what the expression sees is decoded, normalised and in small letters.
func TestClosedPaths(t *testing.T) {
	t.Parallel()
	closed := regexp.MustCompile(closedPaths).MatchString
	for path, want := range map[string]bool{
		"/metrics":             true,
		"/metrics/":            true,
		"/metrics/queue":       true,
		"/install":             true,
		"/installer/step":      true,
		"/index.php/metrics":   true,
		"/index.php/install/x": true,
		"/login":               false,
		"/":                    false,
		"/metrics-of-march":    false,
		"/requests/metrics":    false,
		"/api/1.0/install":     false,
	} {
		assert.Equal(t, want, closed(path), path)
	}
}
