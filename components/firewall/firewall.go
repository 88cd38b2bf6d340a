package firewall

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/firewall/limits"
	"haven/components/limit"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:firewall:Firewall"

const regional = "REGIONAL"

// Args are all required, but for the lists, AccessLogs and Protected.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region the cell's.
	Account, Region string
	// LoadBalancerARN is what it stands in front of.
	LoadBalancerARN pulumi.StringInput
	// BlockList are the ranges of IPv4 addresses that are refused, AllowList those that the rate limit and Amazon's lists
	// of addresses do not apply to, in CIDR notation. An address of both is refused. Default: none.
	BlockList, AllowList []string
	// RateLimit is how many requests one address may send within five minutes, 10 to 2,000,000,000. Many people behind
	// one company's gateway are one address.
	RateLimit int
	// LogRetentionDays is how long the requests' logs are kept.
	LogRetentionDays int
	// AccessLogs is the bucket that access to these logs is logged to. Default: it is not.
	AccessLogs pulumi.StringInput
	// Protected refuses to delete the log bucket while it holds logs. False only while the stack is torn down.
	Protected bool
}

// Firewall is a cell's firewall.
type Firewall struct {
	pulumi.ResourceState
	// ARN is the web ACL's.
	ARN pulumi.StringOutput
	// Name is the web ACL's name, and its metrics' dimension "WebACL".
	Name string
	// Capacity is what all rules take together, in web ACL capacity units (WCU), 1500 at most.
	Capacity int
	// LogBucket is the name of the bucket that requests are logged to.
	LogBucket pulumi.StringOutput
}

// New makes a firewall and puts it in front of the load balancer.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Firewall, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("firewall: %w", err)
	}
	f := &Firewall{Name: args.Scope.Name("firewall")}
	if err := ctx.RegisterComponentResource(Type, name, f, opts...); err != nil {
		return nil, fmt.Errorf("firewall: %w", err)
	}
	if err := (&builder{ctx: ctx, firewall: f, name: name, args: args}).declare(); err != nil {
		return nil, fmt.Errorf("firewall: %w", err)
	}
	return f, ctx.RegisterResourceOutputs(f, pulumi.Map{
		"arn":       f.ARN,
		"name":      pulumi.String(f.Name),
		"capacity":  pulumi.Int(f.Capacity),
		"logBucket": f.LogBucket,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("LoadBalancerARN", a.LoadBalancerARN != nil)
	checkList(&problems, "BlockList", a.BlockList)
	checkList(&problems, "AllowList", a.AllowList)
	problems.Check("RateLimit", limits.RateLimit(a.RateLimit))
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	return problems.Err()
}

func checkList(problems *arguments.Problems, field string, ranges []string) {
	problems.Check(field, limit.Between(len(ranges), 0, limits.MaxRanges, "join ranges into wider ones"))
	for i, text := range ranges {
		problems.Check(fmt.Sprintf("%s[%d]", field, i), limits.Range(text))
	}
}

// builder declares a firewall part by part.
type builder struct {
	ctx      *pulumi.Context
	firewall *Firewall
	name     string
	args     Args
}

func (b *builder) declare() error {
	blocked, err := b.list("block-list", "Addresses that are refused", b.args.BlockList)
	if err != nil {
		return err
	}
	allowed, err := b.list("allow-list", "Addresses spared the rate limit and the lists of Amazon", b.args.AllowList)
	if err != nil {
		return err
	}
	rules, err := b.rules(blocked.Arn, allowed.Arn)
	if err != nil {
		return fmt.Errorf("capacity: %w", err)
	}
	acl, err := wafv2.NewWebAcl(b.ctx, b.name+"-acl", &wafv2.WebAclArgs{
		Name:             pulumi.String(b.firewall.Name),
		Description:      pulumi.String("What reaches the tenants of " + b.args.Scope.Stack),
		Scope:            pulumi.String(regional),
		DefaultAction:    wafv2.WebAclDefaultActionArgs{Allow: wafv2.WebAclDefaultActionAllowArgs{}},
		Rules:            rules,
		VisibilityConfig: wafv2.WebAclVisibilityConfigArgs(measured(b.firewall.Name)),
		Tags:             b.tags(b.firewall.Name),
	}, b.parent())
	if err != nil {
		return err
	}
	b.firewall.ARN = acl.Arn
	if err := b.logging(acl); err != nil {
		return err
	}
	_, err = wafv2.NewWebAclAssociation(b.ctx, b.name+"-association", &wafv2.WebAclAssociationArgs{
		ResourceArn: b.args.LoadBalancerARN,
		WebAclArn:   acl.Arn,
	}, b.parent())
	return err
}

func (b *builder) list(part, description string, ranges []string) (*wafv2.IpSet, error) {
	physical := b.args.Scope.Name(part)
	return wafv2.NewIpSet(b.ctx, b.name+"-"+part, &wafv2.IpSetArgs{
		Name:             pulumi.String(physical),
		Description:      pulumi.String(description),
		Scope:            pulumi.String(regional),
		IpAddressVersion: pulumi.String("IPV4"),
		Addresses:        pulumi.ToStringArray(ranges),
		Tags:             b.tags(physical),
	}, b.parent())
}

func (b *builder) tags(physical string) pulumi.StringMap {
	return pulumi.ToStringMap(b.args.Scope.Tags("firewall", physical, naming.Internal))
}

func (b *builder) parent() pulumi.ResourceOption { return pulumi.Parent(b.firewall) }
