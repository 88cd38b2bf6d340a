package network

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	http, https       = 80, 443
	mysql, redis, nfs = 3306, 6379, 2049
	// answersFrom is the first of the ports that connections' answers come to. Applications listen above it too.
	answersFrom, lastPort = 1024, 65535
	// mtuType and mtuCode are the ICMP message that a packet was too large for a part of its way; without it such
	// connections hang.
	// https://docs.aws.amazon.com/vpc/latest/userguide/path_mtu_discovery.html
	mtuType, mtuCode = 3, 4
)

// opening lets a protocol through, from or to each of the ranges of addresses.
type opening struct {
	protocol string
	from, to int // ports; 0 for ICMP
	cidrs    []string
}

func on(port int, cidrs ...string) opening { return opening{"tcp", port, port, cidrs} }
func answers(cidrs ...string) opening      { return opening{"tcp", answersFrom, lastPort, cidrs} }
func tooLarge() opening                    { return opening{"icmp", 0, 0, []string{anywhere}} }

// declareACLs gives each tier the network ACL that lets through what the tier is for. Whatever no rule names is denied.
//
// Public subnets hold the load balancer, which clients call and which calls the applications, and the NAT gateways,
// which calls from private subnets pass on their way to HTTPS anywhere. Private subnets hold applications and interface
// endpoints, isolated ones databases, caches and mount targets of files.
func (b *builder) declareACLs() error {
	public, private, isolated := b.public.cidrs, b.private.cidrs, b.isolated.cidrs
	for _, each := range []struct {
		tier    *tier
		in, out []opening
	}{
		{b.public,
			[]opening{on(http, anywhere), on(https, anywhere), answers(anywhere), tooLarge()},
			[]opening{on(https, anywhere), answers(anywhere), tooLarge()}},
		{b.private,
			[]opening{on(https, private...), answers(anywhere), tooLarge()},
			[]opening{on(https, anywhere), on(mysql, isolated...), on(redis, isolated...), on(nfs, isolated...),
				answers(slices.Concat(public, private)...), tooLarge()}},
		{b.isolated,
			[]opening{on(mysql, private...), on(redis, private...), on(nfs, private...)},
			[]opening{answers(private...)}},
	} {
		if err := b.declareACL(each.tier, each.in, each.out); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) declareACL(t *tier, in, out []opening) error {
	var ingress ec2.NetworkAclIngressArray
	for _, entry := range entries(in) {
		ingress = append(ingress, entry)
	}
	var egress ec2.NetworkAclEgressArray
	for _, entry := range entries(out) {
		egress = append(egress, ec2.NetworkAclEgressArgs(entry))
	}
	acl, err := ec2.NewNetworkAcl(b.ctx, b.name+"-"+t.name+"-acl", &ec2.NetworkAclArgs{
		VpcId:     b.vpc.ID(),
		SubnetIds: ids(t.ids()),
		Ingress:   ingress,
		Egress:    egress,
		Tags:      b.tags(t.name),
	}, b.parent())
	t.acl = acl
	return err
}

// entries are the openings as numbered rules.
func entries(openings []opening) []ec2.NetworkAclIngressArgs {
	var all []ec2.NetworkAclIngressArgs
	for _, o := range openings {
		for _, cidr := range o.cidrs {
			entry := ec2.NetworkAclIngressArgs{
				RuleNo:    pulumi.Int(100 + 10*len(all)),
				Action:    pulumi.String("allow"),
				Protocol:  pulumi.String(o.protocol),
				CidrBlock: pulumi.String(cidr),
				FromPort:  pulumi.Int(o.from),
				ToPort:    pulumi.Int(o.to),
			}
			if o.protocol == "icmp" {
				entry.IcmpType, entry.IcmpCode = pulumi.Int(mtuType), pulumi.Int(mtuCode)
			}
			all = append(all, entry)
		}
	}
	return all
}

// closeDefaults takes every rule from the security group and the network ACL that a VPC is born with. The ACL waits
// until all subnets have left it for their own.
func (b *builder) closeDefaults() error {
	_, err := ec2.NewDefaultSecurityGroup(b.ctx, b.name+"-default-group", &ec2.DefaultSecurityGroupArgs{
		VpcId: b.vpc.ID(),
		Tags:  b.tags("default"),
	}, b.parent())
	if err != nil {
		return err
	}
	_, err = ec2.NewDefaultNetworkAcl(b.ctx, b.name+"-default-acl", &ec2.DefaultNetworkAclArgs{
		DefaultNetworkAclId: b.vpc.DefaultNetworkAclId,
		Tags:                b.tags("default"),
	}, b.parent(), pulumi.DependsOn([]pulumi.Resource{b.public.acl, b.private.acl, b.isolated.acl}))
	return err
}
