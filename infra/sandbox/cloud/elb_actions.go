package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// toUserPool is the pool that a rule makes people sign in to:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html.
var toUserPool = Reference{Property: "actions[*].authenticateCognito.userPoolArn", To: cognitoUserPool, By: "arn",
	NotFound: elbv2.says("CreateRule", "InvalidLoadBalancerAction", "The user pool '%s' does not exist")}

// refuseActions: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html.
func refuseActions(c *Call) error {
	actions := props.Maps(c.Inputs, "actions[*]")
	slices.SortStableFunc(actions, func(a, b property.Map) int { return orderOf(a) - orderOf(b) })
	for i, action := range actions {
		if final := !strings.HasPrefix(Text(action, "type"), "authenticate-"); final != (i == len(actions)-1) {
			return elbv2.says("CreateRule", "InvalidLoadBalancerAction", "You must specify exactly one of the actions"+
				" forward, redirect and fixed-response, and it must be the last one")
		}
		for _, refuse := range []func(*Call, property.Map) error{refuseFixedResponse, refuseSignIn} {
			if err := refuse(c, action); err != nil {
				return err
			}
		}
	}
	return nil
}

// orderOf is when an action is performed; without an order it is where it stands, which a stable sort keeps.
func orderOf(action property.Map) int {
	order, _ := numberAt(action, "order")
	return order
}

var fixedStatus = regexp.MustCompile(`^[245]\d\d$`)

// refuseFixedResponse is the provider's own validation.
func refuseFixedResponse(_ *Call, action property.Map) error {
	if n := len(props.Text(action, "fixedResponse.messageBody")); n > 1024 {
		return fmt.Errorf("expected length of action.0.fixed_response.0.message_body to be in the range (0 - 1024),"+
			" got %d characters", n)
	}
	if status := props.Text(action, "fixedResponse.statusCode"); status != "" && !fixedStatus.MatchString(status) {
		return fmt.Errorf("invalid value for action.0.fixed_response.0.status_code (must match %s): %q", fixedStatus,
			status)
	}
	return nil
}

// refuseSignIn: the listener encrypts, and the client is one that the load balancer can be.
func refuseSignIn(c *Call, action property.Map) error {
	if Text(action, "type") != "authenticate-cognito" {
		return nil
	}
	const of = "authenticateCognito."
	listener, _ := c.find(lbListener, "arn", c.text("listenerArn"))
	if listener.Text("protocol") != "HTTPS" {
		return elbv2.says("CreateRule", "ValidationError",
			"Action type 'authenticate-cognito' must be one of 'redirect,fixed-response,forward'")
	}
	if timeout, given := numberAt(action, of+"sessionTimeout"); given && (timeout < 1 || timeout > 604800) {
		return elbv2.refuses("CreateRule", "InvalidLoadBalancerAction",
			"Session timeout '%d' must be between '1' and '604800'", timeout)
	}
	pool, _ := c.find(cognitoUserPool, "arn", props.Text(action, of+"userPoolArn"))
	client, known := c.find(cognitoUserPoolClient, "id", props.Text(action, of+"userPoolClientId"))
	domain, served := c.find(cognitoUserPoolDomain, "domain", props.Text(action, of+"userPoolDomain"))
	switch {
	case props.Text(action, of+"userPoolClientId") == "" || pool.ID == "":
		return nil // not known yet
	case !known || client.Text("userPoolId") != pool.ID:
		return elbv2.says("CreateRule", "InvalidLoadBalancerAction", "The user pool client does not exist")
	case client.Text("clientSecret") == "":
		return elbv2.says("CreateRule", "InvalidLoadBalancerAction", "The user pool client must have a client secret")
	case !slices.Contains(props.Texts(client.Outputs, "allowedOauthFlows[*]"), "code"):
		return elbv2.says("CreateRule", "InvalidLoadBalancerAction",
			"The user pool client must have the authorization code grant enabled")
	case !served || domain.Text("userPoolId") != pool.ID:
		return elbv2.says("CreateRule", "InvalidLoadBalancerAction", "The user pool domain does not exist")
	}
	return nil
}
