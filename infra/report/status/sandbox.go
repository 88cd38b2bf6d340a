package status

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"haven/components/tiers"
	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
)

// Sandbox reads the world of the sandbox, once its data has moved to its clock.
type Sandbox struct{ World *world.World }

// Label implements [Source].
func (Sandbox) Label() string { return "sandbox (simulated)" }

const (
	databaseType     = "aws:rds/instance:Instance"
	replicationType  = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
	fileSystemType   = "aws:efs/fileSystem:FileSystem"
	bucketType       = "aws:s3/bucketV2:BucketV2"
	googleBucketType = "gcp:storage/bucket:Bucket"
)

// Find implements [Source].
func (s Sandbox) Find(_ context.Context, tenant Tenant) (Found, error) {
	if _, err := flow.Advance(s.World, flow.Options{}); err != nil {
		return Found{}, err
	}
	var found Found
	err := s.World.View(func(tx *world.Tx) error {
		found = look(tx, tenant)
		return nil
	})
	return found, err
}

// finding collects the newest of each kind.
type finding struct {
	tx     *world.Tx
	tenant Tenant
	newest map[tiers.Copy]time.Time
}

func look(tx *world.Tx, tenant Tenant) Found {
	f := finding{tx: tx, tenant: tenant, newest: map[tiers.Copy]time.Time{}}
	database, up := f.database()
	if !up {
		return Found{}
	}
	f.reaches(database)
	f.points(database)
	f.objects()
	for _, export := range world.Exports.All(tx, tenant.Account, tenant.Region) {
		if export.Source == database.ID && export.Status == "COMPLETE" {
			f.is(tiers.Export, export.DataTime)
		}
	}
	found := Found{Up: true, Ages: map[tiers.Copy]time.Duration{}, Since: tx.Now().Sub(tx.MadeAt(database)),
		Asked: func(kind tiers.Copy) bool { return kind != tiers.Mirror || tenant.Mirrored }}
	for kind, at := range f.newest {
		found.Ages[kind] = max(0, tx.Now().Sub(at)).Truncate(time.Second)
	}
	return found
}

func (f finding) is(kind tiers.Copy, at time.Time) {
	if at.After(f.newest[kind]) {
		f.newest[kind] = at
	}
}

// own are the resources of a type that the tenant's stack has made.
func (f finding) own(token string) []cloud.Resource {
	return slices.DeleteFunc(f.tx.List(token, f.tenant.Account, ""), func(r cloud.Resource) bool {
		return !strings.HasPrefix(r.URN, "urn:pulumi:"+f.tenant.Stack+"::")
	})
}

func (f finding) database() (cloud.Resource, bool) {
	for _, database := range f.own(databaseType) {
		if database.Text("replicateSourceDb") == "" {
			return database, true
		}
	}
	return cloud.Resource{}, false
}

func (f finding) reaches(database cloud.Resource) {
	until := func(kind tiers.Copy, holder string) {
		for _, reach := range world.Reaches.All(f.tx, holder) {
			f.is(kind, reach.Until)
		}
	}
	until(tiers.PointInTime, database.ID)
	for _, replication := range f.own(replicationType) {
		until(tiers.ReplicatedBackup, replication.ID)
	}
	for _, replica := range f.own(databaseType) {
		if replica.ID != database.ID {
			until(tiers.Replica, replica.ID)
		}
	}
}

func (f finding) points(database cloud.Resource) {
	kinds := map[string][2]tiers.Copy{database.ID: {tiers.Snapshot, tiers.SnapshotCopy}}
	for _, files := range f.own(fileSystemType) {
		kinds[files.ID] = [2]tiers.Copy{tiers.Files, tiers.FilesCopy}
	}
	for _, point := range world.Points.All(f.tx) {
		kind, ofTenant := kinds[point.Source]
		switch {
		case !ofTenant || point.Vault == "":
		case strings.HasPrefix(point.Vault, "arn:aws:backup:"+f.tenant.Region+":"):
			f.is(kind[0], point.DataTime)
		case strings.HasPrefix(point.Vault, "arn:aws:backup:"+f.tenant.RecoveryRegion+":"):
			f.is(kind[1], point.DataTime)
		}
	}
}

var manifest = regexp.MustCompile(`^tenants/([^/]+)/(?:dumps|final)/[^/]+/manifest\.json$`)

// objects are the complete dumps in the archive of the region, in its replica and in the mirror.
func (f finding) objects() {
	kinds := map[string]tiers.Copy{}
	for _, bucket := range f.tx.List(bucketType, f.tenant.Account, f.tenant.Region) {
		kinds[bucket.ID] = tiers.Dump
	}
	for _, bucket := range f.tx.List(bucketType, f.tenant.Account, f.tenant.RecoveryRegion) {
		kinds[bucket.ID] = tiers.DumpCopy
	}
	for _, bucket := range f.tx.List(googleBucketType, "", "") {
		kinds[bucket.ID] = tiers.Mirror
	}
	for _, object := range world.Objects.All(f.tx) {
		parsed := manifest.FindStringSubmatch(object.Key)
		if kind, known := kinds[object.Bucket]; known && parsed != nil && parsed[1] == f.tenant.Name && !object.DeleteMarker {
			f.is(kind, object.DataTime)
		}
	}
}
