package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestActions(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		lb := s.loadBalancer()
		listener, group := s.listener(lb).ID, s.targetGroup("acme").ID
		plain := s.make(lbListener, settings{"loadBalancerArn": lb.ID, "port": 80, "protocol": "HTTP",
			"defaultActions": []settings{{"type": "fixed-response"}}}).ID
		p := &pools{s.fakeWorld, s.make(cognitoUserPool, guarded(nil))}
		client := s.make(cognitoUserPoolClient, p.web(nil)).ID
		public := s.make(cognitoUserPoolClient, p.web(settings{"generateSecret": false})).ID
		implicit := s.make(cognitoUserPoolClient, p.web(settings{"allowedOauthFlows": []string{"implicit"}})).ID
		domain := s.make(cognitoUserPoolDomain, settings{"userPoolId": p.pool.ID, "domain": "acme"}).ID
		forward := settings{"type": "forward", "targetGroupArn": group}
		signIn := func(changes settings) settings {
			return settings{"type": "authenticate-cognito", "authenticateCognito": with(settings{
				"userPoolArn": p.pool.Text("arn"), "userPoolClientId": client, "userPoolDomain": domain}, changes)}
		}
		page := func(changes settings) settings {
			return settings{"type": "fixed-response",
				"fixedResponse": with(settings{"contentType": "text/html", "statusCode": "503"}, changes)}
		}
		rule := func(actions ...settings) settings {
			return with(hostRule(listener, group, 11), settings{"actions": actions})
		}
		return []attempt{
			{"sign-in first", lbListenerRule, rule(signIn(nil), forward), ""},
			{"by order", lbListenerRule, rule(with(forward, settings{"order": 2}), with(signIn(nil), settings{"order": 1})), ""},
			{"sign-in alone", lbListenerRule, rule(signIn(nil)),
				"api error InvalidLoadBalancerAction: You must specify exactly one of the actions forward, redirect and" +
					" fixed-response, and it must be the last one"},
			{"two ends", lbListenerRule, rule(page(nil), forward), "and it must be the last one"},
			{"in the clear", lbListenerRule, with(rule(signIn(nil), forward), settings{"listenerArn": plain}),
				"api error ValidationError: Action type 'authenticate-cognito' must be one of" +
					" 'redirect,fixed-response,forward'"},
			{"no such pool", lbListenerRule, rule(signIn(settings{"userPoolArn": "arn:p"}), forward),
				"The user pool 'arn:p' does not exist"},
			{"no such client", lbListenerRule, rule(signIn(settings{"userPoolClientId": "x"}), forward),
				"The user pool client does not exist"},
			{"client without a secret", lbListenerRule, rule(signIn(settings{"userPoolClientId": public}), forward),
				"The user pool client must have a client secret"},
			{"client without codes", lbListenerRule, rule(signIn(settings{"userPoolClientId": implicit}), forward),
				"The user pool client must have the authorization code grant enabled"},
			{"no such domain", lbListenerRule, rule(signIn(settings{"userPoolDomain": "x"}), forward),
				"The user pool domain does not exist"},
			{"session", lbListenerRule, rule(signIn(settings{"sessionTimeout": 604801}), forward),
				"Session timeout '604801' must be between '1' and '604800'"},
			{"page", lbListenerRule, rule(page(settings{"messageBody": strings.Repeat("a", 1024)})), ""},
			{"long page", lbListenerRule, rule(page(settings{"messageBody": strings.Repeat("a", 1025)})),
				"message_body to be in the range (0 - 1024), got 1025 characters"},
			{"status", lbListenerRule, rule(page(settings{"statusCode": "302"})), `status_code`},
		}
	})
}

// TestAPageBeforeARuleKeepsItsTargetGroup: what ECS asks is whether any rule leads to a target group, whichever comes
// before it.
func TestAPageBeforeARuleKeepsItsTargetGroup(t *testing.T) {
	s := full(t)
	lb := s.loadBalancer()
	listener, group := s.listener(lb).ID, s.targetGroup("acme").ID
	rule := s.make(lbListenerRule, hostRule(listener, group, 1000))
	s.make(lbListenerRule, with(hostRule(listener, group, 970), settings{"actions": []settings{{"type": "fixed-response",
		"fixedResponse": settings{"contentType": "text/html", "statusCode": "503"}}}}))
	asked := s.call(lbTargetGroup, nil, nil)
	assert.Equal(t, []string{lb.ID}, loadBalancersOf(asked, group))
	assert.NoError(t, s.delete(rule))
	assert.Empty(t, loadBalancersOf(asked, group), "the page alone leads nowhere")
}
