package world

import (
	"encoding/json"

	"haven/infra/sandbox/cloud"
)

// Retain keeps what a deletion left behind, in place of what has its type, account, region and ID.
func (t *Tx) Retain(left cloud.Retained) error {
	raw, err := json.Marshal(left)
	if err != nil {
		return err
	}
	key := Key{Type: left.Type, Account: left.Account, Region: left.Region, ID: left.ID}
	return t.tx.Bucket(retainedBucket).Put(key.bytes(), raw)
}

// Retained implements [cloud.World]; token "" is every type.
func (t *Tx) Retained(token, account, region string) []cloud.Retained {
	prefix := ""
	if token != "" {
		prefix = prefixOf(token, account, region)
	}
	var found []cloud.Retained
	t.scan(retainedBucket, prefix, func(_, raw []byte) bool {
		var left cloud.Retained
		if err := json.Unmarshal(raw, &left); err != nil {
			return t.fail(err)
		}
		if left.Until.IsZero() || left.Until.After(t.now) {
			found = append(found, left)
		}
		return true
	})
	return found
}
