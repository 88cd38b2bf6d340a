package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"haven/infra/engine"
	"haven/infra/environment"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
)

// advancing is `haven sandbox advance` with its flags.
type advancing struct {
	until string
	seed  uint64
	json  bool
}

func newAdvance() *cobra.Command {
	a := &advancing{}
	cmd := &cobra.Command{
		Use:   "advance DURATION",
		Short: "Set the sandbox's clock forward, and move its data until then",
		Long: "Set the sandbox's clock forward by a duration (48h, 90m, 7d), or with --until to a time, and move its data\n" +
			"until then: transactions, backups, dumps, replication, transfers, metrics and alarms. The clock is never set\n" +
			"back, and goes on by itself. What is stopped in the middle has not happened: run it again.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 || (len(args) == 1) == (a.until != "") {
				return engine.Problemf("%s takes either a duration like 48h or --until, but got %q", verbOf(cmd), args)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.run(args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&a.until, "until", "", "the time to advance to, like 2026-11-23T09:00:00Z")
	flags.Uint64Var(&a.seed, "seed", 0, "draw lags and durations from `N` from now on; 0 leaves it as it is")
	flags.BoolVar(&a.json, "json", false, "print one JSON object {from, to, events, changes: [{alarm, time, from, to, "+
		"reason, told}]}")
	return cmd
}

func (a *advancing) run(args []string) error {
	there, err := theWorld()
	if err != nil {
		return err
	}
	to, err := a.goal(there, args)
	if err != nil {
		return err
	}
	report, err := flow.Advance(there, flow.Options{To: to, Seed: a.seed})
	if err != nil {
		return err
	}
	if a.json {
		return printJSON(report)
	}
	fmt.Printf("from %s to %s: %d events\n", moment(report.From), moment(report.To), report.Events)
	if len(report.Changes) == 0 {
		return nil
	}
	return printTable(report.Changes, table.Row{"time", "alarm", "from", "to"}, func(c flow.AlarmChange) table.Row {
		return table.Row{moment(c.Time), c.Alarm, c.From, c.To}
	})
}

// goal is the time to advance to.
func (a *advancing) goal(there *world.World, args []string) (time.Time, error) {
	if a.until != "" {
		until, err := time.Parse(time.RFC3339, a.until)
		if err != nil {
			return time.Time{}, engine.Problemf("sandbox advance: --until %q, expected a time like 2026-11-23T09:00:00Z",
				a.until)
		}
		return until, nil
	}
	by, err := duration(args[0])
	if err != nil || by <= 0 {
		return time.Time{}, engine.Problemf("sandbox advance: %q, expected a duration like 48h, 90m or 7d", args[0])
	}
	var now time.Time
	err = there.View(func(tx *world.Tx) error { now = tx.Now(); return nil })
	return now.Add(by), err
}

// duration is one of Go's, or of whole days: "7d".
func duration(text string) (time.Duration, error) {
	if count, isDays := strings.CutSuffix(text, "d"); isDays {
		days, err := strconv.Atoi(count)
		return time.Duration(days) * 24 * time.Hour, err
	}
	return time.ParseDuration(text)
}

func newAlarms() *cobra.Command {
	return listing("alarms", "List the alarms that are raised, with since when and why",
		"print a JSON array of {id, name, provider, account, region, state, since, reason, history}",
		func(w *world.World) ([]world.Alarm, error) { return settled(w, raised) },
		table.Row{"since", "region", "alarm", "why"},
		func(a world.Alarm) table.Row { return table.Row{moment(a.Since), a.Region, a.Name, a.Reason} })
}

// settled reads what the world holds once its data has moved to its clock.
func settled[T any](w *world.World, read func(*world.Tx) []T) ([]T, error) {
	if _, err := flow.Advance(w, flow.Options{}); err != nil {
		return nil, err
	}
	found := []T{}
	err := w.View(func(tx *world.Tx) error {
		found = append(found, read(tx)...)
		return nil
	})
	return found, err
}

func raised(tx *world.Tx) []world.Alarm {
	var found []world.Alarm
	for _, alarm := range world.Alarms.All(tx) {
		if alarm.State == world.InAlarm {
			found = append(found, alarm)
		}
	}
	return found
}

func newObjects() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "objects BUCKET",
		Short: "List the versions of the objects that a bucket of the sandbox holds",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return engine.Problemf("%s takes one bucket, but got %q", verbOf(cmd), args)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return showObjects(args[0], asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false,
		"print a JSON array of {bucket, key, version, made, dataTime, source, size, "+
			"sha256, content, kmsKey, storageClass, retainUntil, mode, deleteMarker, noncurrent, replication, why}")
	return cmd
}

// buckets are the types of buckets.
var buckets = []string{"aws:s3/bucketV2:BucketV2", "gcp:storage/bucket:Bucket"}

func showObjects(bucket string, asJSON bool) error {
	there, err := theWorld()
	if err != nil {
		return err
	}
	known := false
	objects, err := settled(there, func(tx *world.Tx) []world.Object {
		for _, token := range buckets {
			for _, r := range tx.List(token, "", "") {
				known = known || r.ID == bucket
			}
		}
		return world.Objects.All(tx, bucket)
	})
	switch {
	case err != nil:
		return err
	case !known && len(objects) == 0:
		return fmt.Errorf("the sandbox has no bucket %q: haven sandbox world lists what there is", bucket)
	case asJSON:
		return printJSON(objects)
	}
	return printTable(objects, table.Row{"made", "key", "size", "class", "locked until", "replication"},
		func(o world.Object) table.Row {
			return table.Row{moment(o.Made), o.Key, o.Size, o.StorageClass, moment(o.RetainUntil), o.Replication}
		})
}

// theWorld is that of the working folder's checkout.
func theWorld() (*world.World, error) {
	checkout, err := here()
	if err != nil {
		return nil, err
	}
	return environment.World(checkout)
}

func printJSON(value any) error {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
