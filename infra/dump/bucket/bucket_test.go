package bucket

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/dump"
	"haven/tests/s3stub"
)

var until = time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)

// smallPart is a part that S3 itself would not take.
const smallPart = 8 << 20

// place is a dump's, in a bucket of its own.
func place(t *testing.T) (*s3stub.Server, *Dump) {
	t.Helper()
	server := s3stub.New()
	t.Cleanup(server.Close)
	for _, variable := range server.Environment() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	client, err := Client(t.Context())
	require.NoError(t, err)
	d := At(client, "backups", "tenants/acme/dumps/now", until)
	d.partSize = smallPart
	return server, d
}

func put(t *testing.T, d *Dump, name string, data []byte) error {
	t.Helper()
	return d.Put(t.Context(), name, func(to io.Writer) error {
		_, err := io.Copy(to, bytes.NewReader(data))
		return err
	})
}

// large is more than two parts, none like the other.
func large() []byte {
	data := make([]byte, 2*smallPart+smallPart/2)
	for i := range data {
		data[i] = byte(i >> 14)
	}
	return data
}

func TestObjectsAreStoredLockedAndOnce(t *testing.T) {
	server, d := place(t)
	for name, data := range map[string][]byte{"empty": {}, "small": []byte("text"), "large": large()} {
		require.NoError(t, put(t, d, name, data), name)
		stored, ok := server.Object("backups", "tenants/acme/dumps/now/"+name)
		require.True(t, ok, name)
		assert.True(t, bytes.Equal(data, stored.Data), name)
		assert.Equal(t, "COMPLIANCE", stored.LockMode, name)
		assert.Equal(t, "2027-01-02T03:04:05Z", stored.RetainUntil, name)
		err := put(t, d, name, append(data, 'x'))
		require.ErrorIs(t, err, fs.ErrExist, name)
		assert.EqualError(t, err, "it is there already, or is being written: file already exists")
		again, _ := server.Object("backups", "tenants/acme/dumps/now/"+name)
		assert.True(t, bytes.Equal(data, again.Data), name)
	}
	assert.Zero(t, server.Uploads())
}

// TestAManifestIsJSON: Pulumi's provider reads no other body.
func TestAManifestIsJSON(t *testing.T) {
	server, d := place(t)
	for name, want := range map[string]string{
		dump.ManifestName: "application/json", dump.SecretsPart: "application/octet-stream",
	} {
		require.NoError(t, put(t, d, name, []byte("{}")))
		stored, _ := server.Object("backups", "tenants/acme/dumps/now/"+name)
		assert.Equal(t, want, stored.ContentType, name)
	}
}

func TestAnUploadThatFailsIsAborted(t *testing.T) {
	broken := errors.New("broken")
	t.Run("by its writer", func(t *testing.T) {
		server, d := place(t)
		err := d.Put(t.Context(), "part", func(to io.Writer) error {
			_, err := to.Write(large())
			require.NoError(t, err)
			assert.Equal(t, 1, server.Uploads())
			return broken
		})
		require.ErrorIs(t, err, broken)
		assert.Zero(t, server.Uploads())
		assert.Empty(t, server.Keys("backups"))
	})
	t.Run("by its context", func(t *testing.T) {
		server, d := place(t)
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Put(ctx, "part", func(to io.Writer) error {
			_, err := to.Write(large())
			require.NoError(t, err)
			cancel()
			return nil
		})
		require.ErrorIs(t, err, context.Canceled)
		assert.Zero(t, server.Uploads())
		assert.Empty(t, server.Keys("backups"))
	})
	t.Run("by S3", func(t *testing.T) {
		server, d := place(t)
		err := d.Put(t.Context(), "part", func(to io.Writer) error {
			_, err := to.Write(large())
			server.Set("backups", "tenants/acme/dumps/now/part", []byte("another's"))
			return err
		})
		require.ErrorIs(t, err, fs.ErrExist)
		assert.Zero(t, server.Uploads())
	})
}

func TestARequestThatBreaksIsTriedAgain(t *testing.T) {
	server, d := place(t)
	var requests atomic.Int64
	server.Refuse = func(*http.Request) bool { return requests.Add(1) <= 2 }
	require.NoError(t, put(t, d, "part", large()))
	stored, _ := server.Object("backups", "tenants/acme/dumps/now/part")
	assert.True(t, bytes.Equal(large(), stored.Data))
}

func TestReadingGoesOnWhereAConnectionBroke(t *testing.T) {
	server, d := place(t)
	server.Set("backups", "tenants/acme/dumps/now/part", large())
	stream, err := d.Open(t.Context(), "part")
	require.NoError(t, err)
	defer stream.Close()
	var read bytes.Buffer
	for range 3 {
		_, err := io.CopyN(&read, stream, smallPart/2)
		require.NoError(t, err)
		server.CloseClientConnections()
	}
	_, err = io.Copy(&read, stream)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(large(), read.Bytes()))
}

func TestReadingNeverGoesOnInAnotherObject(t *testing.T) {
	server, d := place(t)
	server.Set("backups", "tenants/acme/dumps/now/part", large())
	stream, err := d.Open(t.Context(), "part")
	require.NoError(t, err)
	defer stream.Close()
	server.Set("backups", "tenants/acme/dumps/now/part", make([]byte, len(large())))
	server.CloseClientConnections()
	_, err = io.Copy(io.Discard, stream)
	require.ErrorContains(t, err, "PreconditionFailed")
}

func TestWhatIsMissing(t *testing.T) {
	_, d := place(t)
	_, err := d.Open(t.Context(), "part")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestParse(t *testing.T) {
	for _, test := range []struct{ address, bucket, prefix, problem string }{
		{address: "s3://backups/tenants/acme/", bucket: "backups", prefix: "tenants/acme"},
		{address: "s3://backups", problem: `"s3://backups", expected s3://bucket/prefix`},
		{address: "s3:///prefix", problem: `"s3:///prefix", expected s3://bucket/prefix`},
		{address: "/a/folder", problem: `"/a/folder", expected s3://bucket/prefix`},
	} {
		bucket, prefix, err := Parse(test.address)
		if test.problem != "" {
			assert.EqualError(t, err, test.problem)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, []string{test.bucket, test.prefix}, []string{bucket, prefix})
	}
}
