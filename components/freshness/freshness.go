package freshness

import (
	"fmt"
	"hash/fnv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/partial"
	"haven/components/workflow"
)

// Type is the component's type token.
const Type = "haven:freshness:Freshness"

// part names everything within the stack, recoveryPart what is in the recovery region.
const (
	part         = "freshness"
	recoveryPart = part + "-recovery"
)

// Freshness measures the ages of a tenant's copies.
type Freshness struct {
	pulumi.ResourceState

	// StateMachineARN is that of what measures in the tenant's region, RecoveryStateMachineARN in the recovery region.
	StateMachineARN, RecoveryStateMachineARN pulumi.StringOutput
	// AlarmARNs are the alarms' in the tenant's region, RecoveryAlarmARNs those in the recovery region.
	AlarmARNs, RecoveryAlarmARNs pulumi.StringArrayOutput
}

// New measures the ages of a tenant's copies.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Freshness, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("freshness: %w", err)
	}
	f := &Freshness{}
	if err := ctx.RegisterComponentResource(Type, name, f, opts...); err != nil {
		return nil, fmt.Errorf("freshness: %w", err)
	}
	primary, err := args.primary(pulumi.Parent(f)).declare(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("freshness: %w", err)
	}
	recovery := &declared{machineARN: pulumi.String("").ToStringOutput()}
	if args.Recovery != nil {
		recovery, err = args.recovery(pulumi.Parent(f)).declare(ctx, name)
	}
	if err != nil {
		return nil, fmt.Errorf("freshness: recovery region: %w", err)
	}
	f.StateMachineARN, f.AlarmARNs = primary.machineARN, primary.alarmARNs.ToStringArrayOutput()
	f.RecoveryStateMachineARN, f.RecoveryAlarmARNs = recovery.machineARN, recovery.alarmARNs.ToStringArrayOutput()
	return f, ctx.RegisterResourceOutputs(f, pulumi.Map{
		"stateMachineArn":         f.StateMachineARN,
		"recoveryStateMachineArn": f.RecoveryStateMachineARN,
		"alarmArns":               f.AlarmARNs,
		"recoveryAlarmArns":       f.RecoveryAlarmARNs,
	})
}

// site is a region in which copies are measured.
type site struct {
	args         Args
	region, part string
	kinds        []bounded
	values       pulumi.StringMap
	topic        pulumi.StringInput
	opts         []pulumi.ResourceOption
}

func (a Args) primary(parent pulumi.ResourceOption) site {
	return site{
		args: a, region: a.Region, part: part, kinds: promised(a.Tier, false), topic: a.CriticalTopicARN,
		values: pulumi.StringMap{
			databaseID: a.DatabaseID, databaseARN: a.DatabaseARN, fileSystemARN: a.FileSystemARN,
			vaultName: a.VaultName, bucketName: a.ArchiveBucket,
		},
		opts: []pulumi.ResourceOption{parent},
	}
}

func (a Args) recovery(parent pulumi.ResourceOption) site {
	s := site{
		args: a, region: a.RecoveryRegion, part: recoveryPart, kinds: promised(a.Tier, true),
		topic: a.RecoveryCriticalTopicARN,
		values: pulumi.StringMap{
			databaseARN: a.DatabaseARN, fileSystemARN: a.FileSystemARN,
			vaultName: a.RecoveryVaultName, bucketName: a.ArchiveReplicaBucket,
		},
		opts: []pulumi.ResourceOption{parent, pulumi.Provider(a.Recovery)},
	}
	if a.ReplicatedBackupARN != nil {
		s.values[replicatedBackupARN] = a.ReplicatedBackupARN
	}
	return s
}

// declared is what is measured with in a region.
type declared struct {
	machineARN pulumi.StringOutput
	alarmARNs  pulumi.StringArray
}

func (s site) declare(ctx *pulumi.Context, name string) (*declared, error) {
	scope, account := s.args.Scope, s.args.Account
	machineARN := workflow.ARN(scope, account, s.region, s.part)
	values := s.values.ToStringMapOutput()
	machine, err := workflow.Declare(ctx, name+s.part[len(part):], workflow.Args{
		Scope: scope, Account: account, Region: s.region,
		Part: s.part, Component: "freshness",
		Description: "Measures how old the newest copies of the data of " + scope.Stack + " are",
		Express:     true,
		Definition: pulumix.Apply(values, func(values map[string]string) string {
			return definition(s.ask(values), scope, machineARN)
		}).Untyped().(pulumi.StringOutput),
		Permissions: pulumix.ApplyErr(partial.Map(ctx, s.values), func(values map[string]string) (string, error) {
			return permissions(s.ask(values), scope, machineARN)
		}).Untyped().(pulumi.StringOutput),
	}, s.opts...)
	if err != nil {
		return nil, err
	}
	if err := machine.StartEvery(s.times()); err != nil {
		return nil, err
	}
	alarms, err := s.alarms(ctx, name)
	if err != nil {
		return nil, err
	}
	return &declared{machine.ARN, alarms}, nil
}

// ask makes the questions of the region.
func (s site) ask(values map[string]string) []asked {
	k := known{
		account: s.args.Account, region: s.region, stack: s.args.Scope.Stack, dumps: s.args.dumps(), values: values,
	}
	var all []asked
	for _, kind := range s.kinds {
		all = append(all, asked{kind, kind.ask(k, kind.bound)})
	}
	return all
}

// times are a minute of each quarter of an hour that follows from the stack's name, so that a cell's tenants do not all
// ask at once. It is never at the edge of a quarter: each of CloudWatch's periods has its measure.
func (s site) times() string {
	spread := fnv.New32a()
	_, _ = spread.Write([]byte(s.args.Scope.Name(s.part))) // never fails
	return fmt.Sprintf("cron(%d/15 * * * ? *)", 2+spread.Sum32()%11)
}
