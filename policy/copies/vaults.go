package copies

import (
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// vaulted asks for recovery points of a store in a locked vault of each region, made often enough.
func (t *tenant) vaulted(store *graph.Resource) {
	selected := t.First(selection, "resources[*]", store.Text("arn"))
	if !t.need(selected != nil, "copies/snapshot", store, "no selection of AWS Backup names it") {
		return
	}
	chosen := t.First(plan, "id", selected.Text("planId"))
	if !t.need(chosen != nil, "copies/snapshot", selected, "it belongs to no plan") {
		return
	}
	var here, away bool
	for _, rule := range props.Maps(chosen.Outputs, "rules[*]") {
		if gap, err := LongestGap(props.Text(rule, "schedule")); err != nil || gap > t.promise.SnapshotEvery {
			continue
		}
		target := t.inRegion(chosen.Region, t.Where(vault, "name", props.Text(rule, "targetVaultName")))
		here = here || t.locked(chosen, rule, target)
		for _, action := range props.Maps(rule, "copyActions[*]") {
			target := t.First(vault, "arn", props.Text(action, "destinationVaultArn"))
			away = away || target != nil && target.Region != store.Region && t.locked(chosen, action, target)
		}
	}
	t.need(here, "copies/snapshot", store,
		"no rule of its plan makes a recovery point every %v, kept for %d days, in a locked vault", t.promise.SnapshotEvery,
		t.promise.LockDays)
	t.need(away || t.taken, "copies/snapshot-region", store,
		"no rule of its plan copies a recovery point every %v to a locked vault of another region", t.promise.SnapshotEvery)
}

// locked says whether what a rule puts into a vault is kept there for the tier's days, and nobody can change that.
func (t *tenant) locked(about *graph.Resource, kept property.Map, target *graph.Resource) bool {
	if target == nil {
		return false
	}
	days, _ := props.Number(kept, "lifecycle.deleteAfter")
	if !t.need(int(days) >= t.promise.LockDays, "copies/retention", about,
		"recovery points in %s are deleted after %v days, expected %d or more", target.ID, days, t.promise.LockDays) {
		return false
	}
	lock := t.inRegion(target.Region, t.Where(vaultLock, "backupVaultName", target.Text("name")))
	if !t.need(lock != nil, "copies/immutable", target, "it has no lock: whoever may delete recovery points can") {
		return false
	}
	least, _ := props.Number(lock.Outputs, "minRetentionDays")
	_, compliance := props.Number(lock.Outputs, "changeableForDays")
	return t.need(least >= leastLockDays, "copies/immutable", lock,
		"it takes recovery points that are kept for %v days, expected %v or more", least, leastLockDays) &&
		t.need(compliance || !t.production, "copies/immutable", lock,
			"in production it can be taken away: set changeableForDays, for compliance mode")
}

// inRegion is the one that is in a region; nil where none is. The vaults of both regions have the same name.
func (t *tenant) inRegion(region string, all []*graph.Resource) *graph.Resource {
	for _, one := range all {
		if one.Region == region {
			return one
		}
	}
	return nil
}

// restored asks that recovery points of a store are restored regularly, to see that they can be.
func (t *tenant) restored(store *graph.Resource, kind string) {
	tested := slices.ContainsFunc(t.own(restoreSelection), func(s *graph.Resource) bool {
		named := props.Texts(s.Outputs, "protectedResourceArns[*]")
		return s.Text("protectedResourceType") == kind &&
			(slices.Contains(named, store.Text("arn")) || slices.Contains(named, "*"))
	})
	t.need(tested, "copies/restore-test", store, "no plan restores its recovery points to see that they can be")
}

// longest is a day more than the interval of any tier.
const longest = 48 * time.Hour
