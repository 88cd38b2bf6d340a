// Package accesslogs owns the bucket that a region's other buckets log access to: one per account and region.
//
// It guarantees that S3's logging service writes to it, for buckets of this account only, and nobody else from outside.
// It is encrypted by S3's own key and has no lock, for S3 delivers access logs to no other bucket; access to it is not
// logged, which would never end.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
package accesslogs

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/bucket"
	"haven/components/iamdoc"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:accesslogs:AccessLogs"

// Args are all required, but for Protected.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region the buckets' whose access is logged.
	Account, Region string
	// LogRetentionDays is how long access logs are kept, 1 to 3653.
	LogRetentionDays int
	// Protected refuses to delete the bucket while it holds logs. False only while the stack is torn down.
	Protected bool
}

// AccessLogs is a region's bucket of access logs.
type AccessLogs struct {
	pulumi.ResourceState
	// Bucket is its name.
	Bucket pulumi.StringOutput
}

// New makes a region's bucket of access logs.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*AccessLogs, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("access logs: %w", err)
	}
	a := &AccessLogs{}
	if err := ctx.RegisterComponentResource(Type, name, a, opts...); err != nil {
		return nil, fmt.Errorf("access logs: %w", err)
	}
	logs, err := bucket.New(ctx, name+"-store", args.bucket(), pulumi.Parent(a))
	if err != nil {
		return nil, fmt.Errorf("access logs: %w", err)
	}
	a.Bucket = logs.Name
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{"bucket": a.Bucket})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Within("LogRetentionDays", a.LogRetentionDays, 1, 3653)
	return problems.Err()
}

func (a Args) bucket() bucket.Args {
	physical := a.Scope.Bucket("access-logs", a.Account, a.Region)
	return bucket.Args{
		Scope:         a.Scope,
		Bucket:        physical,
		Class:         naming.Confidential,
		RetentionDays: a.LogRetentionDays,
		Writers: []iamdoc.Statement{{
			Sid:        "DeliverLogs",
			Principals: iamdoc.Principals{Services: []string{"logging.s3.amazonaws.com"}},
			Actions:    []string{"s3:PutObject"},
			Resources:  []string{bucket.ARN(physical) + "/*"},
			Conditions: iamdoc.FromAccount(a.Account, bucket.ARN("*")),
		}},
		Protected: a.Protected,
	}
}
