package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	metrics "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"haven/infra/recovery"
)

// The states of RDS's instances and snapshots that anything depends on.
const available, broken = "available", "failed"

// How long is waited at most.
const (
	promotionLimit = 30 * time.Minute
	snapshotLimit  = 4 * time.Hour // a first copy to another region is a full one
	latchLimit     = 5 * time.Minute
)

// Promote implements [recovery.Cloud], and waits until the replica is a database of its own. Its backups go on as they
// are: without a number of days RDS would keep them for one.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PromoteReadReplica.html
func (c Cloud) Promote(ctx context.Context, replica string) error {
	named, err := parse(replica, "db")
	if err != nil {
		return err
	}
	asked := false
	err = c.wait(ctx, promotionLimit, "promoting "+named.id, func() (bool, error) {
		instance, err := c.instance(ctx, named)
		switch {
		case err != nil:
			return false, err
		case aws.ToString(instance.ReadReplicaSourceDBInstanceIdentifier) == "":
			return aws.ToString(instance.DBInstanceStatus) == available, nil
		case asked:
			return false, nil
		}
		input := &rds.PromoteReadReplicaInput{DBInstanceIdentifier: aws.String(named.id)}
		if days := aws.ToInt32(instance.BackupRetentionPeriod); days > 0 {
			input.BackupRetentionPeriod = aws.Int32(days)
		}
		_, err = c.rds(named.region).PromoteReadReplica(ctx, input)
		var busy *types.InvalidDBInstanceStateFault
		if errors.As(err, &busy) { // a backup is under way, or who ran before has asked for it
			return false, nil
		}
		asked = true
		return false, err
	})
	return failed(named.region, "promoting the replica "+named.id, err)
}

func (c Cloud) instance(ctx context.Context, named name) (types.DBInstance, error) {
	output, err := c.rds(named.region).DescribeDBInstances(ctx,
		&rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String(named.id)})
	if err != nil {
		return types.DBInstance{}, err
	}
	if len(output.DBInstances) != 1 {
		return types.DBInstance{}, fmt.Errorf("%d instances of RDS are called %s", len(output.DBInstances), named.id)
	}
	return output.DBInstances[0], nil
}

// Snapshot implements [recovery.Cloud], and waits until the snapshot is there.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html
func (c Cloud) Snapshot(ctx context.Context, database, id string) (string, error) {
	named, err := parse(database, "db")
	if err != nil {
		return "", err
	}
	err = c.wait(ctx, snapshotLimit, "a snapshot of "+named.id, func() (bool, error) {
		_, err := c.rds(named.region).CreateDBSnapshot(ctx, &rds.CreateDBSnapshotInput{
			DBInstanceIdentifier: aws.String(named.id), DBSnapshotIdentifier: aws.String(id),
		})
		var busy *types.InvalidDBInstanceStateFault
		if errors.As(err, &busy) { // it is backed up, or changed
			return false, nil
		}
		return true, unlessThere(err)
	})
	arn := ""
	if err == nil {
		arn, err = c.taken(ctx, named.region, id)
	}
	return arn, failed(named.region, "taking the snapshot "+id+" of "+named.id, err)
}

// CopySnapshot implements [recovery.Cloud], and waits until the copy is there.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CopyDBSnapshot.html
func (c Cloud) CopySnapshot(ctx context.Context, snapshot, region, key string) (string, error) {
	from, err := parse(snapshot, "snapshot")
	if err != nil {
		return "", err
	}
	input := &rds.CopyDBSnapshotInput{
		SourceDBSnapshotIdentifier: aws.String(snapshot), TargetDBSnapshotIdentifier: aws.String(from.id),
		KmsKeyId: aws.String(key), CopyTags: aws.Bool(true),
	}
	if from.region != region {
		input.SourceRegion = aws.String(from.region) // the SDK signs what RDS then asks of that region
	}
	arn := ""
	if _, err = c.rds(region).CopyDBSnapshot(ctx, input); unlessThere(err) == nil {
		arn, err = c.taken(ctx, region, from.id)
	}
	return arn, failed(region, "copying the snapshot "+from.id+" from "+from.region, err)
}

// unlessThere is no error where a snapshot of that name is there: the run before took it.
func unlessThere(err error) error {
	var there *types.DBSnapshotAlreadyExistsFault
	if errors.As(err, &there) {
		return nil
	}
	return err
}

// taken waits for a snapshot, and answers its ARN.
func (c Cloud) taken(ctx context.Context, region, id string) (string, error) {
	arn := ""
	return arn, c.wait(ctx, snapshotLimit, "the snapshot "+id, func() (bool, error) {
		output, err := c.rds(region).DescribeDBSnapshots(ctx,
			&rds.DescribeDBSnapshotsInput{DBSnapshotIdentifier: aws.String(id)})
		if err != nil || len(output.DBSnapshots) != 1 {
			return false, err
		}
		arn = aws.ToString(output.DBSnapshots[0].DBSnapshotArn)
		status := aws.ToString(output.DBSnapshots[0].Status)
		if status == broken {
			return false, fmt.Errorf("the snapshot %s has failed: delete it", id)
		}
		return status == available, nil
	})
}

// Latch implements [recovery.Cloud]. It publishes until the alarm that Route 53 looks at has the state, both in the
// region that takes over: the data plane of Route 53 does the rest, and no record is changed.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
func (c Cloud) Latch(ctx context.Context, tenant recovery.Tenant, taken bool) error {
	if tenant.LatchMetric == "" {
		return fmt.Errorf("%s has no latch: name its standby in its stack file and bring it up before it is needed",
			tenant.Stack)
	}
	api, value, wanted := c.cloudwatch(tenant.LatchRegion), 0.0, metrics.StateValueOk
	if taken {
		value, wanted = 1, metrics.StateValueAlarm
	}
	var dimensions []metrics.Dimension
	for name, is := range tenant.LatchDimensions {
		dimensions = append(dimensions, metrics.Dimension{Name: aws.String(name), Value: aws.String(is)})
	}
	err := c.wait(ctx, latchLimit, "the alarm "+tenant.LatchAlarm, func() (bool, error) {
		_, err := api.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{
			Namespace: aws.String(tenant.LatchNamespace),
			MetricData: []metrics.MetricDatum{{MetricName: aws.String(tenant.LatchMetric), Dimensions: dimensions,
				Timestamp: aws.Time(time.Now()), Value: aws.Float64(value)}},
		})
		if err != nil {
			return false, err
		}
		output, err := api.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
			AlarmNames: []string{tenant.LatchAlarm}, AlarmTypes: []metrics.AlarmType{metrics.AlarmTypeMetricAlarm},
		})
		if err != nil {
			return false, err
		}
		if len(output.MetricAlarms) != 1 {
			return false, fmt.Errorf("there is no alarm %q, which Route 53 would look at", tenant.LatchAlarm)
		}
		return output.MetricAlarms[0].StateValue == wanted, nil
	})
	return failed(tenant.LatchRegion, fmt.Sprintf("setting the latch of %s to %g", tenant.Stack, value), err)
}
