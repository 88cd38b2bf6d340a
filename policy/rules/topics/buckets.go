package topics

import (
	"regexp"
	"slices"

	"haven/policy/access"
	"haven/policy/rules"
)

const (
	bucket            = "aws:s3/bucketV2:BucketV2"
	bucketACL         = "aws:s3/bucketAclV2:BucketAclV2"
	bucketBlock       = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	accountBlock      = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
	bucketOwnership   = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	bucketPolicy      = "aws:s3/bucketPolicy:BucketPolicy"
	bucketEncryption  = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	bucketVersioning  = "aws:s3/bucketVersioningV2:BucketVersioningV2"
	bucketLogging     = "aws:s3/bucketLoggingV2:BucketLoggingV2"
	bucketLock        = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
	bucketReplication = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	bucketLifecycle   = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	bucketEvents      = "aws:s3/bucketNotification:BucketNotification"
)

var buckets = []rules.Rule{
	on("s3-bpa-acls", must("blockPublicAcls"), bucketBlock),
	on("s3-bpa-policy", must("blockPublicPolicy"), bucketBlock),
	on("s3-bpa-ignore", must("ignorePublicAcls"), bucketBlock),
	on("s3-bpa-restrict", must("restrictPublicBuckets"), bucketBlock),
	across("s3-bpa-present", companion(bucketBlock, "bucket", "public access blocked", nil), bucket),
	on("s3-account-bpa", both(must("blockPublicAcls"), must("blockPublicPolicy"), must("ignorePublicAcls"),
		must("restrictPublicBuckets")), accountBlock),
	on("s3-acl-not-public-read", noACL("public-read", "public-read-write", "authenticated-read"), bucket, bucketACL),
	on("s3-acl-not-public-write", noACL("public-read-write"), bucket, bucketACL),
	across("s3-acl-disabled", companion(bucketOwnership, "bucket", "access lists disabled",
		among("rule.objectOwnership", "BucketOwnerEnforced")), bucket),
	across("s3-encrypted", companion(bucketEncryption, "bucket", "encryption", encryptsObjects), bucket),
	across("s3-kms-cmk", objectsByOwnKey, bucketEncryption),
	on("s3-bucket-key", bucketKey, bucketEncryption),
	across("s3-versioning", companion(bucketVersioning, "bucket", "versions kept",
		among("versioningConfiguration.status", "Enabled")), bucket),
	across("s3-access-logging", unlessAccessLogs(companion(bucketLogging, "bucket", "a log of who reads it",
		given("targetBucket", "another bucket"))), bucket),
	across("s3-object-lock", lockedStore, bucket),
	across("s3-crr", replicatedStore, bucket),
	across("s3-lifecycle", companion(bucketLifecycle, "bucket", "an end to what it keeps", endsOldVersions), bucket),
	on("s3-abort-multipart", abortsUploads, bucketLifecycle),
	across("s3-event-notifications", companion(bucketEvents, "bucket", "events of what is in it", announces), bucket),
	on("s3-dns-name", plainName, bucket),
}

// noACL demands that a bucket has none of these access lists, and no grant to a group.
func noACL(public ...string) func(*rules.Look) {
	return func(l *rules.Look) {
		if slices.Contains(public, l.Text("acl")) {
			l.Refuse("acl", "absent", "remove it: the bucket's policy says who may read")
		}
		for _, path := range []string{"grants[*].uri", "accessControlPolicy.grants[*].grantee.uri"} {
			for _, uri := range l.Texts(path) {
				l.RefuseFound(path, uri, "nobody", "remove it: the bucket's policy says who may read")
			}
		}
	}
}

func encryptsObjects(l *rules.Look) {
	has(l, "rules[*].applyServerSideEncryptionByDefault.sseAlgorithm", "an algorithm")
}

// loggers are the services that write logs, and can write into no bucket whose default is a customer's key.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
var loggers = []string{accessLogger, "logdelivery.elasticloadbalancing.amazonaws.com"}

const accessLogger = "logging.s3.amazonaws.com"

// writtenBy says whether a bucket's policy lets one of these services write into it.
func writtenBy(bucket *rules.Look, services ...string) bool {
	return slices.ContainsFunc(bucket.Naming(bucketPolicy, "bucket"), func(p *rules.Look) bool {
		return slices.ContainsFunc(clauses(p, "policy"), func(c access.Clause) bool {
			return !c.Deny && slices.ContainsFunc(c.Principals[access.Service], func(s string) bool {
				return slices.Contains(services, s)
			})
		})
	})
}

