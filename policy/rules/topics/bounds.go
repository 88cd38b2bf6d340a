package topics

import (
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/rules"
)

// bounds are the rules on how far a permission reaches beyond the resource that it names.
var bounds = []rules.Rule{
	grants("iam-bounded", unboundedUse),
	across("iam-lists-own", listsOwn, rolePolicy),
	across("iam-looks-at-own", looksAtOwn, rolePolicy),
	across("iam-emergency-keeps", keepsWatch, role),
	on("ecr-own-account", imagesOfAccount, repositoryPolicy),
	across("s3-trail-replica-denies", keepsTrail, bucketPolicy),
	across("s3-key-per-object", keyPerObject, bucketEncryption),
}

// bounded are the actions that reach farther than the resource that they are on, and the condition that bounds them.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_id-based-policy-examples.html
// https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html
var bounded = map[string]string{
	"ecs:RunTask": "ecs:cluster", "ecs:TagResource": "ecs:createaction",
	"elasticfilesystem:ClientMount": "elasticfilesystem:accesspointarn",
	"elasticfilesystem:ClientWrite": "elasticfilesystem:accesspointarn",
}

// objects is the key by which S3 says of which objects it is that it uses a key.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
const objects = "kms:encryptioncontext:aws:s3:arn"

func unboundedUse(c access.Clause) (string, string) {
	for _, action := range c.Actions {
		if key := bounded[action]; key != "" && !conditionOn(c, key) {
			return action + " everywhere", "a condition on " + key
		}
	}
	byS3 := slices.ContainsFunc(c.Conditions, func(r access.Restriction) bool {
		return strings.EqualFold(r.Key, "kms:ViaService") &&
			slices.ContainsFunc(r.Values, func(v string) bool { return strings.HasPrefix(v, "s3.") })
	})
	uses := slices.ContainsFunc(using, func(action string) bool { return includes(c, action) })
	if byS3 && uses && !conditionOn(c, objects) {
		return "a key for all objects", "a condition on " + objects
	}
	return "", ""
}

// listsOwn demands of a tenant's role that it is told of the tenant's own objects only.
func listsOwn(l *rules.Look) {
	ofTenant := slices.ContainsFunc(l.Named("role", role), func(r *rules.Look) bool { return r.Text("tags.tenant") != "" })
	if !ofTenant || !l.Sure() {
		return
	}
	for _, c := range allowing(l, "policy") {
		if includes(c, "s3:ListBucket") && !conditionOn(c, "s3:prefix") {
			l.RefuseFound("policy", "s3:ListBucket of everybody's objects in "+statement(c), "a condition on s3:prefix",
				"add the condition")
		}
	}
}

// kept is what nobody may end, even in an emergency, and a part of the ARNs that it is about: what sees and what tells.
var kept = map[string][]string{
	"": {"access-analyzer:DeleteAnalyzer", "config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel",
		"config:StopConfigurationRecorder", "guardduty:DeleteDetector", "guardduty:UpdateDetector", "inspector2:Disable",
		"s3:PutAccountPublicAccessBlock", "securityhub:BatchDisableStandards", "securityhub:DisableSecurityHub",
		"sns:Unsubscribe"},
	":events:": {"events:DeleteRule", "events:DisableRule", "events:PutRule", "events:RemoveTargets"},
	":sns:":    {"sns:DeleteTopic", "sns:SetTopicAttributes"},
}

// powerful are the managed policies with which somebody may do almost anything.
var powerful = []string{"PowerUserAccess", "AdministratorAccess"}

// keepsWatch demands that who may do almost anything may not end what sees that, and tells of it.
func keepsWatch(l *rules.Look) {
	strong := slices.ContainsFunc(l.Naming(roleAttachment, "role"), func(a *rules.Look) bool {
		arn := a.Text("policyArn")
		return slices.Contains(powerful, arn[strings.LastIndex(arn, "/")+1:])
	})
	if !strong {
		return
	}
	var denied []access.Clause
	for _, p := range l.Naming(rolePolicy, "role") {
		if !p.Known("policy") {
			return
		}
		for _, c := range clauses(p, "policy") {
			if c.Deny && len(c.Conditions) == 0 {
				denied = append(denied, c)
			}
		}
	}
	for _, part := range []string{"", ":events:", ":sns:"} {
		for _, action := range kept[part] {
			if !slices.ContainsFunc(denied, func(c access.Clause) bool { return includes(c, action) && about(c, part) }) {
				lacks(l, "it may "+action, "a Deny of it in its policy", "add it")
			}
		}
	}
}

