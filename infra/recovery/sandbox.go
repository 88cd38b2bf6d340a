package recovery

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"haven/components/dump/manifest"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
)

// Sandbox is the cloud on this machine.
type Sandbox struct{ World *world.World }

var _ Cloud = Sandbox{}

// Now implements [Cloud].
func (s Sandbox) Now() (time.Time, error) {
	var now time.Time
	err := s.World.View(func(tx *world.Tx) error { now = tx.Now().UTC(); return nil })
	return now, err
}

// databaseType is the type of the databases.
const databaseType = "aws:rds/instance:Instance"

// Copies implements [Cloud].
func (s Sandbox) Copies(ctx context.Context, tenant Tenant, region string) ([]Copy, error) {
	if _, err := flow.Advance(s.World, flow.Options{}); err != nil {
		return nil, err
	}
	var found []Copy
	err := s.World.View(func(tx *world.Tx) error {
		if err := tx.Answers("aws", region); err != nil {
			return err
		}
		found = held(tx, tenant, region)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: the copies of its data: %w", tenant.Name, err)
	}
	bucket := tenant.ArchiveReplicaBucket
	if region == tenant.Region {
		bucket = tenant.ArchiveBucket
	}
	dumps, err := s.Dumps(ctx, bucket, tenant.ArchivePrefix)
	return append(found, dumps...), err
}

// held are the copies that RDS and AWS Backup hold in a region.
func held(tx *world.Tx, tenant Tenant, region string) []Copy {
	var found []Copy
	windowed := func(kind Kind, holder, id string) {
		if window, known := tx.Window(holder); known && holder != "" {
			found = append(found, Copy{Kind: kind, ID: id, From: window.From, Until: window.Until})
		}
	}
	database, _ := tx.Find(databaseType, tenant.Account, tenant.Region, "arn", tenant.DatabaseARN)
	if region == tenant.Region {
		windowed(Instance, database.ID, database.Text("identifier"))
	} else {
		replica, _ := tx.Find(databaseType, tenant.Account, region, "arn", tenant.ReplicaARN)
		windowed(Replica, replica.ID, tenant.ReplicaARN)
		windowed(AutomatedBackup, tenant.ReplicatedBackupARN, tenant.ReplicatedBackupARN)
	}
	for _, point := range world.Points.All(tx) {
		if point.Resource == tenant.DatabaseARN && regionOf(point.ID) == region && tx.Usable(point) {
			found = append(found, Copy{Kind: Snapshot, ID: point.ID, Key: point.Key,
				From: point.DataTime, Until: point.DataTime})
		}
	}
	return found
}

// Dumps implements [Cloud].
func (s Sandbox) Dumps(_ context.Context, bucket, prefix string) ([]Copy, error) {
	var found []Copy
	err := s.World.View(func(tx *world.Tx) error {
		for _, object := range world.Objects.All(tx, bucket) {
			complete := strings.HasPrefix(object.Key, prefix) && strings.HasSuffix(object.Key, "/"+manifest.Name)
			if complete && !object.DeleteMarker && object.Noncurrent.IsZero() {
				found = append(found, Copy{Kind: Dump, ID: object.Key, From: object.DataTime, Until: object.DataTime})
			}
		}
		return nil
	})
	slices.SortFunc(found, func(a, b Copy) int { return cmp.Compare(b.Until.UnixNano(), a.Until.UnixNano()) })
	return found, err
}

// Promote implements [Cloud].
func (s Sandbox) Promote(_ context.Context, replica string) error {
	return flow.Promote(s.World, replica)
}

// Snapshot implements [Cloud].
func (s Sandbox) Snapshot(_ context.Context, database, name string) (string, error) {
	return flow.Snapshot(s.World, database, name)
}

// CopySnapshot implements [Cloud].
func (s Sandbox) CopySnapshot(_ context.Context, snapshot, region, key string) (string, error) {
	return flow.CopySnapshot(s.World, snapshot, region, key)
}

// RunRestoration implements [Cloud].
func (s Sandbox) RunRestoration(_ context.Context, job string) (time.Time, error) {
	return flow.RunRestoration(s.World, job)
}

// Refill implements [Cloud].
func (s Sandbox) Refill(_ context.Context, machine, name string) error {
	return flow.Refill(s.World, machine, name)
}

// Latch implements [Cloud].
func (s Sandbox) Latch(_ context.Context, tenant Tenant, taken bool) error {
	if tenant.LatchMetric == "" {
		return fmt.Errorf("%s has no latch: name its standby in its stack file and bring it up before it is needed",
			tenant.Stack)
	}
	value := 0.0
	if taken {
		value = 1
	}
	series := world.Series{Provider: "aws", Account: tenant.Account, Region: tenant.LatchRegion,
		Namespace: tenant.LatchNamespace, Name: tenant.LatchMetric}
	for name, is := range tenant.LatchDimensions {
		series.Dimensions = append(series.Dimensions, name+"="+is)
	}
	return flow.Publish(s.World, series, value)
}

// regionOf is the region in an ARN.
func regionOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[3]
	}
	return ""
}
