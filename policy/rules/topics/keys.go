package topics

import (
	"slices"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

const (
	key        = "aws:kms/key:Key"
	replicaKey = "aws:kms/replicaKey:ReplicaKey"
	keyPolicy  = "aws:kms/keyPolicy:KeyPolicy"
)

var keys = []rules.Rule{
	on("kms-rotation", symmetric(must("enableKeyRotation")), key),
	on("kms-no-wildcard-principal", notPublic("policy"), key, replicaKey, keyPolicy),
	on("kms-policy-defined", given("policy", "who may do what with it"), key, replicaKey),
	on("kms-enabled", enabledKey, key, replicaKey),
	on("kms-no-accidental-delete", least("deletionWindowInDays", 30), key, replicaKey),
	across("kms-single-region", replicatedOrRegional, key),
	on("kms-no-lockout-bypass", mustNot("bypassPolicyLockoutSafetyCheck"), key, replicaKey),
}

// symmetric demands something only of symmetric keys: KMS rotates no others.
func symmetric(check func(*rules.Look)) func(*rules.Look) {
	return func(l *rules.Look) {
		if spec := l.Text("customerMasterKeySpec"); spec == "" || spec == "SYMMETRIC_DEFAULT" {
			check(l)
		}
	}
}

func enabledKey(l *rules.Look) {
	for _, path := range []string{"isEnabled", "enabled"} {
		if l.Has(path) {
			yes(l, path)
		}
	}
}

func replicatedOrRegional(l *rules.Look) {
	if l.Flag("multiRegion") && len(l.Naming(replicaKey, "primaryKeyArn")) == 0 {
		l.Refuse("multiRegion", "false where no ReplicaKey of it is declared", "set it to false, or declare the replica")
	}
	if !l.Flag("multiRegion") && len(l.Naming(replicaKey, "primaryKeyArn")) > 0 && l.Sure() {
		l.Refuse("multiRegion", "true where a ReplicaKey of it is declared", "set it to true, or remove the replica")
	}
}

const (
	secret        = "aws:secretsmanager/secret:Secret"
	stateMachine  = "aws:sfn/stateMachine:StateMachine"
	schedule      = "aws:scheduler/schedule:Schedule"
	document      = "aws:ssm/document:Document"
	systemSetting = "aws:ssm/serviceSetting:ServiceSetting"
)

var secrets = []rules.Rule{
	on("sm-cmk", given("kmsKeyId", "the customer's own key"), secret),
	across("sm-rotation", rotated, secret),
	on("ssm-doc-private", privateDocument, document, systemSetting),
}

// databaseSecret is how what is the password of a database says so: nothing else in its declaration does.
const databaseSecret = "database"

// rotated demands of the password of a database that RDS does not keep itself that a state machine which a schedule
// starts names it.
func rotated(l *rules.Look) {
	if !strings.Contains(l.Resource.Name(), databaseSecret) || quarantined(l) || opensNothing(l) {
		return
	}
	if len(l.Naming("aws:secretsmanager/secretRotation:SecretRotation", "secretId")) > 0 {
		return
	}
	arn := l.Output().Text("arn")
	for _, machine := range l.Graph().OfType(stateMachine) {
		changes := l.At(machine)
		definition := changes.Text("definition")
		if arn != "" && definition != "" && strings.Contains(definition, arn) && started(changes) {
			return
		}
	}
	if arn != "" && l.Known("name") {
		lacks(l, "nothing changes it", "a schedule that does", "declare a rotation")
	}
}

// opensNothing says whether the database is still to be brought back.
func opensNothing(l *rules.Look) bool {
	return waits(l) && !slices.ContainsFunc(l.Graph().OfType(database), func(r *graph.Resource) bool {
		return r.Stack == l.Resource.Stack
	})
}

// started says whether a schedule starts a state machine, be it by another one.
func started(machine *rules.Look) bool {
	if len(machine.Naming(schedule, "target.arn")) > 0 {
		return true
	}
	arn := machine.Output().Text("arn")
	return slices.ContainsFunc(machine.Graph().OfType(stateMachine), func(other *graph.Resource) bool {
		caller := machine.At(other)
		return other != machine.Resource && arn != "" && strings.Contains(caller.Text("definition"), arn) &&
			len(caller.Naming(schedule, "target.arn")) > 0
	})
}

func privateDocument(l *rules.Look) {
	if slices.Contains(l.Texts("permissions.accountIds"), "All") || strings.EqualFold(l.Text("permissions.account_ids"),
		"All") {
		l.RefuseFound("permissions", "for everybody", "the accounts that use it", "remove it")
	}
	if strings.HasSuffix(l.Text("settingId"), "/public-sharing-permission") {
		oneOf(l, "settingValue", "Disable")
	}
}
