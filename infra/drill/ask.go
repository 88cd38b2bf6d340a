package drill

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Asking asks for applications over the network, as a browser does, with the certificates that it would accept.
type Asking struct {
	// Pace is how long to wait between two attempts, Limit how long an application is asked for at most.
	Pace, Limit time.Duration
}

// Application asks until the application answers with a page or the way to one, that of signing in.
func (a Asking) Application(ctx context.Context, url string) error {
	client := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	for begun := time.Now(); ; {
		said := ask(ctx, client, url)
		switch {
		case said == nil:
			return nil
		case time.Since(begun) > a.Limit:
			return fmt.Errorf("%s: nobody answers within %s: %w", url, a.Limit, said)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(a.Pace):
		}
	}
}

func ask(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}
