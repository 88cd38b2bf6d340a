package world

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"time"
)

// The data that resources hold. Each record names the resource it belongs to as the cloud does.
var (
	Ledgers   = Table[Ledger]{[]byte("ledgers"), func(l Ledger) []string { return []string{l.Source} }}
	Objects   = Table[Object]{[]byte("objects"), func(o Object) []string { return []string{o.Bucket, o.Key, o.Version} }}
	Points    = Table[Point]{[]byte("points"), func(p Point) []string { return []string{p.Vault, p.ID} }}
	Exports   = Table[Export]{[]byte("exports"), func(e Export) []string { return []string{e.Account, e.Region, e.ID} }}
	Reaches   = Table[Reach]{[]byte("reaches"), func(r Reach) []string { return []string{r.Holder} }}
	Metrics   = Table[Series]{[]byte("metrics"), Series.parts}
	Alarms    = Table[Alarm]{[]byte("alarms"), func(a Alarm) []string { return []string{a.ID} }}
	Transfers = Table[Transfer]{[]byte("transfers"), func(t Transfer) []string { return []string{t.Job} }}
	Messages  = Table[Message]{[]byte("messages"), func(m Message) []string { return []string{m.Queue, m.ID} }}
	Jobs      = Table[Job]{[]byte("jobs"), func(j Job) []string { return []string{j.Kind, j.ID} }}
	// Executions are those of state machines that somebody started by a name, and that have succeeded.
	Executions = Table[Execution]{[]byte("executions"), func(x Execution) []string { return []string{x.Machine, x.Name} }}
	Progress   = Table[Flow]{[]byte("flow"), func(Flow) []string { return []string{"flow"} }}
)

// Object is one version of an object in a bucket of S3 or Google Cloud Storage.
type Object struct {
	Bucket  string `json:"bucket"`
	Key     string `json:"key"`
	Version string `json:"version"`
	// Made is when this version came into this bucket, DataTime the state of the data that it holds.
	Made     time.Time `json:"made"`
	DataTime time.Time `json:"dataTime,omitzero"`
	// Source is whose data it is, the ID of a database or a file system; "" of none.
	Source string `json:"source,omitempty"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	// Content is kept of what is small and gets read: manifests. ContentType is S3's own where the writer names none.
	Content      string `json:"content,omitempty"`
	ContentType  string `json:"contentType,omitempty"`
	KMSKey       string `json:"kmsKey,omitempty"`
	StorageClass string `json:"storageClass,omitempty"`
	// RetainUntil and Mode are the lock: before then nobody can delete the version.
	RetainUntil time.Time `json:"retainUntil,omitzero"`
	Mode        string    `json:"mode,omitempty"`
	// DeleteMarker hides the versions before it; Noncurrent is when a later version or marker hid this one.
	DeleteMarker bool      `json:"deleteMarker,omitempty"`
	Noncurrent   time.Time `json:"noncurrent,omitzero"`
	// Replication is PENDING, COMPLETED or FAILED of a version that a rule covers, REPLICA of a copy.
	Replication string `json:"replication,omitempty"`
	// Replicated is when it was copied, or could not be; Why says what stopped it.
	Replicated time.Time `json:"replicated,omitzero"`
	Why        string    `json:"why,omitempty"`
}

// Point is a recovery point in a vault of AWS Backup, or a snapshot that a database made of itself.
type Point struct {
	Vault        string    `json:"vault"` // its ARN, "" of a snapshot
	ID           string    `json:"id"`    // the recovery point's ARN
	Resource     string    `json:"resource"`
	ResourceType string    `json:"resourceType"` // "RDS", "EFS"
	Source       string    `json:"source"`       // whose data it is
	DataTime     time.Time `json:"dataTime"`
	Created      time.Time `json:"created"`
	Completed    time.Time `json:"completed"`
	Key          string    `json:"key"`
	Plan         string    `json:"plan,omitempty"`
	// Expires is when it is deleted, never before LockedUntil; zero is never.
	Expires     time.Time `json:"expires,omitzero"`
	LockedUntil time.Time `json:"lockedUntil,omitzero"`
}

// Export is a snapshot that RDS exports to a bucket.
type Export struct {
	ID       string    `json:"id"`
	Account  string    `json:"account"`
	Region   string    `json:"region"`
	Snapshot string    `json:"snapshot"` // the ARN of what is exported
	Source   string    `json:"source"`
	Bucket   string    `json:"bucket"`
	Prefix   string    `json:"prefix"`
	Key      string    `json:"key"`
	DataTime time.Time `json:"dataTime"`
	Started  time.Time `json:"started"`
	Ended    time.Time `json:"ended,omitzero"`
	Status   string    `json:"status"` // STARTING, COMPLETE, FAILED
	Why      string    `json:"why,omitempty"`
}

// Reach is how far a copy that is kept up all the time goes: automated backups, replicated ones, a read replica.
type Reach struct {
	// Holder is what holds the copy: the database's own ID, the replication's, the replica's.
	Holder string `json:"holder"`
	Source string `json:"source"`
	// From and Until are the times between which it can give back any.
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	// Why says what stops it; "" while it moves.
	Why string `json:"why,omitempty"`
}

// Transfer is how a transfer job of Google Cloud got on.
type Transfer struct {
	Job string `json:"job"`
	// Succeeded is when it last saw all there was to see, Failed when it last could not.
	Succeeded time.Time `json:"succeeded,omitzero"`
	Failed    time.Time `json:"failed,omitzero"`
	Why       string    `json:"why,omitempty"`
}

// Message is one in a queue.
type Message struct {
	Queue string    `json:"queue"` // its ARN
	ID    string    `json:"id"`
	Sent  time.Time `json:"sent"`
	Body  string    `json:"body"`
}

// Series are the points of one metric.
type Series struct {
	Provider  string `json:"provider"`
	Account   string `json:"account"`
	Region    string `json:"region"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Dimensions are "name=value", sorted.
	Dimensions []string `json:"dimensions"`
	Points     []Sample `json:"points"`
}

