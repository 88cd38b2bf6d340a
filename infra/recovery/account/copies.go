package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	metrics "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"haven/components/dump/manifest"
	"haven/infra/export"
	"haven/infra/recovery"
)

// Copies implements [recovery.Cloud].
func (c Cloud) Copies(ctx context.Context, tenant recovery.Tenant, region string) ([]recovery.Copy, error) {
	found, err := c.held(ctx, tenant, region)
	if err != nil {
		return nil, failed(region, "looking for the copies of "+tenant.Stack, err)
	}
	bucket := tenant.ArchiveReplicaBucket
	if region == tenant.Region {
		bucket = tenant.ArchiveBucket
	}
	dumps, err := c.archived(ctx, tenant, region, bucket)
	return append(found, dumps...), failed(region, "listing the dumps of "+tenant.Stack, err)
}

// held are the copies that RDS and AWS Backup hold in a region.
func (c Cloud) held(ctx context.Context, tenant recovery.Tenant, region string) ([]recovery.Copy, error) {
	database, err := parse(tenant.DatabaseARN, "db")
	if err != nil {
		return nil, err
	}
	var found []recovery.Copy
	if region == tenant.Region {
		found, err = c.backups(ctx, region, recovery.Instance, database.id,
			&rds.DescribeDBInstanceAutomatedBackupsInput{DBInstanceIdentifier: aws.String(database.id)})
	} else {
		found, err = c.abroad(ctx, tenant, region)
	}
	if err != nil {
		return nil, err
	}
	snapshots, err := c.snapshots(ctx, region, database.id)
	return append(found, snapshots...), err
}

// abroad are a replica, what it could be brought back from itself, and replicated backups: those that the tenant has.
func (c Cloud) abroad(ctx context.Context, tenant recovery.Tenant, region string) ([]recovery.Copy, error) {
	var found []recovery.Copy
	if tenant.ReplicaARN != "" {
		replica, err := c.replica(ctx, tenant.ReplicaARN)
		if err != nil {
			return nil, err
		}
		found = append(found, replica...)
		named, err := parse(tenant.ReplicaARN, "db")
		if err != nil {
			return nil, err
		}
		own, err := c.backups(ctx, region, recovery.Instance, named.id,
			&rds.DescribeDBInstanceAutomatedBackupsInput{DBInstanceIdentifier: aws.String(named.id)})
		if err != nil {
			return nil, err
		}
		found = append(found, own...)
	}
	if arn := tenant.ReplicatedBackupARN; arn != "" {
		replicated, err := c.backups(ctx, region, recovery.AutomatedBackup, arn,
			&rds.DescribeDBInstanceAutomatedBackupsInput{DBInstanceAutomatedBackupsArn: aws.String(arn)})
		if err != nil {
			return nil, err
		}
		found = append(found, replicated...)
	}
	return found, nil
}

// backups are automated backups with the window that they can be brought back to; none where there are none. Of an
// instance that is deleted they are not an instance's any more.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstanceAutomatedBackups.html
func (c Cloud) backups(ctx context.Context, region string, kind recovery.Kind, id string,
	input *rds.DescribeDBInstanceAutomatedBackupsInput,
) ([]recovery.Copy, error) {
	output, err := c.rds(region).DescribeDBInstanceAutomatedBackups(ctx, input)
	var none *types.DBInstanceAutomatedBackupNotFoundFault
	if errors.As(err, &none) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found []recovery.Copy
	for _, backup := range output.DBInstanceAutomatedBackups {
		window := backup.RestoreWindow
		gone := kind == recovery.Instance && aws.ToString(backup.Status) == "retained"
		if window == nil || window.EarliestTime == nil || window.LatestTime == nil || gone {
			continue // the first backup is still to be made
		}
		found = append(found, recovery.Copy{Kind: kind, ID: id, From: window.EarliestTime.UTC(),
			Until: window.LatestTime.UTC(), Key: aws.ToString(backup.KmsKeyId)})
	}
	return found, nil
}

// snapshots are those of a database, also the copies that AWS Backup has made in this region. RDS lists AWS Backup's only
// where they are asked for.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html
func (c Cloud) snapshots(ctx context.Context, region, database string) ([]recovery.Copy, error) {
	var found []recovery.Copy
	for _, kind := range []string{"", "awsbackup"} {
		input := &rds.DescribeDBSnapshotsInput{Filters: []types.Filter{
			{Name: aws.String("db-instance-id"), Values: []string{database}},
		}}
		if kind != "" {
			input.SnapshotType = aws.String(kind)
		}
		pages := rds.NewDescribeDBSnapshotsPaginator(c.rds(region), input)
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, snapshot := range page.DBSnapshots {
				if aws.ToString(snapshot.DBInstanceIdentifier) == database {
					found = append(found, copied(snapshot))
				}
			}
		}
	}
	newest(found)
	return slices.CompactFunc(found, func(a, b recovery.Copy) bool { return a.ID == b.ID }), nil
}

