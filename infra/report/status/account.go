package status

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"haven/components/tiers"
)

// API is what asking takes of CloudWatch. The SDK's client is one.
type API interface {
	GetMetricData(context.Context, *cloudwatch.GetMetricDataInput, ...func(*cloudwatch.Options)) (
		*cloudwatch.GetMetricDataOutput, error)
}

// Account asks the CloudWatch of real accounts. Metrics lie in the region of the copy that they measure.
type Account struct {
	// Open is the CloudWatch of a region.
	Open func(ctx context.Context, region string) (API, error)
	// Now is the time that ages are looked for until.
	Now func() time.Time
}

// AWS is with the credentials that the AWS CLI would use.
func AWS() Account {
	return Account{Now: time.Now, Open: func(ctx context.Context, region string) (API, error) {
		settings, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
		if err != nil {
			return nil, fmt.Errorf("CloudWatch in %s: %w", region, err)
		}
		return cloudwatch.NewFromConfig(settings), nil
	}}
}

// Label implements [Source].
func (Account) Label() string { return "CloudWatch (as measured last)" }

const (
	// ageMetric is the age of the newest copy of a kind, in minutes; copyDimension is its kind.
	ageMetric, copyDimension = "CopyAgeMinutes", "Copy"
	// measuredEvery is how often, and lookBack how far back the newest is looked for.
	measuredEvery, lookBack = 15 * time.Minute, time.Hour
)

// abroad are the kinds of copies that lie in the recovery region.
var abroad = map[tiers.Copy]bool{
	tiers.SnapshotCopy: true, tiers.FilesCopy: true, tiers.DumpCopy: true, tiers.ReplicatedBackup: true,
	tiers.Replica: true,
}

// Find implements [Source].
func (a Account) Find(ctx context.Context, tenant Tenant) (Found, error) {
	found := Found{Up: true, Ages: map[tiers.Copy]time.Duration{},
		Asked: func(kind tiers.Copy) bool { return kind != tiers.Mirror }}
	promise, _ := tiers.Of(tenant.Tier) // validated with the stack file
	for _, recovery := range []bool{false, true} {
		var kinds []tiers.Copy
		for _, bound := range promise.Bounds {
			if abroad[bound.Copy] == recovery && found.Asked(bound.Copy) {
				kinds = append(kinds, bound.Copy)
			}
		}
		region := tenant.Region
		if recovery {
			region = tenant.RecoveryRegion
		}
		if err := a.ask(ctx, region, tenant, kinds, found.Ages); err != nil {
			return Found{}, fmt.Errorf("CloudWatch in %s: %w", region, err)
		}
	}
	return found, nil
}

func (a Account) ask(ctx context.Context, region string, tenant Tenant, kinds []tiers.Copy,
	ages map[tiers.Copy]time.Duration,
) error {
	api, err := a.Open(ctx, region)
	if err != nil {
		return err
	}
	input := &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(a.Now().Add(-lookBack)), EndTime: aws.Time(a.Now()), ScanBy: types.ScanByTimestampDescending,
	}
	for i, kind := range kinds {
		input.MetricDataQueries = append(input.MetricDataQueries, types.MetricDataQuery{
			Id: aws.String("m" + strconv.Itoa(i)), MetricStat: stat(tenant, kind),
		})
	}
	output, err := api.GetMetricData(ctx, input)
	if err != nil {
		return err
	}
	for _, result := range output.MetricDataResults {
		at, err := strconv.Atoi(aws.ToString(result.Id)[1:])
		if err != nil || at >= len(kinds) || len(result.Values) == 0 {
			continue
		}
		unit := time.Minute
		if kinds[at] == tiers.Replica {
			unit = time.Second
		}
		if newest := result.Values[0]; newest >= 0 { // a replica that stands still reports -1
			ages[kinds[at]] = time.Duration(newest * float64(unit))
		}
	}
	return nil
}

// stat is the metric of a kind: that of the tenant's state machine, or RDS's own of a replica.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
func stat(tenant Tenant, kind tiers.Copy) *types.MetricStat {
	named := func(namespace, name, dimension, value string, period time.Duration) *types.MetricStat {
		return &types.MetricStat{
			Stat: aws.String("Maximum"), Period: aws.Int32(int32(period.Seconds())),
			Metric: &types.Metric{Namespace: aws.String(namespace), MetricName: aws.String(name),
				Dimensions: []types.Dimension{{Name: aws.String(dimension), Value: aws.String(value)}}},
		}
	}
	if kind == tiers.Replica {
		return named("AWS/RDS", "ReplicaLag", "DBInstanceIdentifier", tenant.Stack+"-replica", time.Minute)
	}
	return named("Haven/"+tenant.Stack, ageMetric, copyDimension, string(kind), measuredEvery)
}
