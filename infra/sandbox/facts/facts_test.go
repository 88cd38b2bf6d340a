package facts

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestForDecodesNestedProperties(t *testing.T) {
	vpc := For("aws:ec2/vpc:Vpc")
	require.NotNil(t, vpc)
	assert.True(t, vpc.Properties["cidrBlock"].ForceNew)
	assert.Equal(t, []string{"ipv4NetmaskLength"}, vpc.Properties["cidrBlock"].ConflictsWith)
	assert.Equal(t, true, vpc.Properties["enableDnsSupport"].Default)
	assert.Equal(t, []string{"dedicated", "default"}, vpc.Properties["instanceTenancy"].Enum)

	rotation := For("aws:secretsmanager/secretRotation:SecretRotation")
	schedule := rotation.Properties.At("rotationRules.scheduleExpression")
	require.NotNil(t, schedule)
	assert.Contains(t, schedule.ExactlyOneOf, "rotationRules.automaticallyAfterDays")
	assert.True(t, For("aws:rds/instance:Instance").Properties["password"].Sensitive)
	assert.True(t, For("aws:rds/subnetGroup:SubnetGroup").Properties["subnetIds"].Set)
}

func TestForKnowsOnlyItsTypes(t *testing.T) {
	assert.Nil(t, For("aws:ec2/nothing:Nothing"))
	assert.Nil(t, For("azure:compute/vm:Vm"))
	assert.Nil(t, For("aws:ec2/vpc:Vpc").Properties.At("tags.none"))
	assert.Nil(t, Tokens("azure"))
}

func TestTablesHoldOneSortedTypeALine(t *testing.T) {
	for provider, text := range map[string][]byte{"aws": awsJSON, "gcp": gcpJSON} {
		var tokens []string
		lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
		for _, line := range lines[1 : len(lines)-1] {
			token, _, _ := bytes.Cut(line, []byte(": "))
			tokens = append(tokens, strings.Trim(string(token), `"`))
		}
		assert.Equal(t, Tokens(provider), tokens, "%s.json: each line a type, sorted by token", provider)
	}
}

func TestTablesHoldNoKeyTheLoaderIgnores(t *testing.T) {
	for _, text := range [][]byte{awsJSON, gcpJSON} {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		var types map[string]Properties
		require.NoError(t, decoder.Decode(&types))
	}
}

func TestEnumsAndDefaultsAreOfKnownShape(t *testing.T) {
	for _, provider := range []string{"aws", "gcp"} {
		for _, token := range Tokens(provider) {
			walk(For(token).Properties, "", func(path string, p *Property) {
				switch p.Default.(type) {
				case nil, string, bool, float64:
				default:
					t.Errorf("%s %s: default of type %T", token, path, p.Default)
				}
				assert.Empty(t, duplicates(p.Enum), "%s %s: enum", token, path)
				if p.MaxItems > 0 {
					assert.LessOrEqual(t, p.MinItems, p.MaxItems, "%s %s", token, path)
				}
			})
		}
	}
}

func walk(ps Properties, prefix string, visit func(string, *Property)) {
	for name, p := range ps {
		visit(prefix+name, p)
		walk(p.Fields, prefix+name+".", visit)
	}
}

func duplicates(values []string) []string {
	sorted := slices.Sorted(slices.Values(values))
	var twice []string
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			twice = append(twice, sorted[i])
		}
	}
	return twice
}
