package assurance

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:assurance:Assurance"

// Args are all required, but for Protected.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits. Region is where backups are made, RecoveryRegion where copies have to be.
	Account, Region, RecoveryRegion string
	// AccessLogs is the name of the region's bucket of access logs.
	AccessLogs pulumi.StringInput
	// RetentionDays is how long reports are kept, at least 1.
	RetentionDays int
	// Protected refuses to delete the bucket while it holds reports. False only while the stack is torn down.
	Protected bool
}

// Assurance judges and reports a cell's backups.
type Assurance struct {
	pulumi.ResourceState
	// FrameworkARN is the framework's, BucketName that of the bucket of reports.
	FrameworkARN, BucketName pulumi.StringOutput
}

// New judges and reports the backups of a cell.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Assurance, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("assurance: %w", err)
	}
	a := &Assurance{}
	if err := ctx.RegisterComponentResource(Type, name, a, opts...); err != nil {
		return nil, fmt.Errorf("assurance: %w", err)
	}
	b := &builder{ctx: ctx, own: a, name: name, args: args}
	if err := b.framework(); err != nil {
		return nil, fmt.Errorf("assurance: framework: %w", err)
	}
	if err := b.reports(); err != nil {
		return nil, fmt.Errorf("assurance: reports: %w", err)
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{"frameworkArn": a.FrameworkARN, "bucketName": a.BucketName})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("RecoveryRegion", a.RecoveryRegion != "")
	problems.Require("AccessLogs", a.AccessLogs != nil)
	problems.Require("RetentionDays", a.RetentionDays > 0)
	return problems.Err()
}

// auditName is a name as frameworks and reports may have it: without hyphens.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateFramework.html
func (a Args) auditName(part string) string { return strings.ReplaceAll(a.Scope.Name(part), "-", "_") }

func (a Args) tags(part string) pulumi.StringMap {
	return pulumi.ToStringMap(a.Scope.Tags("assurance", a.Scope.Name(part), naming.Internal))
}

// builder declares an assurance part by part.
type builder struct {
	ctx  *pulumi.Context
	own  *Assurance
	name string
	args Args
}

func (b *builder) parent() pulumi.ResourceOption { return pulumi.Parent(b.own) }
