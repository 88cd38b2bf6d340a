package bucket

import (
	"bytes"
	"cmp"
	"context"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"haven/components/dump/manifest"
)

const (
	// partSize is in bytes; S3 takes 10,000 parts.
	partSize = 32 << 20
	// sideBySide is how many parts are on their way at once; one more is being filled.
	sideBySide = 3
	// abortTimeout is what is left of the time that a stopped task has.
	abortTimeout = 30 * time.Second
)

// onlyNew lets an object be written only where there is none.
const onlyNew = "*"

// upload is an object on its way into the bucket.
type upload struct {
	ctx    context.Context
	dump   *Dump
	key    *string
	buffer []byte

	id      *string // of the multipart upload; nil until one part is full
	number  int32
	group   *errgroup.Group
	sending context.Context // ends with the first part that fails
	mutex   sync.Mutex
	sent    []types.CompletedPart
}

func newUpload(ctx context.Context, d *Dump, name string) *upload {
	u := &upload{ctx: ctx, dump: d, key: d.key(name)}
	u.group, u.sending = errgroup.WithContext(ctx)
	u.group.SetLimit(sideBySide)
	return u
}

// Write takes what is to be stored. A failure of what was sent before shows here at the latest one part on.
func (u *upload) Write(data []byte) (int, error) {
	written := 0
	for len(data) > 0 {
		if u.buffer == nil {
			u.buffer = make([]byte, 0, min(u.dump.partSize, max(len(data), 1<<16)))
		}
		taken := min(len(data), u.dump.partSize-len(u.buffer))
		u.buffer = append(u.buffer, data[:taken]...)
		data, written = data[taken:], written+taken
		if len(u.buffer) == u.dump.partSize {
			if err := u.send(); err != nil {
				return written, err
			}
		}
	}
	return written, nil
}

// send sends the buffer as the next part.
func (u *upload) send() error {
	if err := u.begin(); err != nil {
		return err
	}
	u.number++
	part, number := u.buffer, u.number
	u.buffer = nil
	u.group.Go(func() error { return u.sendPart(number, part) })
	if u.sending.Err() != nil {
		return u.group.Wait()
	}
	return nil
}

func (u *upload) begin() error {
	if u.id != nil {
		return nil
	}
	begun, err := u.dump.client.CreateMultipartUpload(u.ctx, &s3.CreateMultipartUploadInput{
		Bucket:                    aws.String(u.dump.bucket),
		Key:                       u.key,
		ChecksumAlgorithm:         types.ChecksumAlgorithmSha256,
		ObjectLockMode:            types.ObjectLockModeCompliance,
		ObjectLockRetainUntilDate: aws.Time(u.dump.retainUntil),
	})
	if err != nil {
		return err
	}
	u.id = begun.UploadId
	return nil
}

func (u *upload) sendPart(number int32, part []byte) error {
	sent, err := u.dump.client.UploadPart(u.sending, &s3.UploadPartInput{
		Bucket:            aws.String(u.dump.bucket),
		Key:               u.key,
		UploadId:          u.id,
		PartNumber:        aws.Int32(number),
		Body:              bytes.NewReader(part),
		ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
	})
	if err != nil {
		return err
	}
	u.mutex.Lock()
	defer u.mutex.Unlock()
	u.sent = append(u.sent, types.CompletedPart{
		PartNumber: aws.Int32(number), ETag: sent.ETag, ChecksumSHA256: sent.ChecksumSHA256})
	return nil
}

// contentType is S3's own of all but a manifest.
func (u *upload) contentType() *string {
	if path.Base(*u.key) == manifest.Name {
		return aws.String(manifest.ContentType)
	}
	return nil
}

// complete makes an object of what was written.
func (u *upload) complete() error {
	if u.id == nil {
		return u.put()
	}
	if len(u.buffer) > 0 {
		if err := u.send(); err != nil {
			return err
		}
	}
	if err := u.group.Wait(); err != nil {
		return err
	}
	slices.SortFunc(u.sent, func(a, b types.CompletedPart) int { return cmp.Compare(*a.PartNumber, *b.PartNumber) })
	_, err := u.dump.client.CompleteMultipartUpload(u.ctx, &s3.CompleteMultipartUploadInput{
		Bucket:          aws.String(u.dump.bucket),
		Key:             u.key,
		UploadId:        u.id,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: u.sent},
		IfNoneMatch:     aws.String(onlyNew),
	})
	if err == nil {
		u.id = nil
	}
	return err
}

// put stores an object that is smaller than a part.
func (u *upload) put() error {
	_, err := u.dump.client.PutObject(u.ctx, &s3.PutObjectInput{
		Bucket:                    aws.String(u.dump.bucket),
		Key:                       u.key,
		Body:                      bytes.NewReader(u.buffer),
		ContentType:               u.contentType(),
		ChecksumAlgorithm:         types.ChecksumAlgorithmSha256,
		ObjectLockMode:            types.ObjectLockModeCompliance,
		ObjectLockRetainUntilDate: aws.Time(u.dump.retainUntil),
		IfNoneMatch:               aws.String(onlyNew),
	})
	return err
}

// abort gives up what was sent, even where the context has ended.
func (u *upload) abort() error {
	_ = u.group.Wait() // its error has been returned
	if u.id == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(u.ctx), abortTimeout)
	defer cancel()
	_, err := u.dump.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
		Bucket: aws.String(u.dump.bucket), Key: u.key, UploadId: u.id})
	return err
}
