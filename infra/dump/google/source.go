package google

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"haven/infra/dump/resume"
)

// Scheme begins the address of a dump in a bucket: gs://bucket/prefix.
const Scheme = "gs://"

// Dump is one dump in a bucket.
type Dump struct {
	client         *Client
	bucket, prefix string
}

// At is the dump at an address.
func (c *Client) At(address string) (*Dump, error) {
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(address, Scheme), "/")
	prefix = strings.Trim(prefix, "/")
	if !strings.HasPrefix(address, Scheme) || bucket == "" || prefix == "" {
		return nil, fmt.Errorf("%q, expected %sbucket/prefix", address, Scheme)
	}
	return &Dump{client: c, bucket: bucket, prefix: prefix}, nil
}

// String is its address.
func (d *Dump) String() string { return Scheme + d.bucket + "/" + d.prefix }

// Open reads an object of the dump.
func (d *Dump) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	o := &object{ctx: ctx, client: d.client, url: fmt.Sprintf("%s/storage/v1/b/%s/o/%s?alt=media", d.client.storage,
		url.PathEscape(d.bucket), url.PathEscape(d.prefix+"/"+name))}
	opened, err := resume.Reader(ctx, o.open)
	if status(err) == http.StatusNotFound {
		return nil, fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return opened, err
}

// object is an object that is being read.
type object struct {
	ctx    context.Context
	client *Client
	url    string
	// generation is the one that reading began with: what is read on is of the same object.
	generation string
}

// open reads from an offset.
func (o *object) open(offset int64) (io.ReadCloser, error) {
	address, header := o.url, http.Header{}
	if o.generation != "" {
		address += "&generation=" + o.generation
	}
	if offset > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	response, err := o.client.call(o.ctx, http.MethodGet, address, header, nil)
	if err != nil {
		return nil, err
	}
	if offset > 0 && response.StatusCode != http.StatusPartialContent {
		return nil, errors.Join(fmt.Errorf("status %d where a part was asked for", response.StatusCode),
			response.Body.Close())
	}
	o.generation = response.Header.Get("X-Goog-Generation")
	return response.Body, nil
}
