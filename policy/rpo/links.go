package rpo

import (
	"encoding/json"
	"slices"
	"time"

	"haven/components/tiers"
	"haven/policy/copies"
	"haven/policy/graph"
	"haven/policy/props"
)

// What steps are given that nothing declared bounds. Where one takes longer, the alarm on the age of its copy tells.
const (
	// dumping is for a dump to be made, all its parts and the manifest.
	dumping = 30 * time.Minute
	// vaulting is for a recovery point to be copied to a vault of another region.
	vaulting = 2 * time.Hour
	// fetching is for a transfer that hears of an object to bring it.
	// https://cloud.google.com/storage-transfer/docs/event-driven-transfers
	fetching = 15 * time.Minute
)

// What the providers say.
const (
	// Transaction logs leave a database every five minutes.
	// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
	logging = 5 * time.Minute
	// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
	replicatedBackup = 30 * time.Minute
	// Automated snapshots are made in each day's backup window.
	// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
	daily = 24 * time.Hour
)

// chain is that of a kind of copy.
func (t tenant) chain(of tiers.Bound) Chain {
	c := Chain{Stack: t.stack, Bound: of}
	switch of.Copy {
	case tiers.PointInTime:
		t.pointInTime(&c)
	case tiers.ReplicatedBackup:
		t.replicated(&c)
	case tiers.Replica:
		t.replica(&c)
	case tiers.Snapshot, tiers.SnapshotCopy:
		t.recoveryPoints(&c, instance, tiers.Snapshot)
	case tiers.Files, tiers.FilesCopy:
		t.recoveryPoints(&c, fileSystem, tiers.Files)
	case tiers.Export:
		t.export(&c)
	case tiers.Dump:
		t.dump(&c)
	case tiers.DumpCopy:
		t.dump(&c)
		t.dumpCopy(&c)
	case tiers.Mirror:
		t.dump(&c)
		t.mirror(&c)
	default:
		c.Missing = "no chain is known"
	}
	return c
}

func (c *Chain) add(ends tiers.Copy, by *graph.Resource, most time.Duration, what string) {
	c.Links = append(c.Links, Link{What: what, Most: most, By: by, Ends: ends})
}

// lacks notes the first thing that is missing.
func (c *Chain) lacks(what string) {
	if c.Missing == "" {
		c.Missing = what
	}
}

// database is the tenant's own, that is no replica; where it was taken over, it may be the replica that was promoted, which
// the tenant's former stack declares.
func (t tenant) database() *graph.Resource {
	own := first(t.own(instance, func(r *graph.Resource) bool { return r.Text("replicateSourceDb") == "" }))
	if own == nil && t.taken {
		return t.First(instance, "arn", props.Text(t.exported, "databaseArn"))
	}
	return own
}

// stores are the tenant's own of a type.
func (t tenant) stores(token string) []*graph.Resource {
	if token == instance {
		return slices.DeleteFunc([]*graph.Resource{t.database()}, func(r *graph.Resource) bool { return r == nil })
	}
	return t.own(token, func(*graph.Resource) bool { return true })
}

