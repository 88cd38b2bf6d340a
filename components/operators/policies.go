package operators

import (
	"strconv"

	"haven/components/iamdoc"
)

// trust lets the principals in who gave a second factor within the last hour.
func (a Args) trust() iamdoc.Document {
	return iamdoc.Document{Statements: []iamdoc.Statement{{
		Sid:        "WithSecondFactor",
		Principals: iamdoc.Principals{AWS: a.Principals},
		Actions:    []string{"sts:AssumeRole"},
		Conditions: iamdoc.Conditions{
			iamdoc.Bool:       {"aws:MultiFactorAuthPresent": {"true"}},
			"NumericLessThan": {"aws:MultiFactorAuthAge": {strconv.Itoa(secondsPerHour)}},
		},
	}}}
}

// emergencyTrust lets them in where it is reported.
func (a Args) emergencyTrust() iamdoc.Document {
	document := a.trust()
	document.Statements[0].Conditions[iamdoc.StringEquals] = map[string][]string{"aws:RequestedRegion": a.Regions}
	return document
}

// arns are those of the environment's resources of a kind, in any region: "arn:aws:ecs:*:<account>:service/demo-*".
func (a Args) arns(service string, resources ...string) []string {
	var arns []string
	for _, resource := range resources {
		arns = append(arns, "arn:aws:"+service+":*:"+a.Account+":"+resource+a.Scope.Environment+"-*")
	}
	return arns
}

// operate is what managing, maintaining, watching and backing up takes. Sessions in tasks are ECS's, which go through
// Session Manager, encrypted and logged as the cluster says: to open one past ECS is not allowed.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
func (a Args) operate() iamdoc.Document {
	return iamdoc.Document{Statements: []iamdoc.Statement{
		{
			Sid:       "RestartServices",
			Actions:   []string{"ecs:StopTask", "ecs:UpdateService"},
			Resources: a.arns("ecs", "service/", "task/"),
		},
		{
			Sid:       "OpenSessions",
			Actions:   []string{"ecs:ExecuteCommand"},
			Resources: a.arns("ecs", "cluster/", "task/"),
		},
		{
			Sid:       "MaintainDatabases",
			Actions:   []string{"rds:AddTagsToResource", "rds:CreateDBSnapshot", "rds:RebootDBInstance"},
			Resources: a.arns("rds", "db:", "snapshot:"),
		},
		{
			Sid:       "MaintainCaches",
			Actions:   []string{"elasticache:CreateSnapshot", "elasticache:RebootCacheCluster", "elasticache:TestFailover"},
			Resources: a.arns("elasticache", "cluster:", "replicationgroup:", "snapshot:"),
		},
		{
			Sid:       "ReadLogs",
			Actions:   []string{"logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetQueryResults", "logs:StartQuery"},
			Resources: a.arns("logs", "log-group:/haven/"),
		},
		{
			Sid:       "StopQueries", // of whatever StartQuery allowed: it knows no resource
			Actions:   []string{"logs:StopQuery"},
			Resources: []string{"*"},
		},
	}}
}

// keepWatch keeps the emergency role from stopping or silencing what records and reports it, and from destroying what
// cannot be made again. AWS's PowerUserAccess, which it restricts, manages no identities.
func (a Args) keepWatch() iamdoc.Document {
	deny := func(sid string, resources []string, actions ...string) iamdoc.Statement {
		return iamdoc.Statement{Sid: sid, Effect: iamdoc.Deny, Actions: actions, Resources: resources}
	}
	everything := []string{"*"}
	return iamdoc.Document{Statements: []iamdoc.Statement{
		deny("KeepRecords", everything,
			"cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail",
			"config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel", "config:StopConfigurationRecorder"),
		deny("KeepDetectors", everything,
			"access-analyzer:DeleteAnalyzer", "guardduty:DeleteDetector", "guardduty:UpdateDetector",
			"inspector2:Disable", "securityhub:BatchDisableStandards", "securityhub:DisableSecurityHub"),
		deny("KeepKeysAndLocks", everything,
			"kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "s3:BypassGovernanceRetention",
			"s3:PutAccountPublicAccessBlock"),
		deny("KeepAlarms", append(a.own("events", "rule/"), a.own("sns", "")...),
			"events:DeleteRule", "events:DisableRule", "events:PutRule", "events:RemoveTargets",
			"sns:DeleteTopic", "sns:SetTopicAttributes"),
		deny("KeepSubscriptions", everything, "sns:Unsubscribe"), // which knows no resource
	}}
}

// own are the ARNs of this stack's resources of a kind, in any region.
func (a Args) own(service, resource string) []string {
	return []string{"arn:aws:" + service + ":*:" + a.Account + ":" + resource + a.Scope.Name("*")}
}
