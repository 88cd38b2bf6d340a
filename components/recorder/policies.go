package recorder

import (
	"haven/components/bucket"
	"haven/components/iamdoc"
	"haven/components/keys"
)

const service = "config.amazonaws.com"

func (a Args) bucketName() string { return a.Scope.Bucket("config", a.Account, a.Region) }

// keyUses let AWS Config encrypt what it delivers, and the account's principals read it by way of S3.
// https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html
func (a Args) keyUses() []iamdoc.Statement {
	return []iamdoc.Statement{
		{
			Sid:        "EncryptHistory",
			Principals: iamdoc.Principals{Services: []string{service}},
			Actions:    []string{"kms:Decrypt", "kms:GenerateDataKey"},
			Resources:  []string{"*"},
			Conditions: iamdoc.FromAccount(a.Account),
		},
		keys.ReadThrough(a.Account, a.Region, "s3"),
	}
}

// writers let AWS Config of this account deliver.
// https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
func (a Args) writers() []iamdoc.Statement {
	arn := bucket.ARN(a.bucketName())
	deliver := iamdoc.FromAccount(a.Account)
	deliver[iamdoc.StringEquals]["s3:x-amz-acl"] = []string{"bucket-owner-full-control"}
	return []iamdoc.Statement{
		{
			Sid:        "FindBucket",
			Principals: iamdoc.Principals{Services: []string{service}},
			Actions:    []string{"s3:GetBucketAcl", "s3:ListBucket"},
			Resources:  []string{arn},
			Conditions: iamdoc.FromAccount(a.Account),
		},
		{
			Sid:        "DeliverHistory",
			Principals: iamdoc.Principals{Services: []string{service}},
			Actions:    []string{"s3:PutObject"},
			Resources:  []string{arn + "/AWSLogs/" + a.Account + "/Config/*"},
			Conditions: deliver,
		},
	}
}
