package identity

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"haven/components/arguments"
	"haven/components/limit"
)

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Host("Host", a.Host)
	a.checkMode(&problems)
	problems.Within("SessionHours", a.SessionHours, 1, MaxSessionHours)
	if a.NoticesFrom != "" && !senderARN.MatchString(a.NoticesFrom) {
		problems.Check("NoticesFrom", &limit.Error{Got: a.NoticesFrom, Want: "the ARN of an identity in SES"})
	}
	names := map[string]bool{}
	for i, script := range a.Scripts {
		script.check(&problems, fmt.Sprintf("Scripts[%d]", i), names)
		names[script.Name] = true
	}
	return problems.Err()
}

// checkMode demands what the mode needs, and refuses what is for another.
func (a Args) checkMode(problems *arguments.Problems) {
	modes := []Mode{Password, SAML, OIDC}
	if !slices.Contains(modes, a.Mode) {
		problems.Check("Mode", &limit.Error{Got: string(a.Mode), Want: "one of " + limit.List(modes)})
		return
	}
	for _, setting := range []struct {
		field, value string
		mode         Mode
		valid        func(string) bool
		want         string
	}{
		{"MetadataURL", a.MetadataURL, SAML, isHTTPS, `a URL that begins with "https://"`},
		{"Issuer", a.Issuer, OIDC, isHTTPS, `a URL that begins with "https://"`},
		{"ClientID", a.ClientID, OIDC, isGiven, "the client that the provider knows the pool as"},
	} {
		switch {
		case setting.mode == a.Mode && !setting.valid(setting.value):
			problems.Check(setting.field, &limit.Error{Got: setting.value, Want: setting.want})
		case setting.mode != a.Mode && setting.value != "":
			problems.Check(setting.field, fmt.Errorf("%q, expected nothing in the mode %s", setting.value, a.Mode))
		}
	}
	a.checkSecret(problems)
}

// checkSecret does not show what it was given: where it is no ARN it may be the secret itself.
func (a Args) checkSecret(problems *arguments.Problems) {
	switch {
	case a.Mode == OIDC && !secretARN.MatchString(a.ClientSecretARN):
		problems.Check("ClientSecretARN", errors.New("not shown, expected the ARN of a secret in Secrets Manager"))
	case a.Mode != OIDC && a.ClientSecretARN != "":
		problems.Check("ClientSecretARN", fmt.Errorf("not shown, expected nothing in the mode %s", a.Mode))
	}
}

func isHTTPS(value string) bool { return strings.HasPrefix(value, "https://") }
func isGiven(value string) bool { return value != "" }

var (
	secretARN  = regexp.MustCompile(`^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+$`)
	senderARN  = regexp.MustCompile(`^arn:aws[a-z-]*:ses:[a-z0-9-]+:\d{12}:identity/.+$`)
	scriptForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,38}[a-z0-9]$`)
)

// check collects what is wrong with a script account; taken are the names of those before it.
func (s Script) check(problems *arguments.Problems, field string, taken map[string]bool) {
	switch {
	case !scriptForm.MatchString(s.Name):
		problems.Check(field+".Name", &limit.Error{Got: s.Name, Want: "2 to 40 small letters, digits and hyphens, " +
			"beginning with a letter, not ending with a hyphen"})
	case taken[s.Name]:
		problems.Check(field+".Name", &limit.Error{Got: s.Name, Want: "each name once"})
	}
	if len(s.Scopes) == 0 {
		problems.Check(field+".Scopes", fmt.Errorf("none, expected at least one of %s", limit.List(Scopes())))
	}
	for i, scope := range s.Scopes {
		if _, known := meanings[scope]; !known {
			problems.Check(fmt.Sprintf("%s.Scopes[%d]", field, i),
				&limit.Error{Got: scope, Want: "one of " + limit.List(Scopes())})
		}
	}
}
