package world

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// digestOf is the SHA-256 of values, in hexadecimal digits.
func digestOf(values ...any) string {
	text, _ := json.Marshal(values) // numbers, strings and times always can be
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
