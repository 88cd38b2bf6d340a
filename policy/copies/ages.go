package copies

import (
	"slices"
	"strings"
	"time"

	"haven/components/tiers"
	"haven/policy/graph"
	"haven/policy/props"
)

// measured is the metric of a copy's age, in minutes.
const measured = "CopyAgeMinutes"

// slack is how far the alarm on point-in-time recovery lies above its bound: its age moves in steps of five minutes.
const slack = 10 * time.Minute

// abroad are the kinds of copies that lie in another region.
var abroad = []tiers.Copy{tiers.SnapshotCopy, tiers.FilesCopy, tiers.DumpCopy, tiers.ReplicatedBackup, tiers.Replica}

// Abroad says whether copies of a kind lie in another region. A tenant that was taken over has none of them: the region
// that they would be in is the one that is lost.
func Abroad(kind tiers.Copy) bool { return slices.Contains(abroad, kind) }

// ages asks for an alarm on the age of each kind of copy, of which somebody is told, and for what measures it.
func (t *tenant) ages() {
	for _, bound := range t.promise.Bounds {
		if t.taken && Abroad(bound.Copy) {
			continue
		}
		switch bound.Copy {
		case tiers.Replica: // its lag is measured by RDS
		case tiers.Mirror:
			t.mirrorAge()
		default:
			t.age(bound)
		}
	}
}

func (t *tenant) age(bound tiers.Bound) {
	most := bound.Age
	if bound.Copy == tiers.PointInTime {
		most += slack
	}
	found := false
	for _, a := range t.own(alarm) {
		found = found || a.Text("metricName") == measured && a.Text("dimensions.Copy") == string(bound.Copy) &&
			a.Text("namespace") == "Haven/"+t.stack && tells(a) && threshold(a) <= most.Minutes() &&
			a.Text("treatMissingData") == "breaching"
	}
	t.need(found, "copies/age-alarm", nil, "nobody is told when the newest copy of the kind %s is older than %v",
		bound.Copy, most)
	t.need(t.measures(bound.Copy), "copies/age-measured", nil,
		"no state machine that is started measures the age of the kind %s", bound.Copy)
}

// tells says whether an alarm is on, and told to somebody.
func tells(a *graph.Resource) bool {
	off := a.Outputs.Get("actionsEnabled")
	return len(props.Texts(a.Outputs, "alarmActions[*]")) > 0 && (!off.IsBool() || off.AsBool())
}

func threshold(a *graph.Resource) float64 {
	if value, is := props.Number(a.Outputs, "threshold"); is {
		return value
	}
	return longest.Minutes() * 1000
}

// measures says whether a state machine publishes the age of a kind of copy, and is started by a schedule.
func (t *tenant) measures(kind tiers.Copy) bool {
	for _, machine := range t.own(stateMachine) {
		definition := machine.Text("definition")
		if strings.Contains(definition, measured) && strings.Contains(definition, `"`+string(kind)+`"`) &&
			t.started(machine) {
			return true
		}
	}
	return false
}

// started says whether a schedule that is on starts a state machine.
func (t *tenant) started(machine *graph.Resource) bool {
	for _, s := range t.Where(schedule, "target.arn", machine.Text("arn")) {
		if s.Text("state") != "DISABLED" {
			return true
		}
	}
	for _, target := range t.Where(eventTarget, "arn", machine.Text("arn")) {
		rule := t.First(eventRule, "name", target.Text("rule"))
		if rule != nil && rule.Text("state") != "DISABLED" {
			return true
		}
	}
	return false
}

// lag asks for an alarm on how far a replica is behind.
func (t *tenant) lag(db, replica *graph.Resource) {
	bound, _ := t.promise.Bound(tiers.Replica)
	for _, a := range t.own(alarm) {
		if a.Text("metricName") == "ReplicaLag" && a.Text("dimensions.DBInstanceIdentifier") == replica.Text("identifier") &&
			tells(a) && threshold(a) <= bound.Seconds() && a.Text("treatMissingData") == "breaching" {
			return
		}
	}
	t.find("copies/age-alarm", db, "nobody is told when its replica is more than %v behind", bound)
}

// mirrorAge asks for an alert at Google when no dump of the tenant arrives there any more. Where it was taken over the
// alerts on the transfers do.
func (t *tenant) mirrorAge() {
	policies := t.own(alertPolicy)
	if t.taken {
		for _, policy := range t.OfType(alertPolicy) {
			if slices.ContainsFunc(t.OfType(transferJob), func(job *graph.Resource) bool { return job.Stack == policy.Stack }) {
				policies = append(policies, policy)
			}
		}
	}
	for _, policy := range policies {
		on := policy.Outputs.Get("enabled")
		if (!on.IsBool() || on.AsBool()) && len(props.Texts(policy.Outputs, "notificationChannels[*]")) > 0 {
			return
		}
	}
	t.find("copies/mirror-alarm", nil, "nobody is told by Google when its dumps no longer arrive there")
}

// exported asks for the export of snapshots to the backup bucket.
func (t *tenant) exported(db *graph.Resource) {
	for _, machine := range t.own(stateMachine) {
		if strings.Contains(machine.Text("definition"), "startExportTask") && t.started(machine) {
			return
		}
	}
	t.find("copies/export", db, "nothing that is started exports its snapshots to the backup bucket")
}
