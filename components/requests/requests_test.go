package requests_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/requests"
	"haven/components/requests/logs"
	"haven/components/requests/queries"
	"haven/tests/harness"
)

const (
	tableType     = "aws:glue/catalogTable:CatalogTable"
	workgroupType = "aws:athena/workgroup:Workgroup"
	queryType     = "aws:athena/namedQuery:NamedQuery"
)

func args() requests.Args {
	return requests.Args{
		Scope:            harness.CellScope(),
		Account:          "123456789012",
		Region:           "eu-west-1",
		BalancerLogs:     pulumi.String("demo-cell-lb-logs"),
		FirewallLogs:     pulumi.String("aws-waf-logs-demo-cell"),
		FirewallName:     "demo-cell-firewall",
		BlockList:        []string{"203.0.113.0/24"},
		LogRetentionDays: 400,
		Protected:        true,
	}
}

func declare(t *testing.T, args requests.Args) (*harness.Recorder, map[string]any) {
	t.Helper()
	r, outputs := harness.Environment(), map[string]any{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		of, err := requests.New(ctx, "requests", args)
		if err != nil {
			return err
		}
		pulumi.Map{"workgroup": of.Workgroup, "database": of.Database}.ToMapOutput().ApplyT(func(all map[string]any) error {
			outputs = all
			return nil
		})
		return nil
	}))
	return r, outputs
}

func TestRequests(t *testing.T) {
	t.Parallel()
	r, outputs := declare(t, args())
	harness.AssertFamily(t, r, requests.Type, "requests")
	assert.Equal(t, map[string]any{"workgroup": "demo-cell-requests", "database": "demo_cell_requests"}, outputs)
	database := r.One(t, "aws:glue/catalogDatabase:CatalogDatabase", "requests-database")
	harness.AssertInputs(t, database, map[string]any{"name": "demo_cell_requests"})
	harness.AssertTags(t, database, "requests")
	harness.AssertTags(t, r.One(t, workgroupType, "requests-workgroup"), "requests")
}

func TestTables(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	tests := map[string]struct {
		columns           []logs.Column
		location, library string
		parameters        map[string]any
	}{
		"load_balancer": {logs.Balancer, "s3://demo-cell-lb-logs/AWSLogs/123456789012/elasticloadbalancing/eu-west-1",
			"org.apache.hadoop.hive.serde2.RegexSerDe",
			map[string]any{"serialization.format": "1", "input.regex": logs.BalancerLine}},
		"firewall": {logs.Firewall, "s3://aws-waf-logs-demo-cell/AWSLogs/123456789012/WAFLogs/eu-west-1/demo-cell-firewall",
			"org.openx.data.jsonserde.JsonSerDe", map[string]any{"serialization.format": "1"}},
	}
	assert.Len(t, r.OfType(tableType), len(tests))
	for name, want := range tests {
		var columns []any
		for _, column := range want.columns {
			columns = append(columns, map[string]any{"name": column.Name, "type": column.Type})
		}
		harness.AssertInputs(t, r.One(t, tableType, "requests-"+name), map[string]any{
			"name":         name,
			"databaseName": "demo_cell_requests",
			"tableType":    "EXTERNAL_TABLE",
			"parameters": map[string]any{
				"EXTERNAL":                     "TRUE",
				"projection.enabled":           "true",
				"projection.day.type":          "date",
				"projection.day.format":        "yyyy/MM/dd",
				"projection.day.interval":      "1",
				"projection.day.interval.unit": "DAYS",
				"projection.day.range":         "NOW-400DAYS,NOW",
				"storage.location.template":    want.location + "/${day}",
			},
			"partitionKeys": []any{map[string]any{"name": "day", "type": "string"}},
			"storageDescriptor": map[string]any{
				"location":     want.location,
				"columns":      columns,
				"inputFormat":  "org.apache.hadoop.mapred.TextInputFormat",
				"outputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
				"serDeInfo":    map[string]any{"serializationLibrary": want.library, "parameters": want.parameters},
			},
		})
	}
}

func TestWorkgroup(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	harness.AssertInputs(t, r.One(t, workgroupType, "requests-workgroup"), map[string]any{
		"name":         "demo-cell-requests",
		"forceDestroy": false,
		"configuration": map[string]any{
			"enforceWorkgroupConfiguration":   true,
			"publishCloudwatchMetricsEnabled": true,
			"bytesScannedCutoffPerQuery":      107374182400.0,
			"engineVersion":                   map[string]any{"selectedEngineVersion": "Athena engine version 3"},
			"resultConfiguration": map[string]any{
				"outputLocation":          "s3://requests-answers-bucket-id/",
				"expectedBucketOwner":     "123456789012",
				"encryptionConfiguration": map[string]any{"encryptionOption": "SSE_S3"},
			},
		},
	})
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketV2:BucketV2", "requests-answers-bucket"), map[string]any{
		"bucket": "demo-cell-answers-123456789012-eu-west-1", "forceDestroy": false,
		"tags.data-classification": "confidential"})
}

func TestQueries(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	assert.Len(t, r.OfType(queryType), len(queries.All))
	for _, query := range queries.All {
		harness.AssertInputs(t, r.One(t, queryType, "requests-"+query.Name), map[string]any{
			"name":        query.Name,
			"description": query.Description,
			"database":    "demo_cell_requests",
			"workgroup":   "demo-cell-requests",
			"query":       query.SQL([]string{"203.0.113.0/24"}, "block-list"),
		})
	}
}

// TestTeardown: only while it is torn down may answers go.
func TestTeardown(t *testing.T) {
	t.Parallel()
	falling := args()
	falling.Protected = false
	r, _ := declare(t, falling)
	harness.AssertInputs(t, r.One(t, workgroupType, "requests-workgroup"), map[string]any{"forceDestroy": true})
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketV2:BucketV2", "requests-answers-bucket"), map[string]any{
		"forceDestroy": true})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const nothingGiven = "requests: Scope: missing, expected a value\n" +
		"Account: missing, expected a value\n" +
		"Region: missing, expected a value\n" +
		"BalancerLogs: missing, expected a value\n" +
		"FirewallLogs: missing, expected a value\n" +
		"FirewallName: missing, expected a value\n" +
		"LogRetentionDays: missing, expected a value"
	harness.AssertRefusals(t, requests.New, nothingGiven, args, map[string]func(*requests.Args){
		"requests: FirewallName: missing, expected a value":     func(a *requests.Args) { a.FirewallName = "" },
		"requests: LogRetentionDays: missing, expected a value": func(a *requests.Args) { a.LogRetentionDays = -1 },
	})
}
