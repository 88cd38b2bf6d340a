package mysql

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// every has a column of each type, in each way that matters.
const every = `CREATE TABLE every (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	tiny TINYINT, small SMALLINT UNSIGNED ZEROFILL, medium MEDIUMINT, large BIGINT, huge BIGINT UNSIGNED,
	money DECIMAL(65,30), price DECIMAL(10,2) UNSIGNED ZEROFILL, single FLOAT, twice DOUBLE, fixed FLOAT(7,4),
	flags BIT(64), flag BIT(1), born YEAR,
	day DATE, moment DATETIME(6), stamp TIMESTAMP(6) NULL, hours TIME(6),
	fixedtext CHAR(20), words VARCHAR(300), long_words LONGTEXT, latin VARCHAR(300) CHARACTER SET latin1,
	japanese TEXT CHARACTER SET sjis, wide TEXT CHARACTER SET utf16, ascii_only TEXT CHARACTER SET ascii,
	raw BINARY(16), bytes VARBINARY(300), large_bytes LONGBLOB, point POINT, shape GEOMETRY,
	choice ENUM('', 'a', 'it''s', 'ü'), choices SET('x', 'y', 'z'), document JSON, token UUID, address INET6,
	doubled BIGINT AS (tiny * 2) VIRTUAL, kept VARCHAR(310) AS (CONCAT(words, '!')) STORED,
	seen DATETIME NULL INVISIBLE, UNIQUE KEY (huge, id)
) COMMENT='a; comment\nwith a line;\nand a ''quote'' '`

func TestEachTypeComesBack(t *testing.T) {
	columns := "tiny, small, medium, large, huge, money, price, single, twice, fixed, flags, flag, born, day, moment, " +
		"stamp, hours, fixedtext, words, long_words, latin, japanese, wide, ascii_only, raw, bytes, large_bytes, point, " +
		"shape, choice, choices, document, token, address, seen"
	rows := []string{
		// The ends of every range.
		`-128, 0, -8388608, -9223372036854775808, 0, -99999999999999999999999999999999999.999999999999999999999999999999,
		 0, -3.402823466e38, -1.7976931348623157e308, -999.9999, 0, b'0', 0, '1000-01-01', '1000-01-01 00:00:00.000001',
		 '1970-01-01 00:00:01.000001', '-838:59:59.000000', '', '', '', '', '', '', '', '', '', '', POINT(0, 0),
		 ST_GeomFromText('GEOMETRYCOLLECTION EMPTY'), '', '', 'null', '00000000-0000-0000-0000-000000000000', '::', NULL`,
		`127, 65535, 8388607, 9223372036854775807, 18446744073709551615, 0.000000000000000000000000000001, 99999999.99,
		 1.17549435e-38, 4.9e-324, 999.9999, b'1111111111111111111111111111111111111111111111111111111111111111', b'1', 2155,
		 '9999-12-31', '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07.999999', '838:59:59.000000',
		 'abcdefghijklmnopqrst', 'ü€😀\\', 'line\nbreak\r\n\tand \0 zero \Z', _latin1 0xe980ff, _sjis 0x835c5c8140,
		 _utf16 0x0027005c000a20acd83dde00, 'a;\nb', 0x00ff, 0x0a0d275c001a, REPEAT(CHAR(0, 10, 39, 92, 255), 3),
		 ST_GeomFromText('POINT(1.5 -2.5)', 4326), ST_GeomFromText('POLYGON((0 0,0 1,1 1,0 0))'), 'it''s', 'x,z',
		 '{"a": [1, 2.5, "\\u0000\\n\\"", null]}', UUID(), '2001:db8::1', NOW()`,
		// What the server took in looser times, or prints with less than it keeps.
		`-1, 7, 0, 0, 9007199254740993, 0, 0, 16777217, 0.1, 0.1, 1, b'0', 1901, '0000-00-00', '0000-00-00 00:00:00',
		 '0000-00-00 00:00:00', '00:00:00.5', 'pad  ', 'pad  ', '--\n-- end of dump\nDELIMITER ;;\n;', 'x', 'x', 'x', 'x',
		 0x41, 'it''s', 'INSERT INTO', NULL, NULL, 99, 'y', '[]', NULL, NULL, NULL`,
		`0, 0, 0, 0, 0, 0, 0, -0e0, -0e0, 1e-5, 9223372036854775808, b'1', 0, '2021-02-31', '2021-00-00', NULL, NULL, NULL,
		 NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`,
	}
	source := create(t, server, every)
	for _, row := range rows {
		run(t, source, "INSERT IGNORE INTO every ("+columns+") VALUES ("+row+")")
	}
	run(t, source,
		"UPDATE every SET id = 0 WHERE id = 1", "ALTER TABLE every AUTO_INCREMENT = 5000",
		"CREATE TABLE `odd ``name; é` (`a``b` INT, `select` VARCHAR(3) DEFAULT ';')",
		"INSERT INTO `odd ``name; é` VALUES (1, NULL), (2, '')",
		"CREATE TABLE empty (id INT)",
		"CREATE TABLE parted (id INT PRIMARY KEY) PARTITION BY RANGE (id) "+
			"(PARTITION low VALUES LESS THAN (10), PARTITION high VALUES LESS THAN MAXVALUE)",
		"INSERT INTO parted VALUES (1), (100)")
	made := makeDump(t, source)

	copied := create(t, server)
	require.NoError(t, load(t, copied, made))
	assert.Equal(t, fingerprint(t, source), fingerprint(t, copied))
	assert.Contains(t, string(made.text), "AUTO_INCREMENT=5000")

	clients := create(t, server)
	feed(t, clients, made.text)
	assert.Equal(t, fingerprint(t, source), fingerprint(t, clients), "loaded by the client")
}

