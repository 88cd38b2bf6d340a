package addresses

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"haven/infra/report/athena"
)

// fromRows reads the rows that a saved query answers, in their order.
func fromRows(rows []athena.Row) ([]Address, error) {
	answer := make([]Address, len(rows))
	for i, row := range rows {
		var err error
		if answer[i], err = fromRow(row); err != nil {
			return nil, fmt.Errorf("row %d of the answer: %w", i+1, err)
		}
	}
	return answer, nil
}

func fromRow(row athena.Row) (Address, error) {
	a := Address{Address: row["address"], Rules: strings.Fields(row["rules"])}
	err := errors.Join(
		read(row, "requests", strconv.Atoi, &a.Requests),
		read(row, "refused", strconv.Atoi, &a.Refused),
		read(row, "first_seen", moment, &a.FirstSeen),
		read(row, "last_seen", moment, &a.LastSeen),
		read(row, "invalid", strconv.ParseBool, &a.Invalid),
		read(row, "blocklisted", strconv.ParseBool, &a.Blocklisted),
	)
	return a, err
}

// read puts a column's value where it belongs.
func read[T any](row athena.Row, column string, parse func(string) (T, error), into *T) error {
	value, err := parse(row[column])
	if err != nil {
		return fmt.Errorf("%s: %w", column, err)
	}
	*into = value
	return nil
}

// moment is none where an address never came as far as the load balancer.
func moment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, text)
}
