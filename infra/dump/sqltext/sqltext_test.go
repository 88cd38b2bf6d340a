package sqltext

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestLiterals(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{String("it's\na\\b\r\x00\x1a é"), `'it\'s\na\\b\r\0\Z é'`},
		{string(AppendBinary(nil, []byte{0xff, '\'', 0})), "_binary '\xff\\'\\0'"},
		{string(AppendEncoded(nil, "latin1", []byte{0xe9})), "_latin1 0xe9"},
		{string(AppendEncoded(nil, "latin1", nil)), "''"},
		{string(AppendBits(nil, []byte{0, 255})), "0x00ff"},
		{string(AppendFloat(nil, []byte("-0"))), "-0E0"},
		{string(AppendFloat(nil, []byte("1e+06"))), "1e+06"},
		{Identifier("a`b"), "`a``b`"},
		{Identifiers([]string{"a", "b"}), "`a`,`b`"},
	} {
		assert.Equal(t, test.want, test.got)
	}
}

// read is all statements of a text.
func read(text string) (statements []string, err error) {
	r, err := NewReader(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	for {
		statement, err := r.Next()
		if errors.Is(err, io.EOF) {
			return statements, nil
		}
		if err != nil {
			return nil, err
		}
		statements = append(statements, string(statement))
	}
}

// TestWhatIsWrittenIsReadBack has statements with everything in them that could be mistaken for an end.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	statement := rapid.Custom(func(r *rapid.T) string {
		pieces := rapid.SliceOf(rapid.SampledFrom([]string{
			"a", ";", ";;", "\n", "-- ", End, "DELIMITER ", "DELIMITER ;", "$$1", "'", "`", " ", "\r",
		})).Draw(r, "pieces")
		return "CREATE " + strings.Join(pieces, "")
	})
	rapid.Check(t, func(r *rapid.T) {
		var text bytes.Buffer
		w := NewWriter(&text, "whose")
		var want []string
		for _, s := range rapid.SliceOf(statement).Draw(r, "statements") {
			want = append(want, s)
			if rapid.Bool().Draw(r, "program") {
				w.Program(s)
			} else {
				w.Statement(s)
			}
			w.Comment(rapid.String().Draw(r, "comment"))
		}
		require.NoError(t, w.Close())
		got, err := read(text.String())
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestRowsAreCounted(t *testing.T) {
	value := rapid.SliceOf(rapid.Byte())
	rapid.Check(t, func(r *rapid.T) {
		var text bytes.Buffer
		w := NewWriter(&text, "whose")
		want := map[string]int{}
		for table := range rapid.IntRange(0, 4).Draw(r, "tables") {
			name := string(rune('a'+table)) + "`;"
			w.Rows(name, []string{"c`(;"})
			for _, v := range rapid.SliceOf(value).Draw(r, "rows") {
				row := append(AppendBinary([]byte("("), v), ')')
				if rapid.Bool().Draw(r, "text") {
					row = append(AppendString([]byte("("), v), ')')
				}
				require.NoError(t, w.Row(row))
				want[name]++
			}
		}
		require.NoError(t, w.Close())
		statements, err := read(text.String())
		require.NoError(t, err)
		got := map[string]int{}
		for _, s := range statements {
			table, rows := Statement(s).Rows()
			require.NotEmpty(t, table)
			got[table] += rows
		}
		require.Equal(t, want, got)
	})
}

func TestALargeRowHasAStatementForItself(t *testing.T) {
	var text bytes.Buffer
	w := NewWriter(&text, "whose")
	w.Rows("t", []string{"c"})
	for _, size := range []int{10, statementSize * 2, 10, 10} {
		require.NoError(t, w.Row(append(AppendString([]byte("("), bytes.Repeat([]byte("x"), size)), ')')))
	}
	require.NoError(t, w.Close())
	statements, err := read(text.String())
	require.NoError(t, err)
	var rows []int
	for _, s := range statements {
		_, n := Statement(s).Rows()
		rows = append(rows, n)
	}
	assert.Equal(t, []int{1, 1, 2}, rows)
}

func TestTextThatIsNotWhole(t *testing.T) {
	whole := "-- whose\nSET a;\nDELIMITER $$1\nCREATE\n;;\n$$1\nDELIMITER ;\n" +
		"INSERT INTO `t` (`a`) VALUES\n(1),\n(2);\n" + End + "\n"
	statements, err := read(whole)
	require.NoError(t, err)
	require.Len(t, statements, 3)
	for size := range len(whole) {
		_, err := read(whole[:size])
		require.Error(t, err, whole[:size])
	}
	for _, test := range []struct{ text, problem string }{
		{"", "it is no dump's text: its first line is not a comment that says whose it is"},
		{"SET a;\n", "it is no dump's text: its first line is not a comment that says whose it is"},
		{"-- whose\nSET a;\n", `it does not end with "-- end of dump": it was cut off`},
		{whole + "SET a;\n", `there is text after "-- end of dump"`},
	} {
		_, err := read(test.text)
		assert.EqualError(t, err, test.problem)
	}
}

func TestStatements(t *testing.T) {
	for _, test := range []struct{ text, table, view, summary string }{
		{text: "CREATE TABLE `a``b` (\n`x` INT)", table: "a`b", summary: "CREATE TABLE `a``b`"},
		{text: "CREATE VIEW `v` AS SELECT 1", view: "v", summary: "CREATE VIEW `v`"},
		{text: "CREATE OR REPLACE VIEW `v`", summary: "CREATE OR REPLACE VIEW `v`"},
		{text: "INSERT INTO `t` (`a`) VALUES\n('secret')", summary: "INSERT INTO `t`"},
		{text: "CREATE TABLE `unclosed", summary: "CREATE TABLE `unclosed"},
	} {
		s := Statement(test.text)
		assert.Equal(t, test.table, s.Table(), test.text)
		assert.Equal(t, test.view, s.View(), test.text)
		assert.Equal(t, test.summary, s.Summary(), test.text)
	}
}

func FuzzReader(f *testing.F) {
	f.Add("-- whose\nINSERT INTO `t` (`a`) VALUES\n(1);\n" + End + "\n")
	f.Add("-- whose\nDELIMITER $$1\nCREATE\n$$1\nDELIMITER ;\n" + End + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		statements, err := read(text)
		if err == nil && !strings.HasSuffix(text, End+"\n") {
			t.Errorf("%q is taken for whole, with %q", text, statements)
		}
	})
}
