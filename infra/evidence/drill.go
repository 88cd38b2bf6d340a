package evidence

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Drill is a disaster that was rehearsed, and what became of each tenant.
type Drill struct {
	// Previous is the SHA-256 of the file of the drill before; empty of the first.
	Previous    string `json:"previous"`
	Scenario    string `json:"scenario"`
	Environment string `json:"environment"`
	Seed        uint64 `json:"seed"`
	// Account is the real one that it was done in, Regions where; empty of the sandbox.
	Account string   `json:"account,omitempty"`
	Regions []string `json:"regions,omitempty"`
	// Met says whether every objective was.
	Met      bool          `json:"met"`
	Tenants  []DrillTenant `json:"tenants"`
	Timeline []Moment      `json:"timeline"`
	// Alarms are those by which it was noticed, Critical what the time to restore is made of, in order.
	Alarms   []string `json:"alarms"`
	Critical []string `json:"criticalPath"`
	// Failures are what was not as it should be.
	Failures []string `json:"failures"`
}

// DrillTenant is what became of a tenant.
type DrillTenant struct {
	Tenant string `json:"tenant"`
	Tier   string `json:"tier"`
	// Source is what it was brought back from.
	Source          string  `json:"source"`
	RPOSeconds      float64 `json:"rpoSeconds"`
	RPOBoundSeconds float64 `json:"rpoBoundSeconds"`
	RTOSeconds      float64 `json:"rtoSeconds"`
	RTOBoundSeconds float64 `json:"rtoBoundSeconds"`
	Verified        bool    `json:"verified"`
	// Digest is that of the restored data, as of the time that it was restored to.
	Digest string `json:"digest"`
	// Real is what was measured on a real server; nil where none was asked for.
	Real *RealData `json:"real,omitempty"`
	// Failures are what was not as it should be.
	Failures []string `json:"failures,omitempty"`
}

// RealData is what a drill measured on a real MariaDB server, with real rows and with writers at work.
type RealData struct {
	// Requests and Steps are how many rows and acknowledged transactions there were when the data was corrupted.
	Requests int `json:"requests"`
	Steps    int `json:"steps"`
	// Corruption is the transaction that did it, Restored the last that was brought back.
	Corruption string  `json:"corruption"`
	Restored   string  `json:"restored"`
	RPOSeconds float64 `json:"rpoSeconds"`
	RTOSeconds float64 `json:"rtoSeconds"`
	// Verified says that every row was read, and is as it was right before the corruption.
	Verified bool `json:"verified"`
}

// Moment is one of a timeline: by the clock of what was drilled, in the words of the runbook's step.
type Moment struct {
	Time time.Time `json:"time"`
	Step string    `json:"step"`
	What string    `json:"what"`
}

// lastDrill is the sum of the newest drill; empty where there is none.
func lastDrill(all []Kept) string {
	for _, kept := range slices.Backward(all) {
		if kept.Drill != nil {
			return kept.SHA256
		}
	}
	return ""
}

// drillPage is the page of a drill.
func (k Kept) drillPage() []byte {
	var text strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&text, format+"\n", args...) }
	d := k.Drill
	say("# Drill: %s\n", d.Scenario)
	if k.Simulated {
		say("**Simulated.** It tells of the sandbox: its clock, its data, and creation times from a table.\n")
	}
	if d.Account != "" {
		say("**In the account %s, in %s.** Nothing was lost there: everybody was brought back beside what serves them. The "+
			"data lost is what the copy lacked of the moment at which the drill began, the time to restore is by the clock, "+
			"from that moment on.\n", d.Account, strings.Join(d.Regions, ", "))
	}
	verdict := "Every objective was met."
	if !d.Met {
		verdict = "**Not every objective was met.**"
	}
	say("%s\n\n| | |\n|---|---|", verdict)
	for _, row := range [][2]string{
		{"Environment", d.Environment}, {"Seed", fmt.Sprint(d.Seed)}, {"Written at", k.WrittenAt.Format(time.RFC3339)},
		{"Record", fmt.Sprintf("%d, SHA-256 `%s`", k.Number, k.SHA256)}, {"Record before", before(k.Previous)},
		{"Drill before", before(d.Previous)}, {"Noticed by", strings.Join(d.Alarms, ", ")},
	} {
		if sandboxes := row[0] == "Seed" || row[0] == "Noticed by"; d.Account == "" || !sandboxes {
			say("| %s | %s |", row[0], row[1])
		}
	}
	say("\n## Tenants\n\n| tenant | tier | brought back from | data lost (bound) | time to restore (bound) | verified |\n" +
		"|---|---|---|---|---|---|")
	for _, t := range d.Tenants {
		say("| %s | %s | %s | %s (%s) | %s (%s) | %t |", t.Tenant, t.Tier, t.Source, seconds(t.RPOSeconds),
			seconds(t.RPOBoundSeconds), seconds(t.RTOSeconds), seconds(t.RTOBoundSeconds), t.Verified)
	}
	d.sayReal(say)
	if len(d.Failures) > 0 {
		say("\n## What was not as it should be\n")
		for _, failure := range d.Failures {
			say("- %s", failure)
		}
	}
	say("\n## Timeline\n\n| time | step | what |\n|---|---|---|")
	for _, m := range d.Timeline {
		say("| %s | %s | %s |", m.Time.UTC().Format(time.RFC3339), m.Step, strings.ReplaceAll(m.What, "|", `\|`))
	}
	if len(d.Critical) > 0 {
		say("\n## What the time to restore is made of\n")
	}
	for _, step := range d.Critical {
		say("1. %s", step)
	}
	return []byte(text.String())
}

func seconds(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(time.Second).String()
}

// sayReal tells what was measured on real servers.
func (d *Drill) sayReal(say func(string, ...any)) {
	if !slices.ContainsFunc(d.Tenants, func(t DrillTenant) bool { return t.Real != nil }) {
		return
	}
	say("\n## On real MariaDB servers\n\nMeasured, not simulated.\n\n| tenant | rows | transactions before | corrupted by | " +
		"brought back to | data lost | time to restore | every row verified |\n|---|---|---|---|---|---|---|---|")
	for _, t := range d.Tenants {
		if r := t.Real; r != nil {
			say("| %s | %d | %d | `%s` | `%s` | %s | %s | %t |", t.Tenant, r.Requests, r.Steps, r.Corruption, r.Restored,
				seconds(r.RPOSeconds), seconds(r.RTOSeconds), r.Verified)
		}
	}
}
