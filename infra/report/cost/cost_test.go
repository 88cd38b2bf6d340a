package cost

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/engine"
	"haven/stacks/config"
)

var november = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

func demo() *config.Environment {
	return &config.Environment{Name: "demo", Stacks: []*config.Stack{
		{Name: "demo-cell"}, {Name: "demo-acme"}, {Name: "demo-globex"},
	}}
}

func exports(stacks ...string) []string {
	var files []string
	for _, stack := range stacks {
		files = append(files, filepath.Join("testdata", stack+".json"))
	}
	return files
}

// costs are what those items cost, by name.
func costs(items []Item) map[string]float64 {
	costs := map[string]float64{}
	for _, item := range items {
		costs[item.Service+": "+item.Item] = item.Cost
	}
	return costs
}

func TestEstimateAddsUpWhatTheExportsHold(t *testing.T) {
	source, err := Read(engine.Checkout{}, demo(), exports("demo-acme", "demo-cell"))
	require.NoError(t, err)
	report := Estimate(demo(), source, november)

	require.Len(t, report.Stacks, 2)
	cell, tenant := report.Stacks[0], report.Stacks[1]
	assert.Equal(t, []string{"demo-cell", "cell", "demo-acme", "tenant"},
		[]string{cell.Stack, cell.Role, tenant.Stack, tenant.Role}, "in the environment's order")
	assert.Equal(t, map[string]float64{
		"VPC: NAT gateway":                                  70.08, // 2 × 730 h × 0.048
		"VPC: public IPv4 address":                          14.6,  // 2 of the gateways and 2 of the balancer
		"VPC: interface endpoint":                           16.06, // in 2 zones
		"Elastic Load Balancing: application load balancer": 18.4,
		"WAF: web ACL":                                      5, "WAF: rule": 3,
	}, costs(cell.Items))
	assert.Equal(t, map[string]float64{
		"RDS: db.m7g.xlarge":                  546.04, // 2 × 730 h × 0.374
		"RDS: storage gp3":                    25.4,   // 2 × 100 GiB × 0.127
		"RDS: extended support years 1 and 2": 654.08, // 2 × 4 vCPU × 730 h × 0.112
		"Fargate: vCPU X86_64":                59.1,
		"Fargate: memory X86_64":              12.98,
		"Secrets Manager: secret":             1.2, // the key, its copy and RDS's own
		"KMS: key":                            2,
	}, costs(tenant.Items))
	assert.InDelta(t, 127.14, cell.Total, 0.001)
	assert.InDelta(t, 1300.8, tenant.Total, 0.001)
	assert.InDelta(t, 1427.94, report.Total, 0.001)
	for i, item := range tenant.Items[1:] {
		assert.LessOrEqual(t, item.Cost, tenant.Items[i].Cost, "the largest first")
	}

	assert.Equal(t, []Unestimated{
		{Type: "aws:s3/bucketV2:BucketV2", Count: 2, Why: "by what it holds and by request"},
	}, cell.ByUse)
	assert.Equal(t, []Unestimated{
		{Type: "aws:quantum/computer:Computer", Count: 1, Why: "a type without a price"},
	}, cell.NotPriced)
	assert.Equal(t, []string{"demo-globex"}, report.Missing)
	assert.Equal(t, "estimate, prices of 2025-06-30 in eu-west-1", report.Label)
	assert.Equal(t, "2026-11", report.Month)
}

func TestUseOfAResource(t *testing.T) {
	task := resource{apitype.ResourceV3{Inputs: map[string]any{
		"cpu": "512", "memory": "1024", "runtimePlatform": map[string]any{"cpuArchitecture": "ARM64"},
	}}}
	instance := map[string]any{
		"engine": "mysql", "engineVersion": "8.0", "instanceClass": "db.t4g.medium", "storageType": "gp3",
		"allocatedStorage": 20.0,
	}
	tests := []struct {
		name, kind, month string
		inputs            map[string]any
		want              []use
	}{
		{"a database before extended support", "rds/instance:Instance", "2026-07", instance,
			[]use{{"RDS", "db.t4g.medium", 730}, {"RDS", "storage gp3", 20}}},
		{"a database in the third year of extended support", "rds/instance:Instance", "2028-08", instance,
			[]use{{"RDS", "db.t4g.medium", 730}, {"RDS", "storage gp3", 20}, {"RDS", "extended support year 3", 1460}}},
		{"a service at zero", "ecs/service:Service", "", map[string]any{"taskDefinition": "arm", "desiredCount": 0.0},
			[]use{{"Fargate", "vCPU ARM64", 0}, {"Fargate", "memory ARM64", 0}}},
		{"a service on Graviton", "ecs/service:Service", "", map[string]any{"taskDefinition": "arm", "desiredCount": 3.0},
			[]use{{"Fargate", "vCPU ARM64", 1095}, {"Fargate", "memory ARM64", 2190}}},
		{"a cache of two nodes", "elasticache/replicationGroup:ReplicationGroup", "",
			map[string]any{"engine": "valkey", "nodeType": "cache.t4g.small", "numCacheClusters": 2.0},
			[]use{{"ElastiCache", "cache.t4g.small valkey", 1460}}},
		{"a cache by its replicas", "elasticache/replicationGroup:ReplicationGroup", "",
			map[string]any{"engine": "redis", "nodeType": "cache.t4g.small", "numNodeGroups": 1.0, "replicasPerNodeGroup": 2.0},
			[]use{{"ElastiCache", "cache.t4g.small redis", 2190}}},
		{"an internal load balancer", "lb/loadBalancer:LoadBalancer", "",
			map[string]any{"internal": true, "subnets": []any{"a", "b"}},
			[]use{{"Elastic Load Balancing", "application load balancer", 730}}},
		{"an alarm on three metrics", "cloudwatch/metricAlarm:MetricAlarm", "", map[string]any{"metricQueries": []any{
			map[string]any{"metric": map[string]any{}}, map[string]any{"metric": map[string]any{}},
			map[string]any{"expression": "a/b"}, map[string]any{"metric": map[string]any{}},
		}}, []use{{"CloudWatch", "alarm metric", 3}}},
		{"an alarm on one metric", "cloudwatch/metricAlarm:MetricAlarm", "", nil, []use{{"CloudWatch", "alarm metric", 1}}},
		{"a log kept for 60 days", "cloudwatch/logGroup:LogGroup", "", map[string]any{"retentionInDays": 60.0},
			[]use{{"CloudWatch", "log ingestion", 1}, {"CloudWatch", "log storage", 2}}},
		{"files", "efs/fileSystem:FileSystem", "", nil, []use{{"EFS", "storage", 10}}},
		{"images", "ecr/repository:Repository", "", nil, []use{{"ECR", "storage", 5}}},
	}
	for _, test := range tests {
		kind := "aws:" + test.kind
		rule := rules[kind]
		require.NotNil(t, rule, kind)
		e := estimate{month: test.month, tasks: map[string]resource{"arm": task}}
		got := rule(e, resource{apitype.ResourceV3{Type: tokens.Type(kind), Inputs: test.inputs}})
		assert.Equal(t, test.want, got, test.name)
	}
}

