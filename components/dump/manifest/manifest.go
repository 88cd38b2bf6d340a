// Package manifest is what a dump says of itself in its last object, manifest.json.
//
// It is all that others than the dump's program know of a dump, and reads what that one writes byte by byte, so that
// what was altered is refused. It knows no cloud and no database.
package manifest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// Format is the only format there is so far.
const Format = 1

// The objects of a dump.
const (
	Name         = "manifest.json"
	DatabasePart = "database.sql.zst"
	FilesPart    = "files.tar.zst"
	SecretsPart  = "secrets.age"
	UsersPart    = "users.json.zst"
)

// Parts are every dump's, in the order in which they are written and listed. UsersPart follows them in that of a tenant
// who has a user pool.
var Parts = []string{DatabasePart, FilesPart, SecretsPart}

// TimeLayout is how the time of a dump is written in its prefix; it is UTC.
const TimeLayout = "20060102T150405Z"

// ContentType is what a manifest is stored as: Pulumi's provider reads the body of text and JSON only.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/s3_object
const ContentType = "application/json"

// Manifest says what a dump is.
type Manifest struct {
	// Format is the constant of the same name.
	Format int `json:"format"`
	// Tenant is whose data it is, Generation which generation of it.
	Tenant     string `json:"tenant"`
	Generation int    `json:"generation"`
	// StartedAt is when the snapshot began: the dump has every transaction that was committed before. CompletedAt is
	// when the last part was durable. Both are UTC, in whole seconds.
	StartedAt   time.Time `json:"startedAt"`
	CompletedAt time.Time `json:"completedAt"`
	// Server is the one that the data comes from.
	Server Server `json:"server"`
	// Binlog is the place in the server's binary log that the database is at. It is empty where the server keeps none.
	Binlog Binlog `json:"binlog"`
	// Tables are all there are, ordered by name, Views how many there are.
	Tables []Table `json:"tables"`
	Views  int     `json:"views"`
	// Files are the regular files.
	Files Files `json:"files"`
	// Users are the accounts of the tenant's user pool; nil of a tenant without one.
	Users *Users `json:"users,omitempty"`
	// Parts are what the dump consists of.
	Parts []Part `json:"parts"`
}

// Server is a database server.
type Server struct {
	// Version is what it calls itself, such as 8.0.41.
	Version string `json:"version"`
}

// Binlog is a place in a binary log.
type Binlog struct {
	// File and Position are where the next event stands, GTID the set of all transactions before it, where the server
	// numbers them.
	File     string `json:"file"`
	Position uint64 `json:"position"`
	GTID     string `json:"gtid"`
}

// Table is a table and how many rows it has.
type Table struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
}

// Files are how many regular files there are, and their size.
type Files struct {
	Count int64 `json:"count"`
	Bytes int64 `json:"bytes"`
}

// Users are how many accounts there are, and how many groups of them.
type Users struct {
	Count  int64 `json:"count"`
	Groups int64 `json:"groups"`
}

// Part is an object of the dump.
type Part struct {
	Name string `json:"name"`
	// Bytes and SHA256 are of what is stored; the sum is in lower-case hexadecimal digits.
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Rows are those of all tables.
func (m *Manifest) Rows() int64 {
	var rows int64
	for _, table := range m.Tables {
		rows += table.Rows
	}
	return rows
}

// Bytes are those of all parts.
func (m *Manifest) Bytes() int64 {
	var size int64
	for _, part := range m.Parts {
		size += part.Bytes
	}
	return size
}

// Identity is what each part says of whose dump it is.
func (m *Manifest) Identity() string {
	return fmt.Sprintf("haven dump %d of tenant %s, generation %d, at %s",
		m.Format, m.Tenant, m.Generation, m.StartedAt.Format(time.RFC3339))
}

// Encode is the one form in which a manifest is written.
func (m *Manifest) Encode() []byte {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		panic(err) // it has plain values only
	}
	return append(data, '\n')
}

