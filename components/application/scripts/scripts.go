// Package scripts is what may be said of the service that runs a tenant's scripts: Fargate has no Docker socket, so the
// application hands them to a service elsewhere.
//
// It is pure: no Pulumi, no cloud SDK, so that a stack file is checked by the same rules as the component.
package scripts

import (
	"net/url"
	"regexp"

	"haven/components/limit"
)

// Service is where a tenant's scripts run. The zero value is none: scripts cannot be run.
type Service struct {
	// BaseURL is where the service is asked.
	BaseURL string
	// TokenURL is where the application gets the tokens that it asks with, by the OAuth grant of a password.
	TokenURL string
	// CallbackPath is where on the tenant's host the service brings results.
	CallbackPath string
	// SecretARN is the secret with "clientID", "clientSecret", "username" and "password": the tenant's own at TokenURL.
	SecretARN string
}

// Given says whether there is one.
func (s Service) Given() bool { return s != Service{} }

var (
	// secretARN is whole: without the six characters at its end ECS finds no key of a secret.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
	secretARN = regexp.MustCompile(`^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$`)
	pathForm  = regexp.MustCompile(`^/[\w/.~-]*$`)
)

// Check tells everything that is wrong, each with its field. Scripts are a customer's programs and carry its data, so
// they travel by https only. What stands in place of an ARN is not shown: it may be the secret itself.
func (s Service) Check(wrong func(field string, err error)) {
	if !s.Given() {
		return
	}
	for _, at := range []struct{ field, value string }{{"BaseURL", s.BaseURL}, {"TokenURL", s.TokenURL}} {
		if !isHTTPS(at.value) {
			wrong(at.field, &limit.Error{Got: at.value, Want: `a URL that begins with "https://" and names a host`,
				Fix: "whoever runs the service tells it"})
		}
	}
	if !pathForm.MatchString(s.CallbackPath) {
		wrong("CallbackPath", &limit.Error{Got: s.CallbackPath, Want: `a path that begins with "/"`,
			Fix: "the application's version decides it"})
	}
	if !secretARN.MatchString(s.SecretARN) {
		wrong("SecretARN", &limit.Error{Got: limit.Words("not shown"), Want: "the whole ARN of a secret in Secrets Manager",
			Fix: "store the tenant's own credentials there, and name the secret here"})
	}
}

func isHTTPS(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && parsed.Scheme == "https" && parsed.Hostname() != "" && parsed.User == nil &&
		parsed.RawQuery == "" && parsed.Fragment == ""
}
