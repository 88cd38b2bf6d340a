package dump

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"time"

	"filippo.io/age"

	"haven/infra/dump/files"
	"haven/infra/dump/sqltext"
)

// Expectation is what whoever asks knows of the dump from elsewhere. Its zero value expects a dump, of anybody.
type Expectation struct {
	// Tenant is whose it must be.
	Tenant string
	// StartedAt is when it must have begun.
	StartedAt time.Time
	// ManifestSHA256 is the manifest's own sum, as it was printed when the dump was made: no other dump passes for
	// this one then.
	ManifestSHA256 string
	// Identities open the sealed secrets. Without one only their seal is looked at.
	Identities []age.Identity
}

// Verify reads a whole dump once, and says everything that is wrong with it: parts that are missing, truncated, altered
// or another dump's; text and files that are not as many as the manifest says. It writes nothing.
func Verify(ctx context.Context, source Source, expected Expectation) (*Manifest, error) {
	m, err := ReadManifest(ctx, source)
	if err != nil {
		return nil, err
	}
	if err := expected.check(m); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", source, ManifestName, err)
	}
	readers := map[string]func(io.Reader) error{
		DatabasePart: func(from io.Reader) error { return checkDatabase(m, from) },
		FilesPart:    func(from io.Reader) error { return checkFiles(m, from) },
		SecretsPart:  func(from io.Reader) error { return checkSecrets(m, from, expected.Identities) },
		UsersPart:    func(from io.Reader) error { return checkUsers(m, from) },
	}
	var problems []error
	for _, part := range m.Parts {
		if err := Read(ctx, source, part, readers[part.Name]); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", source, err))
		}
	}
	return m, errors.Join(problems...)
}

// placed is where a dump lies as it was made: tenants/<tenant>/dumps/<time>, or among the final ones.
var placed = regexp.MustCompile(`(?:^|/)tenants/([^/]+)/(?:dumps|final)/([^/]+)/?$`)

// At expects what the place of a dump says, where it lies as it was made.
func (e Expectation) At(place string) Expectation {
	found := placed.FindStringSubmatch(place)
	if found == nil {
		return e
	}
	if e.Tenant == "" {
		e.Tenant = found[1]
	}
	if at, err := time.Parse(TimeLayout, found[2]); err == nil {
		e.StartedAt = at
	}
	return e
}

func (e Expectation) check(m *Manifest) error {
	if e.Tenant != "" && e.Tenant != m.Tenant {
		return fmt.Errorf("it is of tenant %q, expected %q", m.Tenant, e.Tenant)
	}
	if !e.StartedAt.IsZero() && !e.StartedAt.Equal(m.StartedAt) {
		return fmt.Errorf("it is of the dump that began at %s, expected %s",
			m.StartedAt.Format(time.RFC3339), e.StartedAt.Format(time.RFC3339))
	}
	if e.ManifestSHA256 != "" && e.ManifestSHA256 != m.Digest() {
		return fmt.Errorf("it has SHA-256 %s, expected %s: it is another dump's, or was altered",
			m.Digest(), e.ManifestSHA256)
	}
	return nil
}

// Read hands the bytes of a part to a reader, and then says whether they are what the manifest says. What the reader
// found counts only where they are: nothing sensible can be said of damaged bytes.
func Read(ctx context.Context, source Source, part Part, read func(io.Reader) error) error {
	stream, err := source.Open(ctx, part.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is missing: the manifest has it with %d bytes", part.Name, part.Bytes)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", part.Name, err)
	}
	defer stream.Close()
	measured := newMeasure()
	tee := io.TeeReader(&cancelled{ctx, stream}, measured)
	found := read(tee)
	if _, err := io.Copy(io.Discard, tee); err != nil {
		return fmt.Errorf("%s: %w", part.Name, err)
	}
	if err := match(part, measured.part(part.Name)); err != nil {
		var foreign *ForeignError
		if errors.As(found, &foreign) {
			return fmt.Errorf("%w; %w", err, foreign)
		}
		return err
	}
	if found != nil {
		return fmt.Errorf("%s: %w", part.Name, found)
	}
	return nil
}

func match(p, found Part) error {
	switch {
	case found.Bytes < p.Bytes:
		return fmt.Errorf("%s was truncated: it has %d bytes, the manifest says %d", p.Name, found.Bytes, p.Bytes)
	case found.Bytes > p.Bytes:
		return fmt.Errorf("%s was altered: it has %d bytes, the manifest says %d", p.Name, found.Bytes, p.Bytes)
	case found.SHA256 != p.SHA256:
		return fmt.Errorf("%s was altered: it has SHA-256 %s, the manifest says %s", p.Name, found.SHA256, p.SHA256)
	}
	return nil
}

// ForeignError is a part of another dump.
type ForeignError struct{ Found, Expected string }

func (e *ForeignError) Error() string {
	return fmt.Sprintf("it is a part of the %s, not of the %s", e.Found, e.Expected)
}

// own says whether a part that says whose it is belongs to this dump.
func own(m *Manifest, identity string) error {
	if identity != m.Identity() {
		return &ForeignError{Found: identity, Expected: m.Identity()}
	}
	return nil
}

func checkDatabase(m *Manifest, from io.Reader) error {
	return ReadDatabase(m, from, func(sqltext.Statement) error { return nil })
}

func checkFiles(m *Manifest, from io.Reader) error {
	return ReadFiles(m, from, (*files.Reader).Count)
}

func checkUsers(m *Manifest, from io.Reader) error {
	_, err := ReadUsers(m, from)
	return err
}

func checkSecrets(m *Manifest, from io.Reader, identities []age.Identity) error {
	if len(identities) == 0 {
		_, err := age.ExtractHeader(from)
		return err
	}
	secrets, err := Unseal(from, identities...)
	if err != nil {
		return err
	}
	return own(m, secrets.Identity)
}

// cancelled ends a stream with its context.
type cancelled struct {
	ctx  context.Context
	from io.Reader
}

func (c *cancelled) Read(data []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.from.Read(data)
}
