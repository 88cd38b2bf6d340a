package stacks

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/dump/manifest"
	"haven/stacks/config"
	"haven/tests/harness"
)

// record is what demo-acme exported when it was last brought up.
func record(values map[string]any) resource.PropertyMap {
	last := map[string]any{
		"name": "acme", "cell": "demo-cell", "state": "leaving", "deletionDate": "2026-03-31",
		"leavingSince": "2026-03-01T10:00:00Z", "account": "123456789012", "region": "eu-west-1",
		"databaseArn":   "arn:aws:rds:eu-west-1:123456789012:db:demo-acme-database",
		"filesArn":      "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1",
		"archiveBucket": "archive", "archivePrefix": "tenants/acme/",
	}
	maps.Copy(last, values)
	return resource.NewPropertyMapFromMap(map[string]any{"tenant": last})
}

// archived are the objects of an archive, by their keys.
type archived map[string]stored

// stored is an object: the body of a manifest, the size of a part.
type stored struct {
	body  string
	bytes int
}

const (
	listObjects = "aws:s3/getObjects:getObjects"
	readObject  = "aws:s3/getObject:getObject"
)

// dumpedAt is an archive with a complete dump of a leaving tenant that began at that time.
func dumpedAt(at string, changes ...func(*manifest.Manifest)) archived {
	begun, err := time.Parse(time.RFC3339, at)
	if err != nil {
		panic(err)
	}
	m := manifest.Manifest{
		Format: manifest.Format, Tenant: "acme", Generation: 1, StartedAt: begun, CompletedAt: begun.Add(time.Minute),
		Server: manifest.Server{Version: "8.0.41"}, Tables: []manifest.Table{},
	}
	place := "tenants/acme/final/" + begun.Format(manifest.TimeLayout) + "/"
	objects := archived{}
	for i, name := range manifest.Parts {
		m.Parts = append(m.Parts, manifest.Part{Name: name, Bytes: int64(100 + i), SHA256: strings.Repeat("0", 64)})
		objects[place+name] = stored{bytes: 100 + i}
	}
	for _, change := range changes {
		change(&m)
	}
	objects[place+manifest.Name] = stored{body: string(m.Encode())}
	return objects
}

// answer gives a recorder the archive.
func (a archived) answer(r *harness.Recorder) {
	r.Answers = map[string]func(resource.PropertyMap) (resource.PropertyMap, error){
		listObjects: func(asked resource.PropertyMap) (resource.PropertyMap, error) {
			keys := []any{}
			for _, key := range slices.Sorted(maps.Keys(a)) {
				if asked["bucket"].StringValue() == "archive" && strings.HasPrefix(key, asked["prefix"].StringValue()) {
					keys = append(keys, key)
				}
			}
			return resource.NewPropertyMapFromMap(map[string]any{"keys": keys}), nil
		},
		readObject: func(asked resource.PropertyMap) (resource.PropertyMap, error) {
			found, there := a[asked["key"].StringValue()]
			if !there {
				return nil, errors.New("couldn't find resource")
			}
			return resource.NewPropertyMapFromMap(map[string]any{"body": found.body, "contentLength": found.bytes,
				"objectLockRetainUntilDate": "2026-05-01T00:00:00Z"}), nil
		},
	}
}

// goneAt runs the tenant as gone at that time.
func goneAt(last resource.PropertyMap, objects archived, now string) (*harness.Recorder, error) {
	r := harness.Environment()
	r.References["organization/haven/demo-acme"] = last
	objects.answer(r)
	moment, err := time.Parse(time.RFC3339, now)
	if err != nil {
		return r, err
	}
	gone := tenantValues(`"state":"gone","deletionDate":"2026-03-31"`)
	return r, harness.RunStack(r, "demo-acme", gone, DeployAt(moment))
}

// left is all that a tenant that is gone declares: its root, the read of its own last record, and the provider that
// looks for its final dump.
var left = map[string]int{TenantType: 1, "pulumi:pulumi:StackReference": 1, "pulumi:providers:aws": 1}