// feed loads text with the command line client.
func feed(t *testing.T, db *sql.DB, text []byte) {
	t.Helper()
	var name string
	require.NoError(t, db.QueryRow("SELECT DATABASE()").Scan(&name))
	client, err := server.Client(t.Context(), name)
	require.NoError(t, err)
	client.Args = append(client.Args, "--comments")
	client.Stdin = bytes.NewReader(text)
	said, err := client.CombinedOutput()
	require.NoError(t, err, "%s", said)
}

func TestAnyValueComesBack(t *testing.T) {
	const table = `CREATE TABLE anything (id INT PRIMARY KEY, small BIGINT, large BIGINT UNSIGNED, single FLOAT,
		twice DOUBLE, bits BIT(64), words LONGTEXT, latin TEXT CHARACTER SET latin1, wide TEXT CHARACTER SET utf16,
		japanese TEXT CHARACTER SET sjis, bytes LONGBLOB, raw BINARY(8), money DECIMAL(65,30), document JSON,
		moment DATETIME(6), hours TIME(6), day DATE, born YEAR, choice ENUM('', 'a', 'é'), choices SET('x', 'y', 'z'),
		spot POINT)`
	source, copied := create(t, server, table), create(t, server)
	rapid.Check(t, func(r *rapid.T) {
		run(t, source, "TRUNCATE anything")
		require.NoError(t, Clear(t.Context(), copied))
		for id := range rapid.IntRange(1, 20).Draw(r, "rows") {
			row := anyRow(r, id)
			_, err := source.Exec("INSERT INTO anything VALUES (?"+strings.Repeat(", ?", len(row)-1)+")", row...)
			require.NoError(t, err)
		}
		require.NoError(t, load(t, copied, makeDump(t, source)))
		require.Equal(t, fingerprint(t, source), fingerprint(t, copied))
	})
}

// anyRow has a value of each column's type, or none.
func anyRow(r *rapid.T, id int) []any {
	row := []any{id}
	for _, value := range []any{
		rapid.Int64().Draw(r, "small"), rapid.Uint64().Draw(r, "large"), finite(rapid.Float32()).Draw(r, "single"),
		finite(rapid.Float64()).Draw(r, "twice"), rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(r, "bits"),
		rapid.String().Draw(r, "words"), runes("aé'\\\n\x00ÿ;-").Draw(r, "latin"), rapid.String().Draw(r, "wide"),
		runes("a'あソ表ｱ漢\n").Draw(r, "japanese"), rapid.SliceOf(rapid.Byte()).Draw(r, "bytes"),
		rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(r, "raw"), matching(r, "money", `-?[0-9]{1,35}\.[0-9]{1,30}`),
		fmt.Sprintf("{%q: %d}", matching(r, "key", `[a-zé ]*`), rapid.Int().Draw(r, "value")),
		matching(r, "moment", `[1-9][0-9]{3}-0[1-9]-[0-2][1-8] 1[0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{6}`),
		matching(r, "hours", `-?[0-7][0-9]{2}:[0-5][0-9]:[0-5][0-9]\.[0-9]{6}`),
		matching(r, "day", `[1-9][0-9]{3}-1[0-2]-[0-2][1-8]`), rapid.IntRange(1901, 2155).Draw(r, "born"),
		rapid.IntRange(1, 3).Draw(r, "choice"), rapid.IntRange(0, 7).Draw(r, "choices"),
		point(rapid.Uint32().Draw(r, "srid"), finite(rapid.Float64()).Draw(r, "x"), finite(rapid.Float64()).Draw(r, "y")),
	} {
		if rapid.IntRange(0, 9).Draw(r, "none") == 0 {
			value = nil
		}
		row = append(row, value)
	}
	return row
}

func finite[T float32 | float64](numbers *rapid.Generator[T]) *rapid.Generator[T] {
	return numbers.Filter(func(f T) bool { return !math.IsInf(float64(f), 0) && f == f })
}

func runes(among string) *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOf(rapid.SampledFrom([]rune(among))), func(drawn []rune) string { return string(drawn) })
}

func matching(r *rapid.T, label, pattern string) string {
	return rapid.StringMatching(pattern).Draw(r, label)
}

// point is a point as servers keep it: its reference system, and then well-known binary.
// https://dev.mysql.com/doc/refman/8.0/en/gis-data-formats.html
func point(srid uint32, x, y float64) []byte {
	data := binary.LittleEndian.AppendUint32(nil, srid)
	data = binary.LittleEndian.AppendUint32(append(data, 1), 1)
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(data, math.Float64bits(x)),
		math.Float64bits(y))
}

func TestRowsLargerThanAStatement(t *testing.T) {
	source := create(t, server, "CREATE TABLE large (id INT PRIMARY KEY, bytes LONGBLOB)",
		"INSERT INTO large VALUES (1, REPEAT(CHAR(0), 3000000)), (2, ''), (3, REPEAT('x', 2000000)), (4, NULL)",
		"CREATE TABLE many (id INT PRIMARY KEY, words CHAR(100))",
		"INSERT INTO many SELECT seq, REPEAT('y', 100) FROM seq_1_to_30000")
	made := makeDump(t, source)
	assert.Greater(t, strings.Count(string(made.text), "INSERT INTO `many`"), 2, "statements have an end")
	copied := create(t, server)
	require.NoError(t, load(t, copied, made))
	assert.Equal(t, fingerprint(t, source), fingerprint(t, copied))
}
