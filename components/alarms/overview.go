package alarms

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/alarms/dashboard"
)

// dashboard declares the cell's dashboard, whose name is the stack's.
func (a CellArgs) dashboard(ctx *pulumi.Context, name string, alarms pulumi.StringArrayOutput,
	parent pulumi.ResourceOption,
) (pulumi.StringOutput, error) {
	var gateways pulumi.StringArray
	for _, gateway := range a.Gateways {
		gateways = append(gateways, gateway.ID)
	}
	body := pulumix.Apply4(a.LoadBalancer.ToStringOutput(), a.ClusterName.ToStringOutput(),
		gateways.ToStringArrayOutput(), alarms,
		func(loadBalancer, cluster string, gateways, alarms []string) string {
			return a.overview(loadBalancer, cluster, gateways, alarms).JSON()
		})
	board, err := cloudwatch.NewDashboard(ctx, name+"-dashboard", &cloudwatch.DashboardArgs{
		DashboardName: pulumi.String(a.Scope.Stack),
		DashboardBody: body.Untyped().(pulumi.StringOutput),
	}, parent)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return board.DashboardArn, nil
}

// overview is what the dashboard shows: the cell by its own metrics, its tenants by searches, which find each tenant of
// the cell, also one that comes later. The databases, whose metrics name no cell, are all those of the region.
func (a CellArgs) overview(loadBalancer, cluster string, gateways, alarms []string) dashboard.Dashboard {
	return dashboard.Dashboard{Rows: []dashboard.Row{
		{dashboard.Text{Markdown: "# " + a.Scope.Stack}},
		{dashboard.Alarms{Title: "Alarms of the cell", ARNs: alarms}},
		{
			a.graph("Requests", a.edge(loadBalancer, "RequestCount", "requests")),
			a.graph("Errors of the load balancer", a.edge(loadBalancer, "HTTPCode_ELB_502_Count", "502"),
				a.edge(loadBalancer, "HTTPCode_ELB_503_Count", "503"),
				a.edge(loadBalancer, "HTTPCode_ELB_504_Count", "504")),
			a.graph("Firewall", a.firewall("AllowedRequests", "allowed"), a.firewall("BlockedRequests", "blocked")),
		},
		{
			a.graph("Errors of tenants", a.tenants(loadBalancer, "HTTPCode_Target_5XX_Count", "Sum")),
			a.graph("Response time of tenants, p95, seconds", a.tenants(loadBalancer, "TargetResponseTime", "p95")),
			a.graph("Healthy targets of tenants", a.tenants(loadBalancer, "HealthyHostCount", "Minimum")),
		},
		{
			a.graph("CPU of services, percent", services(cluster, "CPUUtilization")),
			a.graph("Memory of services, percent", services(cluster, "MemoryUtilization")),
			a.graph("Connections of NAT gateways", a.outbound(gateways)...),
		},
		{
			a.graph("CPU of databases, percent", databases("CPUUtilization")),
			a.graph("Free storage of databases, bytes", databases("FreeStorageSpace")),
			a.graph("Connections of databases", databases("DatabaseConnections")),
		},
	}}
}

func (a CellArgs) graph(title string, lines ...dashboard.Line) dashboard.Graph {
	return dashboard.Graph{Title: title, Region: a.Region, Lines: lines}
}

func (CellArgs) edge(loadBalancer, name, label string) dashboard.Line {
	return dashboard.Metric{
		Namespace: loadBalancing, Name: name, Dimensions: []string{"LoadBalancer", loadBalancer},
		Statistic: "Sum", Label: label,
	}
}

func (a CellArgs) firewall(name, label string) dashboard.Line {
	return dashboard.Metric{
		Namespace: "AWS/WAFV2", Name: name,
		Dimensions: []string{"WebACL", a.WebACL, "Region", a.Region, "Rule", "ALL"},
		Statistic:  "Sum", Label: label,
	}
}

func (a CellArgs) outbound(gateways []string) []dashboard.Line {
	var lines []dashboard.Line
	for i, id := range gateways {
		lines = append(lines, dashboard.Metric{
			Namespace: "AWS/NATGateway", Name: "ActiveConnectionCount", Dimensions: []string{"NatGatewayId", id},
			Statistic: "Maximum", Label: a.Gateways[i].Zone,
		})
	}
	return lines
}

func (CellArgs) tenants(loadBalancer, name, statistic string) dashboard.Line {
	return dashboard.Search{
		Schema:    loadBalancing + ",LoadBalancer,TargetGroup",
		Terms:     fmt.Sprintf("LoadBalancer=%q MetricName=%q", loadBalancer, name),
		Statistic: statistic, Label: "${PROP('Dim.TargetGroup')}",
	}
}

func services(cluster, name string) dashboard.Line {
	return dashboard.Search{
		Schema:    "AWS/ECS,ClusterName,ServiceName",
		Terms:     fmt.Sprintf("ClusterName=%q MetricName=%q", cluster, name),
		Statistic: "Average", Label: "${PROP('Dim.ServiceName')}",
	}
}

func databases(name string) dashboard.Line {
	return dashboard.Search{
		Schema:    relational + ",DBInstanceIdentifier",
		Terms:     fmt.Sprintf("MetricName=%q", name),
		Statistic: "Average", Label: "${PROP('Dim.DBInstanceIdentifier')}",
	}
}
