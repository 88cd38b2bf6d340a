package topics

import (
	"slices"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/rules"
)

const (
	vault       = "aws:backup/vault:Vault"
	vaultPolicy = "aws:backup/vaultPolicy:VaultPolicy"
	vaultLock   = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
	plan        = "aws:backup/plan:Plan"
	framework   = "aws:backup/framework:Framework"
	reportPlan  = "aws:backup/reportPlan:ReportPlan"
	fileSystem  = "aws:efs/fileSystem:FileSystem"
)

// original demands something only of what was not brought back: that is backed up once it serves, in an update of its
// own, as nothing may hold up a take-over, and in its own region. What has to be by then is proven with the copies.
func original(check func(*rules.Look)) func(*rules.Look) {
	return func(l *rules.Look) {
		if l.Known("tags.restored-of") && !waits(l) {
			check(l)
		}
	}
}

var backups = []rules.Rule{
	on("bk-vault-cmk", given("kmsKeyArn", "the customer's own key"), vault),
	across("bk-vault-exists", original(vaultElsewhere), vault),
	on("bk-plan-exists", plansBackups, plan),
	across("bk-report-plan", reportsBackups, framework),
	across("bk-volumes-in-plan", original(companion(selection, "resources[*]", "a selection of AWS Backup", nil)), fileSystem),
	across("bk-manual-delete-denied", both(companion(vaultPolicy, "backupVaultName", "a policy that denies deletion",
		keepsPoints),
		companion(vaultLock, "backupVaultName", "a lock", least("minRetentionDays", 7))), vault),
}

func vaultElsewhere(l *rules.Look) {
	elsewhere := func(v *graph.Resource) bool { return v.Stack == l.Resource.Stack && v.Region != l.Resource.Region }
	if !slices.ContainsFunc(l.Graph().OfType(vault), elsewhere) {
		lacks(l, "the stack has no vault in another region", "one", "declare a vault for copies there")
	}
}

func plansBackups(l *rules.Look) {
	if has(l, "rules", "when backups are made"); !filled(l, "rules") {
		return
	}
	for _, rule := range l.Each("rules") {
		has(rule, "schedule", "when backups are made")
		has(rule, "targetVaultName", "where they are kept")
		least("lifecycle.deleteAfter", 7)(rule)
	}
}

func reportsBackups(l *rules.Look) {
	own := func(r *graph.Resource) bool { return r.Stack == l.Resource.Stack }
	if !slices.ContainsFunc(l.Graph().OfType(reportPlan), own) {
		lacks(l, "nothing reports on it", "a ReportPlan", "declare one")
	}
}

// deleting are the actions by which recovery points end before their time.
var deleting = []string{"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"}

func keepsPoints(l *rules.Look) {
	all := clauses(l, "policy")
	for _, action := range deleting {
		denied := slices.ContainsFunc(all, func(c access.Clause) bool {
			return c.Deny && slices.Contains(c.Principals[access.AWS], "*") && includes(c, action) && len(c.Conditions) == 0 &&
				slices.Contains(c.Resources, "*")
		})
		if !denied && l.Known("policy") {
			l.RefuseFound("policy", "without a Deny of "+action+" for everybody", "one", "add it")
		}
	}
}

const (
	queue       = "aws:sqs/queue:Queue"
	queuePolicy = "aws:sqs/queuePolicy:QueuePolicy"
)

var messages = []rules.Rule{
	on("sns-encrypted", byOwnKey("kmsMasterKeyId", "alias/aws/sns"), topic),
	across("sns-policy-not-public", both(notPublic("policy"), noForeignAccount("policy")), topicPolicy),
	on("sns-https-only", notProtocol("http"), topicSubscription),
	across("sns-delivery-status", tellsDelivery, topic),
	on("sqs-encrypted", encryptedQueue, queue),
	on("sqs-policy-not-public", notPublic("policy"), queuePolicy),
	on("sqs-policy-no-star-action", noWildAction("policy"), queuePolicy),
}

// byOwnKey demands a key, other than the one that the service has for everybody.
func byOwnKey(path, shared string) func(*rules.Look) {
	return func(l *rules.Look) {
		has(l, path, "the customer's own key")
		if !l.MadeFrom(path, key, replicaKey) && l.Text(path) == shared {
			l.Refuse(path, "the customer's own key", "name it: the service's own has no policy of yours")
		}
	}
}

