package replication

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/database/foundation"
	"haven/components/naming"
)

// group declares the replica's security group, whose members reach each other. The replica is the only one until it is
// promoted: whoever takes the tenant over joins it then, and changes nothing of this stack.
func (r *ReadReplica) group(ctx *pulumi.Context, name string, args ReadReplicaArgs, here []pulumi.ResourceOption) error {
	group, err := ec2.NewSecurityGroup(ctx, name+"-group", &ec2.SecurityGroupArgs{
		Name:        pulumi.String(args.Scope.Name(args.part())),
		Description: pulumi.String("The replica of " + args.Scope.Stack + ": lets nobody in until it is promoted"),
		VpcId:       args.VPCID,
		Tags:        args.tags(args.part()),
	}, here...)
	if err != nil {
		return fmt.Errorf("security group: %w", err)
	}
	r.SecurityGroupID = group.ID().ToStringOutput()
	const why = "MySQL over TLS, of whoever takes over"
	_, err = vpc.NewSecurityGroupIngressRule(ctx, name+"-from-members", &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId:           r.SecurityGroupID,
		ReferencedSecurityGroupId: r.SecurityGroupID,
		Description:               pulumi.String(why),
		IpProtocol:                pulumi.String("tcp"),
		FromPort:                  pulumi.Int(foundation.Port),
		ToPort:                    pulumi.Int(foundation.Port),
		Tags:                      args.tags(args.part() + "-from-members"),
	}, here...)
	if err != nil {
		return fmt.Errorf("from members: %w", err)
	}
	_, err = vpc.NewSecurityGroupEgressRule(ctx, name+"-to-members", &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId:           r.SecurityGroupID,
		ReferencedSecurityGroupId: r.SecurityGroupID,
		Description:               pulumi.String(why),
		IpProtocol:                pulumi.String("tcp"),
		FromPort:                  pulumi.Int(foundation.Port),
		ToPort:                    pulumi.Int(foundation.Port),
		Tags:                      args.tags(args.part() + "-to-members"),
	}, here...)
	if err != nil {
		return fmt.Errorf("to members: %w", err)
	}
	return nil
}

func (a ReadReplicaArgs) tags(part string) pulumi.StringMap {
	return pulumi.ToStringMap(a.Scope.Tags("replication", a.Scope.Name(part), naming.Internal))
}