// Sample is one point of a metric.
type Sample struct {
	Time  time.Time
	Value float64
}

// MarshalJSON is short, for there are many: [seconds since 1970, value].
func (s Sample) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]float64{float64(s.Time.Unix()), s.Value})
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (s *Sample) UnmarshalJSON(raw []byte) error {
	var pair [2]float64
	if err := json.Unmarshal(raw, &pair); err != nil {
		return err
	}
	s.Time, s.Value = time.Unix(int64(pair[0]), 0).UTC(), pair[1]
	return nil
}

func (s Series) parts() []string {
	return []string{s.Provider, s.Account, s.Region, s.Namespace, s.Name, strings.Join(s.Dimensions, ",")}
}

// ID is what tells a series from all others.
func (s Series) ID() string { return string(keyOf(s.parts())) }

// Alarm is the state of a CloudWatch alarm or of an alert policy of Google Cloud.
type Alarm struct {
	ID       string `json:"id"` // its ARN or full name
	Name     string `json:"name"`
	Provider string `json:"provider"`
	Account  string `json:"account"`
	Region   string `json:"region"`
	State    string `json:"state"` // OK, ALARM, INSUFFICIENT_DATA
	// Since is when it came into its state, Reason why.
	Since   time.Time `json:"since"`
	Reason  string    `json:"reason"`
	History []Change  `json:"history,omitempty"`
}

// The states of an alarm.
const (
	OK               = "OK"
	InAlarm          = "ALARM"
	InsufficientData = "INSUFFICIENT_DATA"
)

// Change is one change of an alarm's state, and whom it told.
type Change struct {
	Time   time.Time `json:"time"`
	From   string    `json:"from"`
	To     string    `json:"to"`
	Reason string    `json:"reason"`
	Told   []string  `json:"told,omitempty"`
}

// Job is something under way that will be done at a time.
type Job struct {
	Kind string          `json:"kind"`
	ID   string          `json:"id"`
	At   time.Time       `json:"at"`
	What json.RawMessage `json:"what"`
}

// Execution is one of a state machine that has succeeded.
type Execution struct {
	Machine string    `json:"machine"` // its ARN
	Name    string    `json:"name"`
	Started time.Time `json:"started"`
}

// Flow is how far the world's data has moved. There is one.
type Flow struct {
	// Until is the time up to which it has.
	Until time.Time `json:"until"`
	// Seed is what lags and durations are drawn from.
	Seed uint64 `json:"seed"`
}

