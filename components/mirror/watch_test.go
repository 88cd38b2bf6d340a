package mirror_test

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/mirror"
	"haven/components/tiers"
	"haven/tests/harness"
)

func watchArgs() mirror.WatchArgs {
	return mirror.WatchArgs{
		Scope:       harness.TenantScope(),
		Tier:        tiers.Critical,
		DumpsMetric: "demo-mirror-dumps",
		Channels:    []string{"projects/haven-demo/notificationChannels/1"},
	}
}

// TestWindow: dumps that arrive in time raise nothing, and the alarm comes before the bound is passed.
func TestWindow(t *testing.T) {
	t.Parallel()
	for tier, want := range map[tiers.Tier]time.Duration{
		tiers.Standard: 18 * time.Hour, tiers.Continuity: 7 * time.Hour, tiers.Critical: 90 * time.Minute, "none": 0,
	} {
		assert.Equal(t, want, mirror.Window(tier), tier)
	}
	for _, tier := range tiers.All {
		promise, _ := tiers.Of(tier)
		bound, _ := promise.Bound(tiers.Mirror)
		assert.Greater(t, mirror.Window(tier), promise.DumpEvery, tier)
		assert.Less(t, mirror.Window(tier), bound, tier)
		assert.Less(t, mirror.Window(tier), 23*time.Hour+30*time.Minute, "no condition is waited for any longer")
	}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	r := recorder()
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		_, err := mirror.NewWatch(ctx, "mirror-watch", watchArgs())
		return err
	}))
	harness.AssertFamily(t, r, mirror.WatchType, "mirror-watch")
	require.Len(t, r.OfType(alarmType), 1)
	harness.AssertInputs(t, r.One(t, alarmType, "mirror-watch-age"), map[string]any{
		"displayName":          "demo-acme-mirror-age",
		"severity":             "CRITICAL",
		"notificationChannels": []any{"projects/haven-demo/notificationChannels/1"},
		"userLabels.tenant":    "acme",
		"conditions[0].conditionPrometheusQueryLanguage": map[string]any{
			"query": `(sum(increase(logging_googleapis_com:user_demo_mirror_dumps{monitored_resource="gcs_bucket",` +
				`tenant="acme"}[10m])) or vector(0)) == 0`,
			"duration": "4800s", "evaluationInterval": "60s"},
		"documentation.content": "The newest dump of acme in the mirror is about to be older than 2 h. See whether dumps " +
			"are made, then whether they are copied.",
		"alertStrategy": map[string]any{"autoClose": "86400s"},
	})
}

func TestWatchRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, mirror.NewWatch, `mirror watch: Scope.Tenant: missing, expected a value
Tier: missing, expected a value
DumpsMetric: missing, expected a value
Channels: missing, expected a value`, watchArgs, map[string]func(*mirror.WatchArgs){
		"mirror watch: Tier: missing, expected a value": func(a *mirror.WatchArgs) { a.Tier = "gold" },
	})
}
