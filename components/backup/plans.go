package backup

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/naming"
	"haven/components/partial"
)

const (
	// A job starts within startMinutes of its time, and is done within completionMinutes.
	startMinutes      = 60
	completionMinutes = 180
	// What is kept for longer than coldAfterDays and the coldDays that cold storage is paid for at least, and can lie
	// there, moves there.
	// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
	coldAfterDays = 35
	coldDays      = 90
)

// store is one of the two kinds of what is backed up.
type store struct {
	part string
	arns pulumi.StringArray
	// copies are the vaults that each recovery point is copied to.
	copies []copied
	// cold says that recovery points can lie in cold storage.
	cold bool
}

// copied is a vault that recovery points are copied to. An air-gapped one keeps them warm.
type copied struct {
	vault pulumi.StringInput
	cold  bool
}

// databases are all that are backed up, the one that serves first; systems are likewise the file systems.
func (a Args) databases() pulumi.StringArray {
	return append(pulumi.StringArray{a.Database.ARN}, a.Database.QuarantinedARNs...)
}

func (a Args) systems() pulumi.StringArray {
	return append(pulumi.StringArray{a.Files.ARN}, a.Files.QuarantinedARNs...)
}

// plans declares what is backed up when, and by which role.
func (b *builder) plans() error {
	keys := pulumi.StringArray{b.args.Database.KeyARN, b.args.KeyARN}
	if b.args.Recovery != nil {
		keys = append(keys, b.args.ReplicaKeyARN)
	}
	databases, systems := b.args.databases(), b.args.systems()
	of := slices.Concat(databases, systems, keys, b.ownVaults())
	first, second := len(databases), len(databases)+len(systems)
	vaults := second + len(keys)
	policy := pulumix.ApplyErr(partial.Array(b.ctx, of), func(arns []string) (string, error) {
		return b.args.backing(backed{
			databases: arns[:first], files: arns[first:second], keys: arns[second:vaults], vaults: arns[vaults:],
		}).Identity()
	})
	role, may, err := b.role("backup", "Backs up the database and the files of "+b.args.Scope.Stack,
		policy.Untyped().(pulumi.StringOutput))
	if err != nil {
		return err
	}
	b.own.RoleARN = role.Arn
	database := store{part: "database", arns: databases}
	files := store{part: "files", arns: systems, cold: true}
	if b.args.Recovery != nil {
		database.copies = []copied{{vault: b.own.RecoveryVaultARN}}
		files.copies = []copied{{b.own.RecoveryVaultARN, true}}
	}
	if b.args.Recovery != nil && !b.args.Governance {
		files.copies = append(files.copies, copied{vault: b.own.AirGappedVaultARN})
	}
	if b.own.DatabasePlanID, err = b.plan(database, role, may); err != nil {
		return fmt.Errorf("plan of the database: %w", err)
	}
	if b.own.FilesPlanID, err = b.plan(files, role, may); err != nil {
		return fmt.Errorf("plan of the files: %w", err)
	}
	return nil
}

func (b *builder) plan(of store, role *iam.Role, may *iam.RolePolicy) (pulumi.StringOutput, error) {
	physical := b.args.Scope.Name(of.part)
	times, err := b.args.schedule(b.promise)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	days := b.promise.LockDays
	rule := backup.PlanRuleArgs{
		RuleName:               pulumi.String(of.part),
		TargetVaultName:        b.own.VaultName,
		Schedule:               pulumi.String(times),
		StartWindow:            pulumi.Int(startMinutes),
		CompletionWindow:       pulumi.Int(completionMinutes),
		EnableContinuousBackup: pulumi.Bool(false),
		Lifecycle: backup.PlanRuleLifecycleArgs{
			DeleteAfter:      pulumi.Int(days),
			ColdStorageAfter: coldAfter(days, of.cold),
		},
		RecoveryPointTags: b.args.tags(physical, naming.Confidential),
	}
	copies := backup.PlanRuleCopyActionArray{}
	for _, to := range of.copies {
		copies = append(copies, backup.PlanRuleCopyActionArgs{
			DestinationVaultArn: to.vault,
			Lifecycle: backup.PlanRuleCopyActionLifecycleArgs{
				DeleteAfter:      pulumi.Int(days),
				ColdStorageAfter: coldAfter(days, to.cold),
			},
		})
	}
	if len(copies) > 0 {
		rule.CopyActions = copies
	}
	plan, err := backup.NewPlan(b.ctx, b.name+"-"+of.part+"-plan", &backup.PlanArgs{
		Name:  pulumi.String(physical),
		Rules: backup.PlanRuleArray{rule},
		Tags:  b.args.tags(physical, naming.Internal),
	}, b.parent())
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	_, err = backup.NewSelection(b.ctx, b.name+"-"+of.part+"-selection", &backup.SelectionArgs{
		Name:       pulumi.String(physical),
		PlanId:     plan.ID(),
		IamRoleArn: role.Arn,
		Resources:  of.arns,
	}, b.parent(), pulumi.DependsOn([]pulumi.Resource{may}))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("selection: %w", err)
	}
	return plan.ID().ToStringOutput(), nil
}

// coldAfter is after how many days a recovery point moves to cold storage; nil for never.
func coldAfter(days int, cold bool) pulumi.IntPtrInput {
	if !cold || days < coldAfterDays+coldDays {
		return nil
	}
	return pulumi.Int(coldAfterDays)
}
