package routing

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

const (
	// deregistrationDelaySeconds is how long a task that leaves may finish its requests.
	deregistrationDelaySeconds = 30
	healthCheckIntervalSeconds = 15
	healthCheckTimeoutSeconds  = 5
	// stickySeconds is longer than any client of a websocket server takes from its first request to the websocket.
	stickySeconds = 3600
)

// targets are tasks of one kind.
type targets struct {
	part            string // names the target group within the tenant
	port            int
	healthCheckPath string
	sticky          bool
}

// targetGroup is over the addresses of Fargate tasks. TLS ends at the load balancer; the way from there to the tasks
// lies in the cell's private subnets, and only the load balancer may take it.
func (r *Routing) targetGroup(ctx *pulumi.Context, name string, args Args, to targets) (*lb.TargetGroup, error) {
	physical := args.Scope.Name(to.part)
	inputs := &lb.TargetGroupArgs{
		Name:                       pulumi.String(physical),
		VpcId:                      args.VPCID.ToStringOutput(),
		TargetType:                 pulumi.String("ip"),
		Protocol:                   pulumi.String("HTTP"),
		Port:                       pulumi.Int(to.port),
		LoadBalancingAlgorithmType: pulumi.String("least_outstanding_requests"),
		DeregistrationDelay:        pulumi.Int(deregistrationDelaySeconds),
		HealthCheck: lb.TargetGroupHealthCheckArgs{
			Path:               pulumi.String(to.healthCheckPath),
			Protocol:           pulumi.String("HTTP"),
			Matcher:            pulumi.String("200"),
			Interval:           pulumi.Int(healthCheckIntervalSeconds),
			Timeout:            pulumi.Int(healthCheckTimeoutSeconds),
			HealthyThreshold:   pulumi.Int(2),
			UnhealthyThreshold: pulumi.Int(3),
		},
		Tags: pulumi.ToStringMap(args.Scope.Tags("routing", physical, naming.Internal)),
	}
	if to.sticky {
		inputs.Stickiness = lb.TargetGroupStickinessArgs{
			Enabled:        pulumi.Bool(true),
			Type:           pulumi.String("lb_cookie"),
			CookieDuration: pulumi.Int(stickySeconds),
		}
	}
	group, err := lb.NewTargetGroup(ctx, name, inputs, pulumi.Parent(r))
	if err != nil {
		return nil, fmt.Errorf("target group: %w", err)
	}
	return group, nil
}
