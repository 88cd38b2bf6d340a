package identity

import (
	"regexp"

	"haven/components/arguments"
	"haven/components/identity/limits"
	"haven/components/limit"
)

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Host("Host", a.Host)
	limits.Settings{
		Mode:            a.Mode,
		MetadataURL:     a.MetadataURL,
		Issuer:          a.Issuer,
		ClientID:        a.ClientID,
		ClientSecretARN: a.ClientSecretARN,
		SessionHours:    a.SessionHours,
		Scripts:         a.Scripts,
	}.Check(problems.Check)
	if a.NoticesFrom != "" && !senderARN.MatchString(a.NoticesFrom) {
		problems.Check("NoticesFrom", &limit.Error{Got: a.NoticesFrom, Want: "the ARN of an identity in SES"})
	}
	return problems.Err()
}

var senderARN = regexp.MustCompile(`^arn:aws[a-z-]*:ses:[a-z0-9-]+:\d{12}:identity/.+$`)
