package topics

import (
	"regexp"
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/rules"
)

const (
	policy         = "aws:iam/policy:Policy"
	rolePolicy     = "aws:iam/rolePolicy:RolePolicy"
	userPolicy     = "aws:iam/userPolicy:UserPolicy"
	groupPolicy    = "aws:iam/groupPolicy:GroupPolicy"
	roleAttachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
)

var permissions = []rules.Rule{
	grants("iam-no-decrypt-all-keys", onEverything("kms:Decrypt", "kms:ReEncryptFrom", "kms:*")),
	grants("iam-no-star-star", allowsAll),
	grants("iam-no-star-action", anyAction),
	grants("iam-no-service-wildcard", wholeService),
	grants("iam-no-star-resource", restrictable),
	on("iam-no-admin-managed", notAttached("AdministratorAccess"), role, roleAttachment),
	on("iam-no-iamfullaccess", notAttached("IAMFullAccess"), role, roleAttachment),
	on("iam-no-cloudshell", notAttached("AWSCloudShellFullAccess"), role, roleAttachment),
	grants("iam-no-privesc", escalates),
	grants("iam-no-credential-exposure", onEverything(exposing...)),
	grants("iam-no-exfiltration", onEverything("s3:GetObject", "secretsmanager:GetSecretValue", "ssm:GetParameter",
		"ssm:GetParameters", "ssm:GetParametersByPath", "rds:CopyDBSnapshot", "rds:ModifyDBSnapshotAttribute")),
	grants("iam-no-permissions-mgmt", onEverything("iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreateRole",
		"iam:UpdateAssumeRolePolicy", "kms:PutKeyPolicy", "kms:CreateGrant", "s3:PutBucketPolicy", "sns:SetTopicAttributes",
		"sqs:SetQueueAttributes", "secretsmanager:PutResourcePolicy", "ecr:SetRepositoryPolicy",
		"backup:PutBackupVaultAccessPolicy",
		"lambda:AddPermission")),
	grants("iam-write-constrained", writesEverywhere),
	grants("iam-passrole-scoped", passesScoped),
	grants("iam-no-s3-full", written("s3:*")),
	grants("iam-no-cloudtrail-full", written("cloudtrail:*")),
	grants("iam-no-marketplace-subscribe", onEverything("aws-marketplace:Subscribe")),
	grants("iam-no-assume-any-role", onEverything("sts:AssumeRole")),
}

// grants is a rule about each statement that allows something in a policy of a principal. What is wrong with it, in
// words, is nothing where it is right.
func grants(id string, wrong func(access.Clause) (found, want string)) rules.Rule {
	return on(id, func(l *rules.Look) {
		for _, path := range []string{"policy", "inlinePolicies[*].policy"} {
			for _, c := range clauses(l, path) {
				if found, want := wrong(c); !c.Deny && found != "" {
					l.RefuseFound(path, found+" in "+statement(c), want, "say which, and on what")
				}
			}
		}
	}, policy, rolePolicy, userPolicy, groupPolicy, role)
}

// everything says whether a pattern of resources is of any of a kind.
func everything(resource string) bool {
	if _, object, is := strings.Cut(resource, ":s3:::"); is {
		return object == "*" || object == "*/*"
	}
	return resource == "*" || wholeKind.MatchString(resource)
}

// wholeKind are ARNs of all the resources of a service or of a kind of it: "arn:aws:kms:*:*:key/*".
var wholeKind = regexp.MustCompile(`^arn:[^:]*:[^:]*:[^:]*:[^:]*:(\*|[a-z-]+[:/]\*)$`)

// unbounded says whether a statement allows something on everything, whoever asks and whatever for.
func unbounded(c access.Clause) bool {
	return (slices.ContainsFunc(c.Resources, everything) || c.NotResources != nil) && len(c.Conditions) == 0
}

// includes says whether an action is one of those that patterns are of.
func includes(c access.Clause, action string) bool {
	matches := func(pattern string) bool { return access.MatchesAction(pattern, action) }
	if c.NotActions != nil {
		return !slices.ContainsFunc(c.NotActions, matches)
	}
	return slices.ContainsFunc(c.Actions, matches)
}

func onEverything(actions ...string) func(access.Clause) (string, string) {
	return func(c access.Clause) (string, string) {
		for _, action := range actions {
			if unbounded(c) && includes(c, action) {
				return action + " on every resource", "the resources that are meant"
			}
		}
		return "", ""
	}
}

// written refuses a pattern as it is written.
func written(pattern string) func(access.Clause) (string, string) {
	return func(c access.Clause) (string, string) {
		if slices.Contains(c.Actions, pattern) {
			return pattern, "the actions that are used"
		}
		return "", ""
	}
}

func allowsAll(c access.Clause) (string, string) {
	if includes(c, "any:Thing") && (slices.Contains(c.Resources, "*") || c.NotResources != nil) {
		return "every action on every resource", "the actions that are used, on what they are used"
	}
	return "", ""
}

func anyAction(c access.Clause) (string, string) {
	if slices.Contains(c.Actions, "*") || c.NotActions != nil {
		return "every action", "the actions that are used"
	}
	return "", ""
}

