package edge

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/bucket"
	"haven/components/iamdoc"
	"haven/components/naming"
)

// logBucket lets this account's load balancers in this region write their logs. Its parts were the edge's own before
// they were a bucket's, and go by those names where they stand.
func (b *builder) logBucket() (*bucket.Bucket, error) {
	name := b.name + "-logs"
	physical := b.args.Scope.Bucket("lb-logs", b.args.Account, b.args.Region)
	balancers := fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:loadbalancer/*", b.args.Region, b.args.Account)
	return bucket.New(b.ctx, name, bucket.Args{
		Scope:         b.args.Scope,
		Bucket:        physical,
		Class:         naming.Confidential,
		AccessLogs:    b.args.AccessLogs,
		RetentionDays: b.args.LogRetentionDays,
		Writers: []iamdoc.Statement{{
			Sid:        "DeliverLogs",
			Principals: iamdoc.Principals{Services: []string{"logdelivery.elasticloadbalancing.amazonaws.com"}},
			Actions:    []string{"s3:PutObject"},
			Resources:  []string{bucket.ARN(physical) + "/AWSLogs/" + b.args.Account + "/*"},
			Conditions: iamdoc.Conditions{iamdoc.ArnLike: {"aws:SourceArn": {balancers}}},
		}},
		Protected: b.args.Protected,
	}, b.parent(), pulumi.Transformations([]pulumi.ResourceTransformation{b.formerly(name)}))
}

// formerly gives each part of the bucket the name that it had as a child of the edge.
func (b *builder) formerly(name string) pulumi.ResourceTransformation {
	return func(part *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		if part.Name == name {
			return nil
		}
		former := pulumi.Alias{Name: pulumi.String(strings.TrimSuffix(part.Name, "-bucket")), Parent: b.edge}
		return &pulumi.ResourceTransformationResult{
			Props: part.Props,
			Opts:  append(part.Opts, pulumi.Aliases([]pulumi.Alias{former})),
		}
	}
}
