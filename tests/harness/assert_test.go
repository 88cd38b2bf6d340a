package harness_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/tests/harness"
)

func TestTop(t *testing.T) {
	t.Parallel()
	root := harness.Declared{Type: "haven:stacks:Cell", Name: "demo-cell"}
	edge := harness.Declared{Type: "haven:edge:Edge", Name: "edge", Parent: "demo-cell"}
	zone := harness.Declared{Type: "aws:route53/zone:Zone", Name: "edge-zone", Parent: "edge", Custom: true}
	declared := []harness.Declared{root, edge, zone}
	tests := []struct {
		name string
		of   harness.Declared
		want harness.Declared
	}{
		{"the outermost itself", root, root},
		{"a grandchild", zone, root},
		{"a child of nothing known", harness.Declared{Name: "lost-part", Parent: "lost"}, harness.Declared{}},
		{"a child of no component", harness.Declared{Name: "edge-zone-part", Parent: "edge-zone"}, harness.Declared{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, harness.Top(declared, test.of))
		})
	}
}

// TestReadsAreRecorded: a stack reference is read, not registered, and belongs to its parent all the same.
func TestReadsAreRecorded(t *testing.T) {
	t.Parallel()
	recorder := harness.Environment()
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		parent := &pulumi.ResourceState{}
		if err := ctx.RegisterComponentResource("test:index:Component", "component", parent); err != nil {
			return err
		}
		_, err := pulumi.NewStackReference(ctx, "component-cell", &pulumi.StackReferenceArgs{
			Name: pulumi.String("organization/haven/demo-cell"),
		}, pulumi.Parent(parent))
		return err
	}))
	reference := recorder.One(t, "pulumi:pulumi:StackReference", "component-cell")
	assert.True(t, reference.Custom)
	assert.Equal(t, "component", reference.Parent)
	assert.Equal(t, "organization/haven/demo-cell", reference.Input("name"))
}