// copied is a snapshot as a copy, of the data's time where RDS knows that.
func copied(snapshot types.DBSnapshot) recovery.Copy {
	made := recovery.Copy{Kind: recovery.Snapshot, ID: aws.ToString(snapshot.DBSnapshotArn),
		Key: aws.ToString(snapshot.KmsKeyId)}
	for _, at := range []*time.Time{
		snapshot.SnapshotDatabaseTime, snapshot.OriginalSnapshotCreateTime, snapshot.SnapshotCreateTime,
	} {
		if at != nil && made.Until.IsZero() {
			made.From, made.Until = at.UTC(), at.UTC()
		}
	}
	if status := aws.ToString(snapshot.Status); status != available {
		made.Unsound = "it is " + status
	}
	return made
}

// newest sorts copies, the newest first.
func newest(copies []recovery.Copy) {
	slices.SortStableFunc(copies, func(a, b recovery.Copy) int {
		return cmp.Or(b.Until.Compare(a.Until), strings.Compare(a.ID, b.ID))
	})
}

// replica is a read replica, or what it has become: it holds what reached it, by the lag that was measured last.
func (c Cloud) replica(ctx context.Context, arn string) ([]recovery.Copy, error) {
	named, err := parse(arn, "db")
	if err != nil {
		return nil, err
	}
	output, err := c.rds(named.region).DescribeDBInstances(ctx,
		&rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String(named.id)})
	var none *types.DBInstanceNotFoundFault
	if errors.As(err, &none) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	reached, err := c.reached(ctx, named)
	if err != nil {
		return nil, err
	}
	var found []recovery.Copy
	for _, instance := range output.DBInstances {
		found = append(found, recovery.Copy{Kind: recovery.Replica, ID: arn, From: reached, Until: reached,
			Key: aws.ToString(instance.KmsKeyId)})
	}
	return found, nil
}

// lagMetric is how many seconds a replica is behind, -1 where it is not known.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
const (
	lagNamespace, lagMetric, lagDimension = "AWS/RDS", "ReplicaLag", "DBInstanceIdentifier"
	// lookBack is how far back the last measurement is looked for: a region that is lost is lost for hours.
	lookBack = 24 * time.Hour
)

// reached is the time of the newest data in a replica; zero where nothing was measured.
func (c Cloud) reached(ctx context.Context, replica name) (time.Time, error) {
	now := time.Now()
	pages := cloudwatch.NewGetMetricDataPaginator(c.cloudwatch(replica.region), &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(now.Add(-lookBack)), EndTime: aws.Time(now), ScanBy: metrics.ScanByTimestampDescending,
		MetricDataQueries: []metrics.MetricDataQuery{{
			Id: aws.String("lag"),
			MetricStat: &metrics.MetricStat{Stat: aws.String("Maximum"), Period: aws.Int32(60), Metric: &metrics.Metric{
				Namespace: aws.String(lagNamespace), MetricName: aws.String(lagMetric),
				Dimensions: []metrics.Dimension{{Name: aws.String(lagDimension), Value: aws.String(replica.id)}},
			}},
		}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return time.Time{}, err
		}
		for _, result := range page.MetricDataResults {
			for i, lag := range result.Values {
				if lag >= 0 && i < len(result.Timestamps) {
					return result.Timestamps[i].Add(-time.Duration(lag * float64(time.Second))).UTC(), nil
				}
			}
		}
	}
	return time.Time{}, nil
}

// archived are the complete dumps of a tenant in a bucket of a region.
func (c Cloud) archived(ctx context.Context, tenant recovery.Tenant, region, bucket string) ([]recovery.Copy, error) {
	archive, err := export.Open(ctx, tenant.Account, region, bucket)
	if err != nil {
		return nil, err
	}
	keys, err := archive.Keys(ctx, tenant.ArchivePrefix)
	return dumps(keys), err
}

// Dumps implements [recovery.Cloud]. The bucket is the mirror, in Google Cloud.
func (c Cloud) Dumps(ctx context.Context, bucket, prefix string) ([]recovery.Copy, error) {
	keys, err := c.mirror.Names(ctx, bucket, prefix)
	if err != nil {
		return nil, fmt.Errorf("listing the dumps in gs://%s/%s: %w; sign in as who may read the mirror", bucket, prefix, err)
	}
	return dumps(keys), nil
}

// dumps are those of which a manifest says that they are complete, the newest first.
func dumps(keys []string) []recovery.Copy {
	var found []recovery.Copy
	for _, key := range keys {
		if at, err := dumpTime(key); err == nil && strings.HasSuffix(key, "/"+manifest.Name) {
			found = append(found, recovery.Copy{Kind: recovery.Dump, ID: key, From: at, Until: at})
		}
	}
	newest(found)
	return found
}
