package routing

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
)

// SignIn is the user pool that people sign in to at the load balancer. The load balancer calls the pool's endpoints
// itself: its security group must let it reach HTTPS anywhere.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
type SignIn struct {
	// UserPoolARN, ClientID and Domain are the pool's: the client has a secret and the code grant, the domain is the
	// prefix of the pool's sign-in page.
	UserPoolARN, ClientID, Domain pulumi.StringInput
	// SessionHours is how long one sign-in lasts, 1 to 24.
	SessionHours int
	// TokenPaths are where a request that bears a token passes without the sign-in of a person, "/api/*": its token is
	// then the application's to verify. At most three. Default none: scripts reach nothing.
	TokenPaths []string
}

// maxTokenPaths is what a rule's five values leave beside the host and the header.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
const maxTokenPaths = 3

func (s *SignIn) check(problems *arguments.Problems) {
	problems.Require("SignIn.UserPoolARN", s.UserPoolARN != nil)
	problems.Require("SignIn.ClientID", s.ClientID != nil)
	problems.Require("SignIn.Domain", s.Domain != nil)
	problems.Within("SignIn.SessionHours", s.SessionHours, 1, 24)
	if n := len(s.TokenPaths); n > maxTokenPaths {
		problems.Check("SignIn.TokenPaths", fmt.Errorf("%d paths, expected at most %d", n, maxTokenPaths))
	}
	for i, path := range s.TokenPaths {
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "/*") {
			problems.Check(fmt.Sprintf("SignIn.TokenPaths[%d]", i),
				fmt.Errorf(`%q, expected a path that begins with "/" and a name, "/api/*"`, path))
		}
	}
}

// What becomes of a request of somebody who is not signed in.
const (
	// askForSignIn leads a person to the sign-in page and back.
	askForSignIn = "authenticate"
	// refuse answers 401: no page can be shown to a websocket.
	refuse = "deny"
)

// before forwards to the target group, for those who are signed in where sign-in is asked for.
func (s *SignIn) before(group *lb.TargetGroup, unauthenticated string) lb.ListenerRuleActionArray {
	if s == nil {
		return forward(group)
	}
	return lb.ListenerRuleActionArray{
		lb.ListenerRuleActionArgs{
			Order: pulumi.Int(1),
			Type:  pulumi.String("authenticate-cognito"),
			AuthenticateCognito: lb.ListenerRuleActionAuthenticateCognitoArgs{
				UserPoolArn:              s.UserPoolARN,
				UserPoolClientId:         s.ClientID,
				UserPoolDomain:           s.Domain,
				Scope:                    pulumi.String("openid email profile"),
				SessionTimeout:           pulumi.Int(s.SessionHours * 3600),
				OnUnauthenticatedRequest: pulumi.String(unauthenticated),
			},
		},
		lb.ListenerRuleActionArgs{
			Order:          pulumi.Int(2),
			Type:           pulumi.String("forward"),
			TargetGroupArn: group.Arn,
		},
	}
}

func forward(group *lb.TargetGroup) lb.ListenerRuleActionArray {
	return lb.ListenerRuleActionArray{lb.ListenerRuleActionArgs{
		Type:           pulumi.String("forward"),
		TargetGroupArn: group.Arn,
	}}
}

// tokens lets requests that bear a token pass where a person would have to sign in.
func (r *Routing) tokens(ctx *pulumi.Context, name string, args Args, group *lb.TargetGroup) error {
	if args.SignIn == nil || len(args.SignIn.TokenPaths) == 0 {
		return nil
	}
	_, err := r.rule(ctx, name+"-tokens-rule", args, rule{
		part:     "tokens",
		priority: Priority(args.Slot) - tokensAhead,
		conditions: lb.ListenerRuleConditionArray{
			paths(args.SignIn.TokenPaths...),
			lb.ListenerRuleConditionArgs{HttpHeader: lb.ListenerRuleConditionHttpHeaderArgs{
				HttpHeaderName: pulumi.String("Authorization"),
				Values:         pulumi.ToStringArray([]string{"Bearer *"}),
			}},
		},
		actions: forward(group),
	})
	return err
}
