package google

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// attempts are how often a request is tried, with a pause in between that doubles: a restore of hours does not fail
	// for a minute without a network.
	attempts   = 10
	firstPause = 250 * time.Millisecond
	// early is how long before its end a token is exchanged.
	early = 5 * time.Minute
	// errorLimit is how much of an answer is repeated in an error, in bytes.
	errorLimit = 1 << 10
)

// Client calls Google's services as whoever runs the program.
type Client struct {
	storage, secrets, run string
	token                 func(context.Context) (string, error)
	pause                 time.Duration
}

// NewClient is a client of the services that the surroundings name, by the variables of Google's own programs where
// they are not the public ones.
func NewClient() *Client {
	c := &Client{
		storage: endpoint("STORAGE_EMULATOR_HOST", "https://storage.googleapis.com"),
		secrets: endpoint("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER", "https://secretmanager.googleapis.com"),
		run:     endpoint("CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN", "https://run.googleapis.com"),
		pause:   firstPause,
	}
	c.token = (&metadata{client: c, host: endpoint("GCE_METADATA_HOST", "http://metadata.google.internal")}).token
	if token := os.Getenv("GOOGLE_OAUTH_ACCESS_TOKEN"); token != "" {
		c.token = func(context.Context) (string, error) { return token, nil }
	}
	return c
}

// endpoint is the service that a variable names, with or without a scheme.
func endpoint(variable, otherwise string) string {
	host := strings.TrimSuffix(os.Getenv(variable), "/")
	switch {
	case host == "":
		return otherwise
	case strings.Contains(host, "://"):
		return host
	}
	return "http://" + host
}

// refusal is an answer that is none.
type refusal struct {
	status int
	said   string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("status %d: %s", r.status, r.said)
}

// temporary says whether it may be another answer next time.
// https://cloud.google.com/storage/docs/retry-strategy
func (r *refusal) temporary() bool {
	return r.status == http.StatusRequestTimeout || r.status == http.StatusTooManyRequests || r.status >= 500
}

// status is that of an answer that is none; 0 where there was no answer.
func status(err error) int {
	var refused *refusal
	if errors.As(err, &refused) {
		return refused.status
	}
	return 0
}

// call sends a request, with a token, until it is answered.
func (c *Client) call(ctx context.Context, method, url string, header http.Header, body []byte) (
	*http.Response, error,
) {
	return c.retry(ctx, func() (*http.Response, error) {
		token, err := c.token(ctx)
		if err != nil {
			return nil, err
		}
		request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		for name, values := range header {
			request.Header[name] = values
		}
		request.Header.Set("Authorization", "Bearer "+token)
		return answer(request)
	})
}

func (c *Client) retry(ctx context.Context, try func() (*http.Response, error)) (*http.Response, error) {
	for attempt, pause := 1, c.pause; ; attempt, pause = attempt+1, 2*pause {
		response, err := try()
		var refused *refusal
		if err == nil || attempt == attempts || errors.As(err, &refused) && !refused.temporary() {
			return response, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(err, context.Cause(ctx))
		case <-time.After(pause):
		}
	}
}

func answer(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode < 300 {
		return response, nil
	}
	said, err := io.ReadAll(io.LimitReader(response.Body, errorLimit))
	return nil, errors.Join(&refusal{response.StatusCode, strings.TrimSpace(string(said))}, err, response.Body.Close())
}

// metadata is the server that tells a machine of Google Cloud who it is.
// https://cloud.google.com/compute/docs/access/authenticate-workloads#applications
type metadata struct {
	client *Client
	host   string

	lock  sync.Mutex
	known string
	until time.Time
}

func (m *metadata) token(ctx context.Context) (string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if time.Now().Before(m.until) {
		return m.known, nil
	}
	const path = "/computeMetadata/v1/instance/service-accounts/default/token"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, m.host+path, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Metadata-Flavor", "Google")
	response, err := answer(request)
	if err != nil {
		return "", fmt.Errorf("no token of the metadata server; elsewhere than on Google Cloud, set "+
			"GOOGLE_OAUTH_ACCESS_TOKEN: %w", err)
	}
	defer response.Body.Close()
	var given struct {
		Token   string      `json:"access_token"`
		Seconds json.Number `json:"expires_in"`
	}
	if err := json.NewDecoder(response.Body).Decode(&given); err != nil {
		return "", fmt.Errorf("metadata server: %w", err)
	}
	seconds, err := strconv.Atoi(given.Seconds.String())
	if err != nil || given.Token == "" {
		return "", errors.New("metadata server: its answer has no token")
	}
	m.known, m.until = given.Token, time.Now().Add(time.Duration(seconds)*time.Second-early)
	return m.known, nil
}