// TestGone: from the first moment of its deletion date on, a tenant that was leaving and has its final dump may be
// gone, and stays so whatever becomes of the dump.
func TestGone(t *testing.T) {
	final := dumpedAt("2026-03-30T12:00:00Z")
	for name, test := range map[string]struct {
		last    resource.PropertyMap
		objects archived
	}{
		"leaving until now": {record(nil), final},
		"gone already":      {record(map[string]any{"state": "gone", "deletedAt": "2026-04-01T10:00:00Z"}), archived{}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := goneAt(test.last, test.objects, "2026-03-31T00:00:00Z")
			require.NoError(t, err)
			assert.Equal(t, left, kinds(r))
			assert.Equal(t, "eu-west-1", single(t, r, "pulumi:providers:aws").Input("region"))
		})
	}
	r := harness.Environment()
	r.References["organization/haven/demo-acme"] = record(nil)
	final.answer(r)
	gone := tenantValues(`"state":"gone","deletionDate":"2026-03-31"`)
	require.NoError(t, harness.RunStack(r, "demo-acme", gone, Deploy), "by the clock of the machine")
	assert.Equal(t, left, kinds(r))
}

// TestGoneTooSoon: a tenant that may not be gone keeps everything, since the update fails before it deletes.
func TestGoneTooSoon(t *testing.T) {
	bringUp := "; bring it up in the state leaving with the deletion date 2026-03-31 first, which lifts its protection, " +
		"names its final snapshot and makes its final dump"
	for name, test := range map[string]struct {
		last resource.PropertyMap
		now  string
		want string
	}{
		"before its date": {record(nil), "2026-03-30T23:59:59Z",
			"tenant.state: demo-acme may not be gone before 2026-03-31; leave it in the state leaving until then"},
		"active until now": {record(map[string]any{"state": "active"}), "2026-04-01T00:00:00Z",
			`tenant.state: demo-acme was "active" until now` + bringUp},
		"suspended until now": {record(map[string]any{"state": "suspended"}), "2026-04-01T00:00:00Z",
			`tenant.state: demo-acme was "suspended" until now` + bringUp},
		"another date": {record(map[string]any{"deletionDate": "2026-03-30"}), "2026-04-01T00:00:00Z",
			`tenant.state: demo-acme was "leaving" until now` + bringUp},
		"never up": {resource.PropertyMap{}, "2026-04-01T00:00:00Z", "it has no such output yet"},
		"a record of another form": {resource.NewPropertyMapFromMap(map[string]any{"tenant": true}),
			"2026-04-01T00:00:00Z", "tenant.state: what demo-acme exported last cannot be read: "},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := goneAt(test.last, dumpedAt("2026-03-30T12:00:00Z"), test.now)
			require.ErrorContains(t, err, test.want)
			assert.Subset(t, left, kinds(r))
		})
	}
}

