package backup

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/backup/schedule"
	"haven/components/naming"
	"haven/components/partial"
)

const (
	// testPart names what a test of restores consists of.
	testPart = "restore-test"
	// A test restores the newest recovery point of the last windowDays, within startHours of its time, and keeps it for
	// validationHours or until it was checked.
	windowDays      = 7
	startHours      = 1
	validationHours = 2
)

// testName is a name as restore tests may have it: without hyphens.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html
func (a Args) testName(part string) string { return strings.ReplaceAll(a.Scope.Name(part), "-", "_") }

// tests declares the weekly test of restores and the check of what came up.
func (b *builder) tests() error {
	plan, err := backup.NewRestoreTestingPlan(b.ctx, b.name+"-"+testPart, &backup.RestoreTestingPlanArgs{
		Name:               pulumi.String(b.args.testName(testPart)),
		ScheduleExpression: pulumi.String(schedule.Test(b.args.Scope.Stack)),
		StartWindowHours:   pulumi.Int(startHours),
		RecoveryPointSelection: backup.RestoreTestingPlanRecoveryPointSelectionArgs{
			Algorithm:           pulumi.String("LATEST_WITHIN_WINDOW"),
			IncludeVaults:       pulumi.StringArray{b.own.VaultARN},
			RecoveryPointTypes:  pulumi.ToStringArray([]string{"SNAPSHOT"}),
			SelectionWindowDays: pulumi.Int(windowDays),
		},
		Tags: b.args.tags(b.args.Scope.Name(testPart), naming.Internal),
	}, b.parent())
	if err != nil {
		return fmt.Errorf("restore test: %w", err)
	}
	role, may, err := b.restorer()
	if err != nil {
		return fmt.Errorf("restore test: %w", err)
	}
	group, err := b.isolation()
	if err != nil {
		return fmt.Errorf("restore test: security group: %w", err)
	}
	selections := []tested{
		{"database", "RDS", b.args.Database.ARN, pulumi.StringMap{
			"dbSubnetGroupName":   b.args.Restore.SubnetGroupName,
			"vpcSecurityGroupIds": list(group.ID().ToStringOutput()),
			"multiAz":             pulumi.String("false"),
			"publiclyAccessible":  pulumi.String("false"),
		}},
		{"files", "EFS", b.args.Files.ARN, pulumi.StringMap{"kmsKeyId": b.args.Files.KeyARN}},
	}
	for _, selection := range selections {
		if err := b.selectForTest(selection, plan, role, may); err != nil {
			return fmt.Errorf("restore test of the %s: %w", selection.part, err)
		}
	}
	return b.check(plan, role)
}

// tested is a kind of resources of which a test restores one.
type tested struct {
	part, kind string
	arn        pulumi.StringInput
	// overrides say where it is restored to and how. What else AWS Backup chooses: a database that can be deleted, a new
	// and encrypted file system.
	// https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
	overrides pulumi.StringMap
}

// selectForTest replaces a selection whose resource changes: AWS Backup takes such a change and does nothing.
func (b *builder) selectForTest(t tested, plan *backup.RestoreTestingPlan, role *iam.Role, may *iam.RolePolicy) error {
	_, err := backup.NewRestoreTestingSelection(b.ctx, b.name+"-"+testPart+"-"+t.part,
		&backup.RestoreTestingSelectionArgs{
			Name:                     pulumi.String(b.args.testName(t.part)),
			RestoreTestingPlanName:   plan.Name,
			ProtectedResourceType:    pulumi.String(t.kind),
			ProtectedResourceArns:    pulumi.StringArray{t.arn},
			IamRoleArn:               role.Arn,
			RestoreMetadataOverrides: t.overrides,
			ValidationWindowHours:    pulumi.Int(validationHours),
		}, b.parent(), pulumi.DependsOn([]pulumi.Resource{may}),
		pulumi.ReplaceOnChanges([]string{"protectedResourceArns"}), pulumi.DeleteBeforeReplace(true))
	return err
}

// restorer is the role by which AWS Backup restores for tests.
func (b *builder) restorer() (*iam.Role, *iam.RolePolicy, error) {
	of := pulumi.StringArray{
		b.args.Restore.SubnetGroupName, b.args.Database.KeyARN, b.args.Files.KeyARN, b.args.KeyARN,
	}
	policy := pulumix.ApplyErr(partial.Array(b.ctx, of), func(texts []string) (string, error) {
		return b.args.restoring(texts[0], texts[1:]).Identity()
	})
	return b.role(testPart, "Restores the database and the files of "+b.args.Scope.Stack+" for tests",
		policy.Untyped().(pulumi.StringOutput))
}

// isolation is the security group of a restored database: without a rule, nobody reaches it and it reaches nobody.
func (b *builder) isolation() (*ec2.SecurityGroup, error) {
	physical := b.args.Scope.Name(testPart)
	return ec2.NewSecurityGroup(b.ctx, b.name+"-"+testPart+"-group", &ec2.SecurityGroupArgs{
		Name:        pulumi.String(physical),
		Description: pulumi.String("What is restored for tests of " + b.args.Scope.Stack),
		VpcId:       b.args.Restore.VPCID,
		Tags:        b.args.tags(physical, naming.Internal),
	}, b.parent())
}

// list is a list of one, as restore metadata has it.
func list(text pulumi.StringOutput) pulumi.StringOutput {
	return pulumix.ApplyErr(text, func(text string) (string, error) {
		encoded, err := json.Marshal([]string{text})
		return string(encoded), err
	}).Untyped().(pulumi.StringOutput)
}
