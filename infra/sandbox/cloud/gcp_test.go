package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGoogle(t *testing.T) {
	ring := props{"name": "ring", "location": "europe-west1"}
	each(t, newWorld, func(w *fakeWorld) []attempt {
		id := w.make(gcpKeyRing, ring).ID
		w.make(gcpBucket, props{"name": "taken"})
		assert.NoError(w.t, w.delete(w.make(gcpKeyRing, with(ring, props{"name": "gone"}))))
		key := func(changes props) props { return with(props{"name": "key", "keyRing": id}, changes) }
		return []attempt{
			{"bucket", gcpBucket, props{"name": "haven-mirror"}, ""},
			{"bucket taken", gcpBucket, props{"name": "taken"},
				"googleapi: Error 409: The requested bucket name is not available."},
			{"bucket's name", gcpBucket, props{"name": "goog-x"},
				"googleapi: Error 400: Invalid bucket name: 'goog-x', invalid"},
			{"bucket's key", gcpBucket, props{"name": "b", "encryption": props{"defaultKmsKeyName": "k"}},
				"Cloud KMS key k not found"},
			{"ring", gcpKeyRing, with(ring, props{"name": "two"}), ""},
			{"ring taken", gcpKeyRing, ring, "googleapi: Error 409: KeyRing " + id + " already exists., alreadyExists"},
			{"ring gone", gcpKeyRing, with(ring, props{"name": "gone"}), "already exists."},
			{"ring's name", gcpKeyRing, with(ring, props{"name": "a b"}), "must match"},
			{"key", gcpCryptoKey, key(props{"rotationPeriod": "7776000s"}), ""},
			{"key's ring", gcpCryptoKey, key(props{"keyRing": "r"}),
				"googleapi: Error 404: KeyRing r not found., notFound"},
			{"key's rotation", gcpCryptoKey, key(props{"rotationPeriod": "3600s"}),
				"greater than or equal to 86400s: 3600s"},
		}
	})
}
