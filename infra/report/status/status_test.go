package status_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/tiers"
	"haven/infra/report/status"
	"haven/stacks/config"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// environment has a cell, a tenant of each tier, one that is gone, one that was brought back beside, and a mirror.
func environment() *config.Environment {
	of := func(name string, tier config.Tier) *config.Stack {
		return &config.Stack{Name: "demo-" + name, Role: config.RoleTenant,
			Tenant: &config.Tenant{Name: name, Cell: "demo-cell", Tier: tier, State: config.Active}}
	}
	gone := of("gone", tiers.Standard)
	gone.Tenant.State = config.Gone
	beside := of("acme", tiers.Standard)
	beside.Name, beside.Tenant.Restore.Mode = "demo-acme-drill", config.Drill
	return &config.Environment{Name: "demo", Stacks: []*config.Stack{
		{Name: "demo-cell", Role: config.RoleCell,
			Cell: &config.Cell{Account: "123456789012", Region: "eu-west-1", RecoveryRegion: "eu-central-1"}},
		{Name: "demo-mirror", Role: config.RoleMirror},
		of("acme", tiers.Standard), of("globex", tiers.Critical), of("initech", tiers.Continuity), gone, beside,
	}}
}

// found answers the same for every tenant.
type found struct {
	status.Found
	err error
}

func (found) Label() string { return "test" }

func (f found) Find(context.Context, status.Tenant) (status.Found, error) { return f.Found, f.err }

func everything(tiers.Copy) bool { return true }

func TestReport(t *testing.T) {
	t.Parallel()
	source := found{Found: status.Found{Up: true, Since: 13 * time.Hour, Asked: everything,
		Ages: map[tiers.Copy]time.Duration{tiers.PointInTime: 4 * time.Minute, tiers.Dump: 9 * time.Hour}}}
	report, err := status.Of(context.Background(), environment(), source)
	require.NoError(t, err)
	assert.True(t, report.Up())
	require.Len(t, report.Tenants, 3, "of what is gone and of what was brought back beside there are no copies")
	acme := report.Tenants[0]
	assert.Equal(t, []any{"acme", "demo-acme", tiers.Standard}, []any{acme.Tenant, acme.Stack, acme.Tier})
	age := 240.0
	assert.Equal(t, status.Copy{Kind: tiers.PointInTime, AgeSeconds: &age, BoundSeconds: 300, Made: true, Within: true},
		acme.Copies[0])
	assert.Equal(t, []string{
		"globex: snapshot", "globex: snapshot-copy", "globex: files", "globex: files-copy", "globex: dump",
		"globex: dump-copy", "globex: mirror", "globex: replica",
		"initech: dump", "initech: dump-copy", "initech: mirror", "initech: replicated-backup",
	}, report.Old(), "a copy that was never made is as old as the data")
}

func TestNothingIsUp(t *testing.T) {
	t.Parallel()
	report, err := status.Of(context.Background(), environment(), found{})
	require.NoError(t, err)
	assert.False(t, report.Up())
	assert.Empty(t, report.Old())
	_, err = status.Of(context.Background(), environment(), found{err: errors.New("lost")})
	assert.EqualError(t, err, "demo-acme: lost")
}

// metrics are a CloudWatch of one region: values by dimension.
type metrics struct {
	values map[string]float64
	asked  *[]string
	err    error
}

func (m metrics) GetMetricData(_ context.Context, in *cloudwatch.GetMetricDataInput, _ ...func(*cloudwatch.Options)) (
	*cloudwatch.GetMetricDataOutput, error,
) {
	out := &cloudwatch.GetMetricDataOutput{}
	for _, query := range in.MetricDataQueries {
		metric := query.MetricStat.Metric
		value := aws.ToString(metric.Dimensions[0].Value)
		*m.asked = append(*m.asked, aws.ToString(metric.Namespace)+" "+aws.ToString(metric.MetricName)+" "+value)
		result := types.MetricDataResult{Id: query.Id}
		if newest, known := m.values[value]; known {
			result.Values = []float64{newest, 9999}
		}
		out.MetricDataResults = append(out.MetricDataResults, result)
	}
	return out, m.err
}

func TestAccount(t *testing.T) {
	t.Parallel()
	var asked []string
	regions := map[string]status.API{
		"eu-west-1":    metrics{map[string]float64{"pitr": 3, "dump": 30}, &asked, nil},
		"eu-central-1": metrics{map[string]float64{"dump-copy": 200, "demo-globex-replica": 2.5}, &asked, nil},
	}
	account := status.Account{Now: func() time.Time { return noon },
		Open: func(_ context.Context, region string) (status.API, error) { return regions[region], nil }}
	tenant := status.Tenants(environment())[1]
	copies, err := account.Find(context.Background(), tenant)
	require.NoError(t, err)
	assert.Equal(t, map[tiers.Copy]time.Duration{
		tiers.PointInTime: 3 * time.Minute, tiers.Dump: 30 * time.Minute, tiers.DumpCopy: 200 * time.Minute,
		tiers.Replica: 2500 * time.Millisecond,
	}, copies.Ages)
	assert.False(t, copies.Asked(tiers.Mirror), "Google Cloud watches that")
	assert.Equal(t, []string{
		"Haven/demo-globex CopyAgeMinutes pitr", "Haven/demo-globex CopyAgeMinutes snapshot",
		"Haven/demo-globex CopyAgeMinutes files", "Haven/demo-globex CopyAgeMinutes export",
		"Haven/demo-globex CopyAgeMinutes dump",
		"Haven/demo-globex CopyAgeMinutes snapshot-copy", "Haven/demo-globex CopyAgeMinutes files-copy",
		"Haven/demo-globex CopyAgeMinutes dump-copy", "AWS/RDS ReplicaLag demo-globex-replica",
	}, asked)

	report, err := status.Of(context.Background(), environment(), account)
	require.NoError(t, err)
	assert.Contains(t, report.Old(), "globex: dump-copy")
	assert.Contains(t, report.Old(), "globex: snapshot", "what nobody measured is not known to be young")
	assert.NotContains(t, report.Old(), "globex: replica")
}

func TestAccountThatStopsReplicating(t *testing.T) {
	t.Parallel()
	var asked []string
	still := status.Account{Now: func() time.Time { return noon },
		Open: func(context.Context, string) (status.API, error) {
			return metrics{map[string]float64{"demo-globex-replica": -1}, &asked, nil}, nil
		}}
	copies, err := still.Find(context.Background(), status.Tenants(environment())[1])
	require.NoError(t, err)
	assert.NotContains(t, copies.Ages, tiers.Replica)

	refused := status.Account{Now: func() time.Time { return noon },
		Open: func(context.Context, string) (status.API, error) {
			return metrics{nil, &asked, errors.New("AccessDenied")}, nil
		}}
	_, err = status.Of(context.Background(), environment(), refused)
	assert.EqualError(t, err, "demo-acme: CloudWatch in eu-west-1: AccessDenied")
}
