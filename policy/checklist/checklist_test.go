package checklist_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/checklist"
	"haven/policy/rules"
)

// demands is how many the frameworks make.
const demands = 384

func rows(t *testing.T) []checklist.Row {
	t.Helper()
	all, err := checklist.Rows()
	require.NoError(t, err)
	return all
}

func TestEachDemandIsDecidedOnce(t *testing.T) {
	t.Parallel()
	all := rows(t)
	require.Greater(t, len(all), demands)
	seen := map[string]bool{}
	for i, row := range all {
		assert.Equal(t, i+1, row.Number)
		assert.False(t, seen[row.ID], "%s is there twice", row.ID)
		seen[row.ID] = true
		assert.NotEmpty(t, row.Demand, row.ID)
		assert.NotEmpty(t, row.Controls, row.ID)
		assert.Contains(t, rules.Severities(), row.Severity, row.ID)
		decided := row.Decided == checklist.ByRule || row.Decided == checklist.ByProof
		explained := row.Decided == checklist.NotApplicable || row.Decided == checklist.LiveOnly
		assert.True(t, decided || explained, "%s is decided by %q", row.ID, row.Decided)
		assert.Equal(t, explained, row.Reason != "", "%s: a reason belongs to what is not decided, and to nothing else",
			row.ID)
	}
}

func TestEachRuleHasItsRow(t *testing.T) {
	t.Parallel()
	byRule := map[string]int{}
	for _, row := range rows(t) {
		if row.Decided == checklist.ByRule {
			byRule[row.ID] = 0
		}
	}
	for _, rule := range checklist.All() {
		_, is := byRule[rule.ID]
		assert.True(t, is, "%s has no row that it decides", rule.ID)
		byRule[rule.ID]++
		assert.NotEmpty(t, rule.Title, rule.ID)
		assert.NotEmpty(t, rule.Types, rule.ID)
		assert.NotNil(t, rule.Check, rule.ID)
	}
	for id, count := range byRule {
		assert.Equal(t, 1, count, "rules that decide %s", id)
	}
}

// TestWhatDoesNotApplyIsNotUsed: no stack of the demo has a resource of a type that is said not to be used.
func TestWhatDoesNotApplyIsNotUsed(t *testing.T) {
	t.Parallel()
	used := declaredTypes(t)
	require.Contains(t, used, "aws:rds/instance:Instance")
	for _, row := range rows(t) {
		if row.Decided != checklist.NotApplicable {
			continue
		}
		assert.NotEmpty(t, row.Types, "%s does not apply, and has no type", row.ID)
		for _, token := range row.Types {
			assert.NotContains(t, used, token, "%s is said not to apply: %s", row.ID, row.Reason)
		}
	}
}

// declaredTypes are those of everything that the demo declares.
func declaredTypes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "tests", "golden", "testdata", "*.golden"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var used []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			if token, _, _ := strings.Cut(line, "|"); !slices.Contains(used, token) {
				used = append(used, token)
			}
		}
	}
	return used
}
