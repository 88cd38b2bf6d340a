package partial

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
)

// Unknown is what stands for a string that a preview does not know.
const Unknown = sig.UnknownStringValue

// Text is a value, or in a preview that does not know it [Unknown]. It depends on what the value depends on, and is
// secret where that is.
func Text(ctx *pulumi.Context, value pulumi.StringInput) pulumi.StringOutput {
	output := value.ToStringOutput()
	if !ctx.DryRun() {
		return output
	}
	awaited, resolve, reject := ctx.NewOutput()
	go func() {
		result, err := internals.UnsafeAwaitOutput(ctx.Context(), output)
		if err != nil {
			reject(err)
			return
		}
		resolve(result)
	}()
	nested := awaited.ApplyT(func(v any) pulumi.StringOutput {
		return known(ctx, v.(internals.UnsafeAwaitOutputResult))
	})
	// All resolves an output within an output, which pulumix does not.
	return pulumi.All(nested).ApplyT(func(text []any) string { return text[0].(string) }).(pulumi.StringOutput)
}

func known(ctx *pulumi.Context, result internals.UnsafeAwaitOutputResult) pulumi.StringOutput {
	text := pulumi.String(Unknown)
	if result.Known {
		text = pulumi.String(result.Value.(string))
	}
	output := pulumi.OutputWithDependencies(ctx.Context(), text.ToStringOutput(), result.Dependencies...)
	if result.Secret {
		output = pulumi.ToSecret(output)
	}
	return output.(pulumi.StringOutput)
}

// Map is [Text] of each value.
func Map(ctx *pulumi.Context, values pulumi.StringMap) pulumi.StringMapOutput {
	texts := pulumi.StringMap{}
	for name, value := range values {
		texts[name] = Text(ctx, value)
	}
	return texts.ToStringMapOutput()
}

// Array is [Text] of each value.
func Array(ctx *pulumi.Context, values pulumi.StringArray) pulumi.StringArrayOutput {
	texts := make(pulumi.StringArray, len(values))
	for i, value := range values {
		texts[i] = Text(ctx, value)
	}
	return texts.ToStringArrayOutput()
}
