package recovery

import (
	"fmt"
	"slices"
	"time"
)

// Kind is what a database can be brought back from.
type Kind string

// The kinds, in the order in which they are preferred: the first of them loses least and takes least time.
const (
	Replica         Kind = "replica"
	AutomatedBackup Kind = "automatedBackup"
	Instance        Kind = "instance"
	Snapshot        Kind = "snapshot"
	Dump            Kind = "dump"
)

// Copy is a copy of a tenant's database that lies where it is to be brought back.
type Copy struct {
	Kind Kind
	// ID is its ARN; of an instance its identifier, of a dump the key of its manifest.
	ID string
	// From and Until are the times between which it can give back any. What holds one time only has both the same.
	From, Until time.Time
	// Key is the ARN of the key that it is encrypted with, where that is not the database's.
	Key string
	// Unsound is why it cannot be used; "" where it can.
	Unsound string
}

// Source is what a tenant is brought back from, and as of when.
type Source struct {
	Copy
	At time.Time
}

// String names it: "snapshot arn:…, as of 2026-11-22T10:00:00Z".
func (s Source) String() string {
	if s.At.IsZero() { // the latest that there was, at a time that is not known any more
		return fmt.Sprintf("%s %s", s.Kind, s.ID)
	}
	return fmt.Sprintf("%s %s, as of %s", s.Kind, s.ID, s.At.UTC().Format(time.RFC3339))
}

// Choose is the copy that gives back the data as of a time, or as of the latest there is where that is zero: the one of
// the newest data. Among copies whose data is of the same age within a minute it is the first. A dump, which has to be
// loaded, is taken where there is nothing else.
func Choose(copies []Copy, at time.Time) (Source, error) {
	dumps := func(c Copy) bool { return c.Kind == Dump }
	if best, err := newest(slices.DeleteFunc(slices.Clone(copies), dumps), at); err == nil {
		return best, nil
	}
	return newest(copies, at)
}

func newest(copies []Copy, at time.Time) (Source, error) {
	var best Source
	for _, copied := range copies {
		as := copied.Until
		if !at.IsZero() && at.Before(as) {
			as = at
		}
		if copied.Unsound != "" || as.Before(copied.From) || copied.Kind == Replica && !at.IsZero() {
			continue
		}
		if best.ID == "" || as.After(best.At.Add(time.Minute)) {
			best = Source{copied, as}
		}
	}
	if best.ID == "" {
		return best, fmt.Errorf("there is no copy to bring it back from%s", until(at))
	}
	return best, nil
}

func until(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return " as of " + at.UTC().Format(time.RFC3339)
}
