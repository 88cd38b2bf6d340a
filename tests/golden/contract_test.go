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
			assert.Contains(t, []string{stacks.AccountType, stacks.CellType, stacks.MirrorType, stacks.OffsiteType,
				stacks.TenantType}, top.Type, "%s|%s in %s", d.Type, d.Name, stack)
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
// the copies of keys and of the trail, and for what brings global events home.
func TestRegionsOfAnAccount(t *testing.T) {
	abroad := regexp.MustCompile(`-recovery-|^logs-key-replica|^audit-replica-|^audit-replication-(late|stuck)$`)
	for _, d := range declare(t, "demo-account") {
		if !d.Custom || strings.HasPrefix(d.Type, "pulumi:") {
			continue
		}
		want := "aws"
		if abroad.MatchString(d.Name) {
			want = "aws-recovery"
		}
		if strings.HasPrefix(d.Name, "forwarding-") {
			want = "aws-global"
		}
		assert.Equal(t, want, d.Provider, "%s|%s", d.Type, d.Name)
	}
}

// ownedByNobody are the stacks that no tenant owns.
var ownedByNobody = []string{"demo-account", "demo-cell", "demo-standby", "demo-mirror"}

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
			if slices.Contains(ownedByNobody, stack) {
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

// elsewhere are the names that are not the stack's own, each with the reason.
var elsewhere = map[string]string{
	"aws:acm/certificate:Certificate tags.Name":            "its host",
	"aws:athena/namedQuery:NamedQuery name":                "a name within the stack's workgroup",
	"aws:s3/bucketMetric:BucketMetric name":                "a name within the bucket",
	"aws:elasticache/parameterGroup:ParameterGroup family": "the engine's",
	"aws:glue/catalogTable:CatalogTable name":              "a name within the stack's database",
	"aws:guardduty/detectorFeature:DetectorFeature name":   "GuardDuty's name of the feature",
	"aws:ssm/document:Document name":                       "Systems Manager's name of the sessions' preferences",
	"aws:rds/parameterGroup:ParameterGroup family":         "the engine's",
	"aws:route53/record:Record name":                       "a domain name",
	"aws:route53/zone:Zone name":                           "a domain name",
	"aws:route53/zone:Zone tags.Name":                      "a domain name",
	"gcp:dns/recordSet:RecordSet name":                     "a domain name",
	"gcp:sql/database:Database name":                       "a name within the instance",
	"gcp:sql/user:User name":                               "a name within the instance",
	"pulumi:pulumi:StackReference name":                    "the name of another stack",
}

// TestPhysicalNamesComeFromNaming: whatever has a physical name begins with the stack's, as package naming makes it.
// Athena knows no hyphens.
func TestPhysicalNamesComeFromNaming(t *testing.T) {
	for _, stack := range demoStacks {
		own := regexp.MustCompile(`^(/haven/|alias/|/aws/[a-z]+/[a-z]+/|aws-waf-logs-)?` + stack + `[-/]`)
		for _, d := range declare(t, stack) {
			for _, property := range []string{"name", "namePrefix", "identifier", "bucket", "family", "tags.Name"} {
				name, named := d.Input(property).(string)
				owner := property != "bucket" || d.Type == "aws:s3/bucketV2:BucketV2"
				if _, other := elsewhere[d.Type+" "+property]; !named || other || !owner {
					continue
				}
				assert.Regexpf(t, own, strings.ReplaceAll(name, "_", "-"), "%s of %s|%s in %s",
					property, d.Type, d.Name, stack)
			}
		}
	}
}
