package mariadb

import (
	"fmt"
	"strconv"
	"strings"
)

// GTID is the number of a transaction in its server's binary log.
// https://mariadb.com/kb/en/gtid/
type GTID struct {
	Domain, Server uint32
	Sequence       uint64
}

// ParseGTID reads what a server writes of one transaction, such as 0-1-42.
func ParseGTID(text string) (GTID, error) {
	parts := strings.Split(text, "-")
	if len(parts) != 3 {
		return GTID{}, fmt.Errorf("%q is no GTID, expected one like 0-1-42", text)
	}
	var numbers [3]uint64
	for i, bits := range []int{32, 32, 64} {
		number, err := strconv.ParseUint(parts[i], 10, bits)
		if err != nil {
			return GTID{}, fmt.Errorf("%q is no GTID, expected one like 0-1-42", text)
		}
		numbers[i] = number
	}
	return GTID{Domain: uint32(numbers[0]), Server: uint32(numbers[1]), Sequence: numbers[2]}, nil
}

func (g GTID) String() string { return fmt.Sprintf("%d-%d-%d", g.Domain, g.Server, g.Sequence) }
