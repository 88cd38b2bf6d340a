package stacks

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/dump/manifest"
	"haven/stacks/config"
)

const (
	// finalFolder is where the dumps of a leaving tenant lie, below its prefix in the archive.
	finalFolder = "final/"
	// mostKeys are listed: four objects a dump, each hour of two years.
	mostKeys = 100_000
	// stopTime is what stopping the tenant takes at most, once it is to leave: a dump that begins before is not the last.
	stopTime = time.Hour
)

// findFinalDump finds the newest complete dump that was made of a tenant after it had stopped, and records it.
func (r *root) findFinalDump(ctx *pulumi.Context, stack *config.Stack, record *DeletionRecord) error {
	place := record.ArchivePrefix + finalFolder
	refuse := func(problem error) error {
		return fmt.Errorf("tenant.state: %s may not be gone without its final dump below s3://%s/%s: %w; leave it in the "+
			"state leaving until the next dump is made (haven status shows the age of the newest), then try again",
			stack.Name, record.ArchiveBucket, place, problem)
	}
	stopped, err := record.stopped()
	if err != nil {
		return refuse(err)
	}
	listed, err := s3.GetObjects(ctx, &s3.GetObjectsArgs{
		Bucket:  record.ArchiveBucket,
		Prefix:  pulumi.StringRef(place),
		MaxKeys: pulumi.IntRef(mostKeys),
	}, pulumi.Provider(r.primary))
	if err != nil {
		return refuse(err)
	}
	key, err := newestManifest(listed.Keys)
	if err != nil {
		return refuse(err)
	}
	d := finalDump{root: r, record: record, key: key}
	if err := d.check(ctx, stopped); err != nil {
		return refuse(fmt.Errorf("%s: %w", key, err))
	}
	return nil
}

// stopped is when nothing of the tenant's ran any more.
func (d DeletionRecord) stopped() (time.Time, error) {
	if d.ArchiveBucket == "" || d.ArchivePrefix == "" || d.LeavingSince == "" {
		return time.Time{}, errors.New("it does not say where that is and since when it is leaving; bring it up once more " +
			"in the state leaving")
	}
	since, err := time.Parse(time.RFC3339, d.LeavingSince)
	return since.Add(stopTime), err
}

// newestManifest is the key of the newest dump's. The names of dumps are in the order of their times.
func newestManifest(keys []string) (string, error) {
	manifests := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return path.Base(key) != manifest.Name })
	switch {
	case len(keys) == 0:
		return "", errors.New("there is none")
	case len(manifests) == 0:
		return "", fmt.Errorf("there are parts of one, and no %s that completes it", manifest.Name)
	}
	return slices.Max(manifests), nil
}

// finalDump is a dump that may be the last.
type finalDump struct {
	root   *root
	record *DeletionRecord
	key    string // of its manifest
}

// check holds the dump against its manifest, as far as S3 tells without reading it, and records it.
func (d finalDump) check(ctx *pulumi.Context, stopped time.Time) error {
	stored, err := d.object(ctx, manifest.Name)
	if err != nil {
		return err
	}
	m, err := manifest.Parse([]byte(stored.Body))
	if err != nil {
		return err
	}
	problems := d.compare(m, stopped)
	lockedUntil := stored.ObjectLockRetainUntilDate
	for _, part := range m.Parts {
		stored, err := d.object(ctx, part.Name)
		switch {
		case err != nil:
			problems = append(problems, fmt.Errorf("%s: %w", part.Name, err))
		case int64(stored.ContentLength) != part.Bytes:
			problems = append(problems, fmt.Errorf("%s has %d bytes, the manifest says %d", part.Name,
				stored.ContentLength, part.Bytes))
		default:
			lockedUntil = min(lockedUntil, stored.ObjectLockRetainUntilDate)
		}
	}
	d.record.ManifestKey, d.record.ManifestSHA256 = d.key, m.Digest()
	d.record.DumpedAt, d.record.DumpLockedUntil = m.StartedAt.Format(time.RFC3339), lockedUntil
	return errors.Join(problems...)
}

// compare says whether the manifest is that of the tenant's last dump, and of the one that lies there.
func (d finalDump) compare(m *manifest.Manifest, stopped time.Time) []error {
	var problems []error
	if m.Tenant != d.record.Name {
		problems = append(problems, fmt.Errorf("it is of tenant %q, expected %q", m.Tenant, d.record.Name))
	}
	if at := path.Base(path.Dir(d.key)); m.StartedAt.Format(manifest.TimeLayout) != at {
		problems = append(problems, fmt.Errorf("it is of the dump that began at %s, expected %s",
			m.StartedAt.Format(manifest.TimeLayout), at))
	}
	if m.StartedAt.Before(stopped) {
		problems = append(problems, fmt.Errorf("it began at %s, when the tenant may still have run: one that begins after "+
			"%s is needed", m.StartedAt.Format(time.RFC3339), stopped.Format(time.RFC3339)))
	}
	return problems
}

// object is what S3 knows of an object of the dump, with the body of its manifest.
func (d finalDump) object(ctx *pulumi.Context, name string) (*s3.GetObjectResult, error) {
	return s3.GetObject(ctx, &s3.GetObjectArgs{
		Bucket: d.record.ArchiveBucket,
		Key:    strings.TrimSuffix(d.key, manifest.Name) + name,
	}, pulumi.Provider(d.root.primary))
}
