package cloud

import (
	"testing"
	"time"
)

// heldWorld knows what buckets hold, as the sandbox's own does.
type heldWorld struct {
	*fakeWorld
	count int
	until time.Time
}

func (w heldWorld) VersionsIn(string) (int, time.Time) { return w.count, w.until }

// TestBucketsWithObjectsStay: a bucket goes when it is empty, or when its objects may be deleted first.
func TestBucketsWithObjectsStay(t *testing.T) {
	const (
		full409 = "operation error S3: DeleteBucket, https response error StatusCode: 409, api error BucketNotEmpty: " +
			"The bucket you tried to delete is not empty. You must delete all versions in the bucket."
		locked403 = "operation error S3: DeleteObject, https response error StatusCode: 403, api error AccessDenied: " +
			"Access Denied because object protected by object lock."
	)
	for name, test := range map[string]struct {
		force bool
		count int
		until time.Time
		want  string
	}{
		"empty":                {false, 0, time.Time{}, ""},
		"not empty":            {false, 1, time.Time{}, full409},
		"emptied":              {true, 1, time.Time{}, ""},
		"emptied after locks":  {true, 2, noon, ""},
		"locked":               {true, 2, noon.Add(time.Second), locked403},
		"locked and not empty": {false, 2, noon.Add(time.Second), full409},
	} {
		t.Run(name, func(t *testing.T) {
			s := full(t)
			bucket := s.make(s3Bucket, settings{"bucket": "archive", "forceDestroy": test.force})
			expect(t, deleteIn(heldWorld{s.fakeWorld, test.count, test.until}, s.fakeWorld, bucket), test.want)
		})
	}
}
