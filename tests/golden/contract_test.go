package golden

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/naming"
	"haven/infra/sandbox/schema"
	"haven/stacks"
	"haven/tests/harness"
)

// TestEverythingDescendsFromTheRoot walks from each resource up to the stack's one root component.
func TestEverythingDescendsFromTheRoot(t *testing.T) {
	for _, stack := range demoStacks {
		declared := declare(t, stack)
		for _, d := range declared {
			top := harness.Top(declared, d)
			assert.Contains(t, []string{stacks.AccountType, stacks.CellType, stacks.TenantType}, top.Type, "%s|%s in %s", d.Type, d.Name, stack)
		}
	}
}

// TestChildrenAreNamedAfterTheirComponent: a child's name begins with its component's; only the root's own children,
// the components and the providers, have names of their own.
func TestChildrenAreNamedAfterTheirComponent(t *testing.T) {
	for _, stack := range demoStacks {
		for _, d := range declare(t, stack) {
			if d.Parent == "" || d.Parent == stack {
				continue
			}
			assert.Truef(t, strings.HasPrefix(d.Name, d.Parent+"-"), "%s|%s of %s", d.Type, d.Name, d.Parent)
		}
	}
}

// TestRegionsOfAnAccount: what is declared for the recovery region is made there, and everything else at home, but for
// the copies of keys.
func TestRegionsOfAnAccount(t *testing.T) {
	for _, d := range declare(t, "demo-account") {
		if !d.Custom || strings.HasPrefix(d.Type, "pulumi:") {
			continue
		}
		want := "aws"
		if strings.Contains(d.Name, "-recovery-") || strings.HasPrefix(d.Name, "logs-key-replica") {
			want = "aws-recovery"
		}
		assert.Equal(t, want, d.Provider, "%s|%s", d.Type, d.Name)
	}
}

// TestTags: each resource whose type has tags carries all of them.
func TestTags(t *testing.T) {
	required := []string{"environment", "cell", "component", "data-classification", "owner"}
	classes := []string{string(naming.Public), string(naming.Internal), string(naming.Confidential), string(naming.Secret)}
	for _, stack := range demoStacks {
		for _, d := range declare(t, stack) {
			if !taggable(t, d) {
				assert.Nilf(t, d.Input("tags"), "%s has no tags", d.Type)
				continue
			}
			tags, ok := d.Input("tags").(map[string]any)
			if !assert.Truef(t, ok, "%s|%s in %s carries no tags", d.Type, d.Name, stack) {
				continue
			}
			for _, key := range required {
				assert.NotEmptyf(t, tags[key], "tag %s of %s|%s in %s", key, d.Type, d.Name, stack)
			}
			assert.Contains(t, classes, tags["data-classification"])
			if stack == "demo-account" || stack == "demo-cell" {
				assert.NotContains(t, tags, "tenant")
			} else {
				assert.Equal(t, strings.TrimPrefix(stack, "demo-"), tags["tenant"], "%s|%s", d.Type, d.Name)
			}
		}
	}
}

// taggable says whether the SDK's type has tags.
func taggable(t *testing.T, d harness.Declared) bool {
	if !d.Custom || strings.HasPrefix(d.Type, "pulumi:") {
		return false
	}
	known, err := schema.For(d.Type)
	require.NoError(t, err)
	_, has := known.Inputs.Fields["tags"]
	return has
}

// TestPhysicalNamesComeFromNaming: whatever has a physical name begins with the stack's, as package naming makes it.
func TestPhysicalNamesComeFromNaming(t *testing.T) {
	domainNames := []string{"aws:route53/record:Record", "aws:route53/zone:Zone", "pulumi:pulumi:StackReference"}
	names := []string{"name", "namePrefix", "identifier", "family", "tags.Name"}
	for _, stack := range demoStacks {
		own := regexp.MustCompile(`^(/haven/|alias/|/aws/[a-z]+/[a-z]+/|aws-waf-logs-)?` + stack + `[-/]`)
		for _, d := range declare(t, stack) {
			if slices.Contains(domainNames, d.Type) || d.Type == "aws:acm/certificate:Certificate" {
				continue
			}
			for _, property := range names {
				if strings.HasSuffix(d.Type, ":ParameterGroup") && property == "family" {
					continue // the engine's and its version's
				}
				if name, named := d.Input(property).(string); named {
					assert.Regexpf(t, own, name, "%s of %s|%s in %s", property, d.Type, d.Name, stack)
				}
			}
		}
		for _, d := range declare(t, stack) {
			if d.Type == "aws:s3/bucketV2:BucketV2" {
				assert.Regexp(t, own, d.Input("bucket"))
			}
		}
	}
}
