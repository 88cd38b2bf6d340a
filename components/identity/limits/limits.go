// Package limits is what may be said of how a tenant's people and scripts sign in.
//
// It is pure: no Pulumi, no cloud SDK, so that a stack file is checked by the same rules as the component.
package limits

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"haven/components/limit"
)

// Mode is how people prove who they are.
type Mode string

// The modes.
const (
	// Password is by the pool itself: an e-mail address, a password and a code of an authenticator app.
	Password Mode = "password"
	// SAML is by the customer's SAML 2.0 provider.
	SAML Mode = "saml"
	// OIDC is by the customer's OpenID Connect provider.
	OIDC Mode = "oidc"
)

// Modes are all modes.
var Modes = []Mode{Password, SAML, OIDC}

// MaxSessionHours is the longest session: a day.
const MaxSessionHours = 24

// Script is the account of a script.
type Script struct {
	Name   string
	Scopes []string
}

// Meanings are the scopes of the tenant's API, each with what it allows.
var Meanings = map[string]string{
	"files.read":      "Read files",
	"files.write":     "Add and change files",
	"processes.read":  "Read the definitions of processes",
	"processes.write": "Change the definitions of processes",
	"requests.read":   "Read requests and their data",
	"requests.start":  "Start requests",
	"tasks.complete":  "Complete tasks",
	"tasks.read":      "Read tasks",
	"users.read":      "Read users and groups",
	"users.write":     "Add, change and deactivate users and groups",
}

// Scopes are what script accounts can be allowed, sorted.
func Scopes() []string { return slices.Sorted(maps.Keys(Meanings)) }

// Settings are what a tenant says of signing in.
type Settings struct {
	Mode                              Mode
	MetadataURL                       string
	Issuer, ClientID, ClientSecretARN string
	NoticesFrom                       string
	SessionHours                      int
	Scripts                           []Script
}

// Check tells everything that is wrong, each with its field. What a mode needs is demanded, what is for another refused.
func (s Settings) Check(wrong func(field string, err error)) {
	s.checkMode(wrong)
	if err := limit.Between(s.SessionHours, 1, MaxSessionHours, "a working day is 10"); err != nil {
		wrong("SessionHours", err)
	}
	taken := map[string]bool{}
	for i, script := range s.Scripts {
		script.check(fmt.Sprintf("Scripts[%d]", i), taken, wrong)
		taken[script.Name] = true
	}
}

const (
	giver   = "whoever runs the provider tells it"
	removal = "remove it, or change the mode"
)

func (s Settings) checkMode(wrong func(string, error)) {
	if !slices.Contains(Modes, s.Mode) {
		wrong("Mode", &limit.Error{Got: string(s.Mode), Want: "one of " + limit.List(Modes),
			Fix: `choose one, or "none" for accounts of the application`})
		return
	}
	for _, setting := range []struct {
		field, value string
		mode         Mode
		valid        func(string) bool
		want, fix    string
	}{
		{"MetadataURL", s.MetadataURL, SAML, isHTTPS, `a URL that begins with "https://"`, giver},
		{"Issuer", s.Issuer, OIDC, isHTTPS, `a URL that begins with "https://"`, giver},
		{"ClientID", s.ClientID, OIDC, isGiven, "the client that the provider knows the pool as", giver},
		{"NoticesFrom", s.NoticesFrom, Password, senderARN.MatchString, "the ARN of a verified identity in SES",
			"the owner of an account is told from there that a sign-in was blocked"},
	} {
		switch {
		case setting.mode == s.Mode && !setting.valid(setting.value):
			wrong(setting.field, &limit.Error{Got: setting.value, Want: setting.want, Fix: setting.fix})
		case setting.mode != s.Mode && setting.value != "":
			wrong(setting.field, &limit.Error{Got: setting.value, Want: s.nothing(), Fix: removal})
		}
	}
	s.checkSecret(wrong)
}

// checkSecret does not show what it was given: where it is no ARN it may be the secret itself.
func (s Settings) checkSecret(wrong func(string, error)) {
	const hidden = limit.Words("not shown")
	switch {
	case s.Mode == OIDC && !secretARN.MatchString(s.ClientSecretARN):
		wrong("ClientSecretARN", &limit.Error{Got: hidden, Want: "the ARN of a secret in Secrets Manager",
			Fix: "store the client's secret there, and name it here"})
	case s.Mode != OIDC && s.ClientSecretARN != "":
		wrong("ClientSecretARN", &limit.Error{Got: hidden, Want: s.nothing(), Fix: removal})
	}
}

func (s Settings) nothing() string { return "nothing in the mode " + string(s.Mode) }

func isHTTPS(value string) bool { return strings.HasPrefix(value, "https://") }
func isGiven(value string) bool { return value != "" }

var (
	secretARN  = regexp.MustCompile(`^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+$`)
	senderARN  = regexp.MustCompile(`^arn:aws[a-z-]*:ses:[a-z0-9-]+:\d{12}:identity/.+$`)
	scriptForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,38}[a-z0-9]$`)
)

const least = "give no more than the script needs"

func (s Script) check(field string, taken map[string]bool, wrong func(string, error)) {
	switch {
	case !scriptForm.MatchString(s.Name):
		wrong(field+".Name", &limit.Error{Got: s.Name, Want: "2 to 40 small letters, digits and hyphens, " +
			"beginning with a letter, not ending with a hyphen", Fix: `write it like "nightly-report"`})
	case taken[s.Name]:
		wrong(field+".Name", &limit.Error{Got: s.Name, Want: "each name once", Fix: "choose another name"})
	}
	if len(s.Scopes) == 0 {
		wrong(field+".Scopes",
			&limit.Error{Got: limit.Words("none"), Want: "at least one of " + limit.List(Scopes()), Fix: least})
	}
	for i, scope := range s.Scopes {
		if _, known := Meanings[scope]; !known {
			wrong(fmt.Sprintf("%s.Scopes[%d]", field, i),
				&limit.Error{Got: scope, Want: "one of " + limit.List(Scopes()), Fix: least})
		}
	}
}
