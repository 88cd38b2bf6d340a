package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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
	return cache{checkout: checkout, dir: checkout.Path("engine", Version)}
}

func (c cache) engine() Engine {
	return Engine{
		Version:      Version,
		Pulumi:       filepath.Join(c.dir, command),
		LanguageHost: filepath.Join(c.dir, languageHost),
	}
}

// stamp is what is known of a binary that was built and seen to work.
type stamp struct {
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	SHA256   string    `json:"sha256"`
}

const stampFile = "stamp.json"

// seal writes down what the binaries in dir look like now that they work.
func seal(dir string) error {
	stamps := map[string]stamp{}
	for _, name := range []string{command, languageHost} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		sum, err := checksum(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		stamps[name] = stamp{Size: info.Size(), Modified: info.ModTime(), SHA256: sum}
	}
	text, err := json.MarshalIndent(stamps, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, stampFile), text, 0o644)
}

// intact says whether both binaries are still what was sealed. Contents are read again only where size or time differ:
// a checksum of the engine takes longer than an update with nothing to change.
func (c cache) intact() bool {
	text, err := os.ReadFile(filepath.Join(c.dir, stampFile))
	if err != nil {
		return false
	}
	stamps := map[string]stamp{}
	if json.Unmarshal(text, &stamps) != nil {
		return false
	}
	for _, name := range []string{command, languageHost} {
		if want, known := stamps[name]; !known || !want.matches(filepath.Join(c.dir, name)) {
			return false
		}
	}
	return true
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
