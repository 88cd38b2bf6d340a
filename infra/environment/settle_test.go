package environment

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// exported is a state with a create and a replacement under way, one create that never came to pass, and a number that
// a float cannot hold.
const exported = `{"version": 3, "deployment": {
	"manifest": {"magic": "kept"},
	"resources": [{"urn": "old", "id": "i-1", "inputs": {"big": 12345678901234567890}}],
	"pending_operations": [
		{"type": "creating", "resource": {"urn": "new", "custom": true}},
		{"type": "creating", "resource": {"urn": "old", "custom": true}},
		{"type": "creating", "resource": {"urn": "lost", "custom": true}}
	]}}`

func TestCompleteAdoptsWhatWasMade(t *testing.T) {
	completed, err := complete([]byte(exported), map[string]string{"new": "i-2", "old": "i-3"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"version": 3, "deployment": {
		"manifest": {"magic": "kept"},
		"resources": [
			{"urn": "old", "id": "i-1", "delete": true, "inputs": {"big": 12345678901234567890}},
			{"urn": "new", "id": "i-2", "custom": true},
			{"urn": "old", "id": "i-3", "custom": true}
		]}}`, string(completed))
	assert.Contains(t, string(completed), "12345678901234567890", "numbers stay as they are written")
}

func TestCompleteRefusesWhatIsNoState(t *testing.T) {
	_, err := complete([]byte(`{"deployment": {"resources": 1}}`), nil)
	assert.Error(t, err)
}
