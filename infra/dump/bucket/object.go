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

	"haven/infra/dump/resume"
)

// object is an object that is being read.
type object struct {
	ctx  context.Context
	dump *Dump
	key  *string
	// etag is that of the one that reading began with: what is read on is of the same object.
	etag *string
}

// Open reads an object of the dump.
func (d *Dump) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	o := &object{ctx: ctx, dump: d, key: d.key(name)}
	opened, err := resume.Reader(ctx, o.open)
	var missing *types.NoSuchKey
	if errors.As(err, &missing) {
		return nil, fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return opened, err
}

// open reads from an offset.
func (o *object) open(offset int64) (io.ReadCloser, error) {
	input := &s3.GetObjectInput{Bucket: aws.String(o.dump.bucket), Key: o.key, IfMatch: o.etag}
	if offset > 0 {
		input.Range = aws.String(fmt.Sprintf("bytes=%d-", offset))
	}
	opened, err := o.dump.client.GetObject(o.ctx, input)
	if err != nil {
		return nil, err
	}
	o.etag = opened.ETag
	return opened.Body, nil
}