func notProtocol(wrong string) func(*rules.Look) {
	return func(l *rules.Look) {
		if l.Text("protocol") == wrong {
			l.Refuse("protocol", "one with encryption", `set it to "https"`)
		}
	}
}

// reported are the protocols of which SNS can say whether it delivered, and where it says to whom.
// https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
var reported = map[string]string{
	"http": "httpFailureFeedbackRoleArn", "https": "httpFailureFeedbackRoleArn", "lambda": "lambdaFailureFeedbackRoleArn",
	"sqs": "sqsFailureFeedbackRoleArn", "firehose": "firehoseFailureFeedbackRoleArn",
	"application": "applicationFailureFeedbackRoleArn",
}

func tellsDelivery(l *rules.Look) {
	for _, subscription := range l.Naming(topicSubscription, "topic") {
		if path, is := reported[subscription.Text("protocol")]; is {
			has(l, path, "the role that logs what was not delivered")
		}
	}
}

func encryptedQueue(l *rules.Look) {
	if !filled(l, "kmsMasterKeyId") && !l.Flag("sqsManagedSseEnabled") {
		l.Refuse("sqsManagedSseEnabled", "true, or a key as kmsMasterKeyId", "set it to true")
	}
}

func noWildAction(path string) func(*rules.Look) {
	return func(l *rules.Look) {
		for _, c := range clauses(l, path) {
			if found, want := wholeService(c); !c.Deny && found != "" {
				l.RefuseFound(path, found+" in "+statement(c), want, "say which")
			}
			if found, want := anyAction(c); !c.Deny && found != "" {
				l.RefuseFound(path, found+" in "+statement(c), want, "say which")
			}
		}
	}
}

const (
	userPool = "aws:cognito/userPool:UserPool"
	client   = "aws:cognito/userPoolClient:UserPoolClient"
	risks    = "aws:cognito/riskConfiguration:RiskConfiguration"
)

var users = []rules.Rule{
	on("cog-threat-protection", among("userPoolAddOns.advancedSecurityMode", "ENFORCED"), userPool),
	on("cog-threat-custom-auth", among("userPoolAddOns.advancedSecurityAdditionalFlows.customAuthMode", "ENFORCED"),
		userPool),
	across("cog-block-compromised", companion(risks, "userPoolId", "what is done about passwords that are known",
		among("compromisedCredentialsRiskConfiguration.actions.eventAction", "BLOCK")), userPool),
	across("cog-block-malicious", withPasswords(companion(risks, "userPoolId",
		"what is done about attempts that look malicious",
		among("accountTakeoverRiskConfiguration.actions.highAction.eventAction", "BLOCK"))), userPool),
	on("cog-mfa", among("mfaConfiguration", "ON"), userPool),
	on("cog-deletion-protection", among("deletionProtection", "ACTIVE"), userPool),
	on("cog-password-policy", strongPasswords, userPool),
	on("cog-no-self-signup", must("adminCreateUserConfig.allowAdminCreateUserOnly"), userPool),
	across("cog-waf", companion(webACLUse, "resourceArn", "a web application firewall", nil), userPool),
	on("cog-client-hides-users", among("preventUserExistenceErrors", "ENABLED"), client),
	on("cog-client-token-revocation", must("enableTokenRevocation"), client),
}

// withPasswords demands something only of pools with a client in which people sign in by the pool's own passwords: what
// comes from another identity provider is not judged.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-threat-protection.html
func withPasswords(check func(*rules.Look)) func(*rules.Look) {
	return func(l *rules.Look) {
		local := slices.ContainsFunc(l.Naming(client, "userPoolId"), func(c *rules.Look) bool {
			flows, providers := c.Texts("allowedOauthFlows[*]"), c.Texts("supportedIdentityProviders[*]")
			scripted := slices.Equal(flows, []string{"client_credentials"})
			federated := len(providers) > 0 && !slices.Contains(providers, "COGNITO")
			return !scripted && !federated && c.Known("allowedOauthFlows") && c.Known("supportedIdentityProviders")
		})
		if local {
			check(l)
		}
	}
}

func strongPasswords(l *rules.Look) {
	const policy = "passwordPolicy."
	least(policy+"minimumLength", 14)(l)
	for _, class := range []string{"requireLowercase", "requireUppercase", "requireNumbers", "requireSymbols"} {
		yes(l, policy+class)
	}
	most(policy+"temporaryPasswordValidityDays", 7)(l)
}