func TestAnInstanceClassWithoutAPriceIsNamed(t *testing.T) {
	cost := stackCost(Stack{"demo-acme", []apitype.ResourceV3{{
		Type: "aws:rds/instance:Instance", Custom: true,
		Inputs: map[string]any{"instanceClass": "db.x9.large", "storageType": "gp3", "allocatedStorage": 20.0},
	}}}, "2026-11")
	assert.Equal(t, []Unestimated{
		{Type: "aws:rds/instance:Instance", Count: 1, Why: "no price for RDS, db.x9.large"},
	}, cost.NotPriced)
	assert.Equal(t, map[string]float64{"RDS: storage gp3": 2.54}, costs(cost.Items))
}

func TestVCPUs(t *testing.T) {
	for class, want := range map[string]float64{
		"db.t4g.micro": 2, "db.m7g.large": 2, "db.m7g.xlarge": 4, "db.r7g.2xlarge": 8, "db.r7g.16xlarge": 64,
	} {
		assert.InDelta(t, want, vCPUs(class), 0, class)
	}
}

func TestReadRefusesWhatIsNoExportOfTheEnvironment(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "export.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	foreign := file(`{"version": 3, "deployment": {"resources": [
		{"urn": "urn:pulumi:live-cell::haven::pulumi:pulumi:Stack::haven-live-cell"}]}}`)
	for _, test := range []struct {
		files []string
		want  string
	}{
		{exports("absent"), "absent.json: no such file or directory; name files that `pulumi stack export --file` wrote"},
		{[]string{file("{}")}, "is not what `pulumi stack export` prints; export the stack anew"},
		{[]string{file("no")}, "is not what `pulumi stack export` prints; export the stack anew"},
		{[]string{file(`{"deployment": {}}`)}, "is an export of a stack that holds nothing; leave it out"},
		{[]string{foreign}, "is an export of live-cell, which is no stack of demo; leave it out"},
		{exports("demo-cell", "demo-cell"), "are both exports of demo-cell; leave one out"},
	} {
		_, err := Read(engine.Checkout{}, demo(), test.files)
		var problem *engine.Problem
		require.ErrorAs(t, err, &problem)
		assert.ErrorContains(t, err, test.want)
	}
}

func TestReadRefusesASandboxThatHoldsNothing(t *testing.T) {
	_, err := Read(engine.Checkout{Root: t.TempDir()}, demo(), nil)
	var problem *engine.Problem
	require.ErrorAs(t, err, &problem)
	assert.EqualError(t, err, "nothing of demo is up in the sandbox; haven up demo, or give what `pulumi stack export` "+
		"prints of its stacks: haven cost demo --export FILE…")
}

func TestReadTakesWhatIsUpInTheSandbox(t *testing.T) {
	checkout := engine.Checkout{Root: t.TempDir()}
	file := checkout.Path("state", ".pulumi", "stacks", engine.Project, "demo-acme.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(
		`{"checkpoint": {"latest": {"resources": [{"type": "aws:kms/key:Key", "custom": true}]}}}`), 0o600))
	source, err := Read(checkout, demo(), nil)
	require.NoError(t, err)
	report := Estimate(demo(), source, november)
	assert.InDelta(t, 1, report.Total, 0)
	assert.Equal(t, "the sandbox's state", report.Source)
	assert.Equal(t, []string{"demo-cell", "demo-globex"}, report.Missing)
}

func TestWriteTellsThatItIsAnEstimate(t *testing.T) {
	source, err := Read(engine.Checkout{}, demo(), exports("demo-cell", "demo-acme"))
	require.NoError(t, err)
	var page strings.Builder
	require.NoError(t, Estimate(demo(), source, november).Write(&page))
	for _, want := range []string{
		"demo in 2026-11: USD 1427.94 a month (estimate, prices of 2025-06-30 in eu-west-1; from exports of its stacks).\n",
		"\ndemo-cell: USD 127.14 a month\n",
		"\nBy use, not estimated:\n  2 aws:s3/bucketV2:BucketV2: by what it holds and by request\n",
		"\nNot priced:\n  1 aws:quantum/computer:Computer: a type without a price\n",
		"\nNot there, so not in the total:\n  demo-globex\n",
		"\nAssumed:\n  a month of 730 hours, on demand, without tax, discounts and free allowances\n",
	} {
		assert.Contains(t, page.String(), want)
	}
}
