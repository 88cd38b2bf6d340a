package flow

import (
	"cmp"
	"container/heap"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"haven/infra/sandbox/world"

	"github.com/blues/jsonata-go"
)

// engine is an advance while it runs.
type engine struct {
	tx *world.Tx
	// grants, machines and expressions are what was asked and read once.
	grants      map[[5]string]bool
	machines    map[string]machine
	expressions map[string]*jsonata.Expr
	// tasks are those that were run for state machines, by ARN.
	tasks map[string]ranTask
	*estate
	*permits
	data   *data
	now    time.Time
	queue  events
	report Report
}

// event is something that happens at a time.
type event struct {
	at   time.Time
	rank rank
	id   string
	do   func()
	// again is when it happens next, after a time; nil of what happens once.
	again func(after time.Time) time.Time
}

// rank is the order of what happens at the same time: what ends comes before what begins, and what looks comes last.
type rank int

const (
	ending rank = iota
	beginning
	measuring
	judging
)

// events are in the order of their times, ranks and IDs, so that an advance is deterministic.
type events []event

func (q events) Len() int { return len(q) }
func (q events) Less(i, j int) bool {
	if order := q[i].at.Compare(q[j].at); order != 0 {
		return order < 0
	}
	return cmp.Or(cmp.Compare(q[i].rank, q[j].rank), strings.Compare(q[i].id, q[j].id)) < 0
}
func (q events) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *events) Push(x any)   { *q = append(*q, x.(event)) }
func (q *events) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

func newEngine(tx *world.Tx, seed uint64) *engine {
	e := &engine{
		tx: tx, estate: newEstate(tx), data: load(tx), grants: map[[5]string]bool{},
		machines: map[string]machine{}, expressions: map[string]*jsonata.Expr{},
		tasks: map[string]ranTask{},
	}
	e.permits = newPermits(e.estate)
	if seed != 0 {
		e.data.flow.Seed = seed
	}
	return e
}

// run moves everything until a time. What begins then is begun, what would end later stays under way.
func (e *engine) run(to time.Time) Report {
	from := e.data.flow.Until
	if from.IsZero() {
		from = e.oldest(to)
	}
	e.report = Report{From: from, To: to, Changes: []AlarmChange{}}
	if !from.Before(to) {
		return e.report
	}
	e.now = from
	e.write(from, to)
	for _, job := range e.data.jobs {
		e.enqueue(job)
	}
	for _, recurring := range e.recurring() {
		e.push(recurring, from)
	}
	for len(e.queue) > 0 && !e.queue[0].at.After(to) {
		next := heap.Pop(&e.queue).(event)
		e.now = next.at
		e.report.Events++
		next.do()
		if next.again != nil {
			e.push(next, next.at)
		}
	}
	e.now = to
	e.expire()
	e.keepReaches()
	e.data.flow.Until = to
	return e.report
}

// oldest is when the oldest of what moves data was made: there data begins.
func (e *engine) oldest(to time.Time) time.Time {
	oldest := to
	for _, made := range e.made {
		if !made.IsZero() && made.Before(oldest) {
			oldest = made
		}
	}
	return oldest.UTC()
}

// recurring is all that happens again and again by what the world holds.
func (e *engine) recurring() []event {
	var all []event
	for _, events := range [][]event{
		e.schedules(), e.backupRules(), e.automatedSnapshots(), e.transferJobs(), e.alarmEvaluations(), e.alertEvaluations(),
	} {
		all = append(all, events...)
	}
	return all
}

func (e *engine) push(next event, after time.Time) {
	if next.at = next.again(after); !next.at.IsZero() {
		heap.Push(&e.queue, next)
	}
}

// later has a job done at a time, in this advance or a later one. What is the handler's.
func (e *engine) later(kind, id string, at time.Time, what any) {
	raw, err := json.Marshal(what)
	if err != nil {
		panic(err) // jobs are of strings, numbers, times and JSON values
	}
	job := world.Job{Kind: kind, ID: id, At: at, What: raw}
	e.data.jobs[kind+"|"+id] = job
	e.enqueue(job)
}

func (e *engine) enqueue(job world.Job) {
	heap.Push(&e.queue, event{at: job.At, rank: ending, id: job.Kind + "|" + job.ID, do: func() {
		delete(e.data.jobs, job.Kind+"|"+job.ID)
		e.finish(job)
	}})
}

// finish does a job.
func (e *engine) finish(job world.Job) {
	switch job.Kind {
	case dumpJob:
		perform(job, e.finishDump)
	case replicationJob:
		perform(job, e.replicate)
	case backupJob:
		perform(job, e.finishBackup)
	case copyJob:
		perform(job, e.finishCopy)
	case exportJob:
		perform(job, e.finishExport)
	case executionJob:
		perform(job, e.resume)
	}
}

func perform[T any](job world.Job, do func(T)) {
	var what T
	if err := json.Unmarshal(job.What, &what); err != nil {
		panic(fmt.Sprintf("the job %s %s: %v", job.Kind, job.ID, err)) // it was written by later
	}
	do(what)
}

// draw is a number from 0 up to 1 that follows from the seed and the words alone.
func (e *engine) draw(words ...string) float64 {
	hash := sha256.New()
	_ = binary.Write(hash, binary.BigEndian, e.data.flow.Seed) // a hash takes every byte
	hash.Write([]byte(strings.Join(words, "\x00")))
	return float64(binary.BigEndian.Uint64(hash.Sum(nil))>>11) / (1 << 53)
}

// between is a duration drawn between two, in whole seconds.
func (e *engine) between(least, most time.Duration, words ...string) time.Duration {
	return (least + time.Duration(e.draw(words...)*float64(most-least))).Truncate(time.Second)
}

// every is each whole period.
func every(period time.Duration) func(time.Time) time.Time {
	return func(after time.Time) time.Time { return after.Truncate(period).Add(period) }
}
