package provider

import (
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/policy/props"
)

const (
	listFunction   = "aws:s3/getObjects:getObjects"
	objectFunction = "aws:s3/getObject:getObject"
)

// keepObjects puts a bucket of the account, two elsewhere, and objects into the world.
func (f *fixture) keepObjects() {
	made := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	require.NoError(f.t, f.world.Update(func(tx *world.Tx) error {
		for name, place := range map[string][2]string{
			"archive": {"123456789012", "eu-west-1"}, "replica": {"123456789012", "eu-central-1"},
			"foreign": {"999999999999", "eu-west-1"},
		} {
			bucket := cloud.Resource{Provider: "aws", Account: place[0], Region: place[1], Type: bucketType, ID: name,
				URN: "urn:pulumi:demo::haven::" + bucketType + "::" + name}
			if err := tx.Put(bucket, nil); err != nil {
				return err
			}
		}
		for _, object := range []world.Object{
			{Key: "final/1/manifest.json", Content: "{}", ContentType: "application/json", SHA256: "0123", Size: 2,
				KMSKey: "key-1", Mode: "COMPLIANCE", RetainUntil: made.AddDate(0, 0, 35), StorageClass: "STANDARD"},
			{Key: "final/1/part", Content: "secret", Size: 6},
			{Key: "final/2/cold.json", Content: "{}", ContentType: "application/json", StorageClass: "GLACIER"},
			{Key: "final/3/deleted", DeleteMarker: true},
			{Key: "final/4/rewritten", Version: "1", Noncurrent: made, Size: 1},
			{Key: "final/4/rewritten", Version: "2", Size: 2},
			{Key: "other"},
		} {
			object.Bucket, object.Made = "archive", made
			if object.Version == "" {
				object.Version = "v"
			}
			if err := world.Objects.Put(tx, object); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (f *fixture) ask(token string, args map[string]any) (property.Map, error) {
	answer, err := f.Invoke(ctx, p.InvokeRequest{Token: tokens.Type(token), Args: values(args)})
	return answer.Return, err
}

// TestObjectsAreListed: what a reader gets, in its order, as much as is asked for.
func TestObjectsAreListed(t *testing.T) {
	f := newFixture(t)
	f.keepObjects()
	for name, test := range map[string]struct {
		args map[string]any
		keys []string
		in   []string // the common prefixes
	}{
		"all": {nil, []string{"final/1/manifest.json", "final/1/part", "final/2/cold.json", "final/4/rewritten", "other"},
			nil},
		"below": {map[string]any{"prefix": "final/1/"}, []string{"final/1/manifest.json", "final/1/part"}, nil},
		"after": {map[string]any{"startAfter": "final/2"},
			[]string{"final/2/cold.json", "final/4/rewritten", "other"}, nil},
		"few":     {map[string]any{"maxKeys": 1.0}, []string{"final/1/manifest.json"}, nil},
		"folders": {map[string]any{"delimiter": "/"}, []string{"other"}, []string{"final/"}},
		"within": {map[string]any{"delimiter": "/", "prefix": "final/"}, nil,
			[]string{"final/1/", "final/2/", "final/4/"}},
	} {
		t.Run(name, func(t *testing.T) {
			args := map[string]any{"bucket": "archive"}
			for key, value := range test.args {
				args[key] = value
			}
			found, err := f.ask(listFunction, args)
			require.NoError(t, err)
			assert.ElementsMatch(t, test.keys, props.Texts(found, "keys[*]"))
			assert.ElementsMatch(t, test.in, props.Texts(found, "commonPrefixes[*]"))
		})
	}
}

// TestAnObjectIsRead: its body only where it says that it is text or JSON.
func TestAnObjectIsRead(t *testing.T) {
	f := newFixture(t)
	f.keepObjects()
	manifest, err := f.ask(objectFunction, map[string]any{"bucket": "archive", "key": "final/1/manifest.json"})
	require.NoError(t, err)
	for name, want := range map[string]any{
		"body": "{}", "contentType": "application/json", "contentLength": 2.0, "objectLockMode": "COMPLIANCE",
		"objectLockRetainUntilDate": "2026-12-25T12:00:00Z", "sseKmsKeyId": "key-1", "versionId": "v",
	} {
		value, err := property.Any(want)
		require.NoError(t, err)
		assert.Equal(t, value, manifest.Get(name), name)
	}
	part, err := f.ask(objectFunction, map[string]any{"bucket": "archive", "key": "final/1/part"})
	require.NoError(t, err)
	assert.Empty(t, part.Get("body").AsString())
	assert.Equal(t, "binary/octet-stream", part.Get("contentType").AsString())
	for version, size := range map[string]float64{"": 2, "1": 1, "2": 2} {
		args := map[string]any{"bucket": "archive", "key": "final/4/rewritten"}
		if version != "" {
			args["versionId"] = version
		}
		read, err := f.ask(objectFunction, args)
		require.NoError(t, err)
		assert.Equal(t, size, read.Get("contentLength").AsNumber(), version)
	}
}

// TestObjectsThatAreNotThere: each refusal is S3's.
func TestObjectsThatAreNotThere(t *testing.T) {
	f := newFixture(t)
	f.keepObjects()
	for want, args := range map[string]map[string]any{
		"reading S3 Bucket (archive) Object (final/3/deleted): operation error S3: HeadObject, https response error " +
			"StatusCode: 404, api error NotFound: Not Found": {"bucket": "archive", "key": "final/3/deleted"},
		"api error InvalidObjectState: The operation is not valid for the object's storage class": {
			"bucket": "archive", "key": "final/2/cold.json"},
		"api error NoSuchBucket: The specified bucket does not exist": {"bucket": "nowhere", "key": "any"},
		"api error AccessDenied: Access Denied":                       {"bucket": "foreign", "key": "any"},
		"StatusCode: 301, api error PermanentRedirect":                {"bucket": "replica", "key": "any"},
	} {
		_, err := f.ask(objectFunction, args)
		assert.ErrorContains(t, err, want)
	}
	_, err := f.ask(listFunction, map[string]any{"bucket": "nowhere"})
	assert.ErrorContains(t, err, "listing S3 Bucket (nowhere) Objects: operation error S3: ListObjectsV2")
}
