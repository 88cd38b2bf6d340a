package schema

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// suggestion is "; did you mean …?" where a name much like the wrong one exists, else empty.
func suggestion(wrong string, names []string) string {
	best, nearest := "", len(wrong)/2+1
	for _, name := range names {
		if d := levenshtein.Distance(folded(wrong), folded(name), nil); d < nearest {
			best, nearest = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// folded makes vpc_id, vpcID and vpcId alike.
func folded(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }
