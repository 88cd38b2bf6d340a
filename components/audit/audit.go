package audit

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudtrail"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/bucket"
	"haven/components/keys"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:audit:Audit"

// Retention is of a year at least, which CIS asks for, and at most what CloudWatch Logs offers.
const (
	MinRetentionDays = 365
	maxRetentionDays = 3653
)

// Args are all required, but for OrganizationID, Topics and Protected.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region the trail's home. The trail records all regions. RecoveryRegion
	// holds the copy of its log files. Changing a region makes other buckets.
	Account, Region, RecoveryRegion string
	// OrganizationID makes the trail that of all accounts of an organization, "o-…". Default: of this account alone.
	OrganizationID string
	// AccessLogs and RecoveryAccessLogs are the names of the buckets of access logs, of either region.
	AccessLogs, RecoveryAccessLogs pulumi.StringInput
	// LogsKeyARN encrypts the log group.
	LogsKeyARN pulumi.StringInput
	// LogRetentionDays is how long events are kept, and locked: 365 to 3653, one of CloudWatch Logs' values.
	LogRetentionDays int
	// Topics are told when log files are not copied. Default: nobody is.
	Topics Topics
	// Recovery is the provider of RecoveryRegion.
	Recovery *aws.Provider
	// Protected refuses to delete the bucket while it holds logs. False only while the stack is torn down; what is
	// locked stays even then.
	Protected bool
}

// Topics are the ARNs of the SNS topics that critical alarms tell, in each region.
type Topics struct {
	Region, Recovery pulumi.StringInput
}

// Audit is an account's audit trail.
type Audit struct {
	pulumi.ResourceState
	TrailARN, BucketARN pulumi.StringOutput
	// ReplicaBucketARN is the copy's, in the recovery region.
	ReplicaBucketARN pulumi.StringOutput
	// LogGroupName is the log group of all events, for metric filters.
	LogGroupName pulumi.StringOutput
}

// New makes an audit trail.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Audit, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	a := &Audit{}
	if err := ctx.RegisterComponentResource(Type, name, a, opts...); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	b := &builder{ctx: ctx, audit: a, name: name, args: args}
	if err := b.declare(); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{
		"trailArn":         a.TrailARN,
		"bucketArn":        a.BucketARN,
		"replicaBucketArn": a.ReplicaBucketARN,
		"logGroupName":     a.LogGroupName,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("RecoveryRegion", a.RecoveryRegion != "")
	problems.OtherRegion("RecoveryRegion", a.RecoveryRegion, "Region", a.Region)
	problems.Require("AccessLogs", a.AccessLogs != nil)
	problems.Require("RecoveryAccessLogs", a.RecoveryAccessLogs != nil)
	problems.Require("LogsKeyARN", a.LogsKeyARN != nil)
	problems.Within("LogRetentionDays", a.LogRetentionDays, MinRetentionDays, maxRetentionDays)
	problems.Require("Recovery", a.Recovery != nil)
	return problems.Err()
}

// physical is the name of the trail, its role and its part of other names.
func (a Args) physical() string { return a.Scope.Name("audit") }

// trailARN is known before the trail is there, for the policies that speak of it.
func (a Args) trailARN() string {
	return fmt.Sprintf("arn:aws:cloudtrail:%s:%s:trail/%s", a.Region, a.Account, a.physical())
}

// bucketName is the trail's bucket of a region: its own, or that of the copy.
func (a Args) bucketName(region string) string { return a.Scope.Bucket("audit", a.Account, region) }

// builder declares an audit trail part by part.
type builder struct {
	ctx   *pulumi.Context
	audit *Audit
	name  string
	args  Args
}

func (b *builder) declare() error {
	key, err := keys.NewRegional(b.ctx, b.name+"-key", keys.RegionalArgs{
		Scope:       b.args.Scope,
		Account:     b.args.Account,
		Part:        "audit",
		Description: "the audit trail",
		Uses:        b.args.keyUses(),
	}, b.parent())
	if err != nil {
		return err
	}
	settings := b.args.bucket(b.args.Region)
	settings.KeyARN, settings.AccessLogs, settings.Writers = key.ARN, b.args.AccessLogs, b.args.writers()
	logs, err := bucket.New(b.ctx, b.name+"-logs", settings, b.parent())
	if err != nil {
		return err
	}
	b.audit.BucketARN = logs.ARN
	if err := b.copyLogs(key, logs); err != nil {
		return err
	}
	group, role, policy, err := b.logGroup()
	if err != nil {
		return err
	}
	return b.trail(key, logs, group, role, policy)
}

