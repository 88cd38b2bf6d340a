package mirror

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// tenantLabel is the metric's label.
const tenantLabel = "tenant"

// count counts the complete dumps that arrive, by tenant, those of a tenant that leaves included: a dump is complete
// with its manifest.
// https://cloud.google.com/logging/docs/logs-based-metrics/counter-metrics
// https://cloud.google.com/storage/docs/audit-logging
func (b *builder) count() error {
	metric, err := logging.NewMetric(b.ctx, b.name+"-dumps", &logging.MetricArgs{
		Name:        pulumi.String(b.args.Scope.Name("dumps")),
		Description: pulumi.String("Complete dumps that have arrived in the mirror of " + b.args.Scope.Environment),
		Filter: pulumi.String(b.ofBucket(
			`protoPayload.methodName="storage.objects.create"`,
			`protoPayload.resourceName=~"/objects/tenants/[^/]+/(dumps|final)/[^/]+/manifest\.json$"`,
			`severity<ERROR`,
		)),
		MetricDescriptor: logging.MetricMetricDescriptorArgs{
			MetricKind: pulumi.String("DELTA"),
			ValueType:  pulumi.String("INT64"),
			Unit:       pulumi.String("1"),
			Labels: logging.MetricMetricDescriptorLabelArray{logging.MetricMetricDescriptorLabelArgs{
				Key:         pulumi.String(tenantLabel),
				ValueType:   pulumi.String("STRING"),
				Description: pulumi.String("Whose dump it is"),
			}},
		},
		LabelExtractors: pulumi.StringMap{
			tenantLabel: pulumi.String(`REGEXP_EXTRACT(protoPayload.resourceName, "/objects/tenants/([^/]+)/")`),
		},
	}, b.parent(), b.enabled())
	if err != nil {
		return err
	}
	b.own.DumpsMetric = metric.Name
	return nil
}

// ofBucket matches the log entries of the bucket of which all tests hold.
func (b *builder) ofBucket(tests ...string) string {
	return both(append([]string{
		`resource.type="gcs_bucket"`,
		fmt.Sprintf("resource.labels.bucket_name=%q", BucketName(b.args.Scope, b.args.Project)),
	}, tests...)...)
}

func both(tests ...string) string { return strings.Join(tests, " AND ") }
