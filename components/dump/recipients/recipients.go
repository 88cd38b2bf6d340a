// Package recipients reads the public keys of age that the keys of a tenant are sealed to. It knows no cloud.
package recipients

import (
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
)

// Want is what a recipient has to be.
const Want = `a public key of age, "age1…"`

// ErrSecret is an identity in the place of a recipient: whoever could read it there has seen the secret.
var ErrSecret = errors.New("it is an identity, which is secret")

// Parse reads one public key, with nothing around it. A mistyped one is told by its checksum: what is sealed to nobody's
// key is lost. The error does not repeat what was given.
func Parse(key string) (age.Recipient, error) {
	if strings.Contains(strings.ToUpper(key), "AGE-SECRET-KEY") {
		return nil, ErrSecret
	}
	found, err := age.ParseRecipients(strings.NewReader(key))
	if err != nil || len(found) != 1 || strings.TrimSpace(key) != key {
		return nil, errors.New("it is not " + Want)
	}
	return found[0], nil
}

// ParseList reads public keys, separated by commas or white space. It refuses to seal for nobody.
func ParseList(list string) ([]age.Recipient, error) {
	keys := strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
	if len(keys) == 0 {
		return nil, errors.New("expected one public key of age or more, separated by commas")
	}
	var all []age.Recipient
	for i, key := range keys {
		recipient, err := Parse(key)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", i+1, err)
		}
		all = append(all, recipient)
	}
	return all, nil
}
