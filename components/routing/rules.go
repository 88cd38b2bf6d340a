package routing

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// socketPath is where a socket.io server listens, polling and websocket alike.
const socketPath = "/socket.io/*"

// rules lead the host's requests. A page stands before them and changes none of them: what leads to the tasks stays as
// it is, so that a target group keeps its load balancer, without which ECS refuses a service even at zero tasks, and
// the page comes and goes by one call for the whole host.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
func (r *Routing) rules(ctx *pulumi.Context, name string, args Args) error {
	web, err := r.targetGroup(ctx, name+"-target-group", args, targets{
		part: "web", port: args.Port, healthCheckPath: args.HealthCheckPath,
	})
	if err != nil {
		return err
	}
	r.TargetGroupARN, r.TargetGroupSuffix = web.Arn, web.ArnSuffix
	after, err := r.page(ctx, name, args)
	if err != nil {
		return err
	}
	r.Rule, err = r.rule(ctx, name+"-rule", args, rule{
		part:     "web",
		priority: Priority(args.Slot),
		actions:  args.SignIn.before(web, askForSignIn),
	}, after)
	if err != nil {
		return err
	}
	if err := r.tokens(ctx, name, args, web); err != nil {
		return err
	}
	return r.websocket(ctx, name, args, after)
}

// websocket leads to the websocket tasks. A client polls before it has its websocket, and all its polls must reach the
// task that knows it: the target group is sticky.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions
func (r *Routing) websocket(ctx *pulumi.Context, name string, args Args, after pulumi.ResourceOption) error {
	if args.WebSocketPort == 0 {
		return nil
	}
	group, err := r.targetGroup(ctx, name+"-websocket-target-group", args, targets{
		part: "socket", port: args.WebSocketPort, healthCheckPath: "/", sticky: true,
	})
	if err != nil {
		return err
	}
	r.WebSocketTargetGroupARN, r.WebSocketTargetGroupSuffix = group.Arn, group.ArnSuffix
	r.WebSocketRule, err = r.rule(ctx, name+"-websocket-rule", args, rule{
		part:       "socket",
		priority:   Priority(args.Slot) - websocketAhead,
		conditions: lb.ListenerRuleConditionArray{paths(socketPath)},
		actions:    args.SignIn.before(group, refuse),
	}, after)
	return err
}

// rule is a rule for the host.
type rule struct {
	part       string // names the rule within the tenant
	priority   int
	conditions lb.ListenerRuleConditionArray // beside the host
	actions    lb.ListenerRuleActionArray
}

func (r *Routing) rule(
	ctx *pulumi.Context, name string, args Args, is rule, opts ...pulumi.ResourceOption,
) (*lb.ListenerRule, error) {
	host := lb.ListenerRuleConditionArgs{
		HostHeader: lb.ListenerRuleConditionHostHeaderArgs{Values: pulumi.ToStringArray([]string{args.Host})},
	}
	made, err := lb.NewListenerRule(ctx, name, &lb.ListenerRuleArgs{
		ListenerArn: args.ListenerARN,
		Priority:    pulumi.Int(is.priority),
		Conditions:  append(lb.ListenerRuleConditionArray{host}, is.conditions...),
		Actions:     is.actions,
		Tags:        pulumi.ToStringMap(args.Scope.Tags("routing", args.Scope.Name(is.part), naming.Internal)),
	}, append(opts, pulumi.Parent(r))...)
	if err != nil {
		return nil, fmt.Errorf("%s rule: %w", is.part, err)
	}
	return made, nil
}

func paths(patterns ...string) lb.ListenerRuleConditionArgs {
	return lb.ListenerRuleConditionArgs{
		PathPattern: lb.ListenerRuleConditionPathPatternArgs{Values: pulumi.ToStringArray(patterns)},
	}
}