// about says whether a statement is about everything, or about ARNs with that part.
func about(c access.Clause, part string) bool {
	return slices.ContainsFunc(c.Resources, func(r string) bool {
		return r == "*" || part != "" && strings.Contains(r, part)
	})
}

// imagesOfAccount demands that nobody of another account gets at images, whatever other statements allow.
func imagesOfAccount(l *rules.Look) {
	closed := slices.ContainsFunc(clauses(l, "policy"), func(c access.Clause) bool {
		others := slices.ContainsFunc(c.Conditions, func(r access.Restriction) bool {
			return strings.EqualFold(r.Key, "aws:PrincipalAccount") && r.Negated && !slices.Contains(r.Values, "*")
		})
		services := slices.ContainsFunc(c.Conditions, func(r access.Restriction) bool {
			return !strings.EqualFold(r.Key, "aws:PrincipalAccount") &&
				(!strings.EqualFold(r.Key, "aws:PrincipalIsAWSService") || !slices.Equal(r.Values, []string{"false"}))
		})
		return c.Deny && others && !services && slices.Contains(c.Principals[access.AWS], "*") &&
			includes(c, "ecr:BatchGetImage") && includes(c, "ecr:PutImage")
	})
	if !closed && l.Known("policy") {
		l.RefuseFound("policy", "without a Deny of ecr:* to other accounts", "one, on aws:PrincipalAccount", "add it")
	}
}

// ofTrail is what nobody may do to the copy of the trail's records: S3 replicates as itself, and asks for none of it.
var ofTrail = []denial{{"s3:PutObject", "", ""}, {"s3:DeleteObject", "", ""}, {"s3:DeleteObjectVersion", "", ""}}

func keepsTrail(l *rules.Look) {
	for _, b := range l.Named("bucket", bucket) {
		if !l.Sure() || !receives(b) || !recordsTrail(b) {
			continue
		}
		all := clauses(l, "policy")
		for _, d := range ofTrail {
			if l.Known("policy") && !slices.ContainsFunc(all, d.isIn) {
				l.RefuseFound("policy", "without a Deny of "+d.action+" for everybody", "one", "add it")
			}
		}
	}
}

// looking are the actions that tell of databases, of their backups and of keys, by name.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
var looking = []string{"rds:DescribeDBInstances", "rds:DescribeDBSnapshots", "rds:DescribeDBInstanceAutomatedBackups",
	"kms:DescribeKey"}

// looksAtOwn demands that a role is told of the databases and keys that are meant, and not how those of others are set
// up. AWS Backup asks for all of them before it picks its own.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
func looksAtOwn(l *rules.Look) {
	ofBackup := slices.ContainsFunc(l.Named("role", role), func(r *rules.Look) bool {
		return slices.ContainsFunc(allowing(r, "assumeRolePolicy"), func(c access.Clause) bool {
			return slices.Contains(c.Principals[access.Service], "backup.amazonaws.com")
		})
	})
	if ofBackup || !l.Sure() {
		return
	}
	for _, c := range allowing(l, "policy") {
		if !slices.ContainsFunc(c.Resources, everything) && c.NotResources == nil {
			continue
		}
		for _, action := range looking {
			if includes(c, action) {
				l.RefuseFound("policy", action+" on every resource in "+statement(c), "the databases or keys that are meant",
					"name them as Resource")
			}
		}
	}
}

