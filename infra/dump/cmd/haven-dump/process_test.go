package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"haven/infra/mariadb"
)

var (
	// program is the command, built as it is.
	program string
	server  *mariadb.Server
	// port and authority are where the server listens with TLS, and who vouches for it.
	port, authority string
	identity, _     = age.GenerateX25519Identity()
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "haven-dump-")
		if err == nil {
			defer os.RemoveAll(folder)
			err = prepare(folder)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer server.Stop()
		return m.Run()
	}())
}

func prepare(folder string) error {
	program = filepath.Join(folder, "haven-dump")
	if said, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, said)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return err
	}
	if err := listener.Close(); err != nil {
		return err
	}
	if err := os.Chmod(folder, 0o755); err != nil { // the server's user reads the certificate
		return err
	}
	authority = filepath.Join(folder, "certificate.pem")
	key := filepath.Join(folder, "key.pem")
	if err := certify(authority, key); err != nil {
		return err
	}
	server, err = mariadb.Start(context.Background(), "--port="+port, "--bind-address=127.0.0.1",
		"--ssl-cert="+authority, "--ssl-key="+key, "--require-secure-transport=ON")
	if err != nil {
		return err
	}
	admin, err := server.Open("")
	if err != nil {
		return err
	}
	defer admin.Close()
	_, err = admin.Exec("CREATE USER backup@'%' IDENTIFIED BY '" + password + "'")
	if err == nil {
		_, err = admin.Exec("GRANT ALL ON *.* TO backup@'%'")
	}
	return err
}

// certify writes a certificate for this machine's address that vouches for itself.
func certify(certificate, key string) error {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a database of a test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	public, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	for path, block := range map[string]*pem.Block{
		certificate: {Type: "CERTIFICATE", Bytes: public}, key: {Type: "PRIVATE KEY", Bytes: pkcs8},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// What must never show in anything that the command prints.
const (
	password = "the long password of a database"
	appKey   = "the longer key of an application"
)

var databases atomic.Int64

// newDatabase is an empty database, and its name.
func newDatabase(t *testing.T) (*sql.DB, string) {
	t.Helper()
	name := fmt.Sprintf("haven%d", databases.Add(1))
	db, err := server.Create(t.Context(), name)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db, name
}

// tenant is a database and a folder with something in them, and the environment that names both.
func tenant(t *testing.T, rows int) (db *sql.DB, files string, environment []string) {
	t.Helper()
	db, name := newDatabase(t)
	for _, statement := range []string{
		"CREATE TABLE users (id INT PRIMARY KEY, name CHAR(128), photo BLOB)",
		fmt.Sprintf("INSERT INTO users SELECT seq, SHA2(seq, 512), RANDOM_BYTES(200) FROM seq_1_to_%d", rows),
		"CREATE VIEW people AS SELECT name FROM users",
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err)
	}
	files = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(files, "contract.pdf"), []byte("a contract"), 0o600))
	return db, files, environ(name, files)
}

// environ is the environment of a task, without the place of the dumps.
func environ(database, files string) []string {
	return []string{
		"HAVEN_DUMP_TENANT=acme", "HAVEN_DUMP_GENERATION=3", "HAVEN_DUMP_FILES=" + files,
		"HAVEN_DUMP_RECIPIENTS=" + identity.Recipient().String(),
		"DB_HOSTNAME=127.0.0.1", "DB_PORT=" + port, "DB_DATABASE=" + database,
		"DB_USERNAME=backup", "DB_PASSWORD=" + password, "MYSQL_ATTR_SSL_CA=" + authority, "APP_KEY=" + appKey,
	}
}

// outcome is what a run of the command left.
type outcome struct {
	line           line
	stdout, stderr string
	status         int
}

// command is a run of the command that has not begun.
func command(environment []string, args ...string) *exec.Cmd {
	c := exec.Command(program, args...)
	c.Env = environment
	return c
}

func run(t *testing.T, environment []string, args ...string) outcome {
	t.Helper()
	return finish(t, command(environment, args...))
}

func finish(t *testing.T, c *exec.Cmd) (o outcome) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	_ = c.Run() // its status says it
	o.stdout, o.stderr, o.status = stdout.String(), stderr.String(), c.ProcessState.ExitCode()
	for _, secret := range []string{password, appKey} {
		require.NotContains(t, o.stdout+o.stderr, secret)
	}
	if o.status == 0 {
		require.NoError(t, json.Unmarshal([]byte(o.stdout), &o.line), o.stdout)
		require.Equal(t, 1, strings.Count(o.stdout, "\n"), "one line")
	}
	return o
}

// succeeds is a run that must succeed.
func succeeds(t *testing.T, environment []string, args ...string) line {
	t.Helper()
	o := run(t, environment, args...)
	require.Zero(t, o.status, o.stderr)
	return o.line
}
