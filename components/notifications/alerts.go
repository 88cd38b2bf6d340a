package notifications

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// alert is one kind of event and how severe it is.
type alert struct {
	part        string // of names
	severity    Severity
	description string
	pattern     pattern
	readOnly    bool // whether API calls that change nothing count
}

// pattern is an EventBridge event pattern.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
type pattern map[string]any

// event matches events of a source and a type whose detail is as given.
func event(source, detailType string, detail pattern) pattern {
	return pattern{"source": []string{source}, "detail-type": []string{detailType}, "detail": detail}
}

// numeric matches a number by comparisons, numeric(">=", 4, "<", 7).
func numeric(comparisons ...any) []pattern { return []pattern{{"numeric": comparisons}} }

// alerts are what a region's rules match.
func alerts(emergencyRoleARN string) []alert {
	all := []alert{rootSignIn(), emergency(emergencyRoleARN)}
	for _, of := range [][]alert{guardDuty(), securityHub(), inspector(), accessAnalyzer(), health(), databases()} {
		all = append(all, of...)
	}
	return all
}

// rootSignIn: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
func rootSignIn() alert {
	return alert{
		part: "root-sign-in", severity: Critical, description: "The root user signed in or tried to",
		pattern: event("aws.signin", "AWS Console Sign In via CloudTrail",
			pattern{"userIdentity": pattern{"type": []string{"Root"}}}),
	}
}

// emergency: taking a role changes nothing, as CloudTrail sees it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
func emergency(roleARN string) alert {
	return alert{
		part: "emergency", severity: Critical, description: "Somebody took the emergency role", readOnly: true,
		pattern: event("aws.sts", "AWS API Call via CloudTrail", pattern{
			"eventSource":       []string{"sts.amazonaws.com"},
			"requestParameters": pattern{"roleArn": []string{roleARN}},
		}),
	}
}

// found is an alert of what a service found.
func found(part string, severity Severity, description string, pattern pattern) alert {
	return alert{part: part + "-" + string(severity), severity: severity, description: description, pattern: pattern}
}

// guardDuty: 7 and more is high or critical, 4 and more medium.
// https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
func guardDuty() []alert {
	of := func(severity Severity, comparisons ...any) alert {
		return found("guardduty", severity, "GuardDuty found a threat",
			event("aws.guardduty", "GuardDuty Finding", pattern{"severity": numeric(comparisons...)}))
	}
	return []alert{of(Critical, ">=", 7), of(Warning, ">=", 4, "<", 7), of(Info, "<", 4)}
}

// securityHub are new failures of its own controls; other services' findings are told as theirs.
// https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
func securityHub() []alert {
	of := func(severity Severity, label string) alert {
		return found("securityhub", severity, "A control of Security Hub failed",
			event("aws.securityhub", "Security Hub Findings - Imported", pattern{"findings": pattern{
				"ProductName": []string{"Security Hub"},
				"Severity":    pattern{"Label": []string{label}},
				"Compliance":  pattern{"Status": []string{"FAILED"}},
				"Workflow":    pattern{"Status": []string{"NEW"}},
				"RecordState": []string{"ACTIVE"},
			}}))
	}
	return []alert{of(Critical, "CRITICAL"), of(Warning, "HIGH"), of(Info, "MEDIUM")}
}

// inspector: https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
func inspector() []alert {
	of := func(severity Severity, label string) alert {
		return found("inspector", severity, "Inspector found a vulnerability",
			event("aws.inspector2", "Inspector2 Finding",
				pattern{"severity": []string{label}, "status": []string{"ACTIVE"}}))
	}
	return []alert{of(Critical, "CRITICAL"), of(Warning, "HIGH"), of(Info, "MEDIUM")}
}

// accessAnalyzer: what the whole world can reach is critical, what another account can reach a warning.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html
func accessAnalyzer() []alert {
	external := func(severity Severity, public bool) alert {
		return found("access", severity, "Access Analyzer found something open to others",
			event("aws.access-analyzer", "Access Analyzer Finding",
				pattern{"status": []string{"ACTIVE"}, "isPublic": []bool{public}}))
	}
	unused := found("access", Info, "Access Analyzer found access that nobody uses",
		event("aws.access-analyzer", "Unused Access Finding for IAM entities", pattern{"status": []string{"ACTIVE"}}))
	return []alert{external(Critical, true), external(Warning, false), unused}
}

// health: https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
func health() []alert {
	of := func(severity Severity, category string) alert {
		return found("health", severity, "AWS Health tells of an event of the category "+category,
			event("aws.health", "AWS Health Event", pattern{"eventTypeCategory": []string{category}}))
	}
	return []alert{of(Critical, "issue"), of(Warning, "scheduledChange"), of(Info, "accountNotification")}
}

// databases: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
func databases() []alert {
	of := func(severity Severity, categories ...string) alert {
		return found("database", severity, "RDS tells of a database",
			event("aws.rds", "RDS DB Instance Event", pattern{"EventCategories": categories}))
	}
	parameters := found("parameters", Info, "RDS tells of the parameters of a database",
		event("aws.rds", "RDS DB Parameter Group Event", pattern{"EventCategories": []string{"configuration change"}}))
	return []alert{of(Critical, "failure", "low storage"), of(Warning, "failover"),
		of(Info, "configuration change", "maintenance"), parameters}
}

// state: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
func (a alert) state() string {
	if a.readOnly {
		return "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
	}
	return "ENABLED"
}

// declare sends the alert's events to a target, by a role where the target asks for one.
func (a alert) declare(ctx *pulumi.Context, name string, scope naming.Scope, target pulumi.StringInput,
	roleARN pulumi.StringPtrInput, parent pulumi.ResourceOption) error {
	text, err := json.Marshal(a.pattern)
	if err != nil {
		return fmt.Errorf("rule %s: %w", a.part, err)
	}
	physical := scope.Name(a.part)
	rule, err := cloudwatch.NewEventRule(ctx, name+"-"+a.part, &cloudwatch.EventRuleArgs{
		Name:         pulumi.String(physical),
		Description:  pulumi.String(a.description),
		EventPattern: pulumi.String(string(text)),
		State:        pulumi.String(a.state()),
		Tags:         pulumi.ToStringMap(scope.Tags("notifications", physical, naming.Internal)),
	}, parent)
	if err != nil {
		return fmt.Errorf("rule %s: %w", a.part, err)
	}
	_, err = cloudwatch.NewEventTarget(ctx, name+"-"+a.part+"-target", &cloudwatch.EventTargetArgs{
		Rule:     rule.Name,
		TargetId: pulumi.String(a.part),
		Arn:      target,
		RoleArn:  roleARN,
	}, parent)
	if err != nil {
		return fmt.Errorf("target of rule %s: %w", a.part, err)
	}
	return nil
}
