package google

import (
	"bytes"
	"context"
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
	"haven/tests/googlestub"
)

const secret = "projects/haven-demo-acme/secrets/app-key"

// stub is a server with one secret, and a client of it that has no patience.
func stub(t *testing.T) (*googlestub.Server, *Client) {
	t.Helper()
	server := googlestub.New(secret)
	t.Cleanup(server.Close)
	for _, variable := range server.Environment() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	client := NewClient()
	client.pause = time.Millisecond
	return server, client
}

func open(t *testing.T, client *Client, name string) (io.ReadCloser, error) {
	t.Helper()
	at, err := client.At("gs://mirror/tenants/acme/dumps/now/")
	require.NoError(t, err)
	assert.Equal(t, "gs://mirror/tenants/acme/dumps/now", at.String())
	return at.Open(t.Context(), name)
}

func TestAddresses(t *testing.T) {
	for _, address := range []string{"", "gs://", "gs://mirror", "gs://mirror/", "s3://mirror/prefix", "/a/folder"} {
		_, err := NewClient().At(address)
		assert.ErrorContains(t, err, "expected gs://bucket/prefix", address)
	}
}

func TestAnObjectIsReadToItsEnd(t *testing.T) {
	server, client := stub(t)
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	server.Put("mirror/tenants/acme/dumps/now/part", data)
	var refused, cut, asked atomic.Int64
	server.Refuse = func(r *http.Request) int {
		if strings.HasPrefix(r.URL.Path, "/computeMetadata") {
			asked.Add(1)
			return 0
		}
		if refused.Add(1) <= 3 {
			return http.StatusServiceUnavailable
		}
		return 0
	}
	server.Cut = func(r *http.Request) int64 {
		if n := cut.Add(1); n < 4 {
			if n > 1 {
				assert.Equal(t, "1700000000000001", r.URL.Query().Get("generation"), "of the same object")
			}
			return 100_001
		}
		return int64(len(data))
	}
	stream, err := open(t, client, "part")
	require.NoError(t, err)
	read, err := io.ReadAll(stream)
	require.NoError(t, err)
	require.NoError(t, stream.Close())
	assert.True(t, bytes.Equal(data, read))
	assert.Equal(t, int64(4), cut.Load(), "three breaks")
	assert.Equal(t, int64(1), asked.Load(), "a token is asked for once")
}

func TestWhatIsNotThere(t *testing.T) {
	_, client := stub(t)
	_, err := open(t, client, dump.ManifestName)
	require.ErrorIs(t, err, fs.ErrNotExist)
	at, err := client.At("gs://mirror/tenants/acme/dumps/now")
	require.NoError(t, err)
	_, err = dump.ReadManifest(t.Context(), at)
	assert.ErrorIs(t, err, dump.ErrIncomplete)
}

func TestRefusals(t *testing.T) {
	server, client := stub(t)
	var calls atomic.Int64
	server.Refuse = func(r *http.Request) int {
		if strings.HasPrefix(r.URL.Path, "/storage") {
			calls.Add(1)
			return http.StatusForbidden
		}
		return 0
	}
	_, err := open(t, client, "part")
	require.EqualError(t, err, "status 403: refused by a test")
	assert.Equal(t, int64(1), calls.Load(), "what is refused is not asked for again")

	server.Refuse = func(*http.Request) int { return http.StatusBadGateway }
	stranger := NewClient()
	stranger.pause = time.Millisecond
	_, err = stranger.Keep(t.Context(), secret, []byte("x"))
	assert.ErrorContains(t, err, "set GOOGLE_OAUTH_ACCESS_TOKEN: status 502", "it is asked for again, but not for ever")

	t.Setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "another")
	server.Refuse = nil
	_, err = open(t, NewClient(), "part")
	assert.ErrorContains(t, err, "status 401: no such token")
}

// TestAPauseEnds: who is told to stop does not sit out the pause, and says what was wrong when it was told.
func TestAPauseEnds(t *testing.T) {
	client := NewClient()
	client.pause = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	_, err := client.retry(ctx, func() (*http.Response, error) {
		cancel()
		return nil, &refusal{http.StatusBadGateway, "try again"}
	})
	require.ErrorIs(t, err, context.Canceled)
	assert.ErrorContains(t, err, "status 502: try again")
}

func TestASecretIsKeptOnce(t *testing.T) {
	server, client := stub(t)
	for i, test := range []struct {
		value string
		added bool
	}{{"first", true}, {"first", false}, {"second", true}} {
		added, err := client.Keep(t.Context(), secret, []byte(test.value))
		require.NoError(t, err)
		assert.Equal(t, test.added, added, i)
	}
	assert.Equal(t, []string{"first", "second"}, server.Versions(secret))

	_, err := client.Keep(t.Context(), "projects/haven-demo-acme/secrets/none", []byte("value"))
	assert.ErrorContains(t, err, "projects/haven-demo-acme/secrets/none: status 404")
	assert.NotContains(t, err.Error(), "value")
	for _, name := range []string{"", "app-key", "projects/p/secrets/", "projects/p/secrets/s/versions/1"} {
		_, err := client.Keep(t.Context(), name, nil)
		assert.ErrorContains(t, err, "expected projects/PROJECT/secrets/SECRET", name)
	}
}
