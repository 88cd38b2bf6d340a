package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"haven/policy/rules"
)

// mostShown is how many resources are listed with one fix, or one unknown value.
const mostShown = 5

// People writes the report short: what fails with its fix first, then what is undecided, what is excepted, and how many
// of each there are. A rule that fails for many resources in the same way is written once.
func (r Report) People(w io.Writer) error {
	var out strings.Builder
	r.failures(&out)
	r.rest(&out, "undecided", rules.Undecided)
	r.rest(&out, "excepted", rules.Excepted)
	fmt.Fprintf(&out, "%s (%d rules, %d proofs)\n", r.Summary(), len(r.Library.Rules), len(r.Library.Proofs))
	_, err := io.WriteString(w, out.String())
	return err
}

// Failures is what fails as [Report.People] writes it.
func (r Report) Failures() string {
	var out strings.Builder
	r.failures(&out)
	return strings.TrimSpace(out.String())
}

func (r Report) failures(out *strings.Builder) {
	for _, same := range groups(r.Of(rules.Fail), func(o rules.Outcome) string { return o.Rule + "\x00" + o.Fix }) {
		first := same[0]
		title, frameworks := r.title(first)
		grade := strings.ToUpper(string(first.Severity))
		if r.advises(first) {
			grade += ", advice"
		}
		fmt.Fprintf(out, "%s: %s (%s)\n", grade, title, first.Rule)
		if first.Fix != "" {
			fmt.Fprintf(out, "  fix: %s\n", first.Fix)
		}
		for _, o := range same {
			fmt.Fprintf(out, "  %s: %s\n", where(o.URN), o.Found())
			if len(o.Witness) > 0 {
				fmt.Fprintf(out, "    by way of %s\n", path(o.Witness))
			}
		}
		if len(frameworks) > 0 {
			fmt.Fprintf(out, "  also known as %s\n", strings.Join(frameworks, ", "))
		}
		out.WriteByte('\n')
	}
}

func path(witness []string) string {
	var hops []string
	for _, urn := range witness {
		hops = append(hops, where(urn))
	}
	return strings.Join(hops, " → ")
}

// rest writes what neither failed nor passed, by rule and message.
func (r Report) rest(out *strings.Builder, heading string, result rules.Result) {
	found := r.Of(result)
	if len(found) == 0 {
		return
	}
	fmt.Fprintf(out, "%s:\n", heading)
	for _, same := range groups(found, func(o rules.Outcome) string { return o.Rule + "\x00" + o.Message }) {
		var places []string
		for _, o := range same[:min(len(same), mostShown)] {
			places = append(places, where(o.URN))
		}
		if more := len(same) - mostShown; more > 0 {
			places = append(places, fmt.Sprintf("and %d more", more))
		}
		fmt.Fprintf(out, "  %s: %s: %s\n", same[0].Rule, strings.Join(places, ", "), same[0].Message)
	}
	out.WriteByte('\n')
}

// groups are outcomes with the same key together, in the order in which the keys come first.
func groups(outcomes []rules.Outcome, key func(rules.Outcome) string) [][]rules.Outcome {
	var keys []string
	byKey := map[string][]rules.Outcome{}
	for _, o := range outcomes {
		k := key(o)
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
		byKey[k] = append(byKey[k], o)
	}
	var all [][]rules.Outcome
	for _, k := range keys {
		all = append(all, byKey[k])
	}
	return all
}