// Digest is the SHA-256 of a manifest as it is stored.
func (m *Manifest) Digest() string { return digest(m.Encode()) }

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Parse reads a manifest strictly: byte by byte as this package writes it, with nothing missing, unknown or
// impossible.
func Parse(data []byte) (*Manifest, error) {
	var version struct{ Format *int }
	if err := json.Unmarshal(data, &version); err != nil {
		return nil, fmt.Errorf("it is no JSON object: %w", err)
	}
	if version.Format == nil || *version.Format != Format {
		return nil, fmt.Errorf("format: %s, expected %d: use the haven-dump that made it", shown(version.Format), Format)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var m Manifest
	if err := decoder.Decode(&m); err != nil {
		return nil, err
	}
	if err := m.validate(); err != nil {
		return nil, err
	}
	if !bytes.Equal(data, m.Encode()) {
		return nil, errors.New("it is not written as haven-dump writes it: it was altered")
	}
	return &m, nil
}

func shown(format *int) string {
	if format == nil {
		return "none"
	}
	return fmt.Sprint(*format)
}

var (
	tenantName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)
	sum        = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// CheckTenant refuses what cannot be a tenant's name.
func CheckTenant(name string) error {
	if !tenantName.MatchString(name) {
		return fmt.Errorf("%q, expected a tenant's name: a letter, then up to 62 letters, digits and hyphens, all small",
			name)
	}
	return nil
}

func (m *Manifest) validate() error {
	var problems []error
	check := func(good bool, format string, args ...any) {
		if !good {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	if err := CheckTenant(m.Tenant); err != nil {
		problems = append(problems, fmt.Errorf("tenant: %w", err))
	}
	check(m.Generation >= 1, "generation: %d, expected 1 or more", m.Generation)
	check(wholeSecond(m.StartedAt), "startedAt: %s, expected a time in UTC in whole seconds", m.StartedAt)
	check(wholeSecond(m.CompletedAt), "completedAt: %s, expected a time in UTC in whole seconds", m.CompletedAt)
	check(!m.CompletedAt.Before(m.StartedAt), "completedAt: %s is before startedAt", m.CompletedAt)
	check(m.Server.Version != "", "server.version: expected the server's version")
	check((m.Binlog.File == "") == (m.Binlog.Position == 0), "binlog: file %q with position %d, expected both or neither",
		m.Binlog.File, m.Binlog.Position)
	check(m.Tables != nil, "tables: expected a list")
	for i, table := range m.Tables {
		check(table.Name != "", "tables[%d].name: expected a name", i)
		check(table.Rows >= 0, "tables[%d].rows: %d, expected 0 or more", i, table.Rows)
		check(i == 0 || m.Tables[i-1].Name < table.Name, "tables[%d].name: %q, expected names in order, each once",
			i, table.Name)
	}
	check(m.Views >= 0, "views: %d, expected 0 or more", m.Views)
	check(m.Files.Count >= 0, "files.count: %d, expected 0 or more", m.Files.Count)
	check(m.Files.Bytes >= 0, "files.bytes: %d, expected 0 or more", m.Files.Bytes)
	if m.Users != nil {
		check(m.Users.Count >= 0, "users.count: %d, expected 0 or more", m.Users.Count)
		check(m.Users.Groups >= 0, "users.groups: %d, expected 0 or more", m.Users.Groups)
	}
	return errors.Join(append(problems, m.validateParts()...)...)
}

// names are those of the parts, in their order.
func (m *Manifest) names() []string {
	if m.Users == nil {
		return Parts
	}
	return append(slices.Clone(Parts), UsersPart)
}

func (m *Manifest) validateParts() []error {
	names := m.names()
	if len(m.Parts) != len(names) {
		return []error{fmt.Errorf("parts: there are %d, expected %v", len(m.Parts), names)}
	}
	var problems []error
	for i, part := range m.Parts {
		if part.Name != names[i] {
			problems = append(problems, fmt.Errorf("parts[%d].name: %q, expected %q", i, part.Name, names[i]))
		}
		if part.Bytes <= 0 {
			problems = append(problems, fmt.Errorf("parts[%d].bytes: %d, expected 1 or more", i, part.Bytes))
		}
		if !sum.MatchString(part.SHA256) {
			problems = append(problems,
				fmt.Errorf("parts[%d].sha256: %q, expected 64 hexadecimal digits", i, part.SHA256))
		}
	}
	return problems
}

func wholeSecond(t time.Time) bool {
	return !t.IsZero() && t.Nanosecond() == 0 && t.Location() == time.UTC
}

// Part is the part of that name.
func (m *Manifest) Part(name string) Part {
	for _, part := range m.Parts {
		if part.Name == name {
			return part
		}
	}
	return Part{Name: name}
}
