package cloud

import "time"

// VersionKeeper is a world that knows what each bucket of S3 holds, by the bucket's name: how many versions and delete
// markers, and until when the longest lock of any keeps everyone from deleting it; zero where none is locked.
type VersionKeeper interface {
	VersionsIn(bucket string) (count int, lockedUntil time.Time)
}

// refuseBucketDelete: a bucket goes when it is empty. The provider empties it first where it is told to, which a lock
// in compliance mode lets nobody do: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html.
func refuseBucketDelete(c *Call) error {
	keeper, known := c.World.(VersionKeeper)
	if !known {
		return nil
	}
	held, until := keeper.VersionsIn(c.ID)
	switch {
	case held == 0:
		return nil
	case !c.flag("forceDestroy"):
		return s3.says("DeleteBucket", "BucketNotEmpty",
			"The bucket you tried to delete is not empty. You must delete all versions in the bucket.").withStatus(409)
	case c.Now.Before(until):
		return s3.says("DeleteObject", "AccessDenied", "Access Denied because object protected by object lock.").
			withStatus(403)
	}
	return nil
}
