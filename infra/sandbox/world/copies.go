package world

import (
	"haven/infra/sandbox/cloud"
)

var _ cloud.CopyKeeper = (*Tx)(nil)

// Usable says whether anything can be made from a recovery point now. What has expired is gone, unless a lock still
// holds it.
func (t *Tx) Usable(point Point) bool {
	gone := !point.Expires.IsZero() && !t.now.Before(point.Expires) && !t.now.Before(point.LockedUntil)
	return !gone && !point.Completed.After(t.now)
}

// Snapshot implements [cloud.CopyKeeper].
func (t *Tx) Snapshot(arn string) (cloud.Copied, bool) {
	for _, point := range Points.All(t) {
		if point.ID == arn && t.Usable(point) {
			return cloud.Copied{
				Source: point.Source, Resource: point.Resource, Key: point.Key, DataTime: point.DataTime,
			}, true
		}
	}
	return cloud.Copied{}, false
}

// Window implements [cloud.CopyKeeper].
func (t *Tx) Window(holder string) (cloud.Window, bool) {
	for _, reach := range Reaches.All(t, holder) {
		return cloud.Window{Source: reach.Source, From: reach.From, Until: reach.Until}, true
	}
	return cloud.Window{}, false
}
