package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/iamdoc"
	"haven/components/naming"
)

// declareFlowLogs logs all flows, by a role that can write to that one log group.
func (b *builder) declareFlowLogs() error {
	path := b.args.Scope.Path("flow-logs")
	group, err := cloudwatch.NewLogGroup(b.ctx, b.name+"-flow-logs", &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(path),
		KmsKeyId:        b.args.LogsKeyARN,
		RetentionInDays: pulumi.Int(b.args.LogRetentionDays),
		Tags:            pulumi.ToStringMap(b.args.Scope.Tags("network", path, naming.Internal)),
	}, b.parent())
	if err != nil {
		return err
	}
	role, policy, err := b.flowLogsRole(path)
	if err != nil {
		return err
	}
	_, err = ec2.NewFlowLog(b.ctx, b.name+"-flow-log", &ec2.FlowLogArgs{
		VpcId:                  b.vpc.ID(),
		TrafficType:            pulumi.String("ALL"),
		MaxAggregationInterval: pulumi.Int(60),
		LogDestinationType:     pulumi.String("cloud-watch-logs"),
		LogDestination:         group.Arn,
		IamRoleArn:             role.Arn,
		Tags:                   b.tags("flow-logs"),
	}, b.parent(), pulumi.DependsOn([]pulumi.Resource{policy}))
	return err
}

// flowLogsRole lets the VPC's flow logs be written to the log group of that name. Flow logs look the group up among all
// of the account's, for which AWS knows no narrower resource.
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
func (b *builder) flowLogsRole(group string) (*iam.Role, *iam.RolePolicy, error) {
	sources := fmt.Sprintf("arn:aws:ec2:%s:%s:vpc-flow-log/*", b.args.Region, b.args.Account)
	trust, err := iamdoc.TrustService("vpc-flow-logs.amazonaws.com", b.args.Account, sources).Trust()
	if err != nil {
		return nil, nil, err
	}
	role, err := iam.NewRole(b.ctx, b.name+"-flow-logs-role", &iam.RoleArgs{
		Name:             pulumi.String(b.args.Scope.Name("flow-logs")),
		Description:      pulumi.String("Writes the flow logs of the VPC of " + b.args.Scope.Stack),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             b.tags("flow-logs"),
	}, b.parent())
	if err != nil {
		return nil, nil, err
	}
	groups := fmt.Sprintf("arn:aws:logs:%s:%s:log-group:", b.args.Region, b.args.Account)
	write, err := iamdoc.Document{Statements: []iamdoc.Statement{
		{
			Sid:       "Write",
			Actions:   []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
			Resources: []string{groups + group + ":*"},
		},
		{
			Sid:       "Find",
			Actions:   []string{"logs:DescribeLogGroups"},
			Resources: []string{groups + "*"},
		},
	}}.Identity()
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(b.ctx, b.name+"-flow-logs-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(b.args.Scope.Name("flow-logs")),
		Role:   role.Name,
		Policy: pulumi.String(write),
	}, b.parent())
	return role, policy, err
}
