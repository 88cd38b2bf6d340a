package flow

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"haven/infra/sandbox/world"
)

// data is what the world's tables hold, while an advance works on it.
type data struct {
	flow      world.Flow
	ledgers   map[string]*world.Ledger
	buckets   map[string]*bucket
	points    []*world.Point
	exports   map[string]*world.Export
	reaches   map[string]*world.Reach
	series    map[string]*world.Series
	alarms    map[string]*world.Alarm
	transfers map[string]*world.Transfer
	messages  []world.Message
	jobs      map[string]world.Job
}

// bucket are the objects of one bucket, and their keys in order.
type bucket struct {
	keys     []string
	versions map[string][]*world.Object // by key, oldest first
	made     []*world.Object            // all, oldest first
}

func load(tx *world.Tx) *data {
	d := &data{
		flow:      world.Flow{Seed: DefaultSeed},
		ledgers:   byKey(world.Ledgers.All(tx), func(l world.Ledger) string { return l.Source }),
		buckets:   map[string]*bucket{},
		exports:   byKey(world.Exports.All(tx), func(x world.Export) string { return x.ID }),
		reaches:   byKey(world.Reaches.All(tx), func(r world.Reach) string { return r.Holder }),
		series:    byKey(world.Metrics.All(tx), world.Series.ID),
		alarms:    byKey(world.Alarms.All(tx), func(a world.Alarm) string { return a.ID }),
		transfers: byKey(world.Transfers.All(tx), func(t world.Transfer) string { return t.Job }),
		messages:  world.Messages.All(tx),
		jobs:      map[string]world.Job{},
	}
	if flows := world.Progress.All(tx); len(flows) > 0 {
		d.flow = flows[0]
	}
	objects := world.Objects.All(tx)
	slices.SortStableFunc(objects, func(a, b world.Object) int { return a.Made.Compare(b.Made) })
	for _, object := range objects {
		d.put(object)
	}
	for _, point := range world.Points.All(tx) {
		d.points = append(d.points, &point)
	}
	for _, job := range world.Jobs.All(tx) {
		d.jobs[job.Kind+"|"+job.ID] = job
	}
	return d
}

func byKey[T any](items []T, key func(T) string) map[string]*T {
	found := make(map[string]*T, len(items))
	for _, item := range items {
		found[key(item)] = &item
	}
	return found
}

func (d *data) save(tx *world.Tx) error {
	var objects []world.Object
	for _, b := range d.buckets {
		for _, versions := range b.versions {
			objects = append(objects, values(versions)...)
		}
	}
	return errors.Join(
		world.Progress.Put(tx, d.flow),
		world.Ledgers.Replace(tx, values(sorted(d.ledgers))),
		world.Objects.Replace(tx, objects),
		world.Points.Replace(tx, values(d.points)),
		world.Exports.Replace(tx, values(sorted(d.exports))),
		world.Reaches.Replace(tx, values(sorted(d.reaches))),
		world.Metrics.Replace(tx, values(sorted(d.series))),
		world.Alarms.Replace(tx, values(sorted(d.alarms))),
		world.Transfers.Replace(tx, values(sorted(d.transfers))),
		world.Messages.Replace(tx, d.messages),
		world.Jobs.Replace(tx, slices.Collect(maps.Values(d.jobs))),
	)
}

// sorted are a map's values in the order of its keys.
func sorted[T any](items map[string]T) []T {
	all := make([]T, 0, len(items))
	for _, key := range slices.Sorted(maps.Keys(items)) {
		all = append(all, items[key])
	}
	return all
}

func values[T any](items []*T) []T {
	all := make([]T, len(items))
	for i, item := range items {
		all[i] = *item
	}
	return all
}

func (d *data) bucket(name string) *bucket {
	if d.buckets[name] == nil {
		d.buckets[name] = &bucket{versions: map[string][]*world.Object{}}
	}
	return d.buckets[name]
}

// put adds a version of an object; what was the current one no longer is.
func (d *data) put(object world.Object) *world.Object {
	b := d.bucket(object.Bucket)
	versions := b.versions[object.Key]
	if len(versions) == 0 {
		at, _ := slices.BinarySearch(b.keys, object.Key)
		b.keys = slices.Insert(b.keys, at, object.Key)
	} else if last := versions[len(versions)-1]; last.Noncurrent.IsZero() {
		last.Noncurrent = object.Made
	}
	b.versions[object.Key] = append(versions, &object)
	b.made = append(b.made, &object)
	return &object
}

// current is the version of an object that a reader gets; nil where there is none.
func (b *bucket) current(key string) *world.Object {
	versions := b.versions[key]
	if len(versions) == 0 || versions[len(versions)-1].DeleteMarker {
		return nil
	}
	return versions[len(versions)-1]
}

// listed are the current objects under a prefix and after a key, in the order of their keys.
func (b *bucket) listed(prefix, after string) func(func(*world.Object) bool) {
	return func(yield func(*world.Object) bool) {
		from := max(prefix, after)
		at, _ := slices.BinarySearch(b.keys, from)
		for _, key := range b.keys[at:] {
			if !strings.HasPrefix(key, prefix) {
				return
			}
			if object := b.current(key); object != nil && key > after && !yield(object) {
				return
			}
		}
	}
}

// remove takes a version away, where nothing locks it.
func (b *bucket) remove(object *world.Object) {
	itself := func(o *world.Object) bool { return o == object }
	b.versions[object.Key] = slices.DeleteFunc(b.versions[object.Key], itself)
	b.made = slices.DeleteFunc(b.made, itself)
	if len(b.versions[object.Key]) == 0 {
		delete(b.versions, object.Key)
		b.keys = slices.DeleteFunc(b.keys, func(key string) bool { return key == object.Key })
	}
}

// keptPoints is how long metrics are kept: longer than any alarm looks back.
const keptPoints = 8 * 24 * time.Hour

// measured adds a point to a metric.
func (d *data) measured(s world.Series, at time.Time, value float64) {
	slices.Sort(s.Dimensions)
	kept := d.series[s.ID()]
	if kept == nil {
		kept = &s
		d.series[s.ID()] = kept
	}
	kept.Points = append(kept.Points, world.Sample{Time: at, Value: value})
	if old := at.Add(-keptPoints); kept.Points[0].Time.Before(old.Add(-keptPoints)) {
		kept.Points = slices.Clone(kept.Points[firstAt(kept.Points, old):])
	}
}

// firstAt is the place of the first point that is not before a time.
func firstAt(points []world.Sample, at time.Time) int {
	place, _ := slices.BinarySearchFunc(points, at, func(s world.Sample, t time.Time) int { return s.Time.Compare(t) })
	return place
}
