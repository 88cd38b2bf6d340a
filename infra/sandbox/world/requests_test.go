package world

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRequestsAreKeptOnceAndInOrder(t *testing.T) {
	w := At(filepath.Join(t.TempDir(), "world.db"))
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	at := func(minutes int, host, id string) Request {
		return Request{Log: BalancerLog, ID: id, Time: noon.Add(time.Duration(minutes) * time.Minute), Host: host,
			Client: "93.184.216.34", Status: 200}
	}
	late, early, twin := at(5, "acme.example", "late"), at(0, "acme.example", "early"), at(0, "acme.example", "twin")
	blocked := Request{Log: FirewallLog, ID: "late", Time: late.Time, Host: late.Host, Client: late.Client,
		Action: "BLOCK", Rule: "block-list"}
	read := func(host string, from, until time.Time) []Request {
		t.Helper()
		var found []Request
		require.NoError(t, w.View(func(tx *Tx) error {
			found = tx.Requests(host, from, until)
			return nil
		}))
		return found
	}
	assert.Empty(t, read("acme.example", noon, noon.Add(time.Hour)), "there is no world yet")
	require.NoError(t, w.Update(func(*Tx) error { return nil }))
	assert.Empty(t, read("acme.example", noon, noon.Add(time.Hour)), "there is no request yet")
	for range 2 {
		require.NoError(t, w.Update(func(tx *Tx) error {
			for _, r := range []Request{late, blocked, early, twin, at(0, "acme.example.org", "other"), at(0, "acme", "other")} {
				if err := tx.PutRequest(r); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	assert.Equal(t, []Request{early, twin, blocked, late}, read("acme.example", noon, noon.Add(time.Hour)))
	assert.Equal(t, []Request{early, twin}, read("acme.example", noon, late.Time), "the end is not included")
	assert.Equal(t, []Request{blocked, late}, read("acme.example", late.Time, noon.Add(time.Hour)))
	assert.Empty(t, read("globex.example", noon, noon.Add(time.Hour)))
}
