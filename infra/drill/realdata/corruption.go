package realdata

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Result is what a drill on one tenant's real data measured.
type Result struct {
	Tenant string `json:"tenant"`
	// Requests and Steps are how many rows and acknowledged transactions there were when the data were corrupted.
	Requests int `json:"requests"`
	Steps    int `json:"steps"`
	// Corruption is the transaction that did the damage, Restored the last one that the copy has.
	Corruption string `json:"corruption"`
	Restored   string `json:"restored"`
	// RPOSeconds are from the last transaction that was brought back to the corruption, as the server's log has both:
	// in whole seconds. RTOSeconds are how long it took to bring the copy back and to verify it.
	RPOSeconds float64 `json:"rpoSeconds"`
	RTOSeconds float64 `json:"rtoSeconds"`
	// Verified says that the copy is the data right before the corruption, to the transaction.
	Verified bool `json:"verified"`
}

// stretch is how many steps the writers take between one event of a drill and the next.
const stretch = 200

// sentinels are what a drill plants right before and right after the corruption.
const sentinelBefore, sentinelAfter = "T-1", "T+1"

// Corruption drills a release that corrupts a tenant's data while it is in use: a base backup, a sentinel after it, the
// corruption, another sentinel, and a restore of the data right before the corruption, beside the server that goes on.
// Every row of the copy is read. The error says what was not as it should be; the result has all that was measured.
func Corruption(ctx context.Context, tenant string, options Options) (_ *Result, err error) {
	books, err := Open(ctx, tenant, options)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	mark, err := books.harm(ctx)
	if err != nil {
		return nil, err
	}
	result := &Result{Tenant: tenant, Requests: options.Rows, Steps: books.Steps(), Corruption: mark.GTID.String()}
	begun := time.Now()
	if err := books.CatchUp(ctx); err != nil {
		return result, err
	}
	restored, err := books.RestoreBefore(ctx, mark.GTID)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, restored.Close()) }()
	result.Restored = restored.At.GTID.String()
	result.RPOSeconds = max(0, mark.At.Truncate(time.Second).Sub(restored.At.At).Seconds())
	if err := restored.verifySentinels(ctx); err != nil {
		return result, err
	}
	if err := restored.Verify(ctx); err != nil {
		return result, err
	}
	result.RTOSeconds, result.Verified = time.Since(begun).Seconds(), true
	return result, books.Pause()
}

// harm has the tenant's data corrupted between two sentinels, while writers take steps.
func (b *Books) harm(ctx context.Context) (Mark, error) {
	b.Write(ctx)
	if err := errors.Join(b.Work(ctx, stretch), b.Backup(ctx), b.Work(ctx, stretch)); err != nil {
		return Mark{}, err
	}
	if _, err := b.Plant(ctx, sentinelBefore); err != nil {
		return Mark{}, err
	}
	mark, err := b.Corrupt(ctx)
	if err != nil {
		return mark, err
	}
	if _, err := b.Plant(ctx, sentinelAfter); err != nil {
		return mark, err
	}
	return mark, b.Work(ctx, stretch)
}

// verifySentinels wants what was committed before the corruption, and nothing of what came after it.
func (c *Copy) verifySentinels(ctx context.Context) error {
	for name, wanted := range map[string]bool{sentinelBefore: true, sentinelAfter: false} {
		has, err := c.Has(ctx, name)
		if err != nil {
			return err
		}
		if has != wanted {
			return fmt.Errorf("%s: sentinel %s: it is there: %t, expected %t", c.books.Tenant, name, has, wanted)
		}
	}
	return nil
}
