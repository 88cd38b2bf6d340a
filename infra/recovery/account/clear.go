package account

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// finalMark is in the names of the snapshots that deletions leave.
const finalMark = "-final-"

// Clear deletes what the deletion of a drill's database has left, final snapshots and automated backups: they hold a
// customer's data, and cost. It refuses while the database is there.
func (c Cloud) Clear(ctx context.Context, database string) error {
	named, err := parse(database, "db")
	if err != nil {
		return err
	}
	return failed(named.region, "deleting what the drill's database "+named.id+" has left", c.clear(ctx, named))
}

func (c Cloud) clear(ctx context.Context, database name) error {
	var gone *types.DBInstanceNotFoundFault
	switch _, err := c.instance(ctx, database); {
	case err == nil:
		return errors.New("it is still there: destroy its stack first")
	case !errors.As(err, &gone):
		return err
	}
	if err := c.clearSnapshots(ctx, database); err != nil {
		return err
	}
	return c.clearBackups(ctx, database)
}

func (c Cloud) clearSnapshots(ctx context.Context, database name) error {
	pages := rds.NewDescribeDBSnapshotsPaginator(c.rds(database.region), &rds.DescribeDBSnapshotsInput{
		SnapshotType: aws.String("manual"),
		Filters:      []types.Filter{{Name: aws.String("db-instance-id"), Values: []string{database.id}}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, snapshot := range page.DBSnapshots {
			id := aws.ToString(snapshot.DBSnapshotIdentifier)
			if !strings.HasPrefix(id, database.id+finalMark) || aws.ToString(snapshot.DBInstanceIdentifier) != database.id {
				continue
			}
			_, err := c.rds(database.region).DeleteDBSnapshot(ctx,
				&rds.DeleteDBSnapshotInput{DBSnapshotIdentifier: aws.String(id)})
			var none *types.DBSnapshotNotFoundFault
			if err != nil && !errors.As(err, &none) {
				return fmt.Errorf("the snapshot %s: %w", id, err)
			}
		}
	}
	return nil
}

// clearBackups deletes the automated backups that outlive instances of that name.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstanceAutomatedBackup.html
func (c Cloud) clearBackups(ctx context.Context, database name) error {
	output, err := c.rds(database.region).DescribeDBInstanceAutomatedBackups(ctx,
		&rds.DescribeDBInstanceAutomatedBackupsInput{Filters: []types.Filter{
			{Name: aws.String("db-instance-id"), Values: []string{database.id}},
			{Name: aws.String("status"), Values: []string{"retained"}},
		}})
	if err != nil {
		return err
	}
	for _, backup := range output.DBInstanceAutomatedBackups {
		mine := aws.ToString(backup.DBInstanceIdentifier) == database.id && aws.ToString(backup.Status) == "retained"
		if !mine {
			continue
		}
		_, err := c.rds(database.region).DeleteDBInstanceAutomatedBackup(ctx,
			&rds.DeleteDBInstanceAutomatedBackupInput{DbiResourceId: backup.DbiResourceId})
		var none *types.DBInstanceAutomatedBackupNotFoundFault
		if err != nil && !errors.As(err, &none) {
			return fmt.Errorf("the automated backups of %s: %w", database.id, err)
		}
	}
	return nil
}
