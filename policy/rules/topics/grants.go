package topics

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/access"
	"haven/policy/props"
	"haven/policy/rules"
)

const fileSystemPolicy = "aws:efs/fileSystemPolicy:FileSystemPolicy"

var withPolicies = []string{key, replicaKey, bucketPolicy, topicPolicy, queuePolicy, vaultPolicy, fileSystemPolicy,
	repositoryPolicy}

var resourcePolicies = []rules.Rule{
	on("policy-named-actions", noWildAction("policy"), withPolicies...),
	on("policy-named-principals", namesPrincipals, withPolicies...),
	on("policy-named-resources", namesResources, bucketPolicy, topicPolicy, queuePolicy, fileSystemPolicy),
	across("policy-own-account", noForeignAccount("policy"), withPolicies...),
	on("policy-service-for-account", servicesForAccount, withPolicies...),
	on("kms-through-services", throughServices, key, replicaKey),
	on("kms-administrable", administrable, key, replicaKey),
	across("w-tls-only-everywhere", tlsOnly, topic, queue, fileSystem, repository),
	on("iam-trust-actions", trustActions, role),
	on("iam-trust-source", trustSource, role),
	on("iam-people-mfa", peopleWithFactors, role),
	across("iam-role-used", companionOf([]string{rolePolicy, roleAttachment}, "role", "what it may do"), role),
	on("endpoint-own-resources", ownResources, endpoint),
	on("efs-mounts-by-roles", mountsByRoles, fileSystemPolicy),
	across("bk-vault-denies", vaultDenies, vaultPolicy),
}

// allowing are the statements of a policy that allow something.
func allowing(l *rules.Look, path string) []access.Clause {
	return slices.DeleteFunc(clauses(l, path), func(c access.Clause) bool { return c.Deny })
}

// namesPrincipals demands principals by name. Who mounts a file system comes without any, and is told by conditions.
func namesPrincipals(l *rules.Look) {
	for _, c := range allowing(l, "policy") {
		if everyone(c) && l.Resource.Type != fileSystemPolicy {
			l.RefuseFound("policy", "open to everyone in "+statement(c), "principals by name", "name the principals")
		}
	}
}

func namesResources(l *rules.Look) {
	for _, c := range allowing(l, "policy") {
		if slices.Contains(c.Resources, "*") {
			l.RefuseFound("policy", "for every resource in "+statement(c), "the resource that it belongs to", "name it")
		}
	}
}

// forRules are the services that cannot say on whose behalf they come: EventBridge's rules.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
var forRules = []string{"events.amazonaws.com"}

// contexts are the keys that say on whose behalf a service comes.
var contexts = []string{"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "kms:encryptioncontext:aws:logs:arn",
	"kms:calleraccount"}

func servicesForAccount(l *rules.Look) {
	for _, c := range allowing(l, "policy") {
		for _, s := range c.Principals[access.Service] {
			if !slices.Contains(forRules, s) && !forAccount(l, c) {
				l.RefuseFound("policy", "open to "+s+" whoever it acts for in "+statement(c),
					"a condition on aws:SourceAccount, or on an aws:SourceArn with an account in it", "add the condition")
			}
		}
	}
}

// forAccount says whether a statement lets a service come on behalf of an account only. The ARN of a bucket names none.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy-prevention
func forAccount(l *rules.Look, c access.Clause) bool {
	return slices.ContainsFunc(c.Conditions, func(r access.Restriction) bool {
		key := strings.ToLower(r.Key)
		if !slices.Contains(contexts, key) || r.Negated {
			return false
		}
		return key != "aws:sourcearn" || !slices.ContainsFunc(r.Values, func(arn string) bool {
			if props.Partial(property.New(arn)) {
				l.Unsure("whether aws:SourceArn of " + statement(c) + " names an account")
				return false
			}
			return strings.Trim(accountOf(arn), "*") == ""
		})
	})
}

// using are the actions with a key that open what it encrypts, or let somebody else do so.
var using = []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:CreateGrant"}

