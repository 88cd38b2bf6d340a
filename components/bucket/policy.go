package bucket

import (
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/iamdoc"
	"haven/components/partial"
)

// admit lets the writers in, and nobody over plain HTTP. Whoever reads the outputs comes after it.
func (b *builder) admit() error {
	text, err := b.policy()
	if err != nil {
		return err
	}
	policy, err := s3.NewBucketPolicy(b.ctx, b.name+"-policy", &s3.BucketPolicyArgs{
		Bucket: b.bucket.ID(),
		Policy: text,
	}, b.parent())
	if err != nil {
		return err
	}
	b.own.Name = policy.Bucket
	b.own.ARN = pulumi.Sprintf("arn:aws:s3:::%s", policy.Bucket)
	return nil
}

// policy waits for the key only where it has to name it.
func (b *builder) policy() (pulumi.StringInput, error) {
	if !b.args.KeyOnly {
		text, err := b.args.document().Resource()
		return pulumi.String(text), err
	}
	return pulumix.ApplyErr(partial.Text(b.ctx, b.args.KeyARN), func(key string) (string, error) {
		return b.args.document(b.args.keyOnly(key)...).Resource()
	}).Untyped().(pulumi.StringOutput), nil
}

func (a Args) document(more ...iamdoc.Statement) iamdoc.Document {
	arn := ARN(a.Bucket)
	plain := []iamdoc.Statement{iamdoc.DenyPlainTransport("s3", arn, arn+"/*")}
	return iamdoc.Document{Statements: slices.Concat(a.Writers, plain, a.Refusals, a.strictLocks(), more)}
}

const (
	serverSide    = "s3:x-amz-server-side-encryption"
	serverSideKey = "s3:x-amz-server-side-encryption-aws-kms-key-id"
	customerSide  = "s3:x-amz-server-side-encryption-customer-algorithm"
)

// keyOnly refuses whoever asks for another encryption than by that key; who asks for none gets the bucket's default,
// which is the key. A request for KMS that names no key would get Amazon's own, and one with a key of its own an object
// that nobody else can open.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
func (a Args) keyOnly(key string) []iamdoc.Statement {
	return []iamdoc.Statement{
		a.deny("DenyOtherEncryption", otherThan(serverSide, "aws:kms"), "s3:PutObject"),
		a.deny("DenyOtherKeys", otherThan(serverSideKey, key), "s3:PutObject"),
		a.deny("DenyUnnamedKeys", iamdoc.Conditions{null: {serverSide: {"false"}, serverSideKey: {"true"}}}, "s3:PutObject"),
		a.deny("DenyCustomerKeys", iamdoc.Conditions{null: {customerSide: {"false"}}}, "s3:PutObject"),
	}
}

const (
	lockMode = "s3:object-lock-mode"
	lockDays = "s3:object-lock-remaining-retention-days"
)

// strictLocks refuses a lock that somebody could lift, that is shorter than the bucket's, or that holds an object
// beyond its time. The days that remain are counted when the request arrives: one that asked for all has a little less.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
func (a Args) strictLocks() []iamdoc.Statement {
	if !a.StrictLocks {
		return nil
	}
	lock := []string{"s3:PutObject", "s3:PutObjectRetention"}
	days := func(operator iamdoc.Operator, n int) iamdoc.Conditions {
		return iamdoc.Conditions{operator: {lockDays: {strconv.Itoa(n)}}}
	}
	return []iamdoc.Statement{
		a.deny("DenyLooseLocks", otherThan(lockMode, compliance), lock...),
		a.deny("DenyShortLocks", days("NumericLessThan", a.lockDays()-1), lock...),
		a.deny("DenyLongLocks", days("NumericGreaterThan", a.RetentionDays), lock...),
	}
}

const null iamdoc.Operator = "Null"

// otherThan holds where a request gives the key, and not that value. What is not given counts as not equal, too, if it
// is not asked for by itself.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func otherThan(key, value string) iamdoc.Conditions {
	return iamdoc.Conditions{null: {key: {"false"}}, iamdoc.StringNotEquals: {key: {value}}}
}

// deny denies everyone something with the bucket's objects.
func (a Args) deny(sid string, conditions iamdoc.Conditions, actions ...string) iamdoc.Statement {
	return iamdoc.Statement{
		Sid:        sid,
		Effect:     iamdoc.Deny,
		Principals: iamdoc.Principals{Anyone: true},
		Actions:    actions,
		Resources:  []string{ARN(a.Bucket) + "/*"},
		Conditions: conditions,
	}
}
