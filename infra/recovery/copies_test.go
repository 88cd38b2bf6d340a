package recovery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func ago(minutes int) time.Time { return noon.Add(-time.Duration(minutes) * time.Minute) }

func TestChoose(t *testing.T) {
	t.Parallel()
	replica := Copy{Kind: Replica, ID: "replica", From: ago(9999), Until: noon}
	backup := Copy{Kind: AutomatedBackup, ID: "backup", From: ago(9999), Until: ago(20)}
	snapshot := Copy{Kind: Snapshot, ID: "snapshot", From: ago(300), Until: ago(300)}
	older := Copy{Kind: Snapshot, ID: "older", From: ago(1000), Until: ago(1000)}
	dump := Copy{Kind: Dump, ID: "dump", From: ago(60), Until: ago(60)}
	unsound := func(c Copy) Copy { c.Unsound = "its key is gone"; return c }
	for name, test := range map[string]struct {
		copies []Copy
		at     time.Time
		want   string
		as     time.Time
	}{
		"the replica loses least":               {[]Copy{replica, backup, snapshot, dump}, time.Time{}, "replica", noon},
		"then the replicated backups":           {[]Copy{unsound(replica), backup, snapshot}, time.Time{}, "backup", ago(20)},
		"then the newest snapshot":              {[]Copy{older, snapshot, dump}, time.Time{}, "snapshot", ago(300)},
		"then the dump":                         {[]Copy{unsound(snapshot), dump}, time.Time{}, "dump", ago(60)},
		"a time is not the replica's to give":   {[]Copy{replica, backup}, ago(30), "backup", ago(30)},
		"a time before what a copy begins with": {[]Copy{snapshot, older}, ago(500), "older", ago(1000)},
		"no copy is newer than asked for":       {[]Copy{backup}, noon, "backup", ago(20)},
	} {
		source, err := Choose(test.copies, test.at)
		require.NoError(t, err, name)
		assert.Equal(t, test.want, source.ID, name)
		assert.Equal(t, test.as, source.At, name)
	}
	_, err := Choose([]Copy{replica, snapshot}, ago(400))
	require.EqualError(t, err, "there is no copy to bring it back from as of 2026-11-22T05:20:00Z")
	_, err = Choose(nil, time.Time{})
	require.EqualError(t, err, "there is no copy to bring it back from")
}
