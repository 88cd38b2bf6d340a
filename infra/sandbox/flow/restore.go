package flow

import (
	"fmt"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/policy/props"
)

// source is what a database is brought back from: whose data, as of when.
type source struct {
	of string // the Pulumi ID of the database that the data was written to
	at time.Time
}

// broughtBack says whether a database was made from a copy rather than empty.
func broughtBack(r cloud.Resource) bool {
	return r.Type == databaseType && (r.Text("snapshotIdentifier") != "" || len(props.Maps(r.Outputs, pointInTime)) > 0)
}

// pointInTime is the property by which a database is restored to a time.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
const pointInTime = "restoreToPointInTime"

// Restoring says whether creating a resource brings data back, so that the world's data has to be at its clock first.
func Restoring(r cloud.Resource) bool { return broughtBack(r) }

// Fill gives a database that was just made from a copy what the copy holds. Its own backups begin then.
func Fill(tx *world.Tx, r cloud.Resource) error {
	from, err := sourceOf(tx, r)
	if err != nil {
		return err
	}
	return copyLedger(tx, from, r)
}

// sourceOf is the source that the inputs of a database name.
func sourceOf(tx *world.Tx, r cloud.Resource) (source, error) {
	if arn := r.Text("snapshotIdentifier"); arn != "" {
		snapshot, found := tx.Snapshot(arn)
		if !found {
			return source{}, fmt.Errorf("there is no snapshot %s", arn)
		}
		return source{snapshot.Source, snapshot.DataTime}, nil
	}
	window, found := tx.Window(holderNamed(tx, r))
	if !found {
		return source{}, fmt.Errorf("%s has no backups", holderNamed(tx, r))
	}
	at := window.Until
	if asked := text(r, pointInTime+".restoreTime"); asked != "" {
		parsed, err := time.Parse(time.RFC3339, asked)
		if err != nil {
			return source{}, err
		}
		at = parsed
	}
	if at.Before(window.From) || at.After(window.Until) {
		return source{}, fmt.Errorf("%s is not between %s and %s", iso(at), iso(window.From), iso(window.Until))
	}
	return source{window.Source, at}, nil
}

// holderNamed is what holds the backups that a restore to a time names.
func holderNamed(tx *world.Tx, r cloud.Resource) string {
	if name := text(r, pointInTime+".sourceDbInstanceIdentifier"); name != "" {
		database, _ := tx.Find(databaseType, r.Account, r.Region, "identifier", name)
		return database.ID
	}
	return firstText(text(r, pointInTime+".sourceDbInstanceAutomatedBackupsArn"), text(r, pointInTime+".sourceDbiResourceId"))
}

// copyLedger writes what was committed to a database until a time into another one.
func copyLedger(tx *world.Tx, from source, into cloud.Resource) error {
	ledgers := world.Ledgers.All(tx, from.of)
	if len(ledgers) != 1 {
		return fmt.Errorf("nothing is known of the data of %s", from.of)
	}
	copied := ledgers[0].At(from.at)
	copied.Source = into.ID
	return world.Ledgers.Put(tx, copied)
}

// Promote makes a read replica a database of its own, with all that has reached it. It is a call to the replica's region
// alone.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html
func Promote(w *world.World, arn string) error {
	return settled(w, func(tx *world.Tx) error {
		replica, err := databaseNamed(tx, arn)
		if err != nil {
			return err
		}
		window, reached := tx.Window(replica.ID)
		switch {
		case replica.Text("replicateSourceDb") == "":
			return nil // promoted before
		case !reached:
			return fmt.Errorf("operation error RDS: PromoteReadReplica: %s has received nothing yet", arn)
		}
		if err := copyLedger(tx, source{window.Source, window.Until}, replica); err != nil {
			return err
		}
		replica.Outputs = replica.Outputs.Delete("replicateSourceDb")
		for _, reach := range world.Reaches.All(tx, replica.ID) {
			reach.Source, reach.From, reach.Until = replica.ID, tx.Now().UTC(), tx.Now().UTC()
			if err := world.Reaches.Put(tx, reach); err != nil {
				return err
			}
		}
		return tx.Revise(replica)
	})
}

// databaseNamed is the database of an ARN, where its region answers.
func databaseNamed(tx *world.Tx, arn string) (cloud.Resource, error) {
	region := arnPart(arn, 3)
	if err := tx.Answers("aws", region); err != nil {
		return cloud.Resource{}, err
	}
	database, found := tx.Find(databaseType, arnPart(arn, 4), region, "arn", arn)
	if !found {
		return database, fmt.Errorf("operation error RDS: DBInstanceNotFound: DBInstance %s not found", arn)
	}
	return database, nil
}

// Snapshot takes a snapshot of a database by hand, and answers its ARN. It is kept until somebody deletes it.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html
func Snapshot(w *world.World, database, name string) (string, error) {
	var arn string
	return arn, settled(w, func(tx *world.Tx) error {
		found, err := databaseNamed(tx, database)
		if err != nil {
			return err
		}
		now := tx.Now().UTC()
		arn = fmt.Sprintf("arn:aws:rds:%s:%s:snapshot:%s", found.Region, found.Account, name)
		return world.Points.Put(tx, world.Point{
			ID: arn, Resource: database, ResourceType: "RDS", Source: found.ID, DataTime: now, Created: now,
			Completed: now, Key: found.Text("kmsKeyId"),
		})
	})
}

// CopySnapshot copies a snapshot to another region, under a key of that one, and answers the copy's ARN.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
func CopySnapshot(w *world.World, arn, region, key string) (string, error) {
	copied := fmt.Sprintf("arn:aws:rds:%s:%s:%s", region, arnPart(arn, 4), arnPart(arn, 5))
	return copied, settled(w, func(tx *world.Tx) error {
		for _, each := range []string{arnPart(arn, 3), region} {
			if err := tx.Answers("aws", each); err != nil {
				return err
			}
		}
		snapshot, found := tx.Snapshot(arn)
		if !found {
			return fmt.Errorf("operation error RDS: CopyDBSnapshot: DBSnapshotNotFound: %s not found", arn)
		}
		if arnPart(key, 3) != region {
			return fmt.Errorf("operation error RDS: CopyDBSnapshot: KMSKeyNotAccessibleFault: %s is no key of %s", key, region)
		}
		now := tx.Now().UTC()
		return world.Points.Put(tx, world.Point{
			ID: copied, Resource: snapshot.Resource, ResourceType: "RDS", Source: snapshot.Source,
			DataTime: snapshot.DataTime, Created: now, Completed: now, Key: key,
		})
	})
}
