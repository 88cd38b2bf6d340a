package flow

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
)

// How often the workload writes.
const (
	transactionEvery = time.Minute
	fileEvery        = 10 * time.Minute
)

// logEvery is how often a database's transaction log goes to its automated backups.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
const logEvery = 5 * time.Minute

// write is the workload's, from one time until another: into each database of an active tenant that can be written to,
// and each file system.
func (e *engine) write(from, until time.Time) {
	for _, database := range e.all(databaseType) {
		if database.Text("replicateSourceDb") == "" && e.available(database) == nil && e.connected(database) == nil {
			e.writeInto(database, transactionEvery, e.unbroken(database, from), until)
		}
	}
	for _, files := range e.all(fileSystemType) {
		if e.usable(files.Text("kmsKeyId")) == nil {
			e.writeInto(files, fileEvery, from, until)
		}
	}
}

func (e *engine) writeInto(r cloud.Resource, every time.Duration, from, until time.Time) {
	tenant := tag(r, "tenant")
	if tenant == "" {
		return
	}
	if made := e.madeAt(r); made.After(from) {
		from = made
	}
	if e.data.ledgers[r.ID] == nil {
		seed := fnv.New64a()
		_, _ = fmt.Fprint(seed, r.ID) // a hash takes every byte
		e.data.ledgers[r.ID] = &world.Ledger{Source: r.ID, Tenant: tenant, Seed: seed.Sum64(), Every: every}
	}
	if e.active(tenant, r) && from.Before(until) {
		e.data.ledgers[r.ID].Write(from, until)
	}
}

// active says whether anything of a tenant's runs in the region of its data, and works on that very database where it
// says on which. A tenant whose services all stand still writes nothing; data that was brought back is written to by
// what names it alone.
func (e *engine) active(tenant string, data cloud.Resource) bool {
	stopped := broughtBack(data)
	for _, service := range e.all(serviceType) {
		if tag(service, "tenant") != tenant || service.Region != data.Region {
			continue
		}
		if number(service.Outputs, "desiredCount") > 0 && e.worksOn(service, data) {
			return true
		}
		stopped = true
	}
	return !stopped
}

// worksOn says whether a service's tasks have a database, or mount a file system, as far as their definition tells.
func (e *engine) worksOn(service, data cloud.Resource) bool {
	definition, found := e.taskDefinition(service.Text("taskDefinition"))
	if !found {
		return true
	}
	if data.Type == fileSystemType {
		mounts := texts(definition, mounted)
		return len(mounts) == 0 || slices.Contains(mounts, data.ID)
	}
	containers := definition.Text("containerDefinitions")
	return !strings.Contains(containers, databaseHost) || strings.Contains(containers, data.Text("address"))
}

// databaseHost is the variable by which the application's containers know their database.
const databaseHost = "DB_HOSTNAME"

// available says whether a database can be written to and read.
func (e *engine) available(database cloud.Resource) error {
	return firstOf(
		func() error { return e.usable(database.Text("kmsKeyId")) },
		func() error { return e.damage(database) },
	)
}

// backedUp says whether a database's automated backups go on.
func (e *engine) backedUp(database cloud.Resource) error {
	if number(database.Outputs, "backupRetentionPeriod") == 0 {
		return fmt.Errorf("%s keeps no automated backups", database.Text("identifier"))
	}
	return e.available(database)
}

// holder is what keeps up with a database all the time.
type holder struct {
	id string
	// source is the database's ID.
	source string
	moves  error
	// from is when it began; reach how far it is at a time, where it moves.
	from  time.Time
	reach func(at time.Time) time.Time
	// keeps is how long it keeps what it has; zero is for ever.
	keeps time.Duration
}

// holders are all of them.
func (e *engine) holders() []holder {
	var all []holder
	for _, database := range e.all(databaseType) {
		if database.Text("replicateSourceDb") != "" {
			all = append(all, e.replica(database))
		} else if e.data.ledgers[database.ID] != nil {
			all = append(all, e.automatedBackup(database))
		}
	}
	for _, replication := range e.all(automatedBackups) {
		all = append(all, e.replicated(replication))
	}
	return all
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

func (e *engine) automatedBackup(database cloud.Resource) holder {
	return holder{
		id: database.ID, source: database.ID, moves: e.backedUp(database), from: e.madeAt(database),
		reach: func(at time.Time) time.Time { return at.Truncate(logEvery) },
		keeps: days(number(database.Outputs, "backupRetentionPeriod")),
	}
}

var errNoSource = errors.New("its source is gone")

// replicated backups are up to half an hour behind.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
func (e *engine) replicated(replication cloud.Resource) holder {
	lag := e.between(5*time.Minute, 20*time.Minute, "replicated backups", replication.ID)
	h := holder{
		id: replication.ID, from: e.madeAt(replication), moves: errNoSource,
		reach: func(at time.Time) time.Time { return at.Add(-lag).Truncate(logEvery) },
		keeps: days(max(1, number(replication.Outputs, "retentionPeriod"))),
	}
	if source, found := e.arn(databaseType, replication.Text("sourceDbInstanceArn")); found {
		h.source = source.ID
		h.moves = firstOf(
			func() error { return e.backedUp(source) },
			func() error { return e.usable(replication.Text("kmsKeyId")) },
		)
	}
	return h
}

// replica lags by seconds.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html
func (e *engine) replica(replica cloud.Resource) holder {
	h := holder{
		id: replica.ID, from: e.madeAt(replica), moves: errNoSource,
		reach: func(at time.Time) time.Time {
			minute := at.Truncate(time.Minute).Format(time.RFC3339)
			return at.Add(-e.between(time.Second, 5*time.Second, "replica", replica.ID, minute))
		},
	}
	if source, found := e.replicaSource(replica); found {
		h.source = source.ID
		h.moves = firstOf(
			func() error { return e.backedUp(source) },
			func() error { return e.available(replica) },
		)
	}
	return h
}

// replicaSource is named by its ARN from another region, by its identifier within one.
func (e *engine) replicaSource(replica cloud.Resource) (cloud.Resource, bool) {
	name := replica.Text("replicateSourceDb")
	if source, found := e.arn(databaseType, name); found {
		return source, true
	}
	return e.find(databaseType, replica.Region, "identifier", name)
}

// reachOf is how far a holder's copy goes now; zero where it has none.
func (e *engine) reachOf(h holder) time.Time {
	kept := e.data.reaches[h.id]
	var reached time.Time
	if kept != nil {
		reached = kept.Until
	}
	if h.moves != nil {
		return reached
	}
	if now := h.reach(e.now); now.After(reached) && !now.Before(h.from) {
		return now
	}
	return reached
}

// keepReaches notes how far each holder is at the end of an advance.
func (e *engine) keepReaches() {
	for _, h := range e.holders() {
		kept := e.data.reaches[h.id]
		if kept == nil {
			kept = &world.Reach{Holder: h.id, Source: h.source, From: h.from}
		}
		if kept.Until, kept.Why = e.reachOf(h), ""; h.moves != nil {
			kept.Why = h.moves.Error()
		} else if h.keeps > 0 && kept.From.Before(e.now.Add(-h.keeps)) {
			kept.From = e.now.Add(-h.keeps)
		}
		if !kept.Until.IsZero() {
			e.data.reaches[h.id] = kept
		}
	}
}

// holderOf is the one of that ID.
func (e *engine) holderOf(id string) (holder, bool) {
	for _, h := range e.holders() {
		if h.id == id {
			return h, true
		}
	}
	return holder{}, false
}
