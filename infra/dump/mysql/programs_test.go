package mysql

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// workflow is a database with everything that is not a row.
var workflow = []string{
	"ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
	"SET foreign_key_checks = 0",
	"CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES person (id) ON DELETE CASCADE)",
	"CREATE TABLE person (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50), boss INT, total INT DEFAULT 0, " +
		"FOREIGN KEY (boss) REFERENCES person (id))",
	"INSERT INTO child VALUES (1, 2)",
	"INSERT INTO person VALUES (1, 'é', 2, 0), (2, 'b', 1, 0)",
	// The first view names the second.
	"CREATE VIEW zz AS SELECT id, name, UPPER(name) AS `loud;\u00e9` FROM person",
	"CREATE VIEW aa AS SELECT * FROM zz WHERE name <> ';\\n'",
	"CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 2",
	"CREATE DEFINER=`gone``d`@`%` PROCEDURE many() SQL SECURITY INVOKER COMMENT ';;' " +
		"BEGIN\n-- end of dump\nSELECT ';;', \"é\";\nSELECT '$$1'; /* ;; */\nEND",
	"CREATE TRIGGER second BEFORE INSERT ON person FOR EACH ROW SET NEW.total = NEW.total * 10",
	"CREATE TRIGGER first BEFORE INSERT ON person FOR EACH ROW PRECEDES second SET NEW.total = twice(NEW.total)",
	"CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE DO BEGIN DELETE FROM child; END",
	"CREATE VIEW uses AS SELECT twice(id) AS n FROM person",
	"SET character_set_client = latin1, sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'",
	"CREATE PROCEDURE old() SELECT 'caf\xe9\\', \"name\" FROM \"person\"",
	"CREATE VIEW older AS SELECT 'caf\xe9\\' AS word",
}

func TestProgramsComeBack(t *testing.T) {
	source, copied, clients := create(t, server, workflow...), create(t, server), create(t, server)
	made := makeDump(t, source)
	require.NoError(t, load(t, copied, made))
	assert.Equal(t, fingerprint(t, source), fingerprint(t, copied))
	feed(t, clients, made.text)
	assert.Equal(t, fingerprint(t, source), fingerprint(t, clients), "loaded by the client")
	assert.Equal(t, 4, made.views)
	assert.NotContains(t, string(made.text), "DEFINER=")
	assert.Contains(t, string(made.text), "-- procedure `many` was defined by \"`gone``d`@`%`\"\n")
	assert.Equal(t, string(body(made.text)), string(body(makeDump(t, copied).text)),
		"a dump of what was restored is the same text, but for who defined what")
	run(t, copied, "INSERT INTO person (name, total) VALUES ('c', 3)")
	var total int
	require.NoError(t, copied.QueryRow("SELECT total FROM person WHERE name = 'c'").Scan(&total))
	assert.Equal(t, 60, total, "both triggers, in their order")
}

func TestABrokenProgramKeepsNoRowFromComingBack(t *testing.T) {
	source := create(t, server, "CREATE TABLE kept (id INT)", "INSERT INTO kept VALUES (1)",
		"CREATE TABLE lost (id INT)", "CREATE VIEW broken AS SELECT id FROM lost", "CREATE VIEW fine AS SELECT id FROM kept",
		"DROP TABLE lost")
	copied := create(t, server)
	err := load(t, copied, makeDump(t, source))
	require.ErrorContains(t, err, "VIEW `broken`")
	assert.NotContains(t, err.Error(), "fine")
	var rows int
	require.NoError(t, copied.QueryRow("SELECT COUNT(*) FROM fine").Scan(&rows))
	assert.Equal(t, 1, rows)
}

func TestWhatHasNoFaithfulCopyIsRefused(t *testing.T) {
	source := create(t, server, "CREATE TABLE fine (id INT)", "CREATE TABLE loose (id INT) ENGINE=MyISAM",
		"CREATE TABLE `broken\nname` (id INT)", "CREATE TABLE c (`a\tb` INT)", "CREATE SEQUENCE numbers",
		"CREATE TABLE kept (id INT) WITH SYSTEM VERSIONING")
	_, err := Begin(t.Context(), source, impatient)
	require.EqualError(t, err, `snapshot, try 1 of 1: `+
		`table "broken\nname": its name has a control character in it: rename it
table "c": column "a\tb": its name has a control character in it: rename it
table "kept": it is a system versioned, of which SQL text has no faithful copy
table "loose": its engine "MyISAM" has no transactions, so that no snapshot has it: alter it to InnoDB
table "numbers": it is a sequence, of which SQL text has no faithful copy`)
}

func TestClear(t *testing.T) {
	db := create(t, server, workflow...)
	empty, err := Empty(t.Context(), db)
	require.NoError(t, err)
	assert.False(t, empty)
	require.NoError(t, Clear(t.Context(), db))
	empty, err = Empty(t.Context(), db)
	require.NoError(t, err)
	assert.True(t, empty)
}
