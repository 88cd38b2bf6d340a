package flow

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"haven/infra/sandbox/world"
)

// DefaultSeed is what lags and durations are drawn from where nobody says.
const DefaultSeed = 1

// Options are how an advance goes.
type Options struct {
	// To is the time that the clock is set to; zero is the time that it is.
	To time.Time
	// Seed is what lags and durations are drawn from, from now on; zero leaves it as it is.
	Seed uint64
}

// Report is what an advance did.
type Report struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Events are how many things happened: copies made, checks done, alarms evaluated.
	Events int `json:"events"`
	// Changes are the alarms that changed their state, in the order of time.
	Changes []AlarmChange `json:"changes"`
}

// AlarmChange is an alarm that changed its state.
type AlarmChange struct {
	Alarm string `json:"alarm"`
	world.Change
}

var errNoWorld = errors.New("the sandbox holds nothing yet: bring an environment up first")

// Advance sets the world's clock and moves its data until then. Without a time it moves the data to the clock, which
// goes by itself too. Where the clock would have to go back there is an error, and nothing has changed. No world
// is made.
func Advance(w *world.World, options Options) (Report, error) {
	var report Report
	if _, err := os.Stat(w.Path()); errors.Is(err, fs.ErrNotExist) {
		if options.To.IsZero() {
			return report, nil
		}
		return report, errNoWorld
	}
	err := w.Update(func(tx *world.Tx) error {
		to := options.To
		if to.IsZero() {
			to = tx.Now()
		} else if err := tx.Advance(to); err != nil {
			return err
		}
		var err error
		report, err = move(tx, to.UTC(), options.Seed)
		return err
	})
	if err != nil {
		return Report{}, fmt.Errorf("advancing the sandbox's clock: %w", err)
	}
	return report, nil
}

// move moves the data until a time; what is there already stays as it is.
func move(tx *world.Tx, to time.Time, seed uint64) (Report, error) {
	for _, progress := range world.Progress.All(tx) {
		if seed == 0 && !progress.Until.Before(to) {
			return Report{From: progress.Until, To: to, Changes: []AlarmChange{}}, nil
		}
	}
	e := newEngine(tx, seed)
	report := e.run(to)
	return report, e.data.save(tx)
}

// Commit writes a transaction into a database (or a file into a file system) now, as the application would, and says
// when. Source is the Pulumi ID of its resource.
func Commit(w *world.World, source, content string) (time.Time, error) {
	var at time.Time
	if _, err := Advance(w, Options{}); err != nil {
		return at, err
	}
	err := w.Update(func(tx *world.Tx) error {
		ledgers := world.Ledgers.All(tx, source)
		if len(ledgers) != 1 {
			return fmt.Errorf("nothing is written to %s: it is no database or file system that takes writes", source)
		}
		at = tx.Now().UTC()
		ledgers[0].Commit(world.Commit{Time: at, Content: content})
		return world.Ledgers.Put(tx, ledgers[0])
	})
	return at, err
}
