// Package dataset is what the dumps of the sandbox hold: data of nobody, in the form of a real dump.
//
// A ledger says when something was written, and no more. Its transactions become the rows of one table, the writes of a
// file system the lines of one file. Every part follows from the ledgers and the manifest alone, so that none of it is
// kept: the same bytes, with the same sums, come out whenever they are asked for. Nothing is sealed in secrets.age.
package dataset

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/klauspost/compress/zstd"

	"haven/components/dump/manifest"
	"haven/infra/dump/sqltext"
	"haven/infra/dump/users"
	"haven/infra/sandbox/world"
)

// label is what each part says of itself.
const label = "simulated by the sandbox: the data of nobody"

// table is the database's only one.
const table = "ledger"

const create = "CREATE TABLE `" + table + "` (\n" +
	"  `id` bigint unsigned NOT NULL,\n" +
	"  `committed_us` bigint NOT NULL COMMENT 'microseconds since 1970, UTC',\n" +
	"  `content` longtext NOT NULL,\n" +
	"  PRIMARY KEY (`id`)\n" +
	") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"

// filesName is the file system's only file.
const filesName = "storage/ledger.txt"

// Fill makes the parts of a dump that begins as the manifest says, and completes the manifest with what they are. One
// that says how many users there are has a part that says nobody.
func Fill(m *manifest.Manifest, database, files world.Ledger) (map[string][]byte, error) {
	database, files = database.At(m.StartedAt), files.At(m.StartedAt)
	text, err := compressed(func(to io.Writer) error { return rows(to, m.Identity(), database) })
	if err != nil {
		return nil, err
	}
	written := lines(files)
	packed, err := compressed(func(to io.Writer) error { return pack(to, m, written) })
	if err != nil {
		return nil, err
	}
	made := map[string][]byte{
		manifest.DatabasePart: text, manifest.FilesPart: packed, manifest.SecretsPart: unsealed(m.Identity()),
	}
	m.Tables = []manifest.Table{{Name: table, Rows: database.Transactions()}}
	m.Files = manifest.Files{Count: 1, Bytes: int64(len(written))}
	names := manifest.Parts
	if m.Users != nil {
		if made[manifest.UsersPart], err = compressed(func(to io.Writer) error {
			return users.Write(to, m.Identity(), &users.Directory{})
		}); err != nil {
			return nil, err
		}
		m.Users = &manifest.Users{}
		names = append(slices.Clone(names), manifest.UsersPart)
	}
	m.Parts = nil
	for _, name := range names {
		sum := sha256.Sum256(made[name])
		m.Parts = append(m.Parts, manifest.Part{
			Name: name, Bytes: int64(len(made[name])), SHA256: hex.EncodeToString(sum[:]),
		})
	}
	return made, nil
}

// compressed is always the same for the same: several encoders side by side would cut where they please.
func compressed(write func(io.Writer) error) ([]byte, error) {
	var buffer bytes.Buffer
	encoder, err := zstd.NewWriter(&buffer, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(write(encoder), encoder.Close()); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}

// rows are the transactions of a ledger as SQL text.
func rows(to io.Writer, identity string, ledger world.Ledger) error {
	text := sqltext.NewWriter(to, identity)
	text.Comment(label)
	text.Statement(create)
	text.Rows(table, []string{"id", "committed_us", "content"})
	var row []byte
	id := int64(0)
	for at, content := range ledger.All() {
		id++
		row = append(strconv.AppendInt(append(row[:0], '('), id, 10), ',')
		row = append(strconv.AppendInt(row, at.UnixMicro(), 10), ',')
		row = append(sqltext.AppendString(row, []byte(content)), ')')
		if err := text.Row(row); err != nil {
			return err
		}
	}
	return text.Close()
}

// lines are the writes of a file system.
func lines(ledger world.Ledger) []byte {
	text := []byte(label + "\n")
	for at, content := range ledger.All() {
		text = append(at.AppendFormat(text, time.RFC3339), ' ')
		text = append(strconv.AppendQuote(text, content), '\n')
	}
	return text
}

// pack writes a file as package files does a folder.
func pack(to io.Writer, m *manifest.Manifest, text []byte) error {
	packed := tar.NewWriter(to)
	for _, header := range []*tar.Header{
		{
			Typeflag: tar.TypeXGlobalHeader, Name: "pax_global_header", Format: tar.FormatPAX,
			PAXRecords: map[string]string{"comment": m.Identity()},
		},
		{
			Typeflag: tar.TypeReg, Name: filesName, Mode: 0o640, Size: int64(len(text)), ModTime: m.StartedAt,
			Format: tar.FormatPAX,
		},
	} {
		if err := packed.WriteHeader(header); err != nil {
			return err
		}
	}
	if _, err := packed.Write(text); err != nil {
		return err
	}
	return packed.Close()
}

// unsealed has the form of what age seals, for a recipient that there is none of: no identity opens it.
// https://c2sp.org/age
func unsealed(identity string) []byte {
	filler := sha256.Sum256([]byte(identity))
	line := base64.RawStdEncoding.EncodeToString(filler[:])
	return fmt.Appendf(nil, "age-encryption.org/v1\n-> haven-sandbox simulated\n%s\n--- %s\n%s", line, line, filler[:])
}
