package world

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

const keyBytes = 32

// vault encrypts the world's secrets under the key in a file of its own.
type vault struct {
	path string
	lock sync.Mutex
	aead cipher.AEAD
}

// seal encrypts a secret; it makes the key if there is none, and is therefore called under the world's exclusive lock.
func (v *vault) seal(plain []byte) ([]byte, error) {
	aead, err := v.open(true)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // documented never to fail
	return aead.Seal(nonce, nonce, plain, nil), nil
}

func (v *vault) unseal(sealed []byte) ([]byte, error) {
	aead, err := v.open(false)
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, errors.New("an encrypted value is cut off")
	}
	nonce, rest := sealed[:aead.NonceSize()], sealed[aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, rest, nil)
	if err != nil {
		return nil, fmt.Errorf("a secret cannot be decrypted with %s: it is the key of another world", v.path)
	}
	return plain, nil
}

func (v *vault) open(create bool) (cipher.AEAD, error) {
	v.lock.Lock()
	defer v.lock.Unlock()
	if v.aead != nil {
		return v.aead, nil
	}
	key, err := os.ReadFile(v.path)
	if errors.Is(err, fs.ErrNotExist) && create {
		key, err = v.create()
	}
	if err != nil {
		return nil, fmt.Errorf("the key of the world's secrets: %w", err)
	}
	if len(key) != keyBytes {
		return nil, fmt.Errorf("the key of the world's secrets: %s holds %d bytes, not %d", v.path, len(key), keyBytes)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	v.aead, err = cipher.NewGCM(block)
	return v.aead, err
}

// create makes the key, whole or not at all, and on disk before anything is encrypted with it.
func (v *vault) create() ([]byte, error) {
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // documented never to fail
	unfinished := v.path + ".new"
	file, err := os.OpenFile(unfinished, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = file.Write(key)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return nil, err
	}
	if err := os.Rename(unfinished, v.path); err != nil {
		return nil, err
	}
	return key, syncFolder(filepath.Dir(v.path))
}