func wholeService(c access.Clause) (string, string) {
	for _, action := range c.Actions {
		if strings.HasSuffix(action, ":*") {
			return action, "the actions that are used"
		}
	}
	return "", ""
}

// unscoped are the actions that IAM allows on everything or not at all, of those that are used here.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var unscoped = []string{
	"backup:PutRestoreValidationResult", "cloudwatch:PutMetricData", "ec2:Describe*", "ecr:GetAuthorizationToken",
	"ecs:RegisterTaskDefinition", "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups",
	"logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy",
	"logs:StopQuery", "logs:UpdateLogDelivery", "rds:DescribeExportTasks", "secretsmanager:GetRandomPassword",
	"ssmmessages:*", "states:ValidateStateMachineDefinition", "tag:GetResources", "xray:GetSampling*",
	"xray:PutTelemetryRecords", "xray:PutTraceSegments",
}

func restrictable(c access.Clause) (string, string) {
	if !slices.Contains(c.Resources, "*") || len(c.Conditions) > 0 {
		return "", ""
	}
	for _, action := range c.Actions {
		if !slices.ContainsFunc(unscoped, func(pattern string) bool { return access.MatchesAction(pattern, action) }) {
			return action + " on every resource", "the resources that are meant"
		}
	}
	return "", ""
}

// escalations are sets of actions by which whoever has all of one makes himself an administrator.
// https://github.com/RhinoSecurityLabs/AWS-IAM-Privilege-Escalation
var escalations = [][]string{
	{"iam:CreatePolicyVersion"}, {"iam:SetDefaultPolicyVersion"}, {"iam:AttachUserPolicy"}, {"iam:AttachGroupPolicy"},
	{"iam:AttachRolePolicy"}, {"iam:PutUserPolicy"}, {"iam:PutGroupPolicy"}, {"iam:PutRolePolicy"}, {"iam:AddUserToGroup"},
	{"iam:UpdateAssumeRolePolicy"}, {"iam:CreateAccessKey"}, {"iam:CreateLoginProfile"}, {"iam:UpdateLoginProfile"},
	{"iam:PassRole", "ec2:RunInstances"}, {"iam:PassRole", "lambda:CreateFunction"}, {"iam:PassRole",
		"glue:CreateDevEndpoint"},
	{"iam:PassRole", "cloudformation:CreateStack"}, {"iam:PassRole", "datapipeline:CreatePipeline"},
	{"iam:PassRole", "sagemaker:CreateNotebookInstance"}, {"iam:PassRole", "codebuild:CreateProject"},
	{"lambda:UpdateFunctionCode"}, {"glue:UpdateDevEndpoint"},
}

// escalates looks at one statement, in which such a set stands together.
func escalates(c access.Clause) (string, string) {
	if !unbounded(c) {
		return "", ""
	}
	for _, set := range escalations {
		if !slices.ContainsFunc(set, func(action string) bool { return !includes(c, action) }) {
			return strings.Join(set, " with ") + ", which makes an administrator", "neither, or on what is named"
		}
	}
	return "", ""
}

// exposing are actions whose answer is a credential.
var exposing = []string{"chime:CreateApiKey", "codepipeline:PollForJobs", "cognito-identity:GetCredentialsForIdentity",
	"cognito-identity:GetOpenIdToken", "connect:GetFederationToken", "gamelift:RequestUploadCredentials",
	"iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateServiceSpecificCredential",
	"iam:ResetServiceSpecificCredential",
	"lightsail:GetInstanceAccessDetails", "rds-db:connect", "redshift:GetClusterCredentials", "sso:GetRoleCredentials",
	"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:GetFederationToken", "sts:GetSessionToken"}

// reading are the beginnings of actions that change nothing.
var reading = []string{"get", "list", "describe", "batchget", "lookup", "search", "view", "head", "query", "scan"}

func writesEverywhere(c access.Clause) (string, string) {
	if !slices.Contains(c.Resources, "*") && c.NotResources == nil || len(c.Conditions) > 0 {
		return "", ""
	}
	for _, action := range c.Actions {
		_, verb, _ := strings.Cut(strings.ToLower(action), ":")
		reads := slices.ContainsFunc(reading, func(begin string) bool { return strings.HasPrefix(verb, begin) })
		usual := slices.ContainsFunc(unscoped, func(pattern string) bool { return access.MatchesAction(pattern, action) })
		if !reads && !usual {
			return action + " on every resource", "the resources that are meant"
		}
	}
	return "", ""
}

func passesScoped(c access.Clause) (string, string) {
	if !includes(c, "iam:PassRole") {
		return "", ""
	}
	if slices.ContainsFunc(c.Resources, everything) || c.NotResources != nil {
		return "iam:PassRole of every role", "the roles that are passed"
	}
	if !conditionOn(c, "iam:passedtoservice") {
		return "iam:PassRole to any service", "a condition on iam:PassedToService"
	}
	return "", ""
}

func notAttached(name string) func(*rules.Look) {
	return func(l *rules.Look) {
		for _, path := range []string{"policyArn", "managedPolicyArns[*]"} {
			for _, arn := range l.Texts(path) {
				if strings.HasSuffix(arn, "/"+name) {
					l.RefuseFound(path, arn, "the permissions that are used", "attach a policy that says which")
				}
			}
		}
	}
}
