package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/report/status"
	"haven/infra/sandbox/world"
)

func TestDurations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"48h": 48 * time.Hour, "90m": 90 * time.Minute,
		"7d": 168 * time.Hour} {
		got, err := duration(text)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	for _, text := range []string{"", "d", "1.5d", "two hours", "48"} {
		_, err := duration(text)
		assert.Error(t, err, text)
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for want, of := range map[string]time.Duration{
		"0s": 0, "12s": 12 * time.Second, "5m": 5 * time.Minute, "2m55s": 175 * time.Second,
		"18m": 18*time.Minute + 9*time.Second,
		"24h": 24 * time.Hour, "11h32m": 11*time.Hour + 32*time.Minute + 40*time.Second,
	} {
		assert.Equal(t, want, span(of))
	}
}

func TestGoal(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	there := world.At(t.TempDir() + "/world.db").Ticking(func() time.Time { return now })
	to, err := (&advancing{}).goal(there, []string{"2d"})
	require.NoError(t, err)
	assert.Equal(t, now.AddDate(0, 0, 2), to)
	to, err = (&advancing{until: "2026-11-23T09:00:00Z"}).goal(there, nil)
	require.NoError(t, err)
	assert.Equal(t, time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), to)
	_, err = (&advancing{}).goal(there, []string{"-2h"})
	assert.EqualError(t, err, `sandbox advance: "-2h", expected a duration like 48h, 90m or 7d`)
	_, err = (&advancing{until: "soon"}).goal(there, nil)
	assert.EqualError(t, err, `sandbox advance: --until "soon", expected a time like 2026-11-23T09:00:00Z`)
}

func TestHowAgesAreShown(t *testing.T) {
	t.Parallel()
	seconds := 700.0
	for want, copied := range map[string]status.Copy{
		"not known ": {Within: true}, "none yet too old": {AgeSeconds: &seconds}, "11m ": {AgeSeconds: &seconds,
			Made: true, Within: true},
	} {
		assert.Equal(t, want, age(copied)+" "+verdict(copied))
	}
}