// throughServices demands that a key is used by way of a service, or for what the service says it is for.
func throughServices(l *rules.Look) {
	for _, c := range allowing(l, "policy") {
		if len(c.Principals[access.AWS]) == 0 {
			continue
		}
		uses := slices.ContainsFunc(using, func(action string) bool { return includes(c, action) })
		context := slices.ContainsFunc(c.Conditions, func(r access.Restriction) bool {
			return strings.HasPrefix(strings.ToLower(r.Key), "kms:encryptioncontext:") && !r.IfExists
		})
		if uses && !context && !conditionOn(c, "kms:viaservice") {
			l.RefuseFound("policy", "open beyond the services that use it in "+statement(c), "a condition on kms:ViaService",
				"add the condition")
		}
		if includes(c, "kms:CreateGrant") && !conditionOn(c, "kms:grantisforawsresource") {
			l.RefuseFound("policy", "open to grants for anybody in "+statement(c), "a condition on kms:GrantIsForAWSResource",
				"add the condition")
		}
	}
}

func administrable(l *rules.Look) {
	can := slices.ContainsFunc(allowing(l, "policy"), func(c access.Clause) bool {
		return includes(c, "kms:PutKeyPolicy") && len(c.Conditions) == 0
	})
	if !can && l.Known("policy") {
		l.RefuseFound("policy", "without anybody who may change it", "the account's root", "add a statement for it")
	}
}

// carrying are the resource that what is sent to it goes to, where its policy stands, and where that names it.
var carrying = map[string][2]string{
	topic: {topicPolicy, "arn"}, queue: {queuePolicy, "queueUrl"}, fileSystem: {fileSystemPolicy, "fileSystemId"},
	repository: {repositoryPolicy, "repository"},
}

func tlsOnly(l *rules.Look) {
	by := carrying[l.Resource.Type]
	companion(by[0], by[1], "a policy that denies what does not come over TLS", func(policy *rules.Look) {
		if policy.Known("policy") && !deniesPlain(wholly(clauses(policy, "policy"))) {
			policy.RefuseFound("policy", "without a Deny of requests that do not come over TLS", "one for everybody",
				"add one with aws:SecureTransport = false")
		}
	})(l)
}

// wholly makes of a Deny of all that can be sent to a topic one of everything.
func wholly(all []access.Clause) []access.Clause {
	for i, c := range all {
		if slices.Contains(c.Actions, "sns:Publish") {
			all[i].Actions = append(slices.Clone(c.Actions), "sns:*")
		}
	}
	return all
}

// assuming are the ways to become a role.
var assuming = []string{"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML", "sts:TagSession",
	"sts:SetSourceIdentity"}

func trustActions(l *rules.Look) {
	for _, c := range allowing(l, "assumeRolePolicy") {
		for _, action := range c.Actions {
			if !slices.Contains(assuming, action) {
				l.RefuseFound("assumeRolePolicy", action+" in "+statement(c), listed(assuming), "say which")
			}
		}
	}
}

// nameless are the services that cannot name the resource that they come for when they become a role.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-service-confused-deputy-prevention.html
var nameless = []string{"backup.amazonaws.com", "ec2.amazonaws.com", "edgelambda.amazonaws.com", "export.rds.amazonaws.com"}

func trustSource(l *rules.Look) {
	for _, c := range allowing(l, "assumeRolePolicy") {
		for _, s := range c.Principals[access.Service] {
			for _, key := range []string{"aws:SourceAccount", "aws:SourceArn"} {
				if key == "aws:SourceArn" && slices.Contains(nameless, s) || conditionOn(c, strings.ToLower(key)) {
					continue
				}
				l.RefuseFound("assumeRolePolicy", "open to "+s+" without "+key, "a condition on "+key, "add the condition")
			}
		}
	}
}

// peopleWithFactors demands a second factor, not long ago, of whoever comes by his own account.
func peopleWithFactors(l *rules.Look) {
	for _, c := range allowing(l, "assumeRolePolicy") {
		account := slices.ContainsFunc(c.Principals[access.AWS], func(p string) bool {
			return strings.HasSuffix(p, ":root") || p == accountOf(p) && p != ""
		})
		for _, key := range []string{"aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"} {
			if account && !conditionOn(c, strings.ToLower(key)) {
				l.RefuseFound("assumeRolePolicy", "open to people without "+key, "a condition on "+key, "add the condition")
			}
		}
	}
}

