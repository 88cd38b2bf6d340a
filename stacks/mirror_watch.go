package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/mirror"
	"haven/stacks/config"
)

// mirrorOutputs reads what the mirror of that stack name exports.
func (r *root) mirrorOutputs(ctx *pulumi.Context, name string) (MirrorOutputs, error) {
	var outputs MirrorOutputs
	value, err := r.outputOf(ctx, name, mirrorOutput)
	if err == nil {
		err = decode(value, &outputs, true)
	}
	if err != nil {
		return outputs, fmt.Errorf("tenant.mirror: stack %q exports no mirror that this version can read; bring it up "+
			"first: %w", name, err)
	}
	return outputs, nil
}

// watchMirror raises an alarm in the other cloud when the tenant's dumps no longer arrive there.
func (t *tenant) watchMirror(ctx *pulumi.Context) error {
	if t.config.Mirror == "" {
		return nil
	}
	outputs, err := t.mirrorOutputs(ctx, t.config.Mirror)
	if err != nil {
		return err
	}
	if err := t.stack.JoinMirror(config.MirrorFacts{Cells: outputs.Cells}); err != nil {
		return err
	}
	google, err := t.googleProvider(ctx, outputs.Project)
	if err != nil {
		return err
	}
	_, err = mirror.NewWatch(ctx, "mirror-watch", mirror.WatchArgs{
		Scope:       t.scope,
		Tier:        t.config.Tier,
		DumpsMetric: outputs.DumpsMetric,
		Channels:    outputs.CriticalChannels,
	}, pulumi.Parent(t.root), pulumi.Providers(google))
	return err
}
