package topics

import (
	"encoding/json"
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/props"
	"haven/policy/rules"
)

// clauses are the statements of the policy document at a path: none where there is none or it is not known. What is no
// document is refused.
func clauses(l *rules.Look, path string) []access.Clause {
	text := l.Text(path)
	if text == "" {
		return nil
	}
	document, err := access.Parse("", text)
	if err != nil {
		l.RefuseFound(path, "no policy document: "+err.Error(), "one that AWS takes", "correct it")
		return nil
	}
	return document.Clauses()
}

// statement is how a message calls one.
func statement(c access.Clause) string {
	if c.At.Sid != "" {
		return "statement " + c.At.Sid
	}
	return "statement " + string(rune('0'+c.At.Number%10))
}

// everyone says whether a statement is for any principal.
func everyone(c access.Clause) bool {
	return c.NotPrincipals != nil || slices.Contains(c.Principals[access.AWS], "*") ||
		slices.Contains(c.Principals[access.Federated], "*") || slices.Contains(c.Principals[access.Service], "*")
}

// narrowing are the condition keys that say who asks.
var narrowing = []string{"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
	"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourcevpc", "aws:sourcevpce", "kms:calleraccount",
	"aws:userid", "aws:principaltag/tenant", "elasticfilesystem:accessedviamounttarget"}

// narrowed says whether a condition, one that a request without the key does not meet, limits who asks.
func narrowed(c access.Clause) bool {
	return slices.ContainsFunc(c.Conditions, func(r access.Restriction) bool {
		return slices.Contains(narrowing, strings.ToLower(r.Key)) && !r.Negated && !r.IfExists && r.Operator != "Null" &&
			!slices.Contains(r.Values, "*")
	})
}

// on says whether a condition names that key.
func conditionOn(c access.Clause, keys ...string) bool {
	return slices.ContainsFunc(c.Conditions, func(r access.Restriction) bool {
		return slices.Contains(keys, strings.ToLower(r.Key)) && !r.Negated
	})
}

// notPublic demands that a resource's policy allows nothing to everyone.
func notPublic(path string) func(*rules.Look) {
	return func(l *rules.Look) {
		for _, c := range clauses(l, path) {
			if !c.Deny && everyone(c) && !narrowed(c) {
				l.RefuseFound(path, "open to everyone in "+statement(c), "principals by name, or a condition on who asks",
					"name the principals")
			}
		}
	}
}

// noForeignAccount demands that a resource's policy names no principal of another account.
func noForeignAccount(path string) func(*rules.Look) {
	return func(l *rules.Look) {
		own := ownAccounts(l)
		for _, c := range clauses(l, path) {
			for _, principal := range c.Principals[access.AWS] {
				if account := accountOf(principal); !c.Deny && account != "" && len(own) > 0 && !slices.Contains(own, account) {
					l.RefuseFound(path, "open to "+principal+" in "+statement(c), "principals of the own account",
						"remove it, or have it accepted")
				}
			}
		}
	}
}

// accountOf is the account of a principal: its id or an ARN with it.
func accountOf(principal string) string {
	if parts := strings.Split(principal, ":"); len(parts) > 4 {
		return parts[4]
	}
	if len(principal) == 12 && strings.Trim(principal, "0123456789") == "" {
		return principal
	}
	return ""
}

const awsProvider = "pulumi:providers:aws"

// ownAccounts are those in which the stacks' providers may work.
func ownAccounts(l *rules.Look) []string {
	var own []string
	for _, p := range l.Graph().OfType(awsProvider) {
		own = append(own, allowedAccounts(p)...)
	}
	if len(own) == 0 {
		l.Unsure("which accounts are the own")
	}
	return own
}

// allowedAccounts are a list, or one in JSON, as engines write what configures a provider.
func allowedAccounts(provider *graph.Resource) []string {
	declared := provider.Declared()
	var accounts []string
	if json.Unmarshal([]byte(props.Text(declared, "allowedAccountIds")), &accounts) == nil {
		return accounts
	}
	return props.Texts(declared, "allowedAccountIds[*]")
}

// deniesPlain says whether a policy denies everything that does not come over TLS.
func deniesPlain(all []access.Clause) bool {
	return slices.ContainsFunc(all, func(c access.Clause) bool {
		plain := slices.ContainsFunc(c.Conditions, func(r access.Restriction) bool {
			return strings.EqualFold(r.Key, "aws:SecureTransport") && r.Operator == "Bool" && slices.Contains(r.Values, "false")
		})
		wide := slices.ContainsFunc(c.Actions, func(a string) bool { return a == "*" || strings.HasSuffix(a, ":*") })
		return c.Deny && plain && wide && len(c.Conditions) == 1 && slices.Contains(c.Principals[access.AWS], "*")
	})
}
