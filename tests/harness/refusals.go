package harness

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// AssertRefusals asserts that a component, here named "refused", declares nothing and answers with the whole of an
// error: the one given for Args that say nothing, and for each way to spoil valid Args the one that it is listed by.
func AssertRefusals[Args, Component any](
	t *testing.T,
	construct func(*pulumi.Context, string, Args, ...pulumi.ResourceOption) (*Component, error),
	nothingGiven string,
	valid func() Args,
	spoilings map[string]func(*Args),
) {
	t.Helper()
	refuse := func(t *testing.T, args Args, want string) {
		t.Helper()
		r := &Recorder{}
		require.NoError(t, Run(r, func(ctx *pulumi.Context) error {
			_, err := construct(ctx, "refused", args)
			assert.EqualError(t, err, want)
			return nil
		}))
		assert.Empty(t, r.Declared())
	}
	t.Run("nothing given", func(t *testing.T) {
		t.Parallel()
		var nothing Args
		refuse(t, nothing, nothingGiven)
	})
	for want, spoil := range spoilings {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			args := valid()
			spoil(&args)
			refuse(t, args, want)
		})
	}
}
