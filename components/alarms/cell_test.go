package alarms_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/alarms"
	"haven/tests/harness"
)

const dashboardType = "aws:cloudwatch/dashboard:Dashboard"

func cellArgs() alarms.CellArgs {
	return alarms.CellArgs{
		Scope:  harness.CellScope(),
		Region: "eu-west-1",
		Topics: alarms.Topics{
			Critical: pulumi.String("arn:critical"),
			Warning:  pulumi.String("arn:warning"),
			Info:     pulumi.String("arn:info"),
		},
		LoadBalancer:   pulumi.String("app/edge/1"),
		CertificateARN: pulumi.String("arn:certificate"),
		WebACL:         "demo-cell-firewall",
		ClusterName:    pulumi.String("demo-cell-cluster"),
		Gateways: []alarms.Gateway{
			{Zone: "eu-west-1a", ID: pulumi.String("nat-a")},
			{Zone: "eu-west-1b", ID: pulumi.String("nat-b")},
		},
	}
}

func declareCell(t *testing.T) (*harness.Recorder, string) {
	t.Helper()
	recorder := &harness.Recorder{Outputs: map[string]resource.PropertyMap{
		dashboardType: {"dashboardArn": resource.NewProperty("arn:dashboard")},
	}}
	got := make(chan string, 1)
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		cell, err := alarms.NewCell(ctx, "alarms", cellArgs())
		if err != nil {
			return err
		}
		cell.DashboardARN.ApplyT(func(arn string) error {
			got <- arn
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, recorder, alarms.CellType, "alarms")
	return recorder, <-got
}

func TestCell(t *testing.T) {
	t.Parallel()
	recorder, _ := declareCell(t)
	const whole, zone = "{LoadBalancer=app/edge/1}", "{AvailabilityZone=eu-west-1a, LoadBalancer=app/edge/1}"
	want := map[string]string{
		"bad-gateway": "critical: percent Sum AWS/ApplicationELB HTTPCode_ELB_502_Count" + whole +
			" of Sum AWS/ApplicationELB RequestCount" + whole + " > 1, 2 x 300 s, notBreaching",
		"gateway-timeout": "critical: percent Sum AWS/ApplicationELB HTTPCode_ELB_504_Count" + whole +
			" of Sum AWS/ApplicationELB RequestCount" + whole + " > 1, 2 x 300 s, notBreaching",
		"rejected-connections": "critical: Sum AWS/ApplicationELB RejectedConnectionCount" + whole +
			" > 0, 3 x 60 s, notBreaching",
		"tls-errors": "info: Sum AWS/ApplicationELB ClientTLSNegotiationErrorCount" + whole +
			" > 1000, 3 x 300 s, notBreaching",
		"blocked-requests": "warning: Sum AWS/WAFV2 BlockedRequests{Region=eu-west-1, Rule=ALL, WebACL=demo-cell-firewall}" +
			" > 1000, 2 x 300 s, notBreaching",
		"certificate":          dataAlarms["certificate"],
		"certificate-expiring": dataAlarms["certificate-expiring"],
		"zone-eu-west-1a": "warning: percent Sum AWS/ApplicationELB HTTPCode_ELB_504_Count" + zone +
			" of Sum AWS/ApplicationELB RequestCount" + zone + " > 5, 5 x 60 s, notBreaching",
		"nat-ports-eu-west-1a": "critical: Sum AWS/NATGateway ErrorPortAllocation{NatGatewayId=nat-a}" +
			" > 0, 3 x 60 s, notBreaching",
		"nat-drops-eu-west-1a": "warning: Sum AWS/NATGateway PacketsDropCount{NatGatewayId=nat-a}" +
			" > 100, 3 x 300 s, notBreaching",
	}
	for name, line := range want {
		if strings.HasSuffix(name, "-eu-west-1a") {
			want[strings.TrimSuffix(name, "a")+"b"] =
				strings.NewReplacer("eu-west-1a", "eu-west-1b", "nat-a", "nat-b").Replace(line)
		}
	}
	assert.Equal(t, want, described(t, recorder, "demo-cell-"))
	for _, alarm := range recorder.OfType(alarmType) {
		harness.AssertTags(t, alarm, "alarms")
		assert.NotEmpty(t, alarm.Input("alarmDescription"), alarm.Name)
	}
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	recorder, arn := declareCell(t)
	assert.Equal(t, "arn:dashboard", arn)
	board := recorder.One(t, dashboardType, "alarms-dashboard")
	assert.Equal(t, "demo-cell", board.Input("dashboardName"))
	text := board.Input("dashboardBody").(string)

	var body struct {
		Widgets []struct {
			Type       string
			Properties struct {
				Title   string
				Alarms  []string
				Region  string
				Metrics [][]any
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &body))
	shown := map[string][][]any{}
	for _, widget := range body.Widgets {
		if widget.Type == "metric" {
			assert.Equal(t, "eu-west-1", widget.Properties.Region)
			shown[widget.Properties.Title] = widget.Properties.Metrics
		}
	}
	assert.Len(t, body.Widgets[1].Properties.Alarms, len(recorder.OfType(alarmType)))
	assert.Contains(t, body.Widgets[1].Properties.Alarms, "arn:aws:mock:::alarms-bad-gateway")
	assert.Equal(t, [][]any{
		{"AWS/NATGateway", "ActiveConnectionCount", "NatGatewayId", "nat-a",
			map[string]any{"stat": "Maximum", "label": "eu-west-1a"}},
		{"AWS/NATGateway", "ActiveConnectionCount", "NatGatewayId", "nat-b",
			map[string]any{"stat": "Maximum", "label": "eu-west-1b"}},
	}, shown["Connections of NAT gateways"])
	assert.Equal(t, [][]any{{map[string]any{
		"id": "search1", "label": "${PROP('Dim.ServiceName')}",
		"expression": `SEARCH('{AWS/ECS,ClusterName,ServiceName} ClusterName="demo-cell-cluster" ` +
			`MetricName="CPUUtilization"', 'Average', 300)`,
	}}}, shown["CPU of services, percent"])
	assert.Equal(t, [][]any{{map[string]any{
		"id": "search1", "label": "${PROP('Dim.TargetGroup')}",
		"expression": `SEARCH('{AWS/ApplicationELB,LoadBalancer,TargetGroup} LoadBalancer="app/edge/1" ` +
			`MetricName="TargetResponseTime"', 'p95', 300)`,
	}}}, shown["Response time of tenants, p95, seconds"])

	again, _ := declareCell(t)
	assert.Equal(t, text, again.One(t, dashboardType, "alarms-dashboard").Input("dashboardBody"))
}

func TestCellRefusals(t *testing.T) {
	t.Parallel()
	for want, args := range map[string]alarms.CellArgs{
		"alarms: Scope: missing, expected a value\n" +
			"Region: missing, expected a value\n" +
			"LoadBalancer: missing, expected a value\n" +
			"CertificateARN: missing, expected a value\n" +
			"WebACL: missing, expected a value\n" +
			"ClusterName: missing, expected a value\n" +
			"Gateways: missing, expected a value": {},
		"Gateways[0].Zone: missing, expected a value\n" +
			"Gateways[0].ID: missing, expected a value": {Gateways: []alarms.Gateway{{}}},
		"MonthlyBudgetUSD: -1, expected at least 1, or 0 for none": {MonthlyBudgetUSD: -1},
	} {
		err := harness.Run(&harness.Recorder{}, func(ctx *pulumi.Context) error {
			_, err := alarms.NewCell(ctx, "alarms", args)
			return err
		})
		assert.ErrorContains(t, err, want)
	}
}
