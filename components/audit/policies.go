package audit

import (
	"fmt"

	"haven/components/bucket"
	"haven/components/iamdoc"
	"haven/components/keys"
)

const service = "cloudtrail.amazonaws.com"

// forTrail holds for what CloudTrail does on behalf of this trail.
func (a Args) forTrail() iamdoc.Conditions {
	return iamdoc.Conditions{iamdoc.StringEquals: {"aws:SourceArn": {a.trailARN()}}}
}

// keyUses let the trail encrypt, and the account's principals read by way of S3. CloudTrail decrypts as well where the
// bucket has a bucket key.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
func (a Args) keyUses() []iamdoc.Statement {
	return []iamdoc.Statement{
		{
			Sid:        "EncryptTrail",
			Principals: iamdoc.Principals{Services: []string{service}},
			Actions:    []string{"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"},
			Resources:  []string{"*"},
			Conditions: a.forTrail(),
		},
		keys.ReadThrough(a.Account, a.Region, "s3"),
	}
}

// writers let the trail write log files: below the account's own prefix, and below that of the organization it is for.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
func (a Args) writers() []iamdoc.Statement {
	arn := bucket.ARN(a.bucketName(a.Region))
	files := []string{arn + "/AWSLogs/" + a.Account + "/*"}
	if a.OrganizationID != "" {
		files = append(files, arn+"/AWSLogs/"+a.OrganizationID+"/*")
	}
	deliver := a.forTrail()
	deliver[iamdoc.StringEquals]["s3:x-amz-acl"] = []string{"bucket-owner-full-control"}
	return []iamdoc.Statement{
		{
			Sid:        "FindBucket",
			Principals: iamdoc.Principals{Services: []string{service}},
			Actions:    []string{"s3:GetBucketAcl"},
			Resources:  []string{arn},
			Conditions: a.forTrail(),
		},
		{
			Sid:        "DeliverTrail",
			Principals: iamdoc.Principals{Services: []string{service}},
			Actions:    []string{"s3:PutObject"},
			Resources:  files,
			Conditions: deliver,
		},
	}
}

// rolePolicies are the trust and the permissions of the role by which the trail writes to its log group. CloudTrail
// names the streams after the account, or after the organization.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
func (a Args) rolePolicies() (trust, write string, err error) {
	trust, err = iamdoc.TrustService(service, a.Account, a.trailARN()).Trust()
	if err != nil {
		return "", "", err
	}
	group := fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s:log-stream:", a.Region, a.Account, a.Scope.Path("audit"))
	streams := []string{group + a.Account + "_CloudTrail_" + a.Region + "*"}
	if a.OrganizationID != "" {
		streams = append(streams, group+a.OrganizationID+"_*")
	}
	write, err = iamdoc.Document{Statements: []iamdoc.Statement{{
		Sid:       "WriteEvents",
		Actions:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		Resources: streams,
	}}}.Identity()
	return trust, write, err
}
