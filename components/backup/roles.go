package backup

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/iamdoc"
	"haven/components/naming"
)

// service assumes both roles.
const service = "backup.amazonaws.com"

// restored is what the names of all databases begin with that a test restores.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
const restored = "awsbackup-restore-test-"

// role declares a role of AWS Backup's. What uses it waits for its policy.
func (b *builder) role(part, description string, policy pulumi.StringInput) (*iam.Role, *iam.RolePolicy, error) {
	physical := b.args.Scope.Name(part)
	trust, err := iamdoc.TrustService(service, b.args.Account).Trust()
	if err != nil {
		return nil, nil, err
	}
	child := b.name + "-" + part
	role, err := iam.NewRole(b.ctx, child+"-role", &iam.RoleArgs{
		Name:             pulumi.String(physical),
		Description:      pulumi.String(description),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             b.args.tags(physical, naming.Internal),
	}, b.parent())
	if err != nil {
		return nil, nil, fmt.Errorf("role: %w", err)
	}
	may, err := iam.NewRolePolicy(b.ctx, child+"-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(physical),
		Role:   role.Name,
		Policy: policy,
	}, b.parent())
	if err != nil {
		return nil, nil, fmt.Errorf("policy: %w", err)
	}
	return role, may, nil
}

// arn is that of something in the tenant's account.
func (a Args) arn(service, region, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, region, a.Account, resource)
}

// snapshots are the database snapshots that AWS Backup makes: their names do not tell whose they are.
func (a Args) snapshots() []string {
	const made = "snapshot:awsbackup:*"
	var all []string
	for _, region := range a.regions() {
		all = append(all, a.arn("rds", region, made))
	}
	return all
}

// describing is to be told of the databases and snapshots of regions: of all, for AWS Backup lists them.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
func (a Args) describing(regions ...string) iamdoc.Statement {
	var all []string
	for _, region := range regions {
		all = append(all, a.arn("rds", region, "db:*"), a.arn("rds", region, "snapshot:*"))
	}
	return iamdoc.Statement{
		Sid:       "DescribeDatabases",
		Actions:   []string{"rds:DescribeDBInstances", "rds:DescribeDBSnapshots"},
		Resources: all,
	}
}

// regions are those that recovery points lie in.
func (a Args) regions() []string {
	if a.RecoveryRegion == "" {
		return []string{a.Region}
	}
	return []string{a.Region, a.RecoveryRegion}
}

// backed is what is backed up, and by which keys.
type backed struct {
	databases, files, vaults, keys []string
}

// backing is what backing up takes: what AWS's own policy for it has for databases and file systems, for these alone.
// That AWS Backup may delete a snapshot, when its time is over, holds for the tenant's own only.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html
func (a Args) backing(of backed) iamdoc.Document {
	snapshots := a.snapshots()
	points := append([]string{a.arn("backup", a.Region, "recovery-point:*")}, snapshots...)
	return iamdoc.Document{Statements: append([]iamdoc.Statement{
		{
			Sid:       "FindResources",
			Actions:   []string{"tag:GetResources"},
			Resources: []string{"*"},
		},
		a.describing(a.regions()...),
		{
			Sid:       "SnapshotDatabase",
			Actions:   []string{"rds:AddTagsToResource", "rds:CreateDBSnapshot", "rds:ListTagsForResource"},
			Resources: slices.Concat(of.databases, snapshots),
		},
		{
			Sid:       "CopySnapshots",
			Actions:   []string{"rds:CopyDBSnapshot"},
			Resources: snapshots,
		},
		{
			Sid:        "ExpireSnapshots",
			Actions:    []string{"rds:DeleteDBSnapshot"},
			Resources:  snapshots,
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: {"aws:ResourceTag/tenant": {a.Scope.Tenant}}},
		},
		{
			Sid:       "BackUpFiles",
			Actions:   []string{"elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"},
			Resources: of.files,
		},
		{
			Sid:       "FillVaults",
			Actions:   []string{"backup:CopyIntoBackupVault", "backup:DescribeBackupVault"},
			Resources: of.vaults,
		},
		{
			Sid:       "CopyRecoveryPoints",
			Actions:   []string{"backup:CopyFromBackupVault"},
			Resources: points,
		},
	}, a.using(of.keys, a.regions()...)...)}
}

// restoring is what a test of a restore takes: what AWS's own policy for it has for databases and file systems, for
// what a test makes alone.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForRestores.html
func (a Args) restoring(subnetGroup string, keys []string) iamdoc.Document {
	databases := a.arn("rds", a.Region, "db:"+restored+"*")
	settings := []string{
		a.arn("rds", a.Region, "og:default:*"), a.arn("rds", a.Region, "pg:*"),
		a.arn("rds", a.Region, "subgrp:"+subnetGroup),
	}
	systems := []string{a.arn("elasticfilesystem", a.Region, "file-system/*")}
	return iamdoc.Document{Statements: append([]iamdoc.Statement{
		{
			Sid: "FindPlace",
			Actions: []string{
				"ec2:DescribeAccountAttributes", "ec2:DescribeAvailabilityZones", "ec2:DescribeInternetGateways",
				"ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
			},
			Resources: []string{"*"},
		},
		a.describing(a.Region),
		{
			Sid:       "RestoreDatabase",
			Actions:   []string{"rds:CreateDBInstance", "rds:RestoreDBInstanceFromDBSnapshot"},
			Resources: append(append(settings, databases), a.snapshots()[0]),
		},
		{
			Sid:       "TendDatabase",
			Actions:   []string{"rds:AddTagsToResource", "rds:DeleteDBInstance", "rds:ListTagsForResource"},
			Resources: []string{databases},
		},
		{
			Sid:       "RestoreFiles",
			Actions:   []string{"elasticfilesystem:CreateFileSystem", "elasticfilesystem:DescribeFileSystems"},
			Resources: systems,
		},
		{
			// What is restored has no tags of its source. A tenant's own file system has its tenant's: it is neither
			// written to nor tagged as what may be deleted.
			Sid:        "FillRestoredFiles",
			Actions:    []string{"elasticfilesystem:Restore", "elasticfilesystem:TagResource"},
			Resources:  systems,
			Conditions: iamdoc.Conditions{"Null": {"aws:ResourceTag/tenant": {"true"}}},
		},
		{
			Sid:        "DeleteRestoredFiles",
			Actions:    []string{"elasticfilesystem:DeleteFileSystem"},
			Resources:  systems,
			Conditions: iamdoc.Conditions{"Null": {"aws:ResourceTag/awsbackup-restore-test": {"false"}}},
		},
	}, a.using(keys, a.Region)...)}
}

// using lets a role use these keys by way of AWS Backup and the two stores, in these regions.
func (a Args) using(keys []string, regions ...string) []iamdoc.Statement {
	var via []string
	for _, region := range regions {
		for _, service := range []string{"backup", "elasticfilesystem", "rds"} {
			via = append(via, service+"."+region+".amazonaws.com")
		}
	}
	through := map[string][]string{"kms:ViaService": via}
	return []iamdoc.Statement{
		{
			Sid: "UseKeys",
			Actions: []string{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*",
				"kms:ReEncrypt*"},
			Resources:  keys,
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: through},
		},
		{
			Sid:        "GrantKeys",
			Actions:    []string{"kms:CreateGrant"},
			Resources:  keys,
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: through, iamdoc.Bool: {"kms:GrantIsForAWSResource": {"true"}}},
		},
	}
}
