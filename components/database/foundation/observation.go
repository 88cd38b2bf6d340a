package foundation

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/iamdoc"
	"haven/components/naming"
)

// exportedLogs are the logs that RDS sends to CloudWatch Logs.
var exportedLogs = []string{"error", "slowquery"}

// logGroups declares where the exported logs go. RDS makes missing groups by itself, without a key and kept for ever,
// so the instance waits for these.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.MySQLDB.PublishtoCloudWatchLogs.html
func logGroups(
	ctx *pulumi.Context, name string, args Args, opts []pulumi.ResourceOption,
) ([]pulumi.Resource, error) {
	var groups []pulumi.Resource
	for _, log := range exportedLogs {
		group, err := cloudwatch.NewLogGroup(ctx, fmt.Sprintf("%s-%s-log", name, log), &cloudwatch.LogGroupArgs{
			Name:            pulumi.String(fmt.Sprintf("/aws/rds/instance/%s/%s", args.Identifier(), log)),
			KmsKeyId:        args.LogsKeyARN.ToStringOutput(),
			RetentionInDays: pulumi.Int(args.LogRetentionDays),
			Tags:            args.tags(args.Part+"-"+log, naming.Confidential),
		}, opts...)
		if err != nil {
			return nil, fmt.Errorf("log group of %s: %w", log, err)
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// monitoringRole lets RDS send metrics of the operating system; it may do so only with its permission attached.
type monitoringRole struct {
	arn        pulumi.StringOutput
	permission pulumi.Resource
}

const monitoringPolicy = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"

// monitoring declares the role of enhanced monitoring, for this instance only.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
func monitoring(
	ctx *pulumi.Context, name string, args Args, opts []pulumi.ResourceOption,
) (monitoringRole, error) {
	part := args.Part + "-monitoring"
	instance := fmt.Sprintf("arn:aws:rds:%s:%s:db:%s", args.Region, args.Account, args.Identifier())
	trust, err := iamdoc.TrustService("monitoring.rds.amazonaws.com", args.Account, instance).Trust()
	if err != nil {
		return monitoringRole{}, fmt.Errorf("monitoring role: %w", err)
	}
	role, err := iam.NewRole(ctx, name+"-monitoring-role", &iam.RoleArgs{
		Name:             pulumi.String(args.Scope.Name(part)),
		Description:      pulumi.String("Lets RDS send enhanced monitoring of the " + args.Part + " of " + args.Scope.Stack),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             args.tags(part, naming.Internal),
	}, opts...)
	if err != nil {
		return monitoringRole{}, fmt.Errorf("monitoring role: %w", err)
	}
	permission, err := iam.NewRolePolicyAttachment(ctx, name+"-monitoring-permission", &iam.RolePolicyAttachmentArgs{
		Role:      role.Name,
		PolicyArn: pulumi.String(monitoringPolicy),
	}, opts...)
	if err != nil {
		return monitoringRole{}, fmt.Errorf("monitoring permission: %w", err)
	}
	return monitoringRole{arn: role.Arn, permission: permission}, nil
}
