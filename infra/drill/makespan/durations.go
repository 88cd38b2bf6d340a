package makespan

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed durations.csv
var text string

// Duration is how long something takes.
type Duration struct {
	Median, Most time.Duration
	// Basis is where that is known from: "measured n=9", "derived", "assumed".
	Basis string
}

// The kinds of creation that take other than a type's usual time, as what is added to its token.
const (
	Restored = "#restore"
	Replica  = "#replica"
)

// table is durations.csv by its first column: a type token, with a kind where that matters, "step:" and the name of a
// step of a recovery, or "*" for every other type.
var table = sync.OnceValue(func() map[string]Duration {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		panic(err) // it is a part of the program, and tested
	}
	found := map[string]Duration{}
	for _, row := range rows[1:] {
		found[row[0]] = Duration{Median: seconds(row[1]), Most: seconds(row[2]), Basis: row[3]}
	}
	return found
})

func seconds(text string) time.Duration {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(fmt.Sprintf("durations.csv: %v", err))
	}
	return time.Duration(n) * time.Second
}

// Creating is how long it takes to make a resource of a type, in a kind or "".
func Creating(token, kind string) Duration {
	for _, key := range []string{token + kind, token, "*"} {
		if duration, known := table()[key]; known {
			return duration
		}
	}
	return Duration{}
}

// Step is how long a step of a recovery takes.
func Step(name string) Duration { return table()["step:"+name] }
