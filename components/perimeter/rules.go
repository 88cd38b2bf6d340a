package perimeter

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

const anywhere = "0.0.0.0/0"

// ruleSet declares the rules on the tenant's own groups.
type ruleSet struct {
	parent pulumi.Resource
	name   string
	scope  naming.Scope
	groups map[party]pulumi.StringOutput
}

// allow declares a flow: out of the group at its one end and into the group at its other, where they are the tenant's.
func (r ruleSet) allow(ctx *pulumi.Context, f flow) error {
	if f.from != loadBalancer {
		if err := r.egress(ctx, f); err != nil {
			return fmt.Errorf("%s to %s: %w", f.from, f.to, err)
		}
	}
	if f.to != internet {
		if err := r.ingress(ctx, f); err != nil {
			return fmt.Errorf("%s from %s: %w", f.to, f.from, err)
		}
	}
	return nil
}

func (r ruleSet) egress(ctx *pulumi.Context, f flow) error {
	part := fmt.Sprintf("%s-to-%s%s", f.from, f.to, f.called)
	args := &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: r.groups[f.from],
		Description:     pulumi.String(f.why),
		IpProtocol:      pulumi.String("tcp"),
		FromPort:        pulumi.Int(f.port),
		ToPort:          pulumi.Int(f.port),
		Tags:            r.tags(part),
	}
	if f.to == internet {
		args.CidrIpv4 = pulumi.String(anywhere)
	} else {
		args.ReferencedSecurityGroupId = r.groups[f.to]
	}
	_, err := vpc.NewSecurityGroupEgressRule(ctx, r.name+"-"+part, args, pulumi.Parent(r.parent))
	return err
}

func (r ruleSet) ingress(ctx *pulumi.Context, f flow) error {
	part := fmt.Sprintf("%s-from-%s%s", f.to, f.from, f.called)
	_, err := vpc.NewSecurityGroupIngressRule(ctx, r.name+"-"+part, &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId:           r.groups[f.to],
		ReferencedSecurityGroupId: r.groups[f.from],
		Description:               pulumi.String(f.why),
		IpProtocol:                pulumi.String("tcp"),
		FromPort:                  pulumi.Int(f.port),
		ToPort:                    pulumi.Int(f.port),
		Tags:                      r.tags(part),
	}, pulumi.Parent(r.parent))
	return err
}

func (r ruleSet) tags(part string) pulumi.StringMap {
	return pulumi.ToStringMap(r.scope.Tags("perimeter", r.scope.Name(part), naming.Internal))
}