// bucket is what that of the trail and that of its copy have in common.
func (a Args) bucket(region string) bucket.Args {
	return bucket.Args{
		Scope:         a.Scope,
		Bucket:        a.bucketName(region),
		Class:         naming.Confidential,
		RetentionDays: a.LogRetentionDays,
		OwnEvents:     true,
		Locked:        true,
		Protected:     a.Protected,
	}
}

// logGroup is where the events go within minutes, with the role by which CloudTrail writes them.
func (b *builder) logGroup() (*cloudwatch.LogGroup, *iam.Role, *iam.RolePolicy, error) {
	path, physical := b.args.Scope.Path("audit"), b.args.physical()
	group, err := cloudwatch.NewLogGroup(b.ctx, b.name+"-events", &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(path),
		KmsKeyId:        b.args.LogsKeyARN.ToStringOutput(),
		RetentionInDays: pulumi.Int(b.args.LogRetentionDays),
		Tags:            b.tags(path),
	}, b.parent())
	if err != nil {
		return nil, nil, nil, err
	}
	b.audit.LogGroupName = group.Name
	trust, write, err := b.args.rolePolicies()
	if err != nil {
		return nil, nil, nil, err
	}
	role, err := iam.NewRole(b.ctx, b.name+"-role", &iam.RoleArgs{
		Name:             pulumi.String(physical),
		Description:      pulumi.String("Writes the audit trail of " + b.args.Scope.Stack + " to CloudWatch Logs"),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             b.tags(physical),
	}, b.parent())
	if err != nil {
		return nil, nil, nil, err
	}
	policy, err := iam.NewRolePolicy(b.ctx, b.name+"-role-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(physical),
		Role:   role.Name,
		Policy: pulumi.String(write),
	}, b.parent())
	return group, role, policy, err
}

func (b *builder) trail(key *keys.RegionalKey, logs *bucket.Bucket, group *cloudwatch.LogGroup, role *iam.Role,
	policy *iam.RolePolicy) error {
	trail, err := cloudtrail.NewTrail(b.ctx, b.name+"-trail", &cloudtrail.TrailArgs{
		Name:                       pulumi.String(b.args.physical()),
		IsMultiRegionTrail:         pulumi.Bool(true),
		IncludeGlobalServiceEvents: pulumi.Bool(true),
		IsOrganizationTrail:        pulumi.Bool(b.args.OrganizationID != ""),
		EnableLogging:              pulumi.Bool(true),
		EnableLogFileValidation:    pulumi.Bool(true),
		S3BucketName:               logs.Name,
		KmsKeyId:                   key.ARN,
		CloudWatchLogsGroupArn:     pulumi.Sprintf("%s:*", group.Arn),
		CloudWatchLogsRoleArn:      role.Arn,
		AdvancedEventSelectors:     b.args.selectors(),
		InsightSelectors: cloudtrail.TrailInsightSelectorArray{
			cloudtrail.TrailInsightSelectorArgs{InsightType: pulumi.String("ApiCallRateInsight")},
			cloudtrail.TrailInsightSelectorArgs{InsightType: pulumi.String("ApiErrorRateInsight")},
		},
		Tags: b.tags(b.args.physical()),
	}, b.parent(), pulumi.DependsOn([]pulumi.Resource{policy}))
	if err != nil {
		return err
	}
	b.audit.TrailARN = trail.Arn
	return nil
}

func (b *builder) tags(physical string) pulumi.StringMap {
	return pulumi.ToStringMap(b.args.Scope.Tags("audit", physical, naming.Confidential))
}

func (b *builder) parent() pulumi.ResourceOption { return pulumi.Parent(b.audit) }
