package addresses

import (
	"cmp"
	"slices"
	"time"

	"haven/components/firewall"
	"haven/components/requests/queries"
	"haven/infra/sandbox/world"
)

// Address is an address that reached a tenant. The fields are the columns of the cells' saved queries.
type Address struct {
	Address string `json:"address"`
	// Requests reached the load balancer, Refused were stopped by the firewall, by the Rules of these names, sorted.
	Requests int      `json:"requests"`
	Refused  int      `json:"refused"`
	Rules    []string `json:"rules"`
	// FirstSeen and LastSeen are the times of its first and last request to the load balancer.
	FirstSeen time.Time `json:"firstSeen,omitzero"`
	LastSeen  time.Time `json:"lastSeen,omitzero"`
	// Invalid is no address of one host on the internet.
	Invalid bool `json:"invalid"`
	// Blocklisted is on the block list now, or was refused by it.
	Blocklisted bool `json:"blocklisted"`
}

// Of answers a query of a tenant's requests, given its cell's block list: the address with the most requests first,
// never nil.
func Of(requests []world.Request, blockList []string, query queries.Query) []Address {
	byAddress := map[string]*Address{}
	for _, r := range requests {
		seen, known := byAddress[r.Client]
		if !known {
			seen = &Address{Address: r.Client, Rules: []string{}}
			byAddress[r.Client] = seen
		}
		seen.add(r)
	}
	answer := []Address{}
	for _, seen := range byAddress {
		seen.Invalid = !queries.Valid(seen.Address)
		seen.Blocklisted = queries.Listed(seen.Address, blockList) || slices.Contains(seen.Rules, firewall.BlockListRule)
		if query.Picks(seen.Invalid, seen.Blocklisted) {
			answer = append(answer, *seen)
		}
	}
	slices.SortFunc(answer, func(a, b Address) int {
		return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Address, b.Address))
	})
	return answer
}

func (a *Address) add(r world.Request) {
	switch {
	case r.Log == world.BalancerLog:
		a.Requests++
		if a.FirstSeen.IsZero() || r.Time.Before(a.FirstSeen) {
			a.FirstSeen = r.Time
		}
		if r.Time.After(a.LastSeen) {
			a.LastSeen = r.Time
		}
	case r.Action == "BLOCK":
		a.Refused++
		if at, known := slices.BinarySearch(a.Rules, r.Rule); !known {
			a.Rules = slices.Insert(a.Rules, at, r.Rule)
		}
	}
}
