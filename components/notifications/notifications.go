package notifications

import (
	"fmt"
	"net/mail"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/limit"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:notifications:Notifications"

// Severity is how soon somebody has to act.
type Severity string

const (
	// Critical is now, at any hour.
	Critical Severity = "critical"
	// Warning is on the next working day.
	Warning Severity = "warning"
	// Info is when there is time.
	Info Severity = "info"
)

var severities = []Severity{Critical, Warning, Info}

// Args are all required.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region the one whose events are told.
	Account, Region string
	// CriticalEmails, WarningEmails and InfoEmails are who is told, by severity: at least one address each.
	CriticalEmails, WarningEmails, InfoEmails []string
	// EmergencyRoleARN is the role whose every use is critical.
	EmergencyRoleARN string
}

// Notifications are a region's topics.
type Notifications struct {
	pulumi.ResourceState
	// CriticalTopicARN, WarningTopicARN and InfoTopicARN are known once the topic's policy stands, so that who is given
	// one may publish at once.
	CriticalTopicARN, WarningTopicARN, InfoTopicARN pulumi.StringOutput
}

// New makes a region's topics, subscriptions and rules.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Notifications, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("notifications: %w", err)
	}
	n := &Notifications{}
	if err := ctx.RegisterComponentResource(Type, name, n, opts...); err != nil {
		return nil, fmt.Errorf("notifications: %w", err)
	}
	if err := n.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("notifications: %w", err)
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{
		"criticalTopicArn": n.CriticalTopicARN,
		"warningTopicArn":  n.WarningTopicARN,
		"infoTopicArn":     n.InfoTopicARN,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	checkEmails(&problems, "CriticalEmails", a.CriticalEmails)
	checkEmails(&problems, "WarningEmails", a.WarningEmails)
	checkEmails(&problems, "InfoEmails", a.InfoEmails)
	problems.Require("EmergencyRoleARN", a.EmergencyRoleARN != "")
	return problems.Err()
}

func checkEmails(problems *arguments.Problems, field string, emails []string) {
	problems.Require(field, len(emails) > 0)
	seen := map[string]bool{}
	for i, email := range emails {
		path := fmt.Sprintf("%s[%d]", field, i)
		if parsed, err := mail.ParseAddress(email); err != nil || parsed.Address != email {
			problems.Check(path, &limit.Error{Got: email, Want: "a plain e-mail address"})
		}
		if seen[email] {
			problems.Check(path, &limit.Error{Got: email, Want: "each address once"})
		}
		seen[email] = true
	}
}

func (a Args) emails(severity Severity) []string {
	switch severity {
	case Critical:
		return a.CriticalEmails
	case Warning:
		return a.WarningEmails
	default:
		return a.InfoEmails
	}
}

func (n *Notifications) declare(ctx *pulumi.Context, name string, args Args) error {
	topics, err := n.topics(ctx, name, args)
	if err != nil {
		return err
	}
	n.CriticalTopicARN, n.WarningTopicARN, n.InfoTopicARN = topics[Critical], topics[Warning], topics[Info]
	for _, alert := range alerts(args.EmergencyRoleARN) {
		err := alert.declare(ctx, name, args.Scope, topics[alert.severity], nil, pulumi.Parent(n))
		if err != nil {
			return err
		}
	}
	return nil
}
