package schema

import (
	"fmt"
	"strings"
)

// suggestion is "; did you mean …?" where a name much like the wrong one exists, else empty.
func suggestion(wrong string, names []string) string {
	best, nearest := "", len(wrong)/2+1
	for _, name := range names {
		if d := distance(folded(wrong), folded(name)); d < nearest {
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

// distance is the number of letters to add, drop or change between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
