package edge

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:edge:Edge"

// Args are all required, but for AccessLogs and Protected.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region the cell's.
	Account, Region string
	// Domain is the public DNS zone. Its name servers must be delegated to by the parent zone, or the certificate never
	// becomes valid.
	Domain string
	// VPCID and PublicSubnetIDs are where the load balancer stands, one subnet per zone.
	VPCID           pulumi.StringInput
	PublicSubnetIDs pulumi.StringArrayInput
	// PrivateCIDRs are the ranges it may forward to, on ApplicationPorts, 1024 to 65535.
	PrivateCIDRs     []string
	ApplicationPorts []int
	// LogRetentionDays is how long access logs are kept.
	LogRetentionDays int
	// AccessLogs is the bucket that access to these logs is logged to itself. Default: it is not.
	AccessLogs pulumi.StringInput
	// Protected refuses to delete the load balancer, and the log bucket while it holds logs. False only while the stack
	// is torn down.
	Protected bool
}

// Edge is a cell's way in.
type Edge struct {
	pulumi.ResourceState
	LoadBalancerARN, DNSName pulumi.StringOutput
	// LoadBalancerSuffix is the end of LoadBalancerARN, by which CloudWatch knows it.
	LoadBalancerSuffix pulumi.StringOutput
	// CertificateARN is the certificate of the domain itself, LogBucket the name of the bucket that requests are logged
	// to.
	CertificateARN, LogBucket pulumi.StringOutput
	// CanonicalZoneID is the DNS zone of DNSName, for alias records.
	CanonicalZoneID pulumi.StringOutput
	// ListenerARN is the HTTPS listener, which tenants' rules and certificates join.
	ListenerARN pulumi.StringOutput
	// SecurityGroupID is the load balancer's, from which applications admit requests.
	SecurityGroupID pulumi.StringOutput
	HostedZoneID    pulumi.StringOutput
	// NameServers are those the parent zone must delegate Domain to.
	NameServers pulumi.StringArrayOutput
}

// New makes an edge.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Edge, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("edge: %w", err)
	}
	e := &Edge{}
	if err := ctx.RegisterComponentResource(Type, name, e, opts...); err != nil {
		return nil, fmt.Errorf("edge: %w", err)
	}
	b := &builder{ctx: ctx, edge: e, name: name, args: args}
	if err := b.declare(); err != nil {
		return nil, fmt.Errorf("edge: %w", err)
	}
	return e, ctx.RegisterResourceOutputs(e, pulumi.Map{
		"loadBalancerArn": e.LoadBalancerARN,
		"dnsName":         e.DNSName,
		"canonicalZoneId": e.CanonicalZoneID,
		"listenerArn":     e.ListenerARN,
		"securityGroupId": e.SecurityGroupID,
		"hostedZoneId":    e.HostedZoneID,
		"nameServers":     e.NameServers,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Host("Domain", a.Domain)
	problems.Require("VPCID", a.VPCID != nil)
	problems.Require("PublicSubnetIDs", a.PublicSubnetIDs != nil)
	problems.Require("PrivateCIDRs", len(a.PrivateCIDRs) > 0)
	problems.Require("ApplicationPorts", len(a.ApplicationPorts) > 0)
	for i, port := range a.ApplicationPorts {
		problems.Within(fmt.Sprintf("ApplicationPorts[%d]", i), port, 1024, 65535)
	}
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	return problems.Err()
}

// builder declares an edge part by part.
type builder struct {
	ctx  *pulumi.Context
	edge *Edge
	name string
	args Args
}

func (b *builder) declare() error {
	zone, err := b.zone()
	if err != nil {
		return err
	}
	own, err := b.certificate(zone)
	if err != nil {
		return err
	}
	logs, err := b.logBucket()
	if err != nil {
		return err
	}
	balancer, err := b.loadBalancer(logs)
	if err != nil {
		return err
	}
	b.edge.CertificateARN = own.ARN
	return b.listeners(balancer, own.ARN)
}

func (b *builder) tags(physical string, class naming.Classification) pulumi.StringMap {
	return pulumi.ToStringMap(b.args.Scope.Tags("edge", physical, class))
}

func (b *builder) parent() pulumi.ResourceOption { return pulumi.Parent(b.edge) }
