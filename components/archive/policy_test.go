package archive_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/access"
)

// TestWhatThePoliciesRefuse asks, for a role whose own policy allows everything, what the buckets' policies leave of
// it. A key with no values is one that the request does not have.
func TestWhatThePoliciesRefuse(t *testing.T) {
	t.Parallel()
	const (
		serverSide = "s3:x-amz-server-side-encryption"
		keyID      = serverSide + "-aws-kms-key-id"
		customers  = serverSide + "-customer-algorithm"
		mode       = "s3:object-lock-mode"
		days       = "s3:object-lock-remaining-retention-days"
		tenant     = "aws:PrincipalTag/tenant"
	)
	plain := access.Context{serverSide: nil, keyID: nil, customers: nil, mode: nil, days: nil, tenant: nil}
	r, _ := declare(t, args())
	torn := args()
	torn.Protected = false
	falling, _ := declare(t, torn)
	for _, test := range []struct {
		name, bucket, action, on string
		context                  access.Context
		teardown                 bool
		refusedBy                string // a statement's Sid; empty where it is allowed
	}{
		{name: "upload by default", bucket: source, action: "s3:PutObject", on: "/o"},
		{name: "upload by the key", bucket: source, action: "s3:PutObject", on: "/o",
			context: access.Context{serverSide: {"aws:kms"}, keyID: {key}}},
		{name: "upload by S3's keys", bucket: source, action: "s3:PutObject", on: "/o",
			context: access.Context{serverSide: {"AES256"}}, refusedBy: "DenyOtherEncryption"},
		{name: "upload by another key", bucket: source, action: "s3:PutObject", on: "/o",
			context: access.Context{serverSide: {"aws:kms"}, keyID: {replicaKey}}, refusedBy: "DenyOtherKeys"},
		{name: "upload by Amazon's key", bucket: source, action: "s3:PutObject", on: "/o",
			context: access.Context{serverSide: {"aws:kms"}}, refusedBy: "DenyUnnamedKeys"},
		{name: "upload by a key of one's own", bucket: source, action: "s3:PutObject", on: "/o",
			context: access.Context{customers: {"AES256"}}, refusedBy: "DenyCustomerKeys"},
		{name: "upload with the tier's lock", bucket: source, action: "s3:PutObject", on: "/o",
			context: access.Context{mode: {"COMPLIANCE"}, days: {"365"}}},
		{name: "upload with the bucket's own lock, a moment later", bucket: source, action: "s3:PutObject", on: "/o",
			context: access.Context{mode: {"COMPLIANCE"}, days: {"34"}}},
		{name: "upload with a short lock", bucket: source, action: "s3:PutObject", on: "/o",
			context: access.Context{mode: {"COMPLIANCE"}, days: {"1"}}, refusedBy: "DenyShortLocks"},
		{name: "upload with a loose lock", bucket: source, action: "s3:PutObject", on: "/o",
			context: access.Context{mode: {"GOVERNANCE"}, days: {"365"}}, refusedBy: "DenyLooseLocks"},
		{name: "lock for ever", bucket: source, action: "s3:PutObjectRetention", on: "/o",
			context: access.Context{mode: {"COMPLIANCE"}, days: {"36500"}}, refusedBy: "DenyLongLocks"},
		{name: "over plain HTTP", bucket: source, action: "s3:GetObject", on: "/o",
			context: access.Context{"aws:SecureTransport": {"false"}}, refusedBy: "DenyPlainTransport"},
		{name: "read", bucket: source, action: "s3:GetObject", on: "/o"},
		{name: "mark as deleted", bucket: source, action: "s3:DeleteObject", on: "/o"},
		{name: "delete a version", bucket: source, action: "s3:DeleteObjectVersion", on: "/o", refusedBy: "DenyRemoval"},
		{name: "pass a lock by", bucket: source, action: "s3:BypassGovernanceRetention", on: "/o", refusedBy: "DenyRemoval"},
		{name: "delete a version in a teardown", bucket: source, action: "s3:DeleteObjectVersion", on: "/o", teardown: true},
		{name: "configure", bucket: source, action: "s3:PutLifecycleConfiguration"},
		{name: "delete the policy", bucket: source, action: "s3:DeleteBucketPolicy"},
		{name: "configure as a tenant", bucket: source, action: "s3:PutLifecycleConfiguration",
			context: access.Context{tenant: {"acme"}}, refusedBy: "DenyTenantsToConfigure"},
		{name: "stop replication as a tenant", bucket: source, action: "s3:PutReplicationConfiguration",
			context: access.Context{tenant: {"acme"}}, refusedBy: "DenyTenantsToConfigure"},
		{name: "unlock as a tenant", bucket: source, action: "s3:PutBucketObjectLockConfiguration",
			context: access.Context{tenant: {"acme"}}, refusedBy: "DenyTenantsToConfigure"},
		{name: "upload as a tenant", bucket: source, action: "s3:PutObject", on: "/o",
			context: access.Context{tenant: {"acme"}}},
		{name: "read the replica", bucket: replica, action: "s3:GetObject", on: "/o"},
		{name: "replicate", bucket: replica, action: "s3:ReplicateObject", on: "/o"},
		{name: "write to the replica", bucket: replica, action: "s3:PutObject", on: "/o", refusedBy: "DenyWriting"},
		{name: "write to the replica in a teardown", bucket: replica, action: "s3:PutObject", on: "/o", teardown: true,
			refusedBy: "DenyWriting"},
		{name: "hide the replica's", bucket: replica, action: "s3:DeleteObject", on: "/o", refusedBy: "DenyRemoval"},
		{name: "delete the replica's", bucket: replica, action: "s3:DeleteObjectVersion", on: "/o", refusedBy: "DenyRemoval"},
		{name: "delete the replica's in a teardown", bucket: replica, action: "s3:DeleteObject", on: "/o", teardown: true},
		{name: "configure the replica as a tenant", bucket: replica, action: "s3:PutBucketVersioning",
			context: access.Context{tenant: {"acme"}}, refusedBy: "DenyTenantsToConfigure"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			recorder := r
			if test.teardown {
				recorder = falling
			}
			part := map[string]string{source: "archive-source-policy", replica: "archive-replica-policy"}[test.bucket]
			context := access.Context{}
			for _, given := range []access.Context{plain, test.context} {
				for key, values := range given {
					context[key] = values
				}
			}
			decision := access.Decide(access.Request{
				Principal: access.Role("arn:aws:iam::123456789012:role/any"), Action: test.action,
				Resource: "arn:aws:s3:::" + test.bucket + test.on, Context: context,
			}, access.Policies{
				Identity: parse(t, `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`),
				Resource: parse(t, recorder.One(t, bucketPolicy, part).Input("policy").(string)),
			})
			assert.Equal(t, test.refusedBy == "", decision.Allowed, decision.Why)
			assert.Empty(t, decision.Unknown)
			if test.refusedBy != "" {
				assert.Contains(t, decision.Why, "("+test.refusedBy+")")
			}
		})
	}
}

func parse(t *testing.T, text string) []access.Document {
	t.Helper()
	document, err := access.Parse("policy", text)
	require.NoError(t, err)
	return []access.Document{document}
}
