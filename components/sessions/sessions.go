package sessions

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/iamdoc"
	"haven/components/keys"
	"haven/components/naming"
	"haven/components/partial"
)

// Type is the component's type token.
const Type = "haven:sessions:Sessions"

const (
	// preferences is the document that Session Manager takes its preferences from.
	preferences = "SSM-SessionManagerRunShell"
	idleMinutes = "20"
	maxMinutes  = "60"
)

// Args are all required.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region the one whose sessions are ruled.
	Account, Region string
	// LogsKeyARN encrypts the log groups. It is of Region.
	LogsKeyARN pulumi.StringInput
	// LogRetentionDays is how long sessions are kept, one of CloudWatch Logs' values.
	LogRetentionDays int
}

// Sessions are a region's rules of sessions.
type Sessions struct {
	pulumi.ResourceState
	// LogGroupName is where sessions are logged.
	LogGroupName pulumi.StringOutput
}

// New rules a region's sessions.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Sessions, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	s := &Sessions{}
	if err := ctx.RegisterComponentResource(Type, name, s, opts...); err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	if err := s.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"logGroupName": s.LogGroupName})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("LogsKeyARN", a.LogsKeyARN != nil)
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	return problems.Err()
}

func (s *Sessions) declare(ctx *pulumi.Context, name string, args Args) error {
	group, err := s.logGroup(ctx, name+"-log", args, "sessions")
	if err != nil {
		return err
	}
	s.LogGroupName = group.Name
	key, err := keys.NewRegional(ctx, name+"-key", keys.RegionalArgs{
		Scope:       args.Scope,
		Account:     args.Account,
		Part:        "sessions",
		Description: "the sessions",
		Uses:        []iamdoc.Statement{args.encryptSessions()},
	}, pulumi.Parent(s))
	if err != nil {
		return err
	}
	_, err = ssm.NewDocument(ctx, name+"-preferences", &ssm.DocumentArgs{
		Name:           pulumi.String(preferences),
		DocumentType:   pulumi.String("Session"),
		DocumentFormat: pulumi.String("JSON"),
		Content:        pulumi.JSONMarshal(content(partial.Text(ctx, group.Name), partial.Text(ctx, key.ARN))),
		Tags:           pulumi.ToStringMap(args.Scope.Tags("sessions", args.Scope.Name("sessions"), naming.Internal)),
	}, pulumi.Parent(s))
	if err != nil {
		return fmt.Errorf("preferences: %w", err)
	}
	automation, err := s.logGroup(ctx, name+"-automation", args, "automation")
	if err != nil {
		return err
	}
	return s.settings(ctx, name, args, automation)
}

func (s *Sessions) logGroup(ctx *pulumi.Context, name string, args Args, part string) (*cloudwatch.LogGroup, error) {
	physical := args.Scope.Path(part)
	group, err := cloudwatch.NewLogGroup(ctx, name, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(physical),
		KmsKeyId:        args.LogsKeyARN.ToStringOutput(),
		RetentionInDays: pulumi.Int(args.LogRetentionDays),
		Tags:            pulumi.ToStringMap(args.Scope.Tags("sessions", physical, naming.Confidential)),
	}, pulumi.Parent(s))
	if err != nil {
		return nil, fmt.Errorf("log group %s: %w", part, err)
	}
	return group, nil
}

// settings are the region's, which it has once; to delete one is to set it back.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-logging.html
func (s *Sessions) settings(ctx *pulumi.Context, name string, args Args, automation *cloudwatch.LogGroup) error {
	for _, setting := range []struct {
		part, id string
		value    pulumi.StringInput
	}{
		{"sharing", "documents/console/public-sharing-permission", pulumi.String("Disable")},
		{"destination", "automation/customer-script-log-destination", pulumi.String("CloudWatch")},
		{"group", "automation/customer-script-log-group-name", automation.Name},
	} {
		_, err := ssm.NewServiceSetting(ctx, name+"-"+setting.part, &ssm.ServiceSettingArgs{
			SettingId: pulumi.String(fmt.Sprintf("arn:aws:ssm:%s:%s:servicesetting/ssm/%s",
				args.Region, args.Account, setting.id)),
			SettingValue: setting.value,
		}, pulumi.Parent(s))
		if err != nil {
			return fmt.Errorf("setting %s: %w", setting.id, err)
		}
	}
	return nil
}

// encryptSessions lets the account's principals use the key for sessions and nothing else: both ends of a session name
// it in the encryption context.
func (a Args) encryptSessions() iamdoc.Statement {
	return iamdoc.Statement{
		Sid:        "EncryptSessions",
		Principals: iamdoc.Principals{AWS: []string{"arn:aws:iam::" + a.Account + ":root"}},
		Actions:    []string{"kms:Decrypt", "kms:GenerateDataKey"},
		Resources:  []string{"*"},
		Conditions: iamdoc.Conditions{
			iamdoc.StringEquals: {"kms:CallerAccount": {a.Account}},
			"Null":              {"kms:EncryptionContext:aws:ssm:SessionId": {"false"}},
		},
	}
}

// content is the document: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
func content(group, keyARN pulumi.StringInput) pulumi.Map {
	return pulumi.Map{
		"schemaVersion": pulumi.String("1.0"),
		"description":   pulumi.String("Sessions are encrypted, logged and short"),
		"sessionType":   pulumi.String("Standard_Stream"),
		"inputs": pulumi.Map{
			"cloudWatchLogGroupName":      group,
			"cloudWatchEncryptionEnabled": pulumi.Bool(true),
			"cloudWatchStreamingEnabled":  pulumi.Bool(true),
			"s3BucketName":                pulumi.String(""),
			"s3KeyPrefix":                 pulumi.String(""),
			"s3EncryptionEnabled":         pulumi.Bool(true),
			"kmsKeyId":                    keyARN,
			"runAsEnabled":                pulumi.Bool(false),
			"idleSessionTimeout":          pulumi.String(idleMinutes),
			"maxSessionDuration":          pulumi.String(maxMinutes),
		},
	}
}
