package config

import (
	"haven/components/cache/limits"
	"haven/components/limit"
)

// maxTokenRotation is as far as names of a secret's versions count.
const maxTokenRotation = 9999

func (c *checker) cache(cache Cache) {
	const path = "tenant.cache."
	c.limit(path+"nodeType", limits.NodeType(cache.NodeType))
	c.limit(path+"snapshotRetentionDays", limit.Between(cache.SnapshotRetentionDays,
		limits.MinSnapshotRetentionDays, limits.MaxSnapshotRetentionDays, "leave it out for 7"))
	c.between(path+"tokenRotation", cache.TokenRotation, 0, maxTokenRotation, "raise it by one to rotate")
}
