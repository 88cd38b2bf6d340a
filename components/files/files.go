package files

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/efs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:files:Files"

// Port is where mount targets listen.
const Port = 2049

// UserID is the user and the group of everything in the file system: the one that tasks run as.
const UserID = 1000

// Args say where the files are reached and by whom.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Generation counts the restores of the tenant's data within its stack. Default 0, and 1: the first, whose names say
	// nothing of it.
	Generation int
	// SubnetIDs are the cell's isolated subnets, one in each zone, in the order of the zones: each gets a mount target.
	SubnetIDs pulumi.StringArray
	// SecurityGroupID lets in this tenant's application and nobody else.
	SecurityGroupID pulumi.StringInput
	// KeyARN is the tenant's key for its files.
	KeyARN pulumi.StringInput
	// TaskRoleARNs are the only roles that may mount the file system. They need not exist yet. None with Quarantined.
	TaskRoleARNs []string
	// Quarantined denies everybody to mount the file system. Default false.
	Quarantined bool
	// Protected keeps the file system from being deleted or replaced; true unless the stack is torn down.
	Protected bool
}

// Files is a tenant's file system.
type Files struct {
	pulumi.ResourceState

	// ARN is the file system's.
	ARN pulumi.StringOutput
	// FileSystemID is known only when the file system can be mounted in every zone and its policy holds: whoever uses it
	// waits for that.
	FileSystemID pulumi.StringOutput
	// AccessPointID and AccessPointARN are the access point's, the only way in.
	AccessPointID, AccessPointARN pulumi.StringOutput
}

// New declares a tenant's files.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Files, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	f := &Files{}
	if err := ctx.RegisterComponentResource(Type, name, f, opts...); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	if err := f.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return f, ctx.RegisterResourceOutputs(f, pulumi.Map{
		"arn":            f.ARN,
		"fileSystemId":   f.FileSystemID,
		"accessPointId":  f.AccessPointID,
		"accessPointArn": f.AccessPointARN,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("SubnetIDs", len(a.SubnetIDs) > 0)
	problems.Require("SecurityGroupID", a.SecurityGroupID != nil)
	problems.Require("KeyARN", a.KeyARN != nil)
	problems.Require("TaskRoleARNs", a.Quarantined || len(a.TaskRoleARNs) > 0)
	if a.Quarantined && len(a.TaskRoleARNs) > 0 {
		problems.Check("TaskRoleARNs", fmt.Errorf("%d, expected none in quarantine", len(a.TaskRoleARNs)))
	}
	for _, arn := range a.TaskRoleARNs {
		if !strings.HasPrefix(arn, "arn:") || !strings.Contains(arn, ":role/") || strings.ContainsAny(arn, "*?") {
			problems.Check("TaskRoleARNs", fmt.Errorf("%q, expected the ARN of one role", arn))
		}
	}
	return problems.Err()
}

// part names the file system within the stack.
func (a Args) part() string { return naming.Generation("files", a.Generation) }

func (a Args) tags(part string, class naming.Classification) pulumi.StringMap {
	return pulumi.ToStringMap(a.Scope.Tags("files", a.Scope.Name(part), class))
}

func (f *Files) declare(ctx *pulumi.Context, name string, args Args) error {
	system, err := f.fileSystem(ctx, name, args)
	if err != nil {
		return err
	}
	point, err := f.accessPoint(ctx, name, args, system)
	if err != nil {
		return err
	}
	policy, err := f.policy(ctx, name, args, system, point)
	if err != nil {
		return err
	}
	ready := []any{system.ID(), policy.ID()}
	for i, subnet := range args.SubnetIDs {
		target, err := efs.NewMountTarget(ctx, fmt.Sprintf("%s-mount-%d", name, i+1), &efs.MountTargetArgs{
			FileSystemId:   system.ID(),
			SubnetId:       subnet,
			SecurityGroups: pulumi.StringArray{args.SecurityGroupID},
		}, pulumi.Parent(f))
		if err != nil {
			return fmt.Errorf("mount target %d: %w", i+1, err)
		}
		ready = append(ready, target.ID())
	}
	f.ARN = system.Arn
	f.FileSystemID = pulumi.All(ready...).ApplyT(func(ids []any) string {
		return string(ids[0].(pulumi.ID))
	}).(pulumi.StringOutput)
	f.AccessPointID, f.AccessPointARN = point.ID().ToStringOutput(), point.Arn
	return nil
}

// fileSystem declares the file system with its backups.
func (f *Files) fileSystem(ctx *pulumi.Context, name string, args Args) (*efs.FileSystem, error) {
	system, err := efs.NewFileSystem(ctx, name+"-system", &efs.FileSystemArgs{
		CreationToken:   pulumi.String(args.Scope.Name(args.part())),
		Encrypted:       pulumi.Bool(true),
		KmsKeyId:        args.KeyARN.ToStringOutput(),
		PerformanceMode: pulumi.String("generalPurpose"),
		ThroughputMode:  pulumi.String("elastic"),
		LifecyclePolicies: efs.FileSystemLifecyclePolicyArray{
			efs.FileSystemLifecyclePolicyArgs{TransitionToIa: pulumi.String("AFTER_30_DAYS")},
			efs.FileSystemLifecyclePolicyArgs{TransitionToPrimaryStorageClass: pulumi.String("AFTER_1_ACCESS")},
		},
		Protection: efs.FileSystemProtectionArgs{
			ReplicationOverwrite: pulumi.String("ENABLED"), // it cannot become the target of a replication
		},
		Tags: args.tags(args.part(), naming.Confidential),
	}, pulumi.Parent(f), pulumi.Protect(args.Protected))
	if err != nil {
		return nil, fmt.Errorf("file system: %w", err)
	}
	_, err = efs.NewBackupPolicy(ctx, name+"-backup-policy", &efs.BackupPolicyArgs{
		FileSystemId: system.ID(),
		BackupPolicy: efs.BackupPolicyBackupPolicyArgs{Status: pulumi.String("ENABLED")},
	}, pulumi.Parent(f))
	if err != nil {
		return nil, fmt.Errorf("backup policy: %w", err)
	}
	return system, nil
}

// accessPoint declares the one way in: a directory that EFS makes for the one user.
func (f *Files) accessPoint(
	ctx *pulumi.Context, name string, args Args, system *efs.FileSystem,
) (*efs.AccessPoint, error) {
	point, err := efs.NewAccessPoint(ctx, name+"-access-point", &efs.AccessPointArgs{
		FileSystemId: system.ID(),
		PosixUser:    efs.AccessPointPosixUserArgs{Uid: pulumi.Int(UserID), Gid: pulumi.Int(UserID)},
		RootDirectory: efs.AccessPointRootDirectoryArgs{
			Path: pulumi.String("/storage"),
			CreationInfo: efs.AccessPointRootDirectoryCreationInfoArgs{
				OwnerUid:    pulumi.Int(UserID),
				OwnerGid:    pulumi.Int(UserID),
				Permissions: pulumi.String("0750"),
			},
		},
		Tags: args.tags(args.part()+"-access", naming.Internal),
	}, pulumi.Parent(f))
	if err != nil {
		return nil, fmt.Errorf("access point: %w", err)
	}
	return point, nil
}
