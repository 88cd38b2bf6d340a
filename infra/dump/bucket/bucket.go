package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Scheme begins the address of a dump in a bucket: s3://bucket/prefix.
const Scheme = "s3://"

// attempts are how often a request is tried: a dump of hours does not fail for a minute without a network.
const attempts = 10

// Dump is one dump in a bucket, or the place for one.
type Dump struct {
	client         *s3.Client
	bucket, prefix string
	retainUntil    time.Time
	partSize       int
}

// Client is a client of S3 with the credentials and region of its surroundings, where no option says anything else.
func Client(ctx context.Context, options ...func(*config.LoadOptions) error) (*s3.Client, error) {
	// What is read is held against the manifest, which knows more of it than S3 does.
	settings, err := config.LoadDefaultConfig(ctx, append([]func(*config.LoadOptions) error{
		config.WithRetryMaxAttempts(attempts),
		config.WithResponseChecksumValidation(aws.ResponseChecksumValidationWhenRequired),
	}, options...)...)
	if err != nil {
		return nil, err
	}
	return s3.NewFromConfig(settings), nil
}

// Parse splits the address of a dump.
func Parse(address string) (bucket, prefix string, err error) {
	bucket, prefix, _ = strings.Cut(strings.TrimPrefix(address, Scheme), "/")
	prefix = strings.Trim(prefix, "/")
	if !strings.HasPrefix(address, Scheme) || bucket == "" || prefix == "" {
		return "", "", fmt.Errorf("%q, expected %sbucket/prefix", address, Scheme)
	}
	return bucket, prefix, nil
}

// At is the dump under a prefix. What is put there is locked until that time.
func At(client *s3.Client, bucket, prefix string, retainUntil time.Time) *Dump {
	return &Dump{client: client, bucket: bucket, prefix: prefix, retainUntil: retainUntil, partSize: partSize}
}

// String is its address.
func (d *Dump) String() string { return Scheme + d.bucket + "/" + d.prefix }

func (d *Dump) key(name string) *string { return aws.String(d.prefix + "/" + name) }

// Put stores an object.
func (d *Dump) Put(ctx context.Context, name string, write func(io.Writer) error) error {
	u := newUpload(ctx, d, name)
	err := write(u)
	if err == nil {
		err = u.complete()
	}
	if err == nil {
		return nil
	}
	if code := status(err); code == http.StatusPreconditionFailed || code == http.StatusConflict {
		err = fmt.Errorf("it is there already, or is being written: %w", fs.ErrExist)
	}
	return errors.Join(err, u.abort())
}

func status(err error) int {
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}