// keyPerObject demands, where tenants' roles use a key for their own objects only, that S3 asks for it object by
// object: with a bucket's key it says of which bucket it is, and not of which object.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
func keyPerObject(l *rules.Look) {
	for _, b := range l.Named("bucket", bucket) {
		if !l.Sure() || !keepsBackups(b) || recordsTrail(b) {
			continue
		}
		for _, rule := range l.Each("rules") {
			if rule.Flag("bucketKeyEnabled") {
				rule.Refuse("bucketKeyEnabled", "false", "set it to false: else a role that may read one object may read all")
			}
		}
	}
}

// guarded are the rules on what an account has once, or once in each region.
var guarded = []rules.Rule{
	account("account-settings-set", both(once(trail), once(passwordPolicy), once(accountBlock),
		inEachRegion(deliveryChannel, nil), aggregates, looksForUnused, recordsGlobal)),
	account("ssm-settings-set", sessionSettings),
	account("gd-severities-told", severitiesTold),
	across("ssm-own-log", ownLog, document),
}

const (
	deliveryChannel = "aws:cfg/deliveryChannel:DeliveryChannel"
	aggregator      = "aws:securityhub/findingAggregator:FindingAggregator"
)

// once demands that a stack that sets up an account has one of a type.
func once(token string) func(*rules.Look) {
	return func(l *rules.Look) {
		if len(inStack(l, token)) == 0 {
			lacks(l, "no "+kind(token), "one", "declare it")
		}
	}
}

// aggregates demands that what is found in several regions is seen in one.
func aggregates(l *rules.Look) {
	if len(inStack(l, hub)) > 1 {
		once(aggregator)(l)
	}
}

// looksForUnused demands an analyzer of what nobody uses, which looks at IAM and is needed once, and one of access from
// outside in each region.
func looksForUnused(l *rules.Look) {
	unused := func(r *graph.Resource) bool { return strings.HasSuffix(l.At(r).Text("type"), "_UNUSED_ACCESS") }
	all := inStack(l, analyzer)
	if len(all) > 0 && !slices.ContainsFunc(all, unused) {
		lacks(l, "no Analyzer of type ACCOUNT_UNUSED_ACCESS", "one", "declare it")
	}
	for _, region := range regions(l) {
		external := func(r *graph.Resource) bool { return r.Region == region && !unused(r) }
		if len(all) > 0 && !slices.ContainsFunc(all, external) {
			lacks(l, "no Analyzer of type ACCOUNT in "+region, "one in each region", "declare it")
		}
	}
}

// recordsGlobal demands that what has no region is recorded in one.
// https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html
func recordsGlobal(l *rules.Look) {
	global := func(r *graph.Resource) bool { return l.At(r).Flag("recordingGroup.includeGlobalResourceTypes") }
	if all := inStack(l, recorder); len(all) > 0 && !slices.ContainsFunc(all, global) {
		lacks(l, "no Recorder has recordingGroup.includeGlobalResourceTypes", "it in one of them", "set it to true")
	}
}

// sessionIDs are how the settings of an account begin that keep what scripts write, and documents from the public.
var sessionIDs = []string{"/customer-script-log-destination", "/customer-script-log-group-name",
	"/public-sharing-permission"}

func sessionSettings(l *rules.Look) {
	for _, region := range regions(l) {
		for _, id := range sessionIDs {
			there := slices.ContainsFunc(inStack(l, systemSetting), func(r *graph.Resource) bool {
				return r.Region == region && strings.HasSuffix(l.At(r).Text("settingId"), id)
			})
			if !there {
				lacks(l, "no ServiceSetting of "+id+" in "+region, "one in each region", "declare it")
			}
		}
	}
}

// ownLog demands that sessions are logged to a group of the stack, in their region.
func ownLog(l *rules.Look) {
	if l.Text("documentType") != "Session" {
		return
	}
	text := l.Text("content")
	named := slices.ContainsFunc(inStack(l, logGroup), func(r *graph.Resource) bool {
		name := l.At(r).Text("name")
		return name != "" && r.Region == l.Resource.Region &&
			strings.Contains(text, `"cloudWatchLogGroupName":"`+name+`"`)
	})
	if text != "" && !named {
		lacks(l, "content names no LogGroup of the stack and region as cloudWatchLogGroupName", "one",
			"declare it, or name it")
	}
}
