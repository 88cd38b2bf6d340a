package google

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// Names are those of the objects below a prefix of a bucket.
// https://cloud.google.com/storage/docs/json_api/v1/objects/list
func (c *Client) Names(ctx context.Context, bucket, prefix string) ([]string, error) {
	var names []string
	query := url.Values{"prefix": {prefix}, "fields": {"items(name),nextPageToken"}}
	for {
		var page struct {
			Items []struct {
				Name string `json:"name"`
			} `json:"items"`
			Next string `json:"nextPageToken"`
		}
		address := c.storage + "/storage/v1/b/" + url.PathEscape(bucket) + "/o?" + query.Encode()
		if err := c.ask(ctx, http.MethodGet, address, nil, &page); err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			names = append(names, item.Name)
		}
		if page.Next == "" {
			return names, nil
		}
		query.Set("pageToken", page.Next)
	}
}

// ask calls a service, and reads the JSON object that it answers with.
func (c *Client) ask(ctx context.Context, method, address string, body []byte, into any) error {
	header := http.Header{}
	if body != nil {
		header.Set("Content-Type", "application/json")
	}
	response, err := c.call(ctx, method, address, header, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("%s: its answer is no JSON object: %w", address, err)
	}
	return nil
}
