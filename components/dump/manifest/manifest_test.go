package manifest

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sample is a manifest as it is written: what other programs read, and what an older dump is read as for ever.
const sample = `{
  "format": 1,
  "tenant": "acme",
  "generation": 2,
  "startedAt": "2026-11-21T22:00:00Z",
  "completedAt": "2026-11-21T22:01:30Z",
  "server": {
    "version": "8.0.41"
  },
  "binlog": {
    "file": "mysql-bin-changelog.000012",
    "position": 345,
    "gtid": ""
  },
  "tables": [
    {
      "name": "process_requests",
      "rows": 12
    },
    {
      "name": "users",
      "rows": 0
    }
  ],
  "views": 1,
  "files": {
    "count": 3,
    "bytes": 4096
  },
  "parts": [
    {
      "name": "database.sql.zst",
      "bytes": 100,
      "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    },
    {
      "name": "files.tar.zst",
      "bytes": 200,
      "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    },
    {
      "name": "secrets.age",
      "bytes": 300,
      "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    }
  ]
}
`

func TestParse(t *testing.T) {
	m, err := Parse([]byte(sample))
	require.NoError(t, err)
	assert.Equal(t, sample, string(m.Encode()))
	assert.Equal(t, Binlog{File: "mysql-bin-changelog.000012", Position: 345}, m.Binlog)
	assert.Equal(t, time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC), m.StartedAt)
	assert.Equal(t, int64(600), m.Bytes())
	assert.Equal(t, int64(12), m.Rows())
}

func TestAManifestThatIsRefused(t *testing.T) {
	const altered = "it is not written as haven-dump writes it: it was altered"
	for _, test := range []struct{ from, to, problem string }{
		{`"format": 1`, `"format": 2`, "format: 2, expected 1: use the haven-dump that made it"},
		{`"format": 1,`, ``, "format: none, expected 1: use the haven-dump that made it"},
		{`"views": 1`, `"views": 1, "more": 1`, `json: unknown field "more"`},
		{`"version": "8.0.41"`, `"version": "8.0.41", "host": "db"`, `json: unknown field "host"`},
		{`"views": 1`, `"Views": 1`, altered},
		{`"views": 1`, `"views": 2, "views": 1`, altered},
		{"}\n", "} ", altered},
		{`"gtid": ""`, `"gtid": "\u0041"`, altered},
		{`"tenant": "acme"`, `"tenant": "../acme"`,
			`tenant: "../acme", expected a tenant's name: a letter, then up to 62 letters, digits and hyphens, all small`},
		{`"generation": 2`, `"generation": 0`, "generation: 0, expected 1 or more"},
		{`22:00:00Z`, `22:00:00.5Z`, "startedAt: 2026-11-21 22:00:00.5 +0000 UTC, expected a time in UTC in whole seconds"},
		{`22:01:30Z`, `21:01:30Z`, "completedAt: 2026-11-21 21:01:30 +0000 UTC is before startedAt"},
		{`"8.0.41"`, `""`, "server.version: expected the server's version"},
		{`"position": 345`, `"position": 0`,
			`binlog: file "mysql-bin-changelog.000012" with position 0, expected both or neither`},
		{`"rows": 12`, `"rows": -1`, "tables[0].rows: -1, expected 0 or more"},
		{`"users"`, `"process_requests"`, `tables[1].name: "process_requests", expected names in order, each once`},
		{`"count": 3`, `"count": -3`, "files.count: -3, expected 0 or more"},
		{`"secrets.age"`, `"files.tar.zst"`, `parts[2].name: "files.tar.zst", expected "secrets.age"`},
		{`"bytes": 300`, `"bytes": 0`, "parts[2].bytes: 0, expected 1 or more"},
		{`"name": "users",`, ``, `tables[1].name: expected a name
tables[1].name: "", expected names in order, each once`},
	} {
		changed := strings.Replace(sample, test.from, test.to, 1)
		require.NotEqual(t, sample, changed, test.from)
		_, err := Parse([]byte(changed))
		assert.EqualError(t, err, test.problem, test.to)
	}
	for size := range len(sample) - 1 {
		_, err := Parse([]byte(sample[:size]))
		require.Error(t, err, size)
	}
	_, err := Parse([]byte(strings.Replace(sample, `"rows": 0`, `"rows": "0"`, 1)))
	assert.ErrorContains(t, err, "cannot unmarshal string")
	_, err = Parse([]byte(strings.Replace(sample, "0123", "0g23", 1)))
	assert.ErrorContains(t, err, "parts[0].sha256: ")
	assert.ErrorContains(t, err, "expected 64 hexadecimal digits")
}

// withUsers is the manifest of a tenant who has a user pool.
func withUsers() string {
	text := strings.Replace(sample, `    "bytes": 4096
  },
`, `    "bytes": 4096
  },
  "users": {
    "count": 5,
    "groups": 2
  },
`, 1)
	return strings.Replace(text, `    }
  ]
}
`, `    },
    {
      "name": "users.json.zst",
      "bytes": 400,
      "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    }
  ]
}
`, 1)
}

func TestTheUsersPart(t *testing.T) {
	text := withUsers()
	m, err := Parse([]byte(text))
	require.NoError(t, err)
	assert.Equal(t, text, string(m.Encode()))
	assert.Equal(t, &Users{Count: 5, Groups: 2}, m.Users)
	assert.Equal(t, int64(400), m.Part(UsersPart).Bytes)
	parts := "[database.sql.zst files.tar.zst secrets.age"
	for _, test := range []struct{ from, to, problem string }{
		{`"count": 5`, `"count": -5`, "users.count: -5, expected 0 or more"},
		{`"groups": 2`, `"groups": -2`, "users.groups: -2, expected 0 or more"},
		{`"users.json.zst"`, `"files.tar.zst"`, `parts[3].name: "files.tar.zst", expected "users.json.zst"`},
		{"  \"users\": {\n    \"count\": 5,\n    \"groups\": 2\n  },\n", "",
			"parts: there are 4, expected " + parts + "]"},
	} {
		changed := strings.Replace(text, test.from, test.to, 1)
		require.NotEqual(t, text, changed, test.from)
		_, err := Parse([]byte(changed))
		assert.EqualError(t, err, test.problem)
	}
	without := *m
	without.Parts = without.Parts[:3]
	_, err = Parse(without.Encode())
	assert.EqualError(t, err, "parts: there are 3, expected "+parts+" users.json.zst]")
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(strings.Replace(sample, "acme", "globex", 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			return
		}
		if !bytes.Equal(m.Encode(), data) || m.validate() != nil {
			t.Errorf("%q is taken for a manifest", data)
		}
	})
}
