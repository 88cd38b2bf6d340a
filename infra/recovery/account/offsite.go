package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"haven/infra/dump/google"
)

// RunRestoration implements [haven/infra/recovery.Cloud]. The job writes into empty stores only, so one that has succeeded
// is not run again, and one that runs is waited for.
func (c Cloud) RunRestoration(ctx context.Context, job string) (time.Time, error) {
	at, err := c.restored(ctx, job)
	if err != nil {
		return at, fmt.Errorf("%s: %w; look at its log, put that right and run this again", job, err)
	}
	return at, nil
}

func (c Cloud) restored(ctx context.Context, job string) (time.Time, error) {
	found, err := c.mirror.Job(ctx, job)
	if err != nil {
		return time.Time{}, err
	}
	at, err := dumpOf(found)
	if err != nil {
		return time.Time{}, err
	}
	execution := found.Latest
	if execution == "" || found.Failed {
		if execution, err = c.mirror.RunJob(ctx, job); err != nil {
			return time.Time{}, err
		}
	}
	return at, c.wait(ctx, refillLimit, execution, func() (bool, error) {
		ended, succeeded, err := c.mirror.Ended(ctx, execution)
		if err == nil && ended && !succeeded {
			err = fmt.Errorf("%s has failed", execution)
		}
		return ended, err
	})
}

// dumpOf is of what time the data is that a job brings back.
func dumpOf(job google.Job) (time.Time, error) {
	if len(job.Args) < 2 || job.Args[0] != "restore" || !strings.HasPrefix(job.Args[1], google.Scheme) {
		return time.Time{}, fmt.Errorf("it restores nothing: %q", job.Args)
	}
	return dumpTime(job.Args[1])
}
