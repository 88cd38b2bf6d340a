package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// cache is the folder of one built engine: .haven/engine/<version>. It comes into being with one rename, so it is there
// as a whole or not at all.
type cache struct {
	checkout Checkout
	dir      string
}

func pinned(checkout Checkout) cache {
	dir := checkout.Path("engine", Version)
	// The engine looks for its language host in its real folder first, and warns if the PATH names that otherwise.
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	return cache{checkout: checkout, dir: dir}
}

// engine is the cached engine with its language host: the running haven, beside it as the engine expects, so that both
// are always of one build.
func (c cache) engine() (Engine, error) {
	host := filepath.Join(c.dir, LanguageHost)
	if err := linkSelf(host); err != nil {
		return Engine{}, fmt.Errorf("installing the language host: %w", err)
	}
	return Engine{Version: Version, Pulumi: filepath.Join(c.dir, command), LanguageHost: host}, nil
}

// stamp is what is known of a binary that was built and seen to work.
type stamp struct {
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	SHA256   string    `json:"sha256"`
}

// stamps are those of a cache, kept beside what they tell of.
type stamps struct {
	Pulumi stamp `json:"pulumi"`
}

const stampFile = "stamp.json"

// seal writes down what the engine in dir looks like now that it works.
func seal(dir string) error {
	path := filepath.Join(dir, command)
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	sum, err := checksum(path)
	if err != nil {
		return err
	}
	sealed := stamps{Pulumi: stamp{Size: info.Size(), Modified: info.ModTime(), SHA256: sum}}
	text, err := json.MarshalIndent(sealed, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, stampFile), text, 0o644)
}

// intact says whether the engine is still what was sealed. Contents are read again only where size or time differ: a
// checksum of the engine takes longer than an update with nothing to change.
func (c cache) intact() bool {
	text, err := os.ReadFile(filepath.Join(c.dir, stampFile))
	if err != nil {
		return false
	}
	var sealed stamps
	return json.Unmarshal(text, &sealed) == nil && sealed.Pulumi.matches(filepath.Join(c.dir, command))
}

func (s stamp) matches(path string) bool {
	info, err := os.Stat(path)
	if err != nil || info.Size() != s.Size || info.Mode()&0o100 == 0 {
		return false
	}
	if info.ModTime().Equal(s.Modified) {
		return true
	}
	sum, err := checksum(path)
	return err == nil && sum == s.SHA256
}

func checksum(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
