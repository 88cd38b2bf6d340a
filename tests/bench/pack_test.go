package bench

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"haven/infra/engine"
	"haven/stacks/config"
)

// times are how long previews took: without a pack, with one that demands nothing, and with Haven's.
type times struct{ without, empty, with time.Duration }

// report reports times in seconds, and what a pack that demands nothing, and Haven's, add to a preview without any as a
// percentage of it.
func (t times) report(b *testing.B) {
	b.Helper()
	share := func(of time.Duration) float64 { return 100 * float64(of-t.without) / float64(t.without) }
	b.ReportMetric(t.without.Seconds(), "s/without")
	b.ReportMetric(t.empty.Seconds(), "s/empty")
	b.ReportMetric(t.with.Seconds(), "s/with")
	b.ReportMetric(share(t.empty), "%/empty")
	b.ReportMetric(share(t.with), "%/pack")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkPolicyPack previews each stack of the demo, which is up in this checkout (make up), without a pack, with an
// empty one and with Haven's, one after the other so that all meet the same load. It reports the medians, and at last
// their sums.
func BenchmarkPolicyPack(b *testing.B) {
	checkout, err := engine.FindCheckout(".")
	require.NoError(b, err)
	directory, err := config.LoadDir(checkout.Stacks())
	require.NoError(b, err)
	environment, empty := session(b, checkout), demandsNothing(b)
	var all times
	for _, stack := range directory.Stacks() {
		b.Run(stack.Name, func(b *testing.B) {
			state, err := engine.ReadState(checkout, stack.Name)
			require.NoError(b, err)
			require.NotEmpty(b, state.Resources, "%s is not up: make up", stack.Name)
			took := func(packs ...string) time.Duration { return preview(b, checkout, environment, stack.Name, packs...) }
			took(empty, checkout.PolicyPack()) // fills the machine's file cache
			var without, with, nothing []time.Duration
			for b.Loop() {
				without = append(without, took())
				nothing = append(nothing, took(empty))
				with = append(with, took(checkout.PolicyPack()))
			}
			one := times{median(without), median(nothing), median(with)}
			one.report(b)
			all = times{all.without + one.without, all.empty + one.empty, all.with + one.with}
		})
	}
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
		}
		all.report(b)
	})
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// demandsNothing builds a policy pack without a policy. An engine starts a pack that is an executable as it is.
func demandsNothing(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "pack")
	output, err := exec.Command("go", "build", "-o", binary, "./testdata/empty").CombinedOutput()
	require.NoError(b, err, string(output))
	return binary
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

// preview is how long a preview of a stack takes in the sandbox, with these policy packs.
func preview(b *testing.B, checkout engine.Checkout, environment []string, stack string, packs ...string) time.Duration {
	b.Helper()
	args := []string{"preview", "--non-interactive", "--suppress-progress", "--stack", stack}
	for _, pack := range packs {
		args = append(args, "--policy-pack", pack)
	}
	pulumi := exec.Command(checkout.Path("engine", engine.Version, "pulumi"), args...)
	pulumi.Dir, pulumi.Env = checkout.Root, environment
	begun := time.Now()
	text, err := pulumi.CombinedOutput()
	took := time.Since(begun)
	require.NoError(b, err, string(text))
	return took
}
