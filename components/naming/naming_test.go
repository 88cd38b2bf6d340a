package naming_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"haven/components/naming"
)

var acme = naming.Scope{
	Environment: "demo",
	Stack:       "demo-acme",
	Cell:        "demo-cell",
	Tenant:      "acme",
	Owner:       "platform",
}

func TestNames(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "demo-acme-database", acme.Name("database"))
	assert.Equal(t, "/haven/demo-acme/application", acme.Path("application"))
	assert.Equal(t, "demo-acme-files-123456789012-eu-west-1", acme.Bucket("files", "123456789012", "eu-west-1"))
}

func TestTags(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"Name":                "demo-acme-database",
		"environment":         "demo",
		"cell":                "demo-cell",
		"tenant":              "acme",
		"component":           "database",
		"data-classification": "confidential",
		"owner":               "platform",
	}
	assert.Equal(t, want, acme.Tags("database", acme.Name("database"), naming.Confidential))

	past := acme
	past.Quarantine = naming.Held
	want["quarantine"] = "held"
	assert.Equal(t, want, past.Tags("database", past.Name("database"), naming.Confidential))
	delete(want, "quarantine")

	cell := acme
	cell.Tenant = ""
	delete(want, "tenant")
	assert.Equal(t, want, cell.Tags("database", acme.Name("database"), naming.Confidential),
		"what no tenant owns has no tag for one")
}

// TestNamesFitAWS: with any stack name up to MaxStack the names are those that AWS takes.
func TestNamesFitAWS(t *testing.T) {
	t.Parallel()
	loadBalancer := regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	bucket := regexp.MustCompile(`^[a-z0-9-]{3,63}$`)
	logGroup := regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)
	rapid.Check(t, func(t *rapid.T) {
		stack := "e-" + rapid.StringMatching(`[a-z][a-z0-9]{0,21}`).Draw(t, "stack")
		part := rapid.StringMatching(`[a-z]{1,7}`).Draw(t, "part")
		scope := naming.Scope{Stack: stack}
		assert.LessOrEqual(t, len(stack), naming.MaxStack)
		assert.Regexp(t, loadBalancer, scope.Name(part))
		assert.Regexp(t, bucket, scope.Bucket(part, "123456789012", "ap-southeast-1"))
		assert.Regexp(t, logGroup, scope.Path(part))
	})
}

// TestStacksShareNoName: no two stacks ever make the same name of the same part.
func TestStacksShareNoName(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.StringMatching(`[a-z][a-z0-9-]{1,20}`)
		stacks := rapid.SliceOfNDistinct(names, 2, 2, rapid.ID[string]).Draw(t, "stacks")
		one, other := naming.Scope{Stack: stacks[0]}, naming.Scope{Stack: stacks[1]}
		part := rapid.StringMatching(`[a-z-]{1,12}`).Draw(t, "part")
		assert.NotEqual(t, one.Name(part), other.Name(part))
		assert.NotEqual(t, one.Path(part), other.Path(part))
		assert.NotEqual(t, one.Bucket(part, "123456789012", "eu-west-1"), other.Bucket(part, "123456789012", "eu-west-1"))
		assert.True(t, strings.HasPrefix(one.Name(part), stacks[0]+"-"))
	})
}

func TestFinalSnapshot(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "demo-acme-database-final", naming.FinalSnapshot("demo-acme-database", time.Time{}))
	assert.Equal(t, "demo-acme-cache-final-20250301-120405", naming.FinalSnapshot("demo-acme-cache",
		time.Date(2025, 3, 1, 13, 4, 5, 0, time.FixedZone("", 3600))))
}
