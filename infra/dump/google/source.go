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
)

// Scheme begins the address of a dump in a bucket: gs://bucket/prefix.
const Scheme = "gs://"

// breaks are how often reading an object is taken up again where the connection breaks.
const breaks = 20

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
	err := o.open()
	if status(err) == http.StatusNotFound {
		return nil, fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	if err != nil {
		return nil, err
	}
	return o, nil
}

// object is an object that is being read.
type object struct {
	ctx    context.Context
	client *Client
	url    string
	body   io.ReadCloser
	// generation is the one that reading began with: what is read on is of the same object.
	generation string
	offset     int64
	breaks     int
}

// open reads on from the offset.
func (o *object) open() error {
	address, header := o.url, http.Header{}
	if o.generation != "" {
		address += "&generation=" + o.generation
	}
	if o.offset > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", o.offset))
	}
	response, err := o.client.call(o.ctx, http.MethodGet, address, header, nil)
	if err != nil {
		return err
	}
	if o.offset > 0 && response.StatusCode != http.StatusPartialContent {
		return errors.Join(fmt.Errorf("status %d where a part was asked for", response.StatusCode), response.Body.Close())
	}
	o.body, o.generation = response.Body, response.Header.Get("X-Goog-Generation")
	return nil
}

func (o *object) Read(data []byte) (int, error) {
	read, err := o.body.Read(data)
	o.offset += int64(read)
	if err == nil || errors.Is(err, io.EOF) || o.ctx.Err() != nil || o.breaks == breaks {
		return read, err
	}
	o.breaks++
	_ = o.body.Close() // it is broken
	if err := o.open(); err != nil {
		return read, err
	}
	return read, nil
}

func (o *object) Close() error { return o.body.Close() }
