package notifications_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/notifications"
	"haven/tests/harness"
)

const (
	topicType        = "aws:sns/topic:Topic"
	policyType       = "aws:sns/topicPolicy:TopicPolicy"
	subscriptionType = "aws:sns/topicSubscription:TopicSubscription"
	ruleType         = "aws:cloudwatch/eventRule:EventRule"
	targetType       = "aws:cloudwatch/eventTarget:EventTarget"

	emergencyRole = "arn:aws:iam::123456789012:role/demo-account-emergency"
)

func args() notifications.Args {
	return notifications.Args{
		Scope:            harness.AccountScope(),
		Account:          "123456789012",
		Region:           "eu-west-1",
		CriticalEmails:   []string{"pager@haven.example", "security@haven.example"},
		WarningEmails:    []string{"platform@haven.example"},
		InfoEmails:       []string{"platform@haven.example"},
		EmergencyRoleARN: emergencyRole,
	}
}

func declare(t *testing.T) *harness.Recorder {
	t.Helper()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		n, err := notifications.New(ctx, "notifications", args())
		if err != nil {
			return err
		}
		pulumi.All(n.CriticalTopicARN, n.WarningTopicARN, n.InfoTopicARN).ApplyT(func(all []any) error {
			assert.Equal(t, []any{"arn:aws:mock:::notifications-critical", "arn:aws:mock:::notifications-warning",
				"arn:aws:mock:::notifications-info"}, all)
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, r, notifications.Type, "notifications")
	return r
}

func TestTopics(t *testing.T) {
	t.Parallel()
	r := declare(t)
	for _, severity := range []string{"critical", "warning", "info"} {
		topic := r.One(t, topicType, "notifications-"+severity)
		harness.AssertTags(t, topic, "notifications")
		harness.AssertInputs(t, topic, map[string]any{
			"name":             "demo-account-" + severity,
			"displayName":      "demo: " + severity,
			"kmsMasterKeyId":   "arn:aws:mock:::notifications-key-regional",
			"signatureVersion": 2.0,
		})
	}
	subscriptions := map[string]any{}
	for _, d := range r.OfType(subscriptionType) {
		assert.Equal(t, "email", d.Input("protocol"))
		subscriptions[d.Name] = []any{d.Input("topic"), d.Input("endpoint")}
	}
	assert.Equal(t, map[string]any{
		"notifications-critical-pager@haven.example": []any{"arn:aws:mock:::notifications-critical",
			"pager@haven.example"},
		"notifications-critical-security@haven.example": []any{"arn:aws:mock:::notifications-critical",
			"security@haven.example"},
		"notifications-warning-platform@haven.example": []any{"arn:aws:mock:::notifications-warning",
			"platform@haven.example"},
		"notifications-info-platform@haven.example": []any{"arn:aws:mock:::notifications-info",
			"platform@haven.example"},
	}, subscriptions)
}

type conditions = map[string]map[string][]string

type statement struct {
	Sid, Effect string
	Principal   any
	Action      []string
	Resource    []string
	Condition   conditions
}

// policy is a policy's statements by their Sid.
func policy(t *testing.T, d harness.Declared, property string) map[string]statement {
	t.Helper()
	var document struct{ Statement []statement }
	require.NoError(t, json.Unmarshal([]byte(d.Input(property).(string)), &document))
	statements := map[string]statement{}
	for _, s := range document.Statement {
		statements[s.Sid] = s
	}
	return statements
}

func service(names ...any) map[string]any { return map[string]any{"Service": names} }

func TestWhoPublishes(t *testing.T) {
	t.Parallel()
	const topic = "arn:aws:sns:eu-west-1:123456789012:demo-account-warning"
	d := declare(t).One(t, policyType, "notifications-warning-policy")
	assert.Equal(t, "arn:aws:mock:::notifications-warning", d.Input("arn"))
	publish := []string{"sns:Publish"}
	own := []string{"123456789012"}
	assert.Equal(t, map[string]statement{
		"PublishEvents": {Sid: "PublishEvents", Effect: "Allow", Principal: service("events.amazonaws.com"),
			Action: publish, Resource: []string{topic}},
		"PublishAlarms": {Sid: "PublishAlarms", Effect: "Allow", Principal: service("cloudwatch.amazonaws.com"),
			Action: publish, Resource: []string{topic}, Condition: conditions{
				"StringEquals": {"aws:SourceAccount": own},
				"ArnLike":      {"aws:SourceArn": {"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:*"}}}},
		"PublishSpending": {Sid: "PublishSpending", Effect: "Allow",
			Principal: service("budgets.amazonaws.com", "costalerts.amazonaws.com"),
			Action:    publish, Resource: []string{topic},
			Condition: conditions{"StringEquals": {"aws:SourceAccount": own}}},
		"DenyPlainTransport": {Sid: "DenyPlainTransport", Effect: "Deny", Principal: "*", Action: publish,
			Resource: []string{topic}, Condition: conditions{"Bool": {"aws:SecureTransport": {"false"}}}},
	}, policy(t, d, "policy"))
}

// TestWhoPublishesMayEncrypt: a service that may publish and not encrypt would lose its messages in silence.
func TestWhoPublishesMayEncrypt(t *testing.T) {
	t.Parallel()
	r := declare(t)
	key := policy(t, r.One(t, "aws:kms/key:Key", "notifications-key-regional"), "policy")
	assert.Len(t, key, 5)
	encrypt := []string{"kms:Decrypt", "kms:GenerateDataKey*"}
	assert.Equal(t, statement{Sid: "EncryptEvents", Effect: "Allow", Principal: service("events.amazonaws.com"),
		Action: encrypt, Resource: []string{"*"}}, key["EncryptEvents"])
	assert.Equal(t, statement{Sid: "EncryptFromAccount", Effect: "Allow",
		Principal: service("budgets.amazonaws.com", "cloudwatch.amazonaws.com", "costalerts.amazonaws.com"),
		Action:    encrypt, Resource: []string{"*"},
		Condition: conditions{"StringEquals": {"aws:SourceAccount": {"123456789012"}}}}, key["EncryptFromAccount"])
	assert.Equal(t, []string{"sns.eu-west-1.amazonaws.com"},
		key["UseThroughService"].Condition["StringEquals"]["kms:ViaService"])
}

// TestEverythingFoundIsTold: each rule matches its events alone, and sends them to the topic of its severity.
func TestEverythingFoundIsTold(t *testing.T) {
	t.Parallel()
	securityHub := func(label string) string {
		return `{"detail":{"findings":{"Compliance":{"Status":["FAILED"]},"ProductName":["Security Hub"],` +
			`"RecordState":["ACTIVE"],"Severity":{"Label":["` + label + `"]},"Workflow":{"Status":["NEW"]}}},` +
			`"detail-type":["Security Hub Findings - Imported"],"source":["aws.securityhub"]}`
	}
	guardDuty := func(numeric string) string {
		return `{"detail":{"severity":[{"numeric":[` + numeric + `]}]},"detail-type":["GuardDuty Finding"],` +
			`"source":["aws.guardduty"]}`
	}
	inspector := func(label string) string {
		return `{"detail":{"severity":["` + label + `"],"status":["ACTIVE"]},"detail-type":["Inspector2 Finding"],` +
			`"source":["aws.inspector2"]}`
	}
	external := func(public string) string {
		return `{"detail":{"isPublic":[` + public + `],"status":["ACTIVE"]},"detail-type":["Access Analyzer Finding"],` +
			`"source":["aws.access-analyzer"]}`
	}
	health := func(category string) string {
		return `{"detail":{"eventTypeCategory":["` + category + `"]},"detail-type":["AWS Health Event"],` +
			`"source":["aws.health"]}`
	}
	database := func(categories string) string {
		return `{"detail":{"EventCategories":[` + categories + `]},"detail-type":["RDS DB Instance Event"],` +
			`"source":["aws.rds"]}`
	}
	want := map[string]string{
		"root-sign-in":         rootSignIn,
		"emergency":            emergency,
		"guardduty-critical":   guardDuty(`">=",7`),
		"guardduty-warning":    guardDuty(`">=",4,"<",7`),
		"guardduty-info":       guardDuty(`"<",4`),
		"securityhub-critical": securityHub("CRITICAL"),
		"securityhub-warning":  securityHub("HIGH"),
		"securityhub-info":     securityHub("MEDIUM"),
		"inspector-critical":   inspector("CRITICAL"),
		"inspector-warning":    inspector("HIGH"),
		"inspector-info":       inspector("MEDIUM"),
		"access-critical":      external("true"),
		"access-warning":       external("false"),
		"access-info": `{"detail":{"status":["ACTIVE"]},"detail-type":["Unused Access Finding for IAM entities"],` +
			`"source":["aws.access-analyzer"]}`,
		"health-critical": health("issue"),
		"health-warning":  health("scheduledChange"),
		"health-info":     health("accountNotification"),

		"database-critical": database(`"failure","low storage"`),
		"database-warning":  database(`"failover"`),
		"database-info":     database(`"configuration change","maintenance"`),
		"parameters-info": `{"detail":{"EventCategories":["configuration change"]},` +
			`"detail-type":["RDS DB Parameter Group Event"],"source":["aws.rds"]}`,
	}
	r := declare(t)
	assert.Len(t, r.OfType(ruleType), len(want))
	assert.Len(t, r.OfType(targetType), len(want))
	for part, pattern := range want {
		assertRule(t, r, "notifications", part, pattern)
		severity := part[strings.LastIndex(part, "-")+1:]
		if part == "root-sign-in" || part == "emergency" {
			severity = "critical"
		}
		harness.AssertInputs(t, r.One(t, targetType, "notifications-"+part+"-target"), map[string]any{
			"arn": "arn:aws:mock:::notifications-" + severity, "roleArn": nil})
	}
}

const (
	rootSignIn = `{"detail":{"userIdentity":{"type":["Root"]}},` +
		`"detail-type":["AWS Console Sign In via CloudTrail"],"source":["aws.signin"]}`
	emergency = `{"detail":{"eventSource":["sts.amazonaws.com"],"requestParameters":{"roleArn":["` + emergencyRole +
		`"]}},"detail-type":["AWS API Call via CloudTrail"],"source":["aws.sts"]}`
)

func assertRule(t *testing.T, r *harness.Recorder, parent, part, pattern string) {
	t.Helper()
	rule := r.One(t, ruleType, parent+"-"+part)
	harness.AssertTags(t, rule, "notifications")
	state := "ENABLED"
	if part == "emergency" {
		state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
	}
	harness.AssertInputs(t, rule, map[string]any{
		"name": "demo-account-" + part, "state": state, "eventBusName": nil})
	assert.JSONEq(t, pattern, rule.Input("eventPattern").(string))
	harness.AssertInputs(t, r.One(t, targetType, parent+"-"+part+"-target"), map[string]any{
		"rule": "demo-account-" + part, "targetId": part})
}

func forwardingArgs() notifications.ForwardingArgs {
	return notifications.ForwardingArgs{Scope: harness.AccountScope(), Account: "123456789012", Region: "eu-west-1",
		EmergencyRoleARN: emergencyRole}
}

func TestGlobalEventsAreForwarded(t *testing.T) {
	t.Parallel()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		_, err := notifications.NewForwarding(ctx, "forwarding", forwardingArgs())
		return err
	}))
	harness.AssertFamily(t, r, notifications.ForwardingType, "forwarding")
	want := map[string]string{
		"root-sign-in": rootSignIn,
		"emergency":    emergency,
		"health": `{"detail":{"eventScopeCode":["ACCOUNT_SPECIFIC"]},"detail-type":["AWS Health Event"],` +
			`"source":["aws.health"]}`,
	}
	const bus = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
	assert.Len(t, r.OfType(ruleType), len(want))
	for part, pattern := range want {
		assertRule(t, r, "forwarding", part, pattern)
		harness.AssertInputs(t, r.One(t, targetType, "forwarding-"+part+"-target"), map[string]any{
			"arn": bus, "roleArn": "arn:aws:mock:::forwarding-role"})
	}
	role := r.One(t, "aws:iam/role:Role", "forwarding-role")
	harness.AssertTags(t, role, "notifications")
	assert.Equal(t, "demo-account-forwarding", role.Input("name"))
	assert.Equal(t, map[string]statement{"": {Effect: "Allow", Principal: service("events.amazonaws.com"),
		Action: []string{"sts:AssumeRole"}, Condition: conditions{
			"StringEquals": {"aws:SourceAccount": {"123456789012"}},
			"ArnLike":      {"aws:SourceArn": {"arn:aws:events:us-east-1:123456789012:rule/demo-account-*"}}},
	}}, policy(t, role, "assumeRolePolicy"))
	assert.Equal(t, map[string]statement{"ForwardEvents": {Sid: "ForwardEvents", Effect: "Allow",
		Action: []string{"events:PutEvents"}, Resource: []string{bus}}},
		policy(t, r.One(t, "aws:iam/rolePolicy:RolePolicy", "forwarding-role-policy"), "policy"))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, notifications.New,
		"notifications: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Region: missing, expected a value\nCriticalEmails: missing, expected a value\n"+
			"WarningEmails: missing, expected a value\nInfoEmails: missing, expected a value\n"+
			"EmergencyRoleARN: missing, expected a value",
		args, map[string]func(*notifications.Args){
			`notifications: CriticalEmails[0]: "Ann <ann@haven.example>", expected a plain e-mail address`: func(
				a *notifications.Args) {
				a.CriticalEmails = []string{"Ann <ann@haven.example>"}
			},
			`notifications: InfoEmails[1]: "a@haven.example", expected each address once`: func(a *notifications.Args) {
				a.InfoEmails = []string{"a@haven.example", "a@haven.example"}
			},
		})
	harness.AssertRefusals(t, notifications.NewForwarding,
		"forwarding: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Region: missing, expected a value\nEmergencyRoleARN: missing, expected a value",
		forwardingArgs, map[string]func(*notifications.ForwardingArgs){
			`forwarding: Region: "us-east-1", expected another region than the one forwarded from`: func(
				a *notifications.ForwardingArgs) {
				a.Region = "us-east-1"
			},
		})
}
