package config

import (
	"fmt"

	"haven/components/firewall/limits"
	"haven/components/limit"
)

func (c *checker) firewall(firewall *Firewall) {
	c.ranges("cell.firewall.blockList", firewall.BlockList)
	c.ranges("cell.firewall.allowList", firewall.AllowList)
	c.limit("cell.firewall.rateLimit", limits.RateLimit(firewall.RateLimit))
}

// ranges are as many ranges of addresses as a list holds.
func (c *checker) ranges(path string, ranges []string) {
	c.limit(path, limit.Between(len(ranges), 0, limits.MaxRanges, "join neighbouring ranges, or leave some out"))
	for i, text := range ranges {
		c.limit(fmt.Sprintf("%s[%d]", path, i), limits.Range(text))
	}
}
