package routing

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/limit"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:routing:Routing"

// Args says which host leads where.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Host is where the tenant's users find it, a DNS name below the cell's domain.
	Host string
	// Slot is the tenant's place in the cell, 1 to MaxSlot: it decides the priorities of its listener rules.
	Slot int
	// HostedZoneID is the cell's public DNS zone.
	HostedZoneID pulumi.StringInput
	// VPCID is the cell's VPC.
	VPCID pulumi.StringInput
	// ListenerARN is the cell's HTTPS listener.
	ListenerARN pulumi.StringInput
	// LoadBalancerDNSName and LoadBalancerZoneID are what the host's record is an alias of.
	LoadBalancerDNSName pulumi.StringInput
	LoadBalancerZoneID  pulumi.StringInput
	// CertificateARN is a certificate of the host's that the listener has already, with a record that leads to it: neither
	// is declared then. Default none: both are.
	CertificateARN pulumi.StringInput
	// Standby takes the host over when it has to. Default nil: none, the host has one record.
	Standby *Standby
	// Port is the TCP port on which the tenant's tasks listen.
	Port int
	// HealthCheckPath is what answers 200 on a healthy task, "/login".
	HealthCheckPath string
	// WebSocketPort is the TCP port on which the tenant's websocket tasks listen. Default 0: it has none.
	WebSocketPort int
	// SignIn makes people sign in at the load balancer, before a request of theirs reaches any task. Default nil: that is
	// left to the application.
	SignIn *SignIn
	// Page is what every request is answered with in place of the tenant's tasks. Default none.
	Page Page
}

// Routing is the way to a tenant's tasks.
type Routing struct {
	pulumi.ResourceState

	// CertificateARN is the certificate of the host.
	CertificateARN pulumi.StringOutput
	// TargetGroupARN is what the tenant's service registers its tasks with, TargetGroupSuffix its end, by which CloudWatch
	// knows it.
	TargetGroupARN, TargetGroupSuffix pulumi.StringOutput
	// Rule is the listener rule. A service depends on it: ECS refuses a target group that no listener leads to. The page,
	// where there is one, is up before it, so that a service that goes to zero leaves the page behind and no error.
	Rule pulumi.Resource
	// WebSocketTargetGroupARN and WebSocketRule are those of the websocket tasks; without WebSocketPort there are none.
	WebSocketTargetGroupARN, WebSocketTargetGroupSuffix pulumi.StringOutput
	WebSocketRule                                       pulumi.Resource
	// StandbyCertificateARN is the host's certificate in the standby's region, Latch what takes over; without Standby
	// there are none.
	StandbyCertificateARN pulumi.StringOutput
	Latch                 *Latch

	// provenBy is the name of the record that proves the host to ACM, healthCheckID the latch's health check.
	provenBy, healthCheckID pulumi.StringOutput
}

// New declares the way to a tenant's tasks.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Routing, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("routing: %w", err)
	}
	r := &Routing{}
	if err := ctx.RegisterComponentResource(Type, name, r, opts...); err != nil {
		return nil, fmt.Errorf("routing: %w", err)
	}
	parts := []func(*pulumi.Context, string, Args) error{r.certificate, r.rules, r.takeOver, r.record}
	if args.CertificateARN != nil {
		r.CertificateARN = args.CertificateARN.ToStringOutput()
		parts = parts[1:2]
	}
	for _, declare := range parts {
		if err := declare(ctx, name, args); err != nil {
			return nil, fmt.Errorf("routing: %w", err)
		}
	}
	outputs := pulumi.Map{"targetGroupArn": r.TargetGroupARN}
	if args.WebSocketPort != 0 {
		outputs["webSocketTargetGroupArn"] = r.WebSocketTargetGroupARN
	}
	return r, ctx.RegisterResourceOutputs(r, outputs)
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Host("Host", a.Host)
	problems.Within("Slot", a.Slot, 1, MaxSlot)
	problems.Within("Port", a.Port, 1, 65535)
	if !strings.HasPrefix(a.HealthCheckPath, "/") {
		problems.Check("HealthCheckPath", fmt.Errorf(`%q, expected a path that begins with "/"`, a.HealthCheckPath))
	}
	problems.Require("HostedZoneID", a.HostedZoneID != nil || a.CertificateARN != nil)
	problems.Require("VPCID", a.VPCID != nil)
	problems.Require("ListenerARN", a.ListenerARN != nil)
	problems.Require("LoadBalancerDNSName", a.LoadBalancerDNSName != nil || a.CertificateARN != nil)
	problems.Require("LoadBalancerZoneID", a.LoadBalancerZoneID != nil || a.CertificateARN != nil)
	problems.Within("WebSocketPort", a.WebSocketPort, 0, 65535)
	if _, known := pages[a.Page]; !known && a.Page != "" {
		problems.Check("Page", &limit.Error{Got: string(a.Page), Want: "one of maintenance, suspended, or none"})
	}
	if a.SignIn != nil {
		a.SignIn.check(&problems)
	}
	if a.Standby != nil {
		a.Standby.check(&problems)
	}
	return problems.Err()
}

// record is the host's address: an alias that follows the load balancer's own. One record cannot stand beside two of a
// fail-over, so it goes before they come, and they before it comes back.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-failover-alias.html
func (r *Routing) record(ctx *pulumi.Context, name string, args Args) error {
	record := &route53.RecordArgs{
		ZoneId:  args.HostedZoneID,
		Name:    pulumi.String(args.Host),
		Type:    pulumi.String("A"),
		Aliases: alias(args.LoadBalancerDNSName, args.LoadBalancerZoneID, args.Standby == nil),
	}
	if args.Standby != nil {
		way(record, primaryWay, "primary")
		record.HealthCheckId = r.healthCheckID
	}
	made, err := route53.NewRecord(ctx, name+"-record", record, pulumi.Parent(r), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if args.Standby == nil {
		return nil
	}
	return r.standbyRecord(ctx, name, args, made)
}

func alias(name, zoneID pulumi.StringInput, evaluateHealth bool) route53.RecordAliasArray {
	return route53.RecordAliasArray{route53.RecordAliasArgs{
		Name:                 name,
		ZoneId:               zoneID,
		EvaluateTargetHealth: pulumi.Bool(evaluateHealth),
	}}
}
