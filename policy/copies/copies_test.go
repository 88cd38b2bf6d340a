package copies_test

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
	"haven/policy/copies"
	"haven/policy/graph"
)

// demo is what the demo's stacks declare, as the sandbox made it, once for all tests.
var demo = sync.OnceValues(func() (*graph.Graph, error) {
	folder, err := os.MkdirTemp("", "haven-copies")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	return flowtest.Graph(world.At(filepath.Join(folder, "world.db")), filepath.Join("..", "..", "stacks"), "demo")
})

func TestTheDemoHasEveryCopy(t *testing.T) {
	t.Parallel()
	g, err := demo()
	require.NoError(t, err)
	tenants := 0
	for _, stack := range g.Stacks() {
		if g.Exports(stack).Get("tenant").IsMap() {
			tenants++
		}
	}
	assert.Equal(t, 3, tenants, "one of each tier")
	for _, finding := range copies.Check(g) {
		assert.Fail(t, finding.Rule, "%s: %s", finding.URN, finding.Message)
	}
}

// TestRemovals takes one mechanism after the other out of what is declared: each is missed, by the proof that is about
// it.
func TestRemovals(t *testing.T) {
	t.Parallel()
	g, err := demo()
	require.NoError(t, err)
	for name, removal := range removals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			touched := 0
			without := g.Map(func(r *graph.Resource) *graph.Resource {
				if r.Type != removal.token || !removal.of(r) {
					return r
				}
				touched++
				return removal.change(r)
			})
			require.Positive(t, touched, "there is nothing of the kind")
			var rules []string
			for _, finding := range copies.Check(without) {
				rules = append(rules, finding.Rule)
				assert.NotEmpty(t, finding.URN)
				assert.NotEmpty(t, finding.Message)
			}
			assert.Contains(t, rules, removal.rule)
		})
	}
}

// TestWhatNobodyHasThoughtOfIsFound declares what might hold a customer's data, and that no proof asks about.
func TestWhatNobodyHasThoughtOfIsFound(t *testing.T) {
	t.Parallel()
	g, err := demo()
	require.NoError(t, err)
	for _, test := range []struct{ stack, token, want string }{
		{"demo-acme", "aws:dynamodb/table:Table", "nobody has said whether a aws:dynamodb/table:Table holds"},
		{"demo-cell", "aws:ebs/volume:Volume", "nobody has said whether a aws:ebs/volume:Volume holds"},
		{"demo-cell", "aws:rds/cluster:Cluster", "nobody has said whether a aws:rds/cluster:Cluster holds"},
		{"demo-acme", "aws:elasticache/serverlessCache:ServerlessCache", "nobody has said whether"},
		{"demo-acme", "aws:opensearch/domain:Domain", "nobody has said whether"},
		{"demo-mirror", "gcp:firestore/database:Database", "nobody has said whether"},
		{"demo-acme", "aws:s3/bucketV2:BucketV2", "a tenant has no aws:s3/bucketV2:BucketV2 of its own"},
		{"demo-cell", "aws:s3/bucketV2:BucketV2", ""},
		{"demo-acme", "aws:sqs/queue:Queue", ""},
		{"demo-acme", "pulumi:providers:aws", ""},
	} {
		added := &graph.Resource{Stack: test.stack, Type: test.token, ID: "new",
			URN: "urn:pulumi:" + test.stack + "::haven::" + test.token + "::new"}
		var found []string
		for _, finding := range copies.Check(graph.New(append(slices.Clone(g.All()), added))) {
			assert.Equal(t, "copies/unclassified", finding.Rule)
			assert.Equal(t, added.URN, finding.URN)
			found = append(found, finding.Message)
		}
		if test.want == "" {
			assert.Empty(t, found, test.token)
			continue
		}
		require.Len(t, found, 1, test.token)
		assert.Contains(t, found[0], test.want)
	}
}

// TestEveryAgeIsAmongTheRemovals: a removal of each kind of copy's alarm is among those that are tried.
func TestEveryAgeIsAmongTheRemovals(t *testing.T) {
	t.Parallel()
	assert.GreaterOrEqual(t, len(removals), 25)
	for _, kind := range kinds {
		assert.Contains(t, removals, "the alarm on the age of "+kind)
	}
}
