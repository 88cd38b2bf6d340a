package topics

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

// listening are the rules on who hears of what goes wrong with copies.
var listening = []rules.Rule{
	across("eb-backups-heard", backupsHeard, selection, restoreTest),
	across("eb-tasks-heard", tasksHeard, schedule),
	across("eb-own-databases", ownDatabases, eventRule),
}

// severities are those of GuardDuty, of each kind those at its bounds.
// https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
var severities = []float64{1, 3.9, 4, 6.9, 7, 8.9, 9, 10}

// severitiesTold demands, in each region, a rule for each severity of what GuardDuty finds.
func severitiesTold(l *rules.Look) {
	for _, region := range regions(l) {
		for _, severity := range severities {
			if !severityTold(l, region, severity) {
				lacks(l, fmt.Sprintf("nobody is told of findings of GuardDuty in %s of severity %v", region, severity),
					"an EventRule for each", "declare one with detail.severity in numeric ranges that leave none out")
				break
			}
		}
	}
}

func severityTold(l *rules.Look, region string, severity float64) bool {
	return slices.ContainsFunc(inStack(l, eventRule), func(r *graph.Resource) bool {
		p, is := patternOf(l.At(r))
		if !is {
			return !l.At(r).Known("eventPattern")
		}
		ranges, asked := p.Detail["severity"].([]any)
		return r.Region == region && slices.Contains(p.Kinds, "GuardDuty Finding") &&
			(!asked || slices.ContainsFunc(ranges, func(one any) bool { return within(one, severity) }))
	})
}

// within says whether a number is in a range of a pattern, {"numeric": [">=", 4, "<", 7]}, or is what it names.
func within(pattern any, n float64) bool {
	object, is := pattern.(map[string]any)
	if !is {
		return pattern == n
	}
	terms, _ := object["numeric"].([]any)
	if len(terms) == 0 || len(terms)%2 != 0 {
		return false
	}
	for i := 0; i < len(terms); i += 2 {
		bound, number := terms[i+1].(float64)
		is = is && number
		switch terms[i] {
		case ">=":
			is = is && n >= bound
		case ">":
			is = is && n > bound
		case "<":
			is = is && n < bound
		case "<=":
			is = is && n <= bound
		case "=":
			is = is && n == bound
		default:
			is = false
		}
	}
	return is
}

// jobs are the kinds of jobs of AWS Backup, and where each says how it ended.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
var jobs = map[string]string{
	"Backup Job State Change": "state", "Copy Job State Change": "state", "Restore Job State Change": "status",
}

// backupsHeard demands that a rule hears of each kind of job under the role of a selection that does not end well: of
// one for tests, those that restore.
func backupsHeard(l *rules.Look) {
	role, kinds := l.Text("iamRoleArn"), slices.Sorted(maps.Keys(jobs))
	if role == "" {
		return
	}
	if l.Resource.Type == restoreTest {
		kinds = []string{"Restore Job State Change"}
	}
	for _, kind := range kinds {
		heard := slices.ContainsFunc(inStack(l, eventRule), func(r *graph.Resource) bool {
			p, is := patternOf(l.At(r))
			if !is {
				return !l.At(r).Known("eventPattern")
			}
			roles := plainTexts(p.Detail["iamRoleArn"])
			return slices.Contains(p.Kinds, kind) && (len(roles) == 0 || slices.Contains(roles, role)) &&
				slices.ContainsFunc(p.ways(), func(way map[string]any) bool {
					return slices.Equal(plainTexts(way[jobs[kind]]), unfinished)
				})
		})
		if !heard {
			lacks(l, "nobody hears of a "+kind+" of "+role+" to "+strings.Join(unfinished, ", "), "an EventRule for it",
				"declare one")
		}
	}
}

// ways are what each alternative of a pattern asks of the detail.
func (p pattern) ways() []map[string]any {
	list, is := p.Detail["$or"].([]any)
	if !is {
		return []map[string]any{p.Detail}
	}
	var all []map[string]any
	for _, one := range list {
		if way, is := one.(map[string]any); is {
			all = append(all, way)
		}
	}
	return all
}

// tasksHeard demands that somebody hears of a task by the clock that does not start, or ends with an error.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
func tasksHeard(l *rules.Look) {
	definitions := l.Named("target.ecsParameters.taskDefinitionArn", taskDefinition)
	if len(definitions) == 0 || !l.Sure() {
		return
	}
	family := "family:" + definitions[0].Text("family")
	var starts, ends bool
	for _, r := range inStack(l, eventRule) {
		p, is := patternOf(l.At(r))
		if !is || !slices.Contains(p.Kinds, "ECS Task State Change") ||
			!slices.Contains(plainTexts(p.Detail["group"]), family) {
			starts, ends = starts || !l.At(r).Known("eventPattern"), ends || !l.At(r).Known("eventPattern")
			continue
		}
		for _, way := range p.ways() {
			starts = starts || slices.Contains(plainTexts(way["stopCode"]), "TaskFailedToStart")
			ends = ends || failsOf(way)
		}
	}
	for what, heard := range map[string]bool{"does not start": starts, "ends with an error": ends} {
		if !heard {
			lacks(l, "nobody hears of a task of "+family+" that "+what, "an EventRule with it as detail.group", "declare one")
		}
	}
}

// failsOf says whether a way is that some container ends with another code than 0.
func failsOf(way map[string]any) bool {
	containers, _ := way["containers"].(map[string]any)
	codes, _ := containers["exitCode"].([]any)
	return slices.ContainsFunc(codes, func(code any) bool {
		object, _ := code.(map[string]any)
		but, _ := object["anything-but"].([]any)
		return len(but) == 1 && but[0] == 0.0
	})
}

// ownDatabases demands that a rule on the snapshots or the password of a database is about one of its stack. A stack that
// brings back what another one had has that one's password.
func ownDatabases(l *rules.Look) {
	p, is := patternOf(l)
	if !is || l.Graph().Restoring(l.Resource.Stack) {
		return
	}
	var prefixes, secrets []string
	for _, r := range inStack(l, database) {
		declared := l.At(r)
		prefixes = append(prefixes, "rds:"+declared.Text("identifier")+"-")
		secrets = append(secrets, declared.Output().Texts("masterUserSecrets[*].secretArn")...)
	}
	for _, r := range inStack(l, secret) {
		secrets = append(secrets, l.At(r).Output().Text("arn"))
	}
	ids, _ := p.Detail["SourceIdentifier"].([]any)
	for _, one := range ids {
		object, _ := one.(map[string]any)
		if prefix, _ := object["prefix"].(string); !slices.Contains(prefixes, prefix) && l.Sure() {
			l.RefuseFound("eventPattern", "for snapshots called "+prefix, "those of a database of the stack", "correct it")
		}
	}
	more, _ := p.Detail["additionalEventData"].(map[string]any)
	for _, arn := range plainTexts(more["SecretId"]) {
		if !slices.Contains(secrets, arn) && l.Sure() {
			l.RefuseFound("eventPattern", "for "+arn, "the password of a database of the stack", "correct it")
		}
	}
}
