package world

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"haven/infra/sandbox/cloud"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
)

// writerVariable makes this test binary a writer of the world, so that tests have processes to run side by side and
// kill.
const writerVariable = "WORLD_TEST_WRITER"

func TestMain(m *testing.M) {
	if name := os.Getenv(writerVariable); name != "" {
		if err := writePairs(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writePairs writes pairs of a resource and one that refers to it, each pair in one transaction.
func writePairs(name string) error {
	w, err := FromEnvironment()
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(os.Getenv("WORLD_TEST_PAIRS"))
	if err != nil {
		return err
	}
	for i := range count {
		target, source := vpc(fmt.Sprintf("%s-vpc-%d", name, i)), subnet(fmt.Sprintf("%s-subnet-%d", name, i))
		err := w.Update(func(tx *Tx) error {
			if err := tx.Put(target, nil); err != nil {
				return err
			}
			return tx.Put(source, []Reference{{Property: "vpcId", To: KeyOf(target)}})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func writer(t *testing.T, w *World, name string, pairs int) *exec.Cmd {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(),
		writerVariable+"="+name, Variable+"="+w.path, "WORLD_TEST_PAIRS="+strconv.Itoa(pairs))
	cmd.Stderr = os.Stderr
	return cmd
}

func vpc(id string) cloud.Resource    { return made("aws:ec2/vpc:Vpc", id) }
func subnet(id string) cloud.Resource { return made("aws:ec2/subnet:Subnet", id) }

func made(token, id string) cloud.Resource {
	properties := property.NewMap(map[string]property.Value{
		"name": property.New("name of " + id), "password": property.New("secret of " + id).WithSecret(true),
	})
	return cloud.Resource{
		Provider: "aws", Account: "123456789012", Region: "eu-west-1", Type: token, ID: id,
		URN: "urn:pulumi:dev::haven::" + token + "::" + id, Inputs: properties, Outputs: properties,
	}
}

func newWorld(t *testing.T) *World { return At(filepath.Join(t.TempDir(), "world.db")) }

func put(t *testing.T, w *World, resources ...cloud.Resource) {
	require.NoError(t, w.Update(func(tx *Tx) error {
		for _, r := range resources {
			if err := tx.Put(r, nil); err != nil {
				return err
			}
		}
		return nil
	}))
}

func TestAResourceComesBackAsItWasPut(t *testing.T) {
	w := newWorld(t)
	r := vpc("vpc-1")
	r.Outputs = property.NewMap(map[string]property.Value{
		"null":   {},
		"flag":   property.New(true),
		"count":  property.New(3.0),
		"list":   property.New([]property.Value{property.New("a"), property.New(map[string]property.Value{})}),
		"nested": property.New(map[string]property.Value{"s": property.New("x").WithSecret(true)}),
		"secret": property.New([]property.Value{property.New("y")}).WithSecret(true),
	})
	put(t, w, r)
	require.NoError(t, w.View(func(tx *Tx) error {
		got, ok := tx.Get(KeyOf(r))
		assert.True(t, ok)
		assert.Equal(t, r, got)
		return nil
	}))
}

func TestFindAndListKeepAccountsRegionsAndTypesApart(t *testing.T) {
	w := newWorld(t)
	here, there, other := vpc("vpc-1"), vpc("vpc-2"), vpc("vpc-3")
	there.Region, other.Account = "eu-central-1", "210987654321"
	put(t, w, here, there, other, subnet("subnet-1"))
	require.NoError(t, w.View(func(tx *Tx) error {
		find := func(region, by, value string) bool {
			_, ok := tx.Find("aws:ec2/vpc:Vpc", "123456789012", region, by, value)
			return ok
		}
		assert.True(t, find("eu-west-1", "id", "vpc-1"))
		assert.True(t, find("eu-west-1", "name", "name of vpc-1"))
		assert.False(t, find("eu-central-1", "id", "vpc-1"))
		assert.False(t, find("eu-west-1", "name", "name of vpc-2"))
		assert.False(t, find("eu-west-1", "name", "vpc-1"), "part of a name is not the name")
		assert.Len(t, tx.List("aws:ec2/vpc:Vpc", "123456789012", "eu-west-1"), 1)
		assert.Len(t, tx.List("aws:ec2/vpc:Vpc", "123456789012", ""), 2)
		assert.Len(t, tx.List("aws:ec2/vpc:Vpc", "", ""), 3)
		assert.Equal(t, 1, tx.Count("aws:ec2/vpc:Vpc", "123456789012", "eu-west-1"))
		assert.Equal(t, 2, tx.Count("aws:ec2/vpc:Vpc", "123456789012", ""))
		assert.Equal(t, 3, tx.Count("aws:ec2/vpc:Vpc", "", ""))
		return nil
	}))
}

func TestSecretsAreNeverInTheFileInClear(t *testing.T) {
	w := newWorld(t)
	put(t, w, vpc("vpc-1"))
	text, err := os.ReadFile(w.path)
	require.NoError(t, err)
	assert.True(t, bytes.Contains(text, []byte("name of vpc-1")))
	assert.False(t, bytes.Contains(text, []byte("secret of vpc-1")))

	info, err := os.Stat(w.path + ".key")
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

	entries, err := w.Entries()
	require.NoError(t, err)
	require.Len(t, entries, 1)
	assert.Equal(t, map[string]any{"name": "name of vpc-1", "password": "[secret]"}, entries[0].Outputs)
}

func TestASecretNeedsTheKeyOfItsWorld(t *testing.T) {
	w := newWorld(t)
	put(t, w, vpc("vpc-1"))
	require.NoError(t, os.WriteFile(w.path+".key", make([]byte, keyBytes), 0o600))
	err := At(w.path).View(func(tx *Tx) error {
		_, ok := tx.Get(KeyOf(vpc("vpc-1")))
		assert.False(t, ok)
		return nil
	})
	assert.ErrorContains(t, err, "it is the key of another world")
}

func TestEntriesAreASortedStableArray(t *testing.T) {
	w := newWorld(t)
	entries, err := w.Entries()
	require.NoError(t, err)
	text, err := json.Marshal(entries)
	require.NoError(t, err)
	assert.Equal(t, "[]", string(text), "a world without a file")
	assert.NoFileExists(t, w.path, "reading makes no world")

	global := vpc("a-global")
	global.Region = "global"
	put(t, w, global, vpc("vpc-2"), vpc("vpc-1"), subnet("subnet-1"))
	entries, err = w.Entries()
	require.NoError(t, err)
	var ids []string
	for _, entry := range entries {
		ids = append(ids, entry.ID)
	}
	assert.Equal(t, []string{"subnet-1", "vpc-1", "vpc-2", "a-global"}, ids)
	text, err = json.Marshal(entries[0])
	require.NoError(t, err)
	assert.JSONEq(t, `{"provider":"aws","region":"eu-west-1","type":"aws:ec2/subnet:Subnet","id":"subnet-1",
		"urn":"urn:pulumi:dev::haven::aws:ec2/subnet:Subnet::subnet-1",
		"inputs":{"name":"name of subnet-1","password":"[secret]"},
		"outputs":{"name":"name of subnet-1","password":"[secret]"}}`, string(text))
}

func TestByURNFindsAllThatAURNMade(t *testing.T) {
	w := newWorld(t)
	old, replacement := vpc("vpc-1"), vpc("vpc-2")
	replacement.URN = old.URN
	put(t, w, old, replacement, vpc("vpc-3"))
	found, err := w.ByURN(old.URN)
	require.NoError(t, err)
	assert.Equal(t, []cloud.Resource{old, replacement}, found)

	none, err := w.ByURN(old.URN + "x")
	require.NoError(t, err)
	assert.Empty(t, none)
}

func TestAFailedTransactionChangesNothing(t *testing.T) {
	w := newWorld(t)
	refused := errors.New("refused")
	err := w.Update(func(tx *Tx) error {
		if err := tx.Put(vpc("vpc-1"), nil); err != nil {
			return err
		}
		return refused
	})
	assert.ErrorIs(t, err, refused)
	entries, err := w.Entries()
	require.NoError(t, err)
	assert.Empty(t, entries)
}

func TestUnknownValuesAreNotKept(t *testing.T) {
	r := vpc("vpc-1")
	r.Outputs = r.Outputs.Set("arn", property.New(property.Computed))
	err := newWorld(t).Update(func(tx *Tx) error { return tx.Put(r, nil) })
	assert.EqualError(t, err, "outputs of "+r.URN+": arn: a value that is not known cannot be kept")
}

func TestRetainedIsApartAndExpires(t *testing.T) {
	w := newWorld(t)
	keep := func(id string, until time.Time) cloud.Retained {
		return cloud.Retained{
			Type: "aws:kms/key:Key", ID: id, Account: "123456789012", Region: "eu-west-1", Until: until,
		}
	}
	pending, forever := keep("pending", time.Now().Add(time.Hour).UTC()), keep("forever", time.Time{})
	require.NoError(t, w.Update(func(tx *Tx) error {
		return errors.Join(tx.Retain(pending), tx.Retain(forever), tx.Retain(keep("gone", time.Now().Add(-time.Hour))))
	}))
	left, err := w.Retained()
	require.NoError(t, err)
	assert.Equal(t, []cloud.Retained{forever, pending}, left)
	entries, err := w.Entries()
	require.NoError(t, err)
	assert.Empty(t, entries, "what is retained is no live resource")
	require.NoError(t, w.View(func(tx *Tx) error {
		assert.Empty(t, tx.Retained("aws:kms/key:Key", "123456789012", "eu-central-1"))
		return nil
	}))
}

func TestFilesThatAreNoWorldAreRefused(t *testing.T) {
	const noWorld = "is no world of the sandbox"
	tests := map[string]struct {
		make func(t *testing.T, path string)
		want string
	}{
		"text":  {func(t *testing.T, path string) { write(t, path, strings.Repeat("no world ", 5000)) }, noWorld},
		"empty": {func(t *testing.T, path string) { write(t, path, "") }, noWorld},
		"folder": {func(t *testing.T, path string) {
			require.NoError(t, os.Mkdir(path, 0o700))
		}, noWorld},
		"another bbolt file": {func(t *testing.T, path string) {
			change(t, path, func(*bbolt.Tx) error { return nil })
		}, noWorld},
		"newer format": {func(t *testing.T, path string) {
			change(t, path, func(tx *bbolt.Tx) error {
				if err := layOut(tx); err != nil {
					return err
				}
				return tx.Bucket(metaBucket).Put(formatKey, binary.BigEndian.AppendUint32(nil, format+1))
			})
		}, "has format 2, and this haven knows formats up to 1: use the newer haven"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			test.make(t, w.path)
			_, err := w.Entries()
			assert.ErrorContains(t, err, test.want)
			err = w.Update(func(*Tx) error { return nil })
			assert.ErrorContains(t, err, test.want)
			assert.ErrorContains(t, err, w.path)
		})
	}
}

func TestAWorldCutOffIsRefused(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.Update(func(tx *Tx) error { return tx.Put(vpc("vpc-1"), nil) }))
	require.NoError(t, os.Truncate(w.path, 3*int64(os.Getpagesize())))
	_, err := w.Entries()
	assert.ErrorContains(t, err, w.path+" is no world of the sandbox: move it away")
}

func TestAPathThatCannotBeUsedIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	err := At(filepath.Join(file, "world.db")).Update(func(*Tx) error { return nil })
	assert.ErrorContains(t, err, "the world "+filepath.Join(file, "world.db"))
	assert.ErrorContains(t, err, "not a directory")
}

func TestFromEnvironmentNeedsThePath(t *testing.T) {
	t.Setenv(Variable, "")
	_, err := FromEnvironment()
	assert.ErrorContains(t, err, `HAVEN_WORLD is not set`)
}

func TestAWorldOpenElsewhereIsNotWaitedFor(t *testing.T) {
	w := newWorld(t)
	put(t, w, vpc("vpc-1"))
	db, err := bbolt.Open(w.path, 0o600, nil)
	require.NoError(t, err)
	defer db.Close()
	_, err = w.Entries()
	assert.ErrorContains(t, err, "is open in another program than haven")
}

func TestManyProcessesWriteOneWorld(t *testing.T) {
	w := newWorld(t)
	const processes, pairs = 4, 15
	var running []*exec.Cmd
	for i := range processes {
		cmd := writer(t, w, fmt.Sprintf("writer-%d", i), pairs)
		require.NoError(t, cmd.Start())
		running = append(running, cmd)
	}
	for _, cmd := range running {
		assert.NoError(t, cmd.Wait())
	}
	entries, err := w.Entries()
	require.NoError(t, err)
	assert.Len(t, entries, processes*pairs*2)
	assertConsistent(t, w)
}

func TestKilledWritersLeaveWholePairs(t *testing.T) {
	w := newWorld(t)
	for i := range 12 {
		cmd := writer(t, w, fmt.Sprintf("writer-%d", i), 1000)
		require.NoError(t, cmd.Start())
		time.Sleep(time.Duration(15+7*i) * time.Millisecond)
		require.NoError(t, cmd.Process.Kill())
		assert.Error(t, cmd.Wait(), "it was killed in the middle")

		entries, err := w.Entries()
		require.NoError(t, err)
		assert.Zero(t, len(entries)%2, "each transaction wrote two resources or none")
		assertConsistent(t, w)
	}
	put(t, w, vpc("afterwards"))
}

func write(t *testing.T, path, text string) {
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

func change(t *testing.T, path string, do func(*bbolt.Tx) error) {
	db, err := bbolt.Open(path, 0o600, nil)
	require.NoError(t, err)
	require.NoError(t, db.Update(do))
	require.NoError(t, db.Close())
}
