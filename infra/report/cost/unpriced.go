package cost

import (
	_ "embed"
	"sync"
)

//go:embed unpriced.csv
var unpricedList []byte

// unpriced is why a type has no price.
type unpriced struct {
	byUse bool
	why   string
}

// unpricedTypes reads unpriced.csv.
var unpricedTypes = sync.OnceValue(func() map[string]unpriced {
	types := map[string]unpriced{}
	for _, row := range rows(unpricedList, 3) {
		types[row[0]] = unpriced{byUse: row[1] == "usage", why: row[2]}
	}
	return types
})
