package realdata

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"haven/infra/mariadb"
)

// after says whether a transaction was committed after another of the same server.
func after(one, other mariadb.GTID) bool { return one.Sequence > other.Sequence }

// Lost are how many acknowledged steps the copy does not have.
func (c *Copy) Lost() int {
	lost := 0
	for _, s := range c.books.journalled() {
		if after(s.gtid, c.At.GTID) {
			lost++
		}
	}
	return lost
}

func (b *Books) journalled() []step {
	b.journal.lock.Lock()
	defer b.journal.lock.Unlock()
	return slices.Clone(b.journal.steps)
}

func (b *Books) doubted() []step {
	b.journal.lock.Lock()
	defer b.journal.lock.Unlock()
	return slices.Clone(b.journal.doubtful)
}

// Has says whether a sentinel is in the copy.
func (c *Copy) Has(ctx context.Context, sentinel string) (bool, error) {
	var found int
	err := c.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sentinel WHERE name = ?", sentinel).Scan(&found)
	return found == 1, err
}

// Verify reads every row of the copy, and says what is not as the acknowledged transactions up to its point left it.
// A step whose commit was never answered, because the server was lost, may be there or not. Writers may go on.
func (c *Copy) Verify(ctx context.Context) error {
	wanted := map[[2]int]step{}
	for _, s := range c.books.journalled() {
		if !after(s.gtid, c.At.GTID) {
			wanted[[2]int{s.writer, s.number}] = s
		}
	}
	totals, err := c.history(ctx, wanted)
	if err != nil {
		return fmt.Errorf("%s: %w", c.books.Tenant, err)
	}
	if err := errors.Join(c.requests(ctx, totals), c.sentinels(ctx)); err != nil {
		return fmt.Errorf("%s: %w", c.books.Tenant, err)
	}
	return nil
}

// state is what steps made of a request.
type state struct{ total, steps int }

// history holds the copy's history against the steps that it should have.
func (c *Copy) history(ctx context.Context, wanted map[[2]int]step) (map[int]state, error) {
	rows, err := c.db.QueryContext(ctx, "SELECT writer, number, request, amount FROM history")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	doubtful := c.books.doubted()
	totals, strange := map[int]state{}, 0
	for rows.Next() {
		var s step
		if err := rows.Scan(&s.writer, &s.number, &s.request, &s.amount); err != nil {
			return nil, err
		}
		key := [2]int{s.writer, s.number}
		known, there := wanted[key]
		delete(wanted, key)
		s.gtid = known.gtid
		if (!there || s != known) && !slices.Contains(doubtful, s) {
			strange++
		}
		now := totals[s.request]
		totals[s.request] = state{now.total + s.amount, now.steps + 1}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if strange > 0 || len(wanted) > 0 {
		return nil, fmt.Errorf("history: %d acknowledged steps are missing, %d are there that should not be, "+
			"at transaction %s", len(wanted), strange, c.At.GTID)
	}
	return totals, nil
}

// requests holds every request against what its steps made of it.
func (c *Copy) requests(ctx context.Context, totals map[int]state) error {
	rows, err := c.db.QueryContext(ctx, "SELECT id, total, steps, payload = "+c.books.payload("id")+" FROM request")
	if err != nil {
		return err
	}
	defer rows.Close()
	read, wrong := 0, 0
	for rows.Next() {
		var id int
		var is state
		var sound bool
		if err := rows.Scan(&id, &is.total, &is.steps, &sound); err != nil {
			return err
		}
		read++
		if should := totals[id]; !sound || is.total != opening+should.total || is.steps != should.steps {
			wrong++
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if read != c.books.options.Rows || wrong > 0 {
		return fmt.Errorf("requests: %d of %d are there, %d of them are not as their steps left them",
			read, c.books.options.Rows, wrong)
	}
	return nil
}

// sentinels holds each sentinel against the point of the copy.
func (c *Copy) sentinels(ctx context.Context) error {
	c.books.journal.lock.Lock()
	all := slices.Clone(c.books.journal.sentinels)
	c.books.journal.lock.Unlock()
	for _, s := range all {
		has, err := c.Has(ctx, s.name)
		if err != nil {
			return err
		}
		if wanted := !after(s.gtid, c.At.GTID); has != wanted {
			return fmt.Errorf("sentinel %q of transaction %s: it is there: %t, expected %t at transaction %s",
				s.name, s.gtid, has, wanted, c.At.GTID)
		}
	}
	return nil
}