// Ledger is what was written into a database or a file system, without the data itself: a transaction at each whole
// period while it could be written to, and those that somebody committed on purpose.
type Ledger struct {
	Source string        `json:"source"` // the ID of the database or file system
	Tenant string        `json:"tenant"`
	Seed   uint64        `json:"seed"`
	Every  time.Duration `json:"every"`
	Runs   []Run         `json:"runs,omitempty"`
	// Commits are those on purpose, in the order of their times.
	Commits []Commit `json:"commits,omitempty"`
}

// Run is a time in which there was one transaction at each whole period: From is included, Until is not.
type Run struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// Commit is a transaction that somebody committed on purpose.
type Commit struct {
	Time    time.Time `json:"time"`
	Content string    `json:"content"`
}

// Write goes on with the workload until a time.
func (l *Ledger) Write(from, until time.Time) {
	if last := len(l.Runs) - 1; last >= 0 && !l.Runs[last].Until.Before(from) {
		l.Runs[last].Until = later(l.Runs[last].Until, until)
		return
	}
	l.Runs = append(l.Runs, Run{From: from, Until: until})
}

// Commit adds a transaction of its own. One before others is put before them.
func (l *Ledger) Commit(c Commit) {
	at, _ := slices.BinarySearchFunc(l.Commits, c, func(a, b Commit) int {
		if a.Time.After(b.Time) {
			return 1
		}
		return -1
	})
	l.Commits = slices.Insert(l.Commits, at, c)
}

// At is the ledger as a copy of the data of that time holds it: all that was committed until then.
func (l Ledger) At(until time.Time) Ledger {
	cut := l
	cut.Runs, cut.Commits = nil, nil
	end := until.Add(time.Nanosecond)
	for _, run := range l.Runs {
		if run.From.Before(end) {
			cut.Runs = append(cut.Runs, Run{From: run.From, Until: earlier(run.Until, end)})
		}
	}
	for _, commit := range l.Commits {
		if !commit.Time.After(until) {
			cut.Commits = append(cut.Commits, commit)
		}
	}
	return cut
}

// Transactions are how many were committed.
func (l Ledger) Transactions() int64 {
	count := int64(len(l.Commits))
	for _, run := range l.Runs {
		count += periods(run.Until, l.Every) - periods(run.From, l.Every)
	}
	return count
}

// All are the transactions, in the order of their times: when each was committed, and what, where that was on purpose.
func (l Ledger) All() iter.Seq2[time.Time, string] {
	return func(yield func(time.Time, string) bool) {
		commits := l.Commits
		until := func(end time.Time) bool {
			for len(commits) > 0 && commits[0].Time.Before(end) {
				if !yield(commits[0].Time, commits[0].Content) {
					return false
				}
				commits = commits[1:]
			}
			return true
		}
		for _, run := range l.Runs {
			for at := periods(run.From, l.Every); at < periods(run.Until, l.Every); at++ {
				regular := time.Unix(0, at*int64(l.Every)).UTC()
				if !until(regular) || !yield(regular, "") {
					return
				}
			}
		}
		for _, commit := range commits {
			if !yield(commit.Time, commit.Content) {
				return
			}
		}
	}
}

// Last is the time of the last transaction; zero where there is none.
func (l Ledger) Last() time.Time {
	var last time.Time
	for _, run := range l.Runs {
		if count := periods(run.Until, l.Every); count > periods(run.From, l.Every) {
			last = time.Unix(0, (count-1)*int64(l.Every)).UTC()
		}
	}
	if n := len(l.Commits); n > 0 {
		last = later(last, l.Commits[n-1].Time)
	}
	return last
}

// Digest is the same for the same transactions, and another one for any others.
func (l Ledger) Digest() string {
	type span struct{ From, Until int64 }
	var spans []span
	for _, run := range l.Runs {
		if from, until := periods(run.From, l.Every), periods(run.Until, l.Every); from < until {
			spans = append(spans, span{from, until})
		}
	}
	return digestOf(l.Tenant, l.Seed, int64(l.Every), spans, l.Commits)
}

// periods are how many whole periods begin before a time.
func periods(at time.Time, every time.Duration) int64 {
	if every <= 0 {
		return 0
	}
	return (at.UnixNano() + int64(every) - 1) / int64(every)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
