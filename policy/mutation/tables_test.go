package mutation_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// row says something of the mutants of some types, at some paths and by some operators; "*" stands for any text.
type row struct {
	number     int
	what       [3]*regexp.Regexp
	text, says string
}

// table reads rows from a file of testdata.
func table(t *testing.T, file string) []row {
	t.Helper()
	opened, err := os.Open(filepath.Join("testdata", file))
	require.NoError(t, err)
	defer opened.Close()
	records, err := csv.NewReader(opened).ReadAll()
	require.NoError(t, err)
	var rows []row
	for i, record := range records[1:] {
		r := row{number: i + 2, text: strings.Join(record[:3], ","), says: record[3]}
		for column := range r.what {
			quoted := strings.ReplaceAll(regexp.QuoteMeta(record[column]), `\*`, `.*`)
			r.what[column] = regexp.MustCompile(`^` + strings.ReplaceAll(quoted, `\[.*\]`, `\[\*\]`) + `$`)
		}
		rows = append(rows, r)
	}
	return rows
}

func (r row) covers(m mutant) bool {
	return r.what[0].MatchString(m.of.Type) && r.what[1].MatchString(m.pattern()) && r.what[2].MatchString(m.operator)
}
