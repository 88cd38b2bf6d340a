// Package checklist is every demand on the resources of this program that Checkov, Trivy, Prowler, Security Hub and
// CIS make, with the ids that they give it, and how it is decided here. Nothing is left out silently: what is no rule
// and no proof says why.
//
// https://www.checkov.io/5.Policy%20Index/all.html
// https://avd.aquasec.com/misconfig/
// https://hub.prowler.com
// https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html
// https://www.cisecurity.org/benchmark/amazon_web_services
package checklist

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"haven/policy/rules"
	"haven/policy/rules/settings"
	"haven/policy/rules/topics"
)

// Decision is how a demand is decided.
type Decision string

// The decisions.
const (
	// ByRule is by the rule with the row's ID.
	ByRule Decision = "rule"
	// ByProof is by a proof over a whole stack, or all those of an environment.
	ByProof Decision = "proof"
	// NotApplicable is what is about resources that are not used.
	NotApplicable Decision = "not-applicable"
	// LiveOnly is what only a look into a live account tells.
	LiveOnly Decision = "live-only"
)

// Row is one demand.
type Row struct {
	Number int
	// ID is its name, and that of its rule.
	ID string
	// Types are the tokens of the resources that it is about, as far as they have one.
	Types    []string
	Demand   string
	Severity rules.Severity
	// Frameworks are the ids that others gave it.
	Frameworks []string
	// Controls are the promises in controls.yaml that rest on it.
	Controls []string
	Decided  Decision
	// Proofs are the proofs, or parts of one, that decide it together, where that is how it is decided.
	Proofs []string
	// Reason says why it is neither a rule nor a proof.
	Reason string
}

//go:embed checklist.csv
var text string

// own are the demands beyond those lists: what is right for this program's resources, and what the frameworks ask of
// types that the lists do not have.
//
//go:embed own.csv
var own string

// The columns.
const (
	number = iota
	id
	types
	demand
	severity
	checkov
	trivy
	prowler
	securityHub
	cis
	controls
	decided
	by // the proofs, or the reason for none
	columns
)

var rows = sync.OnceValues(func() ([]Row, error) {
	all, err := read(text)
	if err != nil {
		return nil, err
	}
	more, err := read(own)
	return append(all, more...), err
})

// Rows are all demands, by number.
func Rows() ([]Row, error) { return rows() }

func read(text string) ([]Row, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.FieldsPerRecord = columns
	records, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("checklist: %w", err)
	}
	var all []Row
	for _, record := range records[1:] {
		n, err := strconv.Atoi(record[number])
		if err != nil {
			return nil, fmt.Errorf("checklist: %s: %w", record[id], err)
		}
		row := Row{
			Number: n, ID: record[id], Types: strings.Fields(record[types]), Demand: record[demand],
			Severity: rules.Severity(record[severity]), Frameworks: strings.Fields(strings.Join(record[checkov:controls], " ")),
			Controls: strings.Fields(record[controls]), Decided: Decision(record[decided]),
		}
		if row.Decided == ByProof {
			row.Proofs = strings.Fields(record[by])
		} else {
			row.Reason = record[by]
		}
		all = append(all, row)
	}
	return all, nil
}

// All are the rules on single resources and what belongs to them, with what their rows say of them.
func All() []rules.Rule {
	all, err := Rows()
	if err != nil {
		panic(err) // the table is part of the program
	}
	described := append(topics.Rules(), settings.Rules()...)
	for i := range described {
		rule := &described[i]
		at := slices.IndexFunc(all, func(r Row) bool { return r.ID == rule.ID })
		if at < 0 {
			panic("checklist: no row describes the rule " + rule.ID)
		}
		row := all[at]
		rule.Title, rule.Severity, rule.Frameworks, rule.Controls = row.Demand, row.Severity, row.Frameworks, row.Controls
	}
	return described
}
