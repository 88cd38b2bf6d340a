package copies

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"

	"haven/policy/graph"
)

// holding is what resources of a type hold.
type holding string

const (
	// nothing that is any customer's, or nothing that its stack does not declare anew.
	nothing holding = "none"
	// data is a customer's, whose copies are asked for.
	data holding = "data"
	// accepted is a customer's, of which fewer copies are asked for; the table says why, and what is lost.
	accepted holding = "accepted"
	// copied are copies of data, which are asked for where the data is.
	copied holding = "copy"
	// shared is what a cell, an account or a mirror keeps of several tenants; a tenant's own would be asked for by nobody.
	shared holding = "shared"
	// record is what is written about what happened, and is lost with its region.
	record holding = "record"
	// restored is data that was brought back where its copies are not: until it goes home, the copies are the originals.
	restored holding = "restored"
)

var holdings = []holding{nothing, data, accepted, copied, shared, record, restored}

//go:embed holdings.csv
var holdingsCSV string

// table is the holding of each type, or of each type of a module, "aws:iam/".
var table = sync.OnceValue(func() map[string]holding {
	rows, err := csv.NewReader(strings.NewReader(holdingsCSV)).ReadAll()
	if err != nil {
		panic(err) // it is part of the program, and tested
	}
	all := map[string]holding{}
	for _, row := range rows[1:] {
		all[row[0]] = holding(row[1])
	}
	return all
})

// holdingOf is that of a type; false of one that nobody has thought of.
func holdingOf(token string) (holding, bool) {
	if own, known := table()[token]; known {
		return own, true
	}
	module, _, _ := strings.Cut(token, "/")
	of, known := table()[module+"/"]
	return of, known
}

// unclassified are the resources of which nobody has said what they hold, and those of a tenant's own that only others
// have.
func unclassified(g *graph.Graph) []graph.Finding {
	var all []graph.Finding
	found := func(r *graph.Resource, format string, args ...any) {
		all = append(all, graph.Finding{Rule: "copies/unclassified", URN: r.URN, Message: fmt.Sprintf(format, args...)})
	}
	for _, r := range g.All() {
		if !strings.HasPrefix(r.Type, "aws:") && !strings.HasPrefix(r.Type, "gcp:") {
			continue
		}
		holds, known := holdingOf(r.Type)
		switch {
		case !known:
			found(r, "nobody has said whether a %s holds a customer's data: add it to the table of holdings, with its copies",
				r.Type)
		case holds == shared && g.Exports(r.Stack).Get("tenant").IsMap():
			found(r, "a tenant has no %s of its own: no proof asks for a copy of what it holds", r.Type)
		}
	}
	return all
}

// asked are the types whose copies are asked for: all that hold data.
var asked = []string{instance, fileSystem, userPool, secret, key}
