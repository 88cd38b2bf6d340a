package world

import (
	"cmp"
	"encoding/json"
	"slices"

	"haven/infra/sandbox/cloud"
)

// Entry is a resource as `haven sandbox world --json` prints it, with "[secret]" in the place of each secret.
type Entry struct {
	Provider string         `json:"provider"`
	Region   string         `json:"region"`
	Type     string         `json:"type"`
	ID       string         `json:"id"`
	URN      string         `json:"urn"`
	Inputs   map[string]any `json:"inputs"`
	Outputs  map[string]any `json:"outputs"`
}

// Entries are all resources, sorted by provider, region, type, ID and URN; never nil, so that an empty world is [] in
// JSON. No secret is decrypted for it.
func (w *World) Entries() ([]Entry, error) {
	entries := []Entry{}
	err := w.View(func(t *Tx) error {
		t.scan(resourcesBucket, "", func(_, raw []byte) bool {
			var kept record
			if err := json.Unmarshal(raw, &kept); err != nil {
				return t.fail(err)
			}
			hide(kept.Inputs)
			hide(kept.Outputs)
			entries = append(entries, Entry{
				Provider: kept.Provider, Region: kept.Region, Type: kept.Type, ID: kept.ID, URN: kept.URN,
				Inputs: kept.Inputs, Outputs: kept.Outputs,
			})
			return true
		})
		return nil
	})
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Type, b.Type),
			cmp.Compare(a.ID, b.ID), cmp.Compare(a.URN, b.URN))
	})
	return entries, err
}

// Retained is all that deletions left behind and the clouds have not removed yet: final snapshots, keys and secrets
// pending deletion; sorted by type, account, region and ID, never nil.
func (w *World) Retained() ([]cloud.Retained, error) {
	left := []cloud.Retained{}
	err := w.View(func(t *Tx) error {
		left = append(left, t.Retained("", "", "")...)
		return nil
	})
	return left, err
}

// ByURN are the resources that a URN has made, as after a run that was killed before the engine could note their IDs.
func (w *World) ByURN(urn string) ([]cloud.Resource, error) {
	var found []cloud.Resource
	err := w.View(func(t *Tx) error {
		found = t.ByURN(urn)
		return nil
	})
	return found, err
}
