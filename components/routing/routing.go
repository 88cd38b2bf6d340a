package routing

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
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
	// Port is the TCP port on which the tenant's tasks listen.
	Port int
	// HealthCheckPath is what answers 200 on a healthy task, "/login".
	HealthCheckPath string
}

// Routing is the way to a tenant's tasks.
type Routing struct {
	pulumi.ResourceState

	// TargetGroupARN is what the tenant's service registers its tasks with.
	TargetGroupARN pulumi.StringOutput
	// Rule is the listener rule. A service depends on it: ECS refuses a target group that no listener leads to.
	Rule pulumi.Resource
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
	for _, declare := range []func(*pulumi.Context, string, Args) error{r.certificate, r.forward, r.record} {
		if err := declare(ctx, name, args); err != nil {
			return nil, fmt.Errorf("routing: %w", err)
		}
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"targetGroupArn": r.TargetGroupARN})
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
	problems.Require("HostedZoneID", a.HostedZoneID != nil)
	problems.Require("VPCID", a.VPCID != nil)
	problems.Require("ListenerARN", a.ListenerARN != nil)
	problems.Require("LoadBalancerDNSName", a.LoadBalancerDNSName != nil)
	problems.Require("LoadBalancerZoneID", a.LoadBalancerZoneID != nil)
	return problems.Err()
}

// forward leads requests for the host to the tenant's tasks.
func (r *Routing) forward(ctx *pulumi.Context, name string, args Args) error {
	physical := args.Scope.Name("web")
	group, err := lb.NewTargetGroup(ctx, name+"-target-group", targetGroup(args, physical), pulumi.Parent(r))
	if err != nil {
		return fmt.Errorf("target group: %w", err)
	}
	rule, err := lb.NewListenerRule(ctx, name+"-rule", &lb.ListenerRuleArgs{
		ListenerArn: args.ListenerARN,
		Priority:    pulumi.Int(Priority(args.Slot)),
		Conditions: lb.ListenerRuleConditionArray{lb.ListenerRuleConditionArgs{
			HostHeader: lb.ListenerRuleConditionHostHeaderArgs{Values: pulumi.ToStringArray([]string{args.Host})},
		}},
		Actions: lb.ListenerRuleActionArray{lb.ListenerRuleActionArgs{
			Type:           pulumi.String("forward"),
			TargetGroupArn: group.Arn,
		}},
		Tags: pulumi.ToStringMap(args.Scope.Tags("routing", physical, naming.Internal)),
	}, pulumi.Parent(r))
	if err != nil {
		return fmt.Errorf("listener rule: %w", err)
	}
	r.TargetGroupARN, r.Rule = group.Arn, rule
	return nil
}

// targetGroup is over the addresses of Fargate tasks. TLS ends at the load balancer; the way from there to the tasks
// lies in the cell's private subnets, and only the load balancer may take it.
func targetGroup(args Args, physical string) *lb.TargetGroupArgs {
	return &lb.TargetGroupArgs{
		Name:                       pulumi.String(physical),
		VpcId:                      args.VPCID.ToStringOutput(),
		TargetType:                 pulumi.String("ip"),
		Protocol:                   pulumi.String("HTTP"),
		Port:                       pulumi.Int(args.Port),
		LoadBalancingAlgorithmType: pulumi.String("least_outstanding_requests"),
		DeregistrationDelay:        pulumi.Int(deregistrationDelaySeconds),
		HealthCheck: lb.TargetGroupHealthCheckArgs{
			Path:               pulumi.String(args.HealthCheckPath),
			Protocol:           pulumi.String("HTTP"),
			Matcher:            pulumi.String("200"),
			Interval:           pulumi.Int(healthCheckIntervalSeconds),
			Timeout:            pulumi.Int(healthCheckTimeoutSeconds),
			HealthyThreshold:   pulumi.Int(2),
			UnhealthyThreshold: pulumi.Int(3),
		},
		Tags: pulumi.ToStringMap(args.Scope.Tags("routing", physical, naming.Internal)),
	}
}

const (
	// deregistrationDelaySeconds is how long a task that leaves may finish its requests.
	deregistrationDelaySeconds = 30
	healthCheckIntervalSeconds = 15
	healthCheckTimeoutSeconds  = 5
)

// record is the host's address: an alias that follows the load balancer's own.
func (r *Routing) record(ctx *pulumi.Context, name string, args Args) error {
	_, err := route53.NewRecord(ctx, name+"-record", &route53.RecordArgs{
		ZoneId: args.HostedZoneID,
		Name:   pulumi.String(args.Host),
		Type:   pulumi.String("A"),
		Aliases: route53.RecordAliasArray{route53.RecordAliasArgs{
			Name:                 args.LoadBalancerDNSName,
			ZoneId:               args.LoadBalancerZoneID,
			EvaluateTargetHealth: pulumi.Bool(true),
		}},
	}, pulumi.Parent(r))
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}
