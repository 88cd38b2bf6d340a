package dump

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"haven/components/dump/manifest"
)

// What a dump is made of. The program that deletes tenants reads manifests too, and knows nothing else of this package.
type (
	Manifest = manifest.Manifest
	Server   = manifest.Server
	Binlog   = manifest.Binlog
	Table    = manifest.Table
	Files    = manifest.Files
	Users    = manifest.Users
	Part     = manifest.Part
)

// The objects of a dump, and how the time is written in its prefix.
const (
	Format       = manifest.Format
	ManifestName = manifest.Name
	DatabasePart = manifest.DatabasePart
	FilesPart    = manifest.FilesPart
	SecretsPart  = manifest.SecretsPart
	UsersPart    = manifest.UsersPart
	TimeLayout   = manifest.TimeLayout
)

// manifestLimit is in bytes; the manifest of ten thousand tables is below a tenth of it.
const manifestLimit = 16 << 20

// ErrIncomplete is a dump without a manifest: it was never completed, or is still being made.
var ErrIncomplete = errors.New("there is no " + ManifestName + ": the dump is not complete")

// ReadManifest reads the manifest of a dump. It says what the dump should be; whether it is, Verify says.
func ReadManifest(ctx context.Context, source Source) (*Manifest, error) {
	stream, err := source.Open(ctx, ManifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", source, ErrIncomplete)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", source, ManifestName, err)
	}
	defer stream.Close()
	data, err := io.ReadAll(io.LimitReader(stream, manifestLimit+1))
	if err == nil && len(data) > manifestLimit {
		err = fmt.Errorf("it is larger than %d MiB", manifestLimit>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", source, ManifestName, err)
	}
	m, err := manifest.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", source, ManifestName, err)
	}
	return m, nil
}
