package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// breaks are how often reading an object is taken up again where the connection breaks: who loads a database reads
// slowly, and S3 does not wait for ever.
const breaks = 20

// object is an object that is being read.
type object struct {
	ctx    context.Context
	dump   *Dump
	key    *string
	body   io.ReadCloser
	etag   *string
	offset int64
	breaks int
}

// Open reads an object of the dump.
func (d *Dump) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	o := &object{ctx: ctx, dump: d, key: d.key(name)}
	err := o.open()
	var missing *types.NoSuchKey
	if errors.As(err, &missing) {
		return nil, fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	if err != nil {
		return nil, err
	}
	return o, nil
}

// open reads on from the offset, of the same object as before.
func (o *object) open() error {
	input := &s3.GetObjectInput{Bucket: aws.String(o.dump.bucket), Key: o.key, IfMatch: o.etag}
	if o.offset > 0 {
		input.Range = aws.String(fmt.Sprintf("bytes=%d-", o.offset))
	}
	opened, err := o.dump.client.GetObject(o.ctx, input)
	if err != nil {
		return err
	}
	o.body, o.etag = opened.Body, opened.ETag
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
