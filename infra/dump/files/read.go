package files

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
)

// Reader reads a stream that Pack wrote.
type Reader struct {
	// Identity is whose files they are.
	Identity string
	from     *tar.Reader
}

// NewReader reads whose files they are, and is ready for the first.
func NewReader(from io.Reader) (*Reader, error) {
	r := &Reader{from: tar.NewReader(from)}
	header, err := r.from.Next()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err != nil || header.Typeflag != tar.TypeXGlobalHeader || header.PAXRecords[identityKey] == "" {
		return nil, errors.New("it does not begin with whose files it has")
	}
	r.Identity = header.PAXRecords[identityKey]
	return r, nil
}

// Count reads all there is.
func (r *Reader) Count() (Summary, error) {
	return r.each(func(header *tar.Header) error {
		_, err := io.Copy(io.Discard, r.from)
		return err
	})
}

// each hands on all entries, and counts the regular files.
func (r *Reader) each(take func(*tar.Header) error) (Summary, error) {
	var summary Summary
	for {
		header, err := r.from.Next()
		if errors.Is(err, io.EOF) {
			return summary, nil
		}
		if err != nil {
			return Summary{}, err
		}
		switch header.Typeflag {
		case tar.TypeReg:
			summary.Count++
			summary.Bytes += header.Size
		case tar.TypeDir, tar.TypeSymlink:
		default:
			return Summary{}, fmt.Errorf("it has an entry of type %q, which Pack never writes", header.Typeflag)
		}
		if err := take(header); err != nil {
			return Summary{}, err
		}
	}
}
