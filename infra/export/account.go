package export

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"haven/infra/dump"
	"haven/infra/dump/bucket"
)

// Account is a bucket of a real account.
type Account struct {
	ID, Bucket string
	client     *s3.Client
}

// Open is a bucket of that account and region, with the credentials that the AWS CLI would use. They need
// s3:ListBucket, s3:GetObject and kms:Decrypt.
func Open(ctx context.Context, account, region, name string) (Account, error) {
	client, err := bucket.Client(ctx, config.WithRegion(region))
	return Account{ID: account, Bucket: name, client: client}, err
}

// Label implements [Archive].
func (a Account) Label() string { return "account " + a.ID }

// Simulated implements [Archive].
func (Account) Simulated() bool { return false }

// Keys implements [Archive]. A bucket of that name in another account is refused.
func (a Account) Keys(ctx context.Context, prefix string) ([]string, error) {
	var keys []string
	pages := s3.NewListObjectsV2Paginator(a.client, &s3.ListObjectsV2Input{
		Bucket: aws.String(a.Bucket), Prefix: aws.String(prefix), ExpectedBucketOwner: aws.String(a.ID),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing %s%s/%s: %w", bucket.Scheme, a.Bucket, prefix, err)
		}
		for _, object := range page.Contents {
			keys = append(keys, aws.ToString(object.Key))
		}
	}
	return keys, nil
}

// At implements [Archive].
func (a Account) At(prefix string) dump.Source {
	return bucket.At(a.client, a.Bucket, prefix, time.Time{})
}
