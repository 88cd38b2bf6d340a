package dump

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// Secrets are the keys without which a tenant's data cannot be read or used.
type Secrets struct {
	// Identity says whose they are.
	Identity string `json:"identity"`
	// AppKey decrypts what the application encrypted in the database.
	AppKey string `json:"appKey"`
	// PassportPrivateKey and PassportPublicKey sign and check the application's tokens. They are empty where the pair
	// lies among the files.
	PassportPrivateKey string `json:"passportPrivateKey,omitempty"`
	PassportPublicKey  string `json:"passportPublicKey,omitempty"`
}

func (s Secrets) seal(to io.Writer, recipients []age.Recipient) error {
	sealed, err := age.Encrypt(to, recipients...)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(sealed).Encode(s); err != nil {
		return err
	}
	return sealed.Close()
}

// Unseal opens secrets.age for one of its recipients.
func Unseal(from io.Reader, identities ...age.Identity) (*Secrets, error) {
	opened, err := age.Decrypt(from, identities...)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(opened)
	decoder.DisallowUnknownFields()
	var s Secrets
	if err := decoder.Decode(&s); err != nil {
		return nil, errors.New("what was sealed is not what haven-dump seals") // the cause could quote a secret
	}
	if s.AppKey == "" {
		return nil, fmt.Errorf("the application's key is missing")
	}
	return &s, nil
}
