package languagehost

import (
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"
)

func TestOptions(t *testing.T) {
	tests := map[string]struct {
		given   map[string]any
		want    options
		problem string
	}{
		"none":             {},
		"a binary":         {given: map[string]any{"binary": "bin/program"}, want: options{binary: "bin/program"}},
		"a target":         {given: map[string]any{"buildTarget": "/a"}, want: options{buildTarget: "/a"}},
		"one of others":    {given: map[string]any{"typescript": true}},
		"no text":          {given: map[string]any{"binary": 3}, problem: "runtime.options.binary must be text, but is 3"},
		"binary to target": {given: map[string]any{"binary": "a", "buildTarget": "b"}, problem: "only one can be"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			given, err := structpb.NewStruct(test.given)
			require.NoError(t, err)
			got, err := optionsOf(&pulumirpc.ProgramInfo{Options: given})
			if test.problem != "" {
				require.ErrorContains(t, err, test.problem)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func optionsWith(t *testing.T, name, value string) *structpb.Struct {
	t.Helper()
	given, err := structpb.NewStruct(map[string]any{name: value})
	require.NoError(t, err)
	return given
}
