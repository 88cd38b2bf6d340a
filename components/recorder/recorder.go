package recorder

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cfg"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/bucket"
	"haven/components/keys"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:recorder:Recorder"

// Args are all required, but for Home, RoleARN and Protected.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region the one that is recorded.
	Account, Region string
	// Home makes this the region that records global resources and judges the account as a whole, and that makes the
	// role of all of the account's recorders. Exactly one region is.
	Home bool
	// RoleARN is the role that the home region made. Required everywhere else.
	RoleARN pulumi.StringInput
	// AccessLogs is the name of the region's bucket of access logs.
	AccessLogs pulumi.StringInput
	// LogRetentionDays is how long the history is kept, at least 1.
	LogRetentionDays int
	// Protected refuses to delete the bucket while it holds anything. False only while the stack is torn down.
	Protected bool
}

// Recorder records one region.
type Recorder struct {
	pulumi.ResourceState
	// RoleARN is the role of all of the account's recorders.
	RoleARN pulumi.StringOutput
}

// New makes a recorder.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Recorder, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("recorder: %w", err)
	}
	r := &Recorder{}
	if err := ctx.RegisterComponentResource(Type, name, r, opts...); err != nil {
		return nil, fmt.Errorf("recorder: %w", err)
	}
	if err := (&builder{ctx: ctx, component: r, name: name, args: args}).declare(); err != nil {
		return nil, fmt.Errorf("recorder: %w", err)
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"roleArn": r.RoleARN})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("RoleARN", a.Home || a.RoleARN != nil)
	problems.Require("AccessLogs", a.AccessLogs != nil)
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	return problems.Err()
}

// builder declares a recorder part by part.
type builder struct {
	ctx       *pulumi.Context
	component *Recorder
	name      string
	args      Args
	recorder  *cfg.Recorder
}

func (b *builder) declare() error {
	if err := b.role(); err != nil {
		return err
	}
	key, history, err := b.store()
	if err != nil {
		return err
	}
	if err := b.record(key, history); err != nil {
		return err
	}
	return b.judge()
}

// role is made once in an account.
func (b *builder) role() error {
	if !b.args.Home {
		b.component.RoleARN = b.args.RoleARN.ToStringOutput()
		return nil
	}
	role, err := iam.NewServiceLinkedRole(b.ctx, b.name+"-role", &iam.ServiceLinkedRoleArgs{
		AwsServiceName: pulumi.String(service),
		Tags:           b.tags(b.args.Scope.Name("recorder")),
	}, b.parent())
	if err != nil {
		return err
	}
	b.component.RoleARN = role.Arn
	return nil
}

// store is where the history lies.
func (b *builder) store() (*keys.RegionalKey, *bucket.Bucket, error) {
	key, err := keys.NewRegional(b.ctx, b.name+"-key", keys.RegionalArgs{
		Scope:       b.args.Scope,
		Account:     b.args.Account,
		Part:        "config",
		Description: "the configuration history",
		Uses:        b.args.keyUses(),
	}, b.parent())
	if err != nil {
		return nil, nil, err
	}
	history, err := bucket.New(b.ctx, b.name+"-history", bucket.Args{
		Scope:         b.args.Scope,
		Bucket:        b.args.bucketName(),
		Class:         naming.Internal,
		KeyARN:        key.ARN,
		AccessLogs:    b.args.AccessLogs,
		RetentionDays: b.args.LogRetentionDays,
		Writers:       b.args.writers(),
		Protected:     b.args.Protected,
	}, b.parent())
	return key, history, err
}

// record declares the recorder, its channel and that it runs: AWS takes them in this order, and gives them up in the
// reverse one.
func (b *builder) record(key *keys.RegionalKey, history *bucket.Bucket) error {
	physical := pulumi.String(b.args.Scope.Name("recorder"))
	var err error
	b.recorder, err = cfg.NewRecorder(b.ctx, b.name+"-recorder", &cfg.RecorderArgs{
		Name:    physical,
		RoleArn: b.component.RoleARN,
		RecordingGroup: cfg.RecorderRecordingGroupArgs{
			AllSupported:               pulumi.Bool(true),
			IncludeGlobalResourceTypes: pulumi.Bool(b.args.Home),
		},
		RecordingMode: cfg.RecorderRecordingModeArgs{RecordingFrequency: pulumi.String("CONTINUOUS")},
	}, b.parent())
	if err != nil {
		return err
	}
	channel, err := cfg.NewDeliveryChannel(b.ctx, b.name+"-channel", &cfg.DeliveryChannelArgs{
		Name:         physical,
		S3BucketName: history.Name,
		S3KmsKeyArn:  key.ARN,
		SnapshotDeliveryProperties: cfg.DeliveryChannelSnapshotDeliveryPropertiesArgs{
			DeliveryFrequency: pulumi.String("TwentyFour_Hours"),
		},
	}, b.parent(), pulumi.DependsOn([]pulumi.Resource{b.recorder}))
	if err != nil {
		return err
	}
	_, err = cfg.NewRecorderStatus(b.ctx, b.name+"-status", &cfg.RecorderStatusArgs{
		Name:      b.recorder.Name,
		IsEnabled: pulumi.Bool(true),
	}, b.parent(), pulumi.DependsOn([]pulumi.Resource{channel}))
	return err
}

func (b *builder) tags(physical string) pulumi.StringMap {
	return pulumi.ToStringMap(b.args.Scope.Tags("recorder", physical, naming.Internal))
}

func (b *builder) parent() pulumi.ResourceOption { return pulumi.Parent(b.component) }