func first(all []*graph.Resource) *graph.Resource {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

func (t tenant) pointInTime(c *Chain) {
	database := t.database()
	if days := 0.0; database != nil {
		if days, _ = props.Number(database.Outputs, "backupRetentionPeriod"); days > 0 {
			c.add(c.Copy, database, logging, "logs every")
			return
		}
	}
	c.lacks("no database keeps automated backups: set backupRetentionPeriod")
}

func (t tenant) replicated(c *Chain) {
	by := first(t.own(replicatedBackups, func(*graph.Resource) bool { return true }))
	if by == nil {
		c.lacks("its backups are not replicated: declare an InstanceAutomatedBackupsReplication")
		return
	}
	c.add(c.Copy, by, replicatedBackup, "backups are behind by")
}

// replica is as far behind as the alarm on its lag lets it be.
func (t tenant) replica(c *Chain) {
	by := first(t.own(instance, func(r *graph.Resource) bool { return r.Text("replicateSourceDb") != "" }))
	lag := t.lag()
	if by == nil || lag == nil {
		c.lacks("there is no replica with an alarm on its lag: declare both")
		return
	}
	seconds, _ := props.Number(lag.Outputs, "threshold")
	c.add(c.Copy, lag, time.Duration(seconds*float64(time.Second)), "the replica is behind by")
}

// recoveryPoints are those of the store of a type, in the vault beside it and, but for the first kind, far away.
func (t tenant) recoveryPoints(c *Chain, token string, beside tiers.Copy) {
	for _, store := range t.stores(token) {
		selected := t.First(selection, "resources[*]", store.Text("arn"))
		if selected == nil {
			continue
		}
		chosen := t.First(plan, "id", selected.Text("planId"))
		if chosen == nil {
			continue
		}
		for _, rule := range props.Maps(chosen.Outputs, "rules[*]") {
			gap, err := copies.LongestGap(props.Text(rule, "schedule"))
			if err != nil || c.Copy != beside && len(props.Maps(rule, "copyActions[*]")) == 0 {
				continue
			}
			c.add(beside, chosen, gap, "a recovery point every")
			c.add(beside, chosen, minutes(rule, "startWindow"), "begun within")
			c.add(beside, chosen, minutes(rule, "completionWindow"), "made within")
			if c.Copy != beside {
				c.add(c.Copy, nil, vaulting, "copied within")
			}
			return
		}
	}
	c.lacks("no plan of AWS Backup makes it: select what it is of")
}

// export is of the snapshot of the day, and given up when its state machine is.
func (t tenant) export(c *Chain) {
	for _, machine := range t.own(stateMachine, func(*graph.Resource) bool { return true }) {
		var definition struct {
			TimeoutSeconds float64
			States         map[string]struct{ Resource string }
		}
		if json.Unmarshal([]byte(machine.Text("definition")), &definition) != nil {
			continue
		}
		for _, state := range definition.States {
			if state.Resource == "arn:aws:states:::aws-sdk:rds:startExportTask" {
				c.add(c.Copy, t.database(), daily, "a snapshot every")
				c.add(c.Copy, machine, time.Duration(definition.TimeoutSeconds*float64(time.Second)), "exported within")
				return
			}
		}
	}
	c.lacks("no state machine exports snapshots")
}

// dump is the way of a dump to the archive.
func (t tenant) dump(c *Chain) {
	for _, s := range t.own(schedule, func(s *graph.Resource) bool {
		return s.Text("target.ecsParameters.taskDefinitionArn") != "" && s.Text("state") != "DISABLED"
	}) {
		if gap, err := copies.LongestGap(s.Text("scheduleExpression")); err == nil {
			c.add(tiers.Dump, s, gap+minutes(s.Outputs, "flexibleTimeWindow.maximumWindowInMinutes"), "a dump every")
			c.add(tiers.Dump, nil, dumping, "made within")
			return
		}
	}
	c.lacks("no schedule that is on dumps it")
}

func (t tenant) archive() string { return props.Text(t.exported, "archiveBucket") }

// dumpCopy is how it goes on from there to the recovery region.
func (t tenant) dumpCopy(c *Chain) {
	for _, replication := range t.Where(bucketReplication, "bucket", t.archive()) {
		for _, rule := range props.Maps(replication.Outputs, "rules[*]") {
			within := minutes(rule, "destination.replicationTime.time.minutes")
			if props.Text(rule, "status") == "Enabled" && within > 0 {
				c.add(c.Copy, replication, within, "replicated within")
				return
			}
		}
	}
	c.lacks("no replication of the archive with Replication Time Control is on")
}

// mirror is how it goes on from there to Google Cloud: as it is heard of, or else with the next run.
func (t tenant) mirror(c *Chain) {
	var every *graph.Resource
	for _, job := range t.Where(transferJob, "transferSpec.awsS3DataSource.bucketName", t.archive()) {
		if job.Text("status") == "DISABLED" {
			continue
		}
		if job.Text("eventStream.name") != "" {
			c.add(c.Copy, job, fetching, "fetched within")
			return
		}
		every = job
	}
	if every != nil {
		if gap, err := time.ParseDuration(every.Text("schedule.repeatInterval")); err == nil {
			c.add(c.Copy, every, gap, "looked for every")
			c.add(c.Copy, nil, fetching, "fetched within")
			return
		}
	}
	c.lacks("no transfer of the archive to Google is on")
}
