package topics

import (
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/rules"
)

var trust = []rules.Rule{
	on("iam-trust-specific", trustsSomebody, role),
	on("iam-confused-deputy", trustsServiceForAccount, role),
	across("iam-no-foreign-readonly", trustsOwnAccount, role),
	on("iam-github-oidc", trustsSubject, role),
}

func trustsSomebody(l *rules.Look) {
	for _, c := range clauses(l, "assumeRolePolicy") {
		if !c.Deny && everyone(c) {
			l.RefuseFound("assumeRolePolicy", "open to everyone in "+statement(c), "principals by name", "name the principals")
		}
	}
}

// alone are the services that say on whose behalf they come in another way, or act for one account only.
var alone = []string{"ec2.amazonaws.com", "edgelambda.amazonaws.com"}

// trustsServiceForAccount demands that a service may come in for the own account only.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
func trustsServiceForAccount(l *rules.Look) {
	for _, c := range clauses(l, "assumeRolePolicy") {
		for _, s := range c.Principals[access.Service] {
			if c.Deny || slices.Contains(alone, s) || conditionOn(c, "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid") {
				continue
			}
			l.RefuseFound("assumeRolePolicy", "open to "+s+" whoever it acts for",
				"a condition on aws:SourceAccount or aws:SourceArn",
				"add the condition")
		}
	}
}

func trustsOwnAccount(l *rules.Look) {
	own := ownAccounts(l)
	for _, c := range clauses(l, "assumeRolePolicy") {
		for _, principal := range c.Principals[access.AWS] {
			account := accountOf(principal)
			if !c.Deny && account != "" && len(own) > 0 && !slices.Contains(own, account) && !conditionOn(c, "sts:externalid") {
				l.RefuseFound("assumeRolePolicy", "open to "+principal+" of another account",
					"a condition on sts:ExternalId", "add the condition, and share the id with that account only")
			}
		}
	}
}

const github = "token.actions.githubusercontent.com"

// trustsSubject demands of who is federated by OpenID Connect that it is one subject, or one kind of them.
func trustsSubject(l *rules.Look) {
	for _, c := range clauses(l, "assumeRolePolicy") {
		for _, provider := range c.Principals[access.Federated] {
			if c.Deny || strings.Contains(provider, ":saml-provider/") {
				continue
			}
			if !pinned(c, ":sub") || strings.Contains(provider, github) && !pinned(c, ":aud") {
				l.RefuseFound("assumeRolePolicy", "open to any subject of "+provider,
					"conditions on its sub, and its aud where it has many",
					"add the conditions")
			}
		}
	}
}

// pinned says whether a claim must be a value that is more than a wildcard.
func pinned(c access.Clause, claim string) bool {
	return slices.ContainsFunc(c.Conditions, func(r access.Restriction) bool {
		loose := slices.ContainsFunc(r.Values, func(v string) bool { return strings.HasPrefix(v, "*") || v == "repo:*" })
		return strings.HasSuffix(strings.ToLower(r.Key), claim) && !r.Negated && !r.IfExists && !loose
	})
}

var accounts = []rules.Rule{
	on("iam-pw-length", least("minimumPasswordLength", 14), passwordPolicy),
	on("iam-pw-reuse", least("passwordReusePrevention", 24), passwordPolicy),
	on("iam-pw-classes", both(must("requireLowercaseCharacters"), must("requireUppercaseCharacters"),
		must("requireNumbers"),
		must("requireSymbols")), passwordPolicy),
	on("iam-pw-expiry", both(least("maxPasswordAge", 1), most("maxPasswordAge", 90)), passwordPolicy),
	account("iam-support-role", hasSupportAndAudit),
}

func hasSupportAndAudit(l *rules.Look) {
	for _, name := range []string{"AWSSupportAccess", "SecurityAudit"} {
		found := false
		for _, a := range inStack(l, roleAttachment) {
			found = found || strings.HasSuffix(l.At(a).Text("policyArn"), "/"+name)
		}
		if !found {
			lacks(l, "no role has "+name, "one", "attach it to the role of those who need it")
		}
	}
}
