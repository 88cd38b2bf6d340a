package topics

import (
	"slices"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

// logGroups are the rules on where services log that would make a group themselves: without the customer's key, and to
// be kept for ever.
var logGroups = []rules.Rule{
	across("cw-groups-declared", declaredGroups, database, cluster, systemSetting),
}

// declaredGroups demands, of each log that a service would make a group for, that the stack declares the group where
// the service writes.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-reference-performance-logs-ECS.html
// https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-logging.html
func declaredGroups(l *rules.Look) {
	switch l.Resource.Type {
	case database:
		for _, log := range l.Texts("enabledCloudwatchLogsExports[*]") {
			groupOf(l, "enabledCloudwatchLogsExports", log, "/aws/rds/instance/", "identifier", "/"+log)
		}
	case cluster:
		insights := slices.ContainsFunc(l.Each("settings"), func(s *rules.Look) bool {
			return s.Text("name") == "containerInsights" && s.Text("value") != "disabled"
		})
		if insights {
			groupOf(l, "settings", "containerInsights", "/aws/ecs/containerinsights/", "name", "/performance")
		}
	case systemSetting:
		if strings.HasSuffix(l.Text("settingId"), "/customer-script-log-group-name") {
			groupOf(l, "settingValue", l.Text("settingValue"), "", "settingValue", "")
		}
	}
}

// groupOf demands the group whose name is what a property says, with what AWS puts before and after it.
func groupOf(l *rules.Look, path, what, before, property, after string) {
	name := l.Text(property)
	if name == "" {
		return
	}
	there := slices.ContainsFunc(inStack(l, logGroup), func(r *graph.Resource) bool {
		group := l.At(r)
		return r.Region == l.Resource.Region && group.Text("name") == before+name+after
	})
	if !there && l.Sure() {
		l.RefuseFound(path, what+", for which AWS makes a group of its own, without an end or the customer's key",
			"a LogGroup "+before+name+after+" of the stack", "declare it, with retentionInDays and kmsKeyId")
	}
}
