package config

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"

	"haven/components/limit"
)

// suggest is advice for a name that is not among the known ones.
func suggest[T ~string](name T, known []T) string {
	if meant := closest(string(name), texts(known)); meant != "" {
		return fmt.Sprintf("did you mean %q?", meant)
	}
	return "choose one of " + limit.List(known)
}

func texts[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = string(value)
	}
	return all
}

// closest is the candidate that was probably meant by name: the same but for upper case, or the nearest one within a
// third of its length in edits. It is empty where none is near.
func closest(name string, candidates []string) string {
	best, fewest := "", len(name)/3+1
	for _, candidate := range candidates {
		if strings.EqualFold(candidate, name) {
			return candidate
		}
		edits := levenshtein.Distance(strings.ToLower(name), strings.ToLower(candidate), nil)
		if edits <= fewest && edits < len(candidate) {
			best, fewest = candidate, edits-1
		}
	}
	return best
}
