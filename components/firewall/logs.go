package firewall

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/bucket"
	"haven/components/iamdoc"
	"haven/components/naming"
)

// logPrefix is what AWS WAF wants the name of a log bucket to begin with.
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html
const logPrefix = "aws-waf-logs-"

// redacted are the headers that open a session or prove who asks; they are not logged.
var redacted = []string{"authorization", "cookie", "x-csrf-token", "x-xsrf-token"}

// logging logs each request. The bucket's name leaves the region out, which the prefix leaves no room for: a stack
// lives in one region.
func (b *builder) logging(acl *wafv2.WebAcl) error {
	physical := logPrefix + b.args.Scope.Name(b.args.Account)
	logs, err := bucket.New(b.ctx, b.name+"-logs", bucket.Args{
		Scope:         b.args.Scope,
		Bucket:        physical,
		Class:         naming.Confidential,
		AccessLogs:    b.args.AccessLogs,
		RetentionDays: b.args.LogRetentionDays,
		Writers:       b.delivery(bucket.ARN(physical)),
		Protected:     b.args.Protected,
	}, b.parent())
	if err != nil {
		return err
	}
	b.firewall.LogBucket = logs.Name
	var fields wafv2.WebAclLoggingConfigurationRedactedFieldArray
	for _, header := range redacted {
		fields = append(fields, wafv2.WebAclLoggingConfigurationRedactedFieldArgs{
			SingleHeader: wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs{Name: pulumi.String(header)},
		})
	}
	_, err = wafv2.NewWebAclLoggingConfiguration(b.ctx, b.name+"-logging", &wafv2.WebAclLoggingConfigurationArgs{
		ResourceArn:           acl.Arn,
		LogDestinationConfigs: pulumi.StringArray{logs.ARN},
		RedactedFields:        fields,
	}, b.parent())
	return err
}

// delivery lets the log delivery service write this account's logs of this region, and see who owns the bucket first.
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html
func (b *builder) delivery(arn string) []iamdoc.Statement {
	service := iamdoc.Principals{Services: []string{"delivery.logs.amazonaws.com"}}
	source := fmt.Sprintf("arn:aws:logs:%s:%s:*", b.args.Region, b.args.Account)
	write := iamdoc.FromAccount(b.args.Account, source)
	write[iamdoc.StringEquals]["s3:x-amz-acl"] = []string{"bucket-owner-full-control"}
	return []iamdoc.Statement{
		{
			Sid:        "DeliverLogs",
			Principals: service,
			Actions:    []string{"s3:PutObject"},
			Resources:  []string{arn + "/AWSLogs/" + b.args.Account + "/*"},
			Conditions: write,
		},
		{
			Sid:        "CheckOwner",
			Principals: service,
			Actions:    []string{"s3:GetBucketAcl"},
			Resources:  []string{arn},
			Conditions: iamdoc.FromAccount(b.args.Account, source),
		},
	}
}