// companionOf is [companion] for resources of one of these types.
func companionOf(tokens []string, path, what string) func(*rules.Look) {
	return func(l *rules.Look) {
		for _, token := range tokens {
			if len(l.Naming(token, path)) > 0 {
				return
			}
		}
		lacks(l, "no "+kind(tokens[0])+" or "+kind(tokens[1])+" names it", what, "declare one, or remove it")
	}
}

// ownResources demands that what goes through an endpoint to stores stays in the account.
func ownResources(l *rules.Look) {
	service := l.Text("serviceName")
	if !strings.HasSuffix(service, ".s3") && !strings.HasSuffix(service, ".dynamodb") {
		return
	}
	for _, c := range allowing(l, "policy") {
		if !conditionOn(c, "aws:resourceaccount", "aws:resourceorgid") && !named(c) {
			l.RefuseFound("policy", "open to the stores of every account in "+statement(c),
				"a condition on aws:ResourceAccount", "add the condition")
		}
		if named(c) && !conditionOn(c, "aws:securetransport") {
			l.RefuseFound("policy", "open without TLS in "+statement(c), "a condition on aws:SecureTransport", "add it")
		}
	}
}

// mountsByRoles demands that a file system is mounted by named roles, through one access point, and by nobody as root.
func mountsByRoles(l *rules.Look) {
	all := clauses(l, "policy")
	for _, c := range all {
		for _, key := range []string{"aws:PrincipalArn", "elasticfilesystem:AccessPointArn",
			"elasticfilesystem:AccessedViaMountTarget"} {
			if !c.Deny && !conditionOn(c, strings.ToLower(key)) {
				l.RefuseFound("policy", "open without "+key+" in "+statement(c), "a condition on it", "add the condition")
			}
		}
	}
	denies := func(action, key string) bool {
		return slices.ContainsFunc(all, func(c access.Clause) bool {
			limited := len(c.Conditions) == 0
			if key != "" {
				limited = limited || len(c.Conditions) == 1 && strings.EqualFold(c.Conditions[0].Key, key) && c.Conditions[0].Negated &&
					!slices.Contains(c.Conditions[0].Values, "*")
			}
			return c.Deny && includes(c, action) && slices.Contains(c.Principals[access.AWS], "*") && limited
		})
	}
	demand := func(action, key, who string) {
		if l.Known("policy") && !denies(action, key) {
			l.RefuseFound("policy", "without a Deny of "+action+" for "+who, "one", "add it")
		}
	}
	demand("elasticfilesystem:ClientRootAccess", "", "everybody")
	for _, action := range []string{"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite",
		"elasticfilesystem:ClientRootAccess"} {
		demand(action, "aws:PrincipalArn", "other principals")
		demand(action, "elasticfilesystem:AccessPointArn", "other ways")
	}
}

// locking are the actions on a vault that nobody may do: by which its lock changes, or points leave it.
var locking = []string{"backup:DeleteBackupVaultLockConfiguration", "backup:PutBackupVaultLockConfiguration",
	"backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint", "backup:DisassociateRecoveryPointFromParent",
	"backup:UpdateRecoveryPointLifecycle"}

func vaultDenies(l *rules.Look) {
	all := clauses(l, "policy")
	everybody := func(c access.Clause, action string) bool {
		return c.Deny && includes(c, action) && slices.Contains(c.Principals[access.AWS], "*")
	}
	for _, action := range locking {
		denied := slices.ContainsFunc(all, func(c access.Clause) bool {
			return everybody(c, action) && len(c.Conditions) == 0
		})
		if !denied && l.Known("policy") {
			l.RefuseFound("policy", "without a Deny of "+action+" for everybody", "one", "add it")
		}
	}
	const copying = "backup:CopyFromBackupVault"
	bounded := slices.ContainsFunc(all, func(c access.Clause) bool {
		return everybody(c, copying) && slices.ContainsFunc(c.Conditions, func(r access.Restriction) bool {
			return strings.EqualFold(r.Key, "backup:CopyTargets") && r.Negated && !slices.Contains(r.Values, "*")
		})
	})
	if !bounded && l.Known("policy") {
		l.RefuseFound("policy", "without a Deny of "+copying+" to other vaults", "one", "add it")
	}
}
