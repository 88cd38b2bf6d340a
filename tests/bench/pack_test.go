package bench

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"haven/infra/engine"
	"haven/stacks/config"
)

// BenchmarkPolicyPack previews each stack of the demo, which is up in this checkout (make up), without the pack and with
// it, one after the other so that both meet the same load. It reports the medians of both in seconds, and what the pack
// adds as a percentage of the preview without it.
func BenchmarkPolicyPack(b *testing.B) {
	checkout, err := engine.FindCheckout(".")
	require.NoError(b, err)
	directory, err := config.LoadDir(checkout.Stacks())
	require.NoError(b, err)
	environment := session(b, checkout)
	for _, stack := range directory.Stacks() {
		b.Run(stack.Name, func(b *testing.B) {
			state, err := engine.ReadState(checkout, stack.Name)
			require.NoError(b, err)
			require.NotEmpty(b, state.Resources, "%s is not up: make up", stack.Name)
			preview(b, checkout, environment, stack.Name) // fills the machine's file cache
			var without, with []time.Duration
			for b.Loop() {
				without = append(without, preview(b, checkout, environment, stack.Name))
				with = append(with, preview(b, checkout, environment, stack.Name, "--policy-pack", checkout.PolicyPack()))
			}
			plain, held := median(without).Seconds(), median(with).Seconds()
			b.ReportMetric(plain, "s/without")
			b.ReportMetric(held, "s/with")
			b.ReportMetric(100*(held-plain)/plain, "%/pack")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// session is what `haven env` sets.
func session(b *testing.B, checkout engine.Checkout) []string {
	b.Helper()
	shell := exec.Command("sh", "-ec", `eval "$(.haven/bin/haven env)"; env -0`)
	shell.Dir = checkout.Root
	text, err := shell.Output()
	require.NoError(b, err)
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
}

// preview is how long a preview of a stack takes in the sandbox.
func preview(b *testing.B, checkout engine.Checkout, environment []string, stack string, more ...string) time.Duration {
	b.Helper()
	pulumi := exec.Command(checkout.Path("engine", engine.Version, "pulumi"),
		append([]string{"preview", "--non-interactive", "--suppress-progress", "--stack", stack}, more...)...)
	pulumi.Dir, pulumi.Env = checkout.Root, environment
	begun := time.Now()
	text, err := pulumi.CombinedOutput()
	took := time.Since(begun)
	require.NoError(b, err, string(text))
	return took
}
