package dump

import (
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"haven/infra/dump/files"
	"haven/infra/dump/sqltext"
	"haven/infra/dump/users"
)

// windowLimit is the memory, in bytes, that decompressing may ask for: eight times what haven-dump needs.
const windowLimit = 64 << 20

// ReadDatabase hands on the statements of the database's part, and then says whether tables, rows and views are as
// many as the manifest says.
func ReadDatabase(m *Manifest, from io.Reader, take func(sqltext.Statement) error) error {
	return decompressed(from, func(from io.Reader) error {
		text, err := sqltext.NewReader(from)
		if err != nil {
			return err
		}
		if err := own(m, text.Identity); err != nil {
			return err
		}
		found := contents{rows: map[string]int64{}}
		for {
			statement, err := text.Next()
			if errors.Is(err, io.EOF) {
				return compare(m, found)
			}
			if err != nil {
				return err
			}
			found.count(statement)
			if err := take(statement); err != nil {
				return err
			}
		}
	})
}

// ReadFiles hands on the files' part, and then says whether the files are as many as the manifest says.
func ReadFiles(m *Manifest, from io.Reader, take func(*files.Reader) (files.Summary, error)) error {
	return decompressed(from, func(from io.Reader) error {
		packed, err := files.NewReader(from)
		if err != nil {
			return err
		}
		if err := own(m, packed.Identity); err != nil {
			return err
		}
		found, err := take(packed)
		if err != nil {
			return err
		}
		if Files(found) != m.Files {
			return fmt.Errorf("it has %d files of %d bytes, the manifest says %d of %d",
				found.Count, found.Bytes, m.Files.Count, m.Files.Bytes)
		}
		return nil
	})
}

// ReadUsers is who may sign in, if they are as many as the manifest says.
func ReadUsers(m *Manifest, from io.Reader) (found *users.Directory, err error) {
	err = decompressed(from, func(from io.Reader) error {
		var identity string
		if found, identity, err = users.Read(from); err != nil {
			return err
		}
		if err := own(m, identity); err != nil {
			return err
		}
		if counted := (Users{Count: int64(len(found.Users)), Groups: int64(len(found.Groups))}); counted != *m.Users {
			return fmt.Errorf("it has %d accounts in %d groups, the manifest says %d in %d",
				counted.Count, counted.Groups, m.Users.Count, m.Users.Groups)
		}
		return nil
	})
	return found, err
}

// decompressed reads a stream of zstd to its end, whatever the reader leaves over.
func decompressed(from io.Reader, read func(io.Reader) error) error {
	decoder, err := zstd.NewReader(from, zstd.WithDecoderMaxWindow(windowLimit))
	if err != nil {
		return err
	}
	defer decoder.Close()
	if err := read(decoder); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, decoder)
	return err
}

// contents are what the text of a database has.
type contents struct {
	rows   map[string]int64 // by table
	strays []string         // tables with rows that no statement created
	views  int
}

func (c *contents) count(statement sqltext.Statement) {
	if table := statement.Table(); table != "" {
		c.rows[table] += 0
	}
	if statement.View() != "" {
		c.views++
	}
	table, rows := statement.Rows()
	if table == "" {
		return
	}
	if _, created := c.rows[table]; !created {
		c.strays = append(c.strays, table)
	}
	c.rows[table] += int64(rows)
}

func compare(m *Manifest, found contents) error {
	var problems []error
	for _, table := range found.strays {
		problems = append(problems, fmt.Errorf("table %q has rows before it is created", table))
	}
	for _, table := range m.Tables {
		rows, there := found.rows[table.Name]
		delete(found.rows, table.Name)
		switch {
		case !there:
			problems = append(problems, fmt.Errorf("table %q is missing, the manifest has it with %d rows",
				table.Name, table.Rows))
		case rows != table.Rows:
			problems = append(problems, fmt.Errorf("table %q has %d rows, the manifest says %d",
				table.Name, rows, table.Rows))
		}
	}
	for table, rows := range found.rows {
		problems = append(problems, fmt.Errorf("table %q with %d rows is not in the manifest", table, rows))
	}
	if found.views != m.Views {
		problems = append(problems, fmt.Errorf("it has %d views, the manifest says %d", found.views, m.Views))
	}
	return errors.Join(problems...)
}