func objectsByOwnKey(l *rules.Look) {
	for _, b := range l.Named("bucket", bucket) {
		if writtenBy(b, loggers...) {
			return
		}
	}
	if !l.Sure() {
		return
	}
	for _, rule := range l.Each("rules") {
		oneOf(rule, "applyServerSideEncryptionByDefault.sseAlgorithm", "aws:kms", "aws:kms:dsse")
		has(rule, "applyServerSideEncryptionByDefault.kmsMasterKeyId", "the customer's own key")
	}
}

// bucketKey demands a key per bucket, where objects are encrypted by KMS at all.
func bucketKey(l *rules.Look) {
	for _, rule := range l.Each("rules") {
		if algorithm := rule.Text("applyServerSideEncryptionByDefault.sseAlgorithm"); algorithm == "aws:kms" {
			yes(rule, "bucketKeyEnabled")
		}
	}
}

// unlessAccessLogs demands something only of buckets that keep no logs of access: the log of one would be without end.
func unlessAccessLogs(check func(*rules.Look)) func(*rules.Look) {
	return func(l *rules.Look) {
		if !writtenBy(l, accessLogger) {
			check(l)
		}
	}
}

// stores says whether a bucket keeps what must not be lost: backups, which are replicated, or the trail.
func stores(l *rules.Look) bool {
	return keepsBackups(l) || len(near(l, trail, "s3BucketName")) > 0
}

func keepsBackups(l *rules.Look) bool {
	return len(near(l, bucketReplication, "bucket")) > 0 || receives(l)
}

// receives says whether another bucket is replicated to this one.
func receives(l *rules.Look) bool {
	return len(l.Naming(bucketReplication, "rules[*].destination.bucket")) > 0
}

func lockedStore(l *rules.Look) {
	if !stores(l) {
		return
	}
	yes(l, "objectLockEnabled")
	companion(bucketLock, "bucket", "a retention of each object", func(lock *rules.Look) {
		oneOf(lock, "rule.defaultRetention.mode", "COMPLIANCE")
		if days, is := lock.Number("rule.defaultRetention.days"); (!is || days < 7) &&
			!lock.Has("rule.defaultRetention.years") {
			lock.Refuse("rule.defaultRetention.days", "7 or more", "set it to the days that a backup is kept")
		}
	})(l)
}

// replicatedStore demands of a bucket whose objects are locked, other than a replica or the trail's, which CloudWatch
// Logs has too, a replica in another region.
func replicatedStore(l *rules.Look) {
	if !l.Flag("objectLockEnabled") || receives(l) || len(near(l, trail, "s3BucketName")) > 0 {
		return
	}
	companion(bucketReplication, "bucket", "a replica in another region", func(replication *rules.Look) {
		for _, rule := range replication.Each("rules") {
			oneOf(rule, "status", "Enabled")
			has(rule, "destination.bucket", "the replica")
		}
		for _, to := range replication.Named("rules[*].destination.bucket", bucket) {
			if to.Resource.Region == l.Resource.Region {
				replication.RefuseFound("rules[*].destination.bucket", to.Resource.Name()+" in the same region",
					"a bucket of another region", "make it by another provider", to.Resource)
			}
		}
	})(l)
}

func endsOldVersions(l *rules.Look) {
	active := slices.DeleteFunc(l.Each("rules"), func(r *rules.Look) bool {
		return r.Known("status") &&
			r.Text("status") != "Enabled"
	})
	ends := func(r *rules.Look) bool { return r.Has("noncurrentVersionExpiration") }
	if l.Known("rules") && !slices.ContainsFunc(active, ends) {
		l.RefuseFound("rules", "without an end to old versions", "one", "set noncurrentVersionExpiration")
	}
}

func abortsUploads(l *rules.Look) {
	aborts := func(r *rules.Look) bool { return r.Has("abortIncompleteMultipartUpload") }
	if l.Known("rules") && !slices.ContainsFunc(l.Each("rules"), aborts) {
		l.RefuseFound("rules", "without an end to uploads that were begun", "one", "set abortIncompleteMultipartUpload")
	}
}

// announces demands that somebody is told of what is made and deleted in a bucket, or EventBridge is.
func announces(n *rules.Look) {
	if !n.Flag("eventbridge") && len(n.Each("queues"))+len(n.Each("topics"))+len(n.Each("lambdaFunctions")) == 0 &&
		n.Sure() {
		n.Refuse("eventbridge", "true", "set eventbridge to true")
	}
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)

func plainName(l *rules.Look) {
	if name := l.Text("bucket"); name != "" && !bucketName.MatchString(name) {
		l.Refuse("bucket", "small letters, digits and hyphens only", "rename it: certificates cover no name with dots")
	}
}
