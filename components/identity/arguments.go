package identity

import (
	"haven/components/arguments"
	"haven/components/identity/limits"
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
		NoticesFrom:     a.NoticesFrom,
		SessionHours:    a.SessionHours,
		Scripts:         a.Scripts,
	}.Check(problems.Check)
	return problems.Err()
}
