package flow

import (
	"fmt"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
)

// automatedSnapshots are those that databases make of themselves, once a day in their window.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
func (e *engine) automatedSnapshots() []event {
	var all []event
	for _, database := range e.all(databaseType) {
		begins, err := time.Parse("15:04", firstText(strings.Split(database.Text("backupWindow"), "-")[0], "03:00"))
		if err != nil || database.Text("replicateSourceDb") != "" {
			continue
		}
		first := begins.AddDate(2020, 0, 0).Add(e.between(5*time.Minute, 25*time.Minute, "snapshot", database.ID))
		all = append(all, event{rank: beginning, id: "snapshot|" + database.ID, again: counted(first, days(1)), do: func() {
			if e.backedUp(database) == nil {
				e.snapshot(database)
			}
		}})
	}
	return all
}

// snapshot makes one, and tells of it.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html#USER_Events.Messages.snapshot
func (e *engine) snapshot(database cloud.Resource) {
	name := "rds:" + database.Text("identifier") + e.now.Format("-2006-01-02-15-04")
	arn := fmt.Sprintf("arn:aws:rds:%s:%s:snapshot:%s", database.Region, database.Account, name)
	e.data.points = append(e.data.points, &world.Point{
		ID: arn, Resource: database.Text("arn"), ResourceType: "RDS", Source: database.ID, DataTime: e.now, Created: e.now,
		Completed: e.now, Key: database.Text("kmsKeyId"),
		Expires: e.now.AddDate(0, 0, number(database.Outputs, "backupRetentionPeriod")),
	})
	e.publish(database.Region, "aws.rds", "RDS DB Snapshot Event", map[string]any{
		"EventCategories": []any{"creation"}, "SourceType": "SNAPSHOT", "SourceIdentifier": name, "SourceArn": arn,
		"Date": iso(e.now), "Message": "Automated snapshot created", "EventID": "RDS-EVENT-0091",
	})
}
