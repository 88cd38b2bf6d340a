package requests

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/glue"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/requests/logs"
	"haven/components/requests/queries"
)

// table is a table over the lines of text files in a bucket, which lie in a folder for each day ("2026/11/21").
type table struct {
	name, description string
	columns           []logs.Column
	location          pulumi.StringOutput
	// library reads a line, as parameters tell it.
	library    string
	parameters map[string]string
}

func (b *builder) tables(database *glue.CatalogDatabase) error {
	for _, t := range []table{
		{
			name:        queries.BalancerTable,
			description: "Requests as the load balancer logged them",
			columns:     logs.Balancer,
			location: pulumi.Sprintf("s3://%s/AWSLogs/%s/elasticloadbalancing/%s",
				b.args.BalancerLogs, b.args.Account, b.args.Region),
			library:    "org.apache.hadoop.hive.serde2.RegexSerDe",
			parameters: map[string]string{"serialization.format": "1", "input.regex": logs.BalancerLine},
		},
		{
			name:        queries.FirewallTable,
			description: "Requests as the firewall logged them",
			columns:     logs.Firewall,
			location: pulumi.Sprintf("s3://%s/AWSLogs/%s/WAFLogs/%s/%s",
				b.args.FirewallLogs, b.args.Account, b.args.Region, b.args.FirewallName),
			library:    "org.openx.data.jsonserde.JsonSerDe",
			parameters: map[string]string{"serialization.format": "1"},
		},
	} {
		if err := b.table(database, t); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return nil
}

func (b *builder) table(database *glue.CatalogDatabase, t table) error {
	var columns glue.CatalogTableStorageDescriptorColumnArray
	for _, column := range t.columns {
		columns = append(columns, glue.CatalogTableStorageDescriptorColumnArgs{
			Name: pulumi.String(column.Name),
			Type: pulumi.String(column.Type),
		})
	}
	_, err := glue.NewCatalogTable(b.ctx, b.name+"-"+t.name, &glue.CatalogTableArgs{
		Name:         pulumi.String(t.name),
		Description:  pulumi.String(t.description),
		DatabaseName: database.Name,
		TableType:    pulumi.String("EXTERNAL_TABLE"),
		Parameters:   b.projection(t.location),
		PartitionKeys: glue.CatalogTablePartitionKeyArray{
			glue.CatalogTablePartitionKeyArgs{Name: pulumi.String("day"), Type: pulumi.String("string")},
		},
		StorageDescriptor: glue.CatalogTableStorageDescriptorArgs{
			Location:     t.location,
			Columns:      columns,
			InputFormat:  pulumi.String("org.apache.hadoop.mapred.TextInputFormat"),
			OutputFormat: pulumi.String("org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"),
			SerDeInfo: glue.CatalogTableStorageDescriptorSerDeInfoArgs{
				SerializationLibrary: pulumi.String(t.library),
				Parameters:           pulumi.ToStringMap(t.parameters),
			},
		},
	}, b.parent())
	return err
}

// projection tells Athena where the folder of each day lies, for as many days as logs are kept.
// https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
func (b *builder) projection(location pulumi.StringOutput) pulumi.StringMap {
	return pulumi.StringMap{
		"EXTERNAL":                     pulumi.String("TRUE"),
		"projection.enabled":           pulumi.String("true"),
		"projection.day.type":          pulumi.String("date"),
		"projection.day.format":        pulumi.String("yyyy/MM/dd"),
		"projection.day.interval":      pulumi.String("1"),
		"projection.day.interval.unit": pulumi.String("DAYS"),
		"projection.day.range":         pulumi.Sprintf("NOW-%dDAYS,NOW", b.args.LogRetentionDays),
		"storage.location.template":    pulumi.Sprintf("%s/${day}", location),
	}
}
