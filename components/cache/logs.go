package cache

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// deliveredLogs are the logs that ElastiCache sends to CloudWatch Logs.
var deliveredLogs = []string{"engine", "slow"}

// logDeliveries declares where the logs go, and sends them there. Under /aws/vendedlogs one policy of the account lets
// ElastiCache write to all groups; elsewhere each group takes a part of that policy, which a few dozen would fill.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
func (c *Cache) logDeliveries(
	ctx *pulumi.Context, name string, args Args,
) (elasticache.ReplicationGroupLogDeliveryConfigurationArray, error) {
	var deliveries elasticache.ReplicationGroupLogDeliveryConfigurationArray
	for _, log := range deliveredLogs {
		group, err := cloudwatch.NewLogGroup(ctx, fmt.Sprintf("%s-%s-log", name, log), &cloudwatch.LogGroupArgs{
			Name:            pulumi.String(fmt.Sprintf("/aws/vendedlogs/elasticache/%s/%s", args.id(), log)),
			KmsKeyId:        args.LogsKeyARN.ToStringOutput(),
			RetentionInDays: pulumi.Int(args.LogRetentionDays),
			Tags:            args.tags(part+"-"+log, naming.Confidential),
		}, pulumi.Parent(c))
		if err != nil {
			return nil, fmt.Errorf("log group of %s: %w", log, err)
		}
		deliveries = append(deliveries, elasticache.ReplicationGroupLogDeliveryConfigurationArgs{
			LogType:         pulumi.String(log + "-log"),
			LogFormat:       pulumi.String("json"),
			DestinationType: pulumi.String("cloudwatch-logs"),
			Destination:     group.Name,
		})
	}
	return deliveries, nil
}
