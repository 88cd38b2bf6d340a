package partial_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/iamdoc"
	"haven/components/partial"
)

// mocks makes resources whose property "known" is known, and whose property "made" a preview does not know.
type mocks struct{ preview bool }

func (m mocks) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	made := resource.MakeComputed(resource.NewProperty(""))
	if !m.preview {
		made = resource.NewProperty("arn:made")
	}
	return args.Name + "-id", resource.PropertyMap{"known": resource.NewProperty("k"), "made": made}, nil
}

func (mocks) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

type thing struct {
	pulumi.CustomResourceState
	Known pulumi.StringOutput `pulumi:"known"`
	Made  pulumi.StringOutput `pulumi:"made"`
}

// await runs a program as a preview or as an update, and answers what becomes of its output.
func await(t *testing.T, preview bool, program func(*pulumi.Context, *thing) pulumi.Output,
) internals.UnsafeAwaitOutputResult {
	t.Helper()
	var result internals.UnsafeAwaitOutputResult
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		var made thing
		if err := ctx.RegisterResource("test:index:Thing", "thing", pulumi.Map{}, &made); err != nil {
			return err
		}
		var err error
		result, err = internals.UnsafeAwaitOutput(ctx.Context(), program(ctx, &made))
		return err
	}, pulumi.WithMocks("haven", "test", mocks{preview}), func(info *pulumi.RunInfo) { info.DryRun = preview })
	require.NoError(t, err)
	return result
}

func TestWhatAPreviewDoesNotKnowStandsInTheText(t *testing.T) {
	t.Parallel()
	assert.Equal(t, iamdoc.Unknown, partial.Unknown)
	for name, test := range map[string]struct {
		preview bool
		want    map[string]string
	}{
		"preview": {true, map[string]string{"known": "k", "made": partial.Unknown, "plain": "p"}},
		"update":  {false, map[string]string{"known": "k", "made": "arn:made", "plain": "p"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := await(t, test.preview, func(ctx *pulumi.Context, made *thing) pulumi.Output {
				return partial.Map(ctx, pulumi.StringMap{"known": made.Known, "made": made.Made, "plain": pulumi.String("p")})
			})
			assert.True(t, got.Known)
			assert.False(t, got.Secret)
			assert.Equal(t, test.want, got.Value)
			require.NotEmpty(t, got.Dependencies)
			for _, on := range got.Dependencies {
				_, is := on.(*thing)
				assert.True(t, is)
			}

			list := await(t, test.preview, func(ctx *pulumi.Context, made *thing) pulumi.Output {
				return partial.Array(ctx, pulumi.StringArray{made.Made, pulumi.String("p")})
			})
			assert.Equal(t, []string{test.want["made"], "p"}, list.Value)

			typed := await(t, test.preview, func(ctx *pulumi.Context, made *thing) pulumi.Output {
				return pulumix.Apply(partial.Text(ctx, made.Made), strings.ToUpper).Untyped()
			})
			assert.Equal(t, strings.ToUpper(test.want["made"]), typed.Value)
		})
	}
}

func TestASecretStaysSecret(t *testing.T) {
	t.Parallel()
	for _, preview := range []bool{true, false} {
		got := await(t, preview, func(ctx *pulumi.Context, made *thing) pulumi.Output {
			return partial.Text(ctx, pulumi.ToSecret(made.Made).(pulumi.StringOutput))
		})
		assert.True(t, got.Secret)
		assert.True(t, got.Known)
	}
}