// TestGoneWithoutItsExport: nothing is deleted before the last dump is there, whole as far as the archive tells.
func TestGoneWithoutItsExport(t *testing.T) {
	const place = "tenants/acme/final/20260330T120000Z/"
	without := func(name string) archived {
		objects := dumpedAt("2026-03-30T12:00:00Z")
		delete(objects, place+name)
		return objects
	}
	with := func(name string, object stored) archived {
		objects := dumpedAt("2026-03-30T12:00:00Z")
		objects[place+name] = object
		return objects
	}
	whole := dumpedAt("2026-03-30T12:00:00Z")[place+manifest.Name].body
	for name, test := range map[string]struct {
		last    map[string]any
		objects archived
		want    string
	}{
		"none":                   {nil, archived{}, "there is none"},
		"only those of its life": {nil, archived{"tenants/acme/dumps/20260330T120000Z/manifest.json": {}}, "there is none"},
		"unfinished": {nil, without(manifest.Name),
			"there are parts of one, and no manifest.json that completes it"},
		"a part missing": {nil, without(manifest.FilesPart),
			"files.tar.zst: couldn't find resource"},
		"a part cut off": {nil, with(manifest.DatabasePart, stored{bytes: 7}),
			"database.sql.zst has 7 bytes, the manifest says 100"},
		"unreadable": {nil, with(manifest.Name, stored{}), place + "manifest.json: it is no JSON object: "},
		"altered": {nil, with(manifest.Name, stored{body: whole + " "}),
			"it is not written as haven-dump writes it: it was altered"},
		"another tenant's": {nil, dumpedAt("2026-03-30T12:00:00Z", func(m *manifest.Manifest) { m.Tenant = "globex" }),
			`it is of tenant "globex", expected "acme"`},
		"of another time": {nil, dumpedAt("2026-03-30T12:00:00Z", func(m *manifest.Manifest) {
			m.StartedAt = m.StartedAt.Add(-time.Hour)
		}), "it is of the dump that began at 20260330T110000Z, expected 20260330T120000Z"},
		"before it left": {nil, dumpedAt("2026-02-01T00:00:00Z"),
			"it began at 2026-02-01T00:00:00Z, when the tenant may still have run: one that begins after " +
				"2026-03-01T11:00:00Z is needed"},
		"while it stopped": {nil, dumpedAt("2026-03-01T10:59:59Z"), "when the tenant may still have run"},
		"brought up by an older program": {map[string]any{"leavingSince": ""}, dumpedAt("2026-03-30T12:00:00Z"),
			"it does not say where that is and since when it is leaving; bring it up once more in the state leaving"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := goneAt(record(test.last), test.objects, "2026-04-01T00:00:00Z")
			require.ErrorContains(t, err, "tenant.state: demo-acme may not be gone without its final dump below "+
				"s3://archive/tenants/acme/final/: ")
			require.ErrorContains(t, err, test.want)
			require.ErrorContains(t, err, "; leave it in the state leaving until the next dump is made (haven status shows")
			assert.Equal(t, left, kinds(r), "nothing is declared, and nothing deleted either: the update fails")
		})
	}
}

// TestFinalDump: the newest counts, and the record says how to recognise it and until when nobody can delete it.
func TestFinalDump(t *testing.T) {
	objects := dumpedAt("2026-03-30T12:00:00Z")
	maps.Copy(objects, dumpedAt("2026-03-29T12:00:00Z"))
	delete(objects, "tenants/acme/final/20260329T120000Z/files.tar.zst")
	_, err := goneAt(record(nil), objects, "2026-03-31T00:00:00Z")
	require.NoError(t, err, "an older one that is not whole does not matter")
	key, err := newestManifest(slices.Collect(maps.Keys(objects)))
	require.NoError(t, err)
	assert.Equal(t, "tenants/acme/final/20260330T120000Z/manifest.json", key)
}

// TestLeavingSince: it stays what it was for as long as the tenant is leaving.
func TestLeavingSince(t *testing.T) {
	now := time.Date(2026, 3, 5, 6, 7, 8, 0, time.UTC)
	leaving := DeletionRecord{State: "leaving", LeavingSince: "2026-03-01T10:00:00Z"}
	for want, test := range map[string]struct {
		last  DeletionRecord
		state string
	}{
		"":                     {leaving, "active"},
		"2026-03-01T10:00:00Z": {leaving, "leaving"},
		"2026-03-05T06:07:08Z": {DeletionRecord{State: "active", LeavingSince: "2026-03-01T10:00:00Z"}, "leaving"},
	} {
		tenant := &config.Tenant{State: config.State(test.state)}
		assert.Equal(t, want, test.last.since(tenant, now), test.state)
	}
}

// TestTeardownIsNotGone: a tenant that is to be gone and may not be yet can be torn down with its environment.
func TestTeardownIsNotGone(t *testing.T) {
	at := time.Date(2026, 4, 5, 6, 7, 8, 0, time.UTC)
	values := tenantValues(`"state":"gone","deletionDate":"2026-03-31"`)
	r := harness.Environment()
	r.References["organization/haven/demo-acme"] = record(nil)
	require.NoError(t, harness.RunStack(r, "demo-acme", values, Teardown(at)))
	assert.Equal(t, "demo-acme-database-final-20260405-060708",
		single(t, r, databaseType).Input("finalSnapshotIdentifier"))
	r = harness.Environment()
	r.References["organization/haven/demo-acme"] = record(map[string]any{"state": "gone"})
	require.NoError(t, harness.RunStack(r, "demo-acme", values, Teardown(at)))
	assert.Equal(t, left, kinds(r))
}
