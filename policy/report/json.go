package report

import (
	"encoding/json"
	"io"

	"haven/policy/rules"
)

// entry is an outcome in JSON.
type entry struct {
	Rule     string         `json:"rule"`
	URN      string         `json:"urn"`
	Result   rules.Result   `json:"result"`
	Severity rules.Severity `json:"severity"`
	Message  string         `json:"message"`
	Witness  []string       `json:"witness"`
}

// JSON writes every outcome, one that passes too, as an array of {rule, urn, result, severity, message, witness}. The
// witness is the URNs that lead to a failure, hop by hop; it may be empty, and is never null.
func (r Report) JSON(w io.Writer) error {
	entries := make([]entry, 0, len(r.Outcomes))
	for _, o := range r.Outcomes {
		witness := o.Witness
		if witness == nil {
			witness = []string{}
		}
		entries = append(entries, entry{o.Rule, o.URN, o.Result, o.Severity, o.Message, witness})
	}
	return encode(w, entries)
}

func encode(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
