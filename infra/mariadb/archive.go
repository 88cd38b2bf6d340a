package mariadb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// archiver is the number under which an archive asks its server for the log, as a replica would.
const archiver = "4242"

// Archive is a copy of a server's binary log in a folder, which follows the server until either ends.
type Archive struct {
	Folder string

	server  *Server
	process *exec.Cmd
	said    bytes.Buffer
	ended   chan struct{}
}

// Archive begins to copy the server's binary log from its first file on into a folder that is there.
// https://mariadb.com/kb/en/mariadb-binlog-options/
func (s *Server) Archive(ctx context.Context, folder string) (*Archive, error) {
	binlog, err := program("mariadb-binlog")
	if err != nil {
		return nil, err
	}
	var first string
	var size int64
	if err := s.root.QueryRowContext(ctx, "SHOW BINARY LOGS").Scan(&first, &size); err != nil {
		return nil, fmt.Errorf("binary logs: %w", err)
	}
	a := &Archive{Folder: folder, server: s, ended: make(chan struct{})}
	a.process = exec.Command(binlog, append(s.credentials(), "--read-from-remote-server", "--raw", "--stop-never",
		"--stop-never-slave-server-id="+archiver, "--result-file="+folder+string(filepath.Separator), first)...)
	a.process.Stdout, a.process.Stderr = &a.said, &a.said
	if err := a.process.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = a.process.Wait() // it never ends well: it is killed, or loses its server
		close(a.ended)
	}()
	return a, nil
}

// CatchUp returns once the archive has all that the server has written so far.
func (a *Archive) CatchUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var file, nothing string
	var position int64
	err := a.server.root.QueryRowContext(ctx, "SHOW MASTER STATUS").Scan(&file, &position, &nothing, &nothing)
	if err != nil {
		return fmt.Errorf("binary log: %w", err)
	}
	for {
		if info, err := os.Stat(filepath.Join(a.Folder, file)); err == nil && info.Size() >= position {
			return nil
		}
		select {
		case <-a.ended:
			return fmt.Errorf("the archive of the binary log ended: %s", a.said.Bytes())
		case <-ctx.Done():
			return fmt.Errorf("the archive does not reach %s:%d: %w", file, position, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Stop ends the copying, and leaves what was copied.
func (a *Archive) Stop() error {
	if err := a.process.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-a.ended
	return nil
}

// Log is what the archive has so far.
func (a *Archive) Log(ctx context.Context) (*Log, error) {
	entries, err := os.ReadDir(a.Folder)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "binlog.") {
			files = append(files, filepath.Join(a.Folder, entry.Name()))
		}
	}
	slices.Sort(files)
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has no binary log", a.Folder)
	}
	return readLog(ctx, files)
}
