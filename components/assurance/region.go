package assurance

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/naming"
)

// RegionType is the type token of the component that NewRegion makes.
const RegionType = "haven:assurance:Region"

// RegionArgs say whose region it is.
type RegionArgs struct {
	// Scope is the account's. Required.
	Scope naming.Scope
	// Home makes the role that delivers reports, of which an account has one. Exactly one region is.
	Home bool
}

// Region lets AWS Backup back up what Haven needs in one region of an account.
type Region struct{ pulumi.ResourceState }

// optedIn are all types of resources that AWS Backup knows: what Haven backs up, and what it does not. Each is said,
// for AWS answers with all of them and one that is not said would show as a change. What is not opted in is not backed
// up, whatever tags a plan names.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html
var optedIn = map[string]bool{
	"EFS": true, "RDS": true,

	"Aurora": false, "CloudFormation": false, "DSQL": false, "DocumentDB": false, "DynamoDB": false, "EBS": false,
	"EC2": false, "EKS": false, "FSx": false, "Neptune": false, "Redshift": false, "Redshift Serverless": false,
	"S3": false, "SAP HANA on Amazon EC2": false, "Storage Gateway": false, "Timestream": false, "VirtualMachine": false,
}

// NewRegion sets what AWS Backup backs up at all in the region of its provider. There is one such setting in a region
// of an account, so the account's stack makes it, for each of its regions, and before any cell.
func NewRegion(ctx *pulumi.Context, name string, args RegionArgs, opts ...pulumi.ResourceOption) (*Region, error) {
	var problems arguments.Problems
	problems.Require("Scope", args.Scope.Stack != "")
	if err := problems.Err(); err != nil {
		return nil, fmt.Errorf("assurance: %w", err)
	}
	r := &Region{}
	if err := ctx.RegisterComponentResource(RegionType, name, r, opts...); err != nil {
		return nil, fmt.Errorf("assurance: %w", err)
	}
	_, err := backup.NewRegionSettings(ctx, name+"-settings", &backup.RegionSettingsArgs{
		ResourceTypeOptInPreference: pulumi.ToBoolMap(optedIn),
	}, pulumi.Parent(r))
	if err != nil {
		return nil, fmt.Errorf("assurance: settings: %w", err)
	}
	if args.Home {
		_, err := iam.NewServiceLinkedRole(ctx, name+"-reports-role", &iam.ServiceLinkedRoleArgs{
			AwsServiceName: pulumi.String(service),
			Tags: pulumi.ToStringMap(args.Scope.Tags("assurance", args.Scope.Name("backup-reports"),
				naming.Internal)),
		}, pulumi.Parent(r))
		if err != nil {
			return nil, fmt.Errorf("assurance: role of reports: %w", err)
		}
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{})
}
