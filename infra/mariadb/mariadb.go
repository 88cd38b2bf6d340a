// Package mariadb runs a MariaDB server of its own, for tests and drills that need a real database.
//
// A server has a folder of its own below the temporary one, listens on a socket in it and on no port unless told, keeps
// a binary log in full rows, and is gone with its folder when it is stopped. It needs Debian's package mariadb-server,
// or what any system calls the same, and no rights: started by root it runs as the user mysql.
package mariadb

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
)

// User is who has all rights, without a password.
const User = "root"

// patience is how long a server may take to start or to stop.
const patience = time.Minute

// Server is a running server.
type Server struct {
	// Folder is its own, Socket where it listens.
	Folder, Socket string

	process *exec.Cmd
	ended   chan error
	root    *sql.DB
}

// Start starts a server, with options of mariadbd's own in addition.
func Start(ctx context.Context, options ...string) (_ *Server, err error) {
	folder, err := os.MkdirTemp("", "haven-mariadb-")
	if err != nil {
		return nil, err
	}
	s := &Server{Folder: folder, Socket: filepath.Join(folder, "socket"), ended: make(chan error, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("mariadb: %w", err), s.Stop())
		}
	}()
	if err := s.install(ctx); err != nil {
		return nil, err
	}
	if err := s.launch(options); err != nil {
		return nil, err
	}
	return s, s.wait(ctx)
}

// program finds a program of MariaDB's; a server's lies beside those of administrators.
func program(name string) (string, error) {
	for _, folder := range []string{"", "/usr/sbin", "/usr/local/sbin"} {
		if path, err := exec.LookPath(filepath.Join(folder, name)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no %s on this machine: install mariadb-server", name)
}

func (s *Server) data() string { return filepath.Join(s.Folder, "data") }

// temporary is where it keeps temporary tables. Servers that share that folder now and then remove each other's.
func (s *Server) temporary() string { return filepath.Join(s.Folder, "tmp") }

// command is a program of this server's.
func (s *Server) command(ctx context.Context, path string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, path, args...)
	c.Env = append(os.Environ(), "TMPDIR="+s.temporary())
	return c
}

// owner are the options that name the user to run as, who owns the folders too.
func (s *Server) owner() ([]string, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	mysql, err := user.Lookup("mysql")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(mysql.Uid)
	if err != nil {
		return nil, err
	}
	for _, folder := range []string{s.Folder, s.data(), s.temporary()} {
		if err := os.Chown(folder, uid, -1); err != nil {
			return nil, err
		}
	}
	return []string{"--user=mysql"}, nil
}

func (s *Server) install(ctx context.Context) error {
	install, err := program("mariadb-install-db")
	if err != nil {
		return err
	}
	for _, folder := range []string{s.data(), s.temporary()} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			return err
		}
	}
	owner, err := s.owner()
	if err != nil {
		return err
	}
	args := append([]string{"--no-defaults", "--datadir=" + s.data(), "--auth-root-authentication-method=normal",
		"--skip-test-db"}, owner...)
	if said, err := s.command(ctx, install, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", install, err, said)
	}
	return nil
}

func (s *Server) log() string { return filepath.Join(s.Folder, "log") }

func (s *Server) launch(options []string) error {
	mariadbd, err := program("mariadbd")
	if err != nil {
		return err
	}
	owner, err := s.owner()
	if err != nil {
		return err
	}
	log, err := os.Create(s.log())
	if err != nil {
		return err
	}
	defer log.Close()
	args := append([]string{"--no-defaults", "--datadir=" + s.data(), "--socket=" + s.Socket,
		"--pid-file=" + filepath.Join(s.Folder, "pid"), "--server-id=1", "--log-bin=binlog", "--binlog-format=ROW",
		"--binlog-row-image=FULL", "--character-set-server=utf8mb4", "--innodb-flush-log-at-trx-commit=2"}, owner...)
	if !networked(options) {
		args = append(args, "--skip-networking")
	}
	s.process = s.command(context.Background(), mariadbd, append(args, options...)...)
	s.process.Stdout, s.process.Stderr = log, log
	if err := s.process.Start(); err != nil {
		return err
	}
	go func() { s.ended <- s.process.Wait() }()
	return nil
}

func networked(options []string) bool {
	return slices.ContainsFunc(options, func(option string) bool { return strings.HasPrefix(option, "--port=") })
}

// wait returns once the server answers.
func (s *Server) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	root, err := s.Open("")
	if err != nil {
		return err
	}
	s.root = root
	for root.PingContext(ctx) != nil {
		select {
		case err := <-s.ended:
			s.ended <- err
			return fmt.Errorf("the server ended: %w: %s", err, s.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w: %s", ctx.Err(), s.lastWords())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

func (s *Server) lastWords() []byte {
	log, _ := os.ReadFile(s.log())
	lines := bytes.Split(log, []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-10):], []byte("\n"))
}

// Open is a pool of sessions in a database, or in none.
func (s *Server) Open(database string) (*sql.DB, error) {
	config := mysql.NewConfig()
	config.User, config.Net, config.Addr, config.DBName = User, "unix", s.Socket, database
	config.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// Create creates a database, and is a pool of sessions in it.
func (s *Server) Create(ctx context.Context, database string) (*sql.DB, error) {
	if _, err := s.root.ExecContext(ctx, "CREATE DATABASE `"+database+"`"); err != nil {
		return nil, err
	}
	return s.Open(database)
}

// Client is the command line client in a database.
func (s *Server) Client(ctx context.Context, database string) (*exec.Cmd, error) {
	client, err := program("mariadb")
	if err != nil {
		return nil, err
	}
	return exec.CommandContext(ctx, client, append(s.credentials(), database)...), nil
}

// credentials are how the server's own programs reach it.
func (s *Server) credentials() []string {
	return []string{"--no-defaults", "--user=" + User, "--socket=" + s.Socket}
}

// BinaryLog prints the binary log from a place to its end, as statements that a client of any server runs.
func (s *Server) BinaryLog(ctx context.Context, file string, position uint64) (*exec.Cmd, error) {
	binlog, err := program("mariadb-binlog")
	if err != nil {
		return nil, err
	}
	return exec.CommandContext(ctx, binlog, append(s.credentials(), "--read-from-remote-server", "--to-last-log",
		"--start-position="+strconv.FormatUint(position, 10), file)...), nil
}

// Kill ends the server as a lost machine does: at once, in the middle of whatever it was doing.
func (s *Server) Kill() error {
	if s.process == nil || s.process.Process == nil {
		return nil
	}
	err := s.end()
	s.process = nil
	return err
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	var problems []error
	if s.root != nil {
		_ = s.root.Close() // a server that was killed ends no session
	}
	problems = append(problems, s.Kill())
	if err := os.RemoveAll(s.Folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// end ends the process: nothing in it is worth waiting for.
func (s *Server) end() error {
	if err := s.process.Process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-s.ended
	return nil
}
