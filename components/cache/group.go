package cache

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

const (
	engine = "valkey"
	// engineVersion is that of a new cache. ElastiCache raises it within its major version and never lowers it, which is
	// why later differences are ignored.
	// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html
	engineVersion = "8.0"
	// nodes are a primary and a replica.
	nodes = 2
	// tokenLength is in letters and digits, of 16 to 128 that ElastiCache takes.
	tokenLength = 64
)

// groupSettings are the replication group's, except for what refers to its siblings.
func groupSettings(args Args) *elasticache.ReplicationGroupArgs {
	return &elasticache.ReplicationGroupArgs{
		ReplicationGroupId: pulumi.String(args.id()),
		Description:        pulumi.String("The cache of " + args.Scope.Stack),
		NodeType:           pulumi.String(args.NodeType),
		Tags:               args.tags(part, naming.Confidential),

		Engine:                  pulumi.String(engine),
		EngineVersion:           pulumi.String(engineVersion),
		ClusterMode:             pulumi.String("disabled"),
		AutoMinorVersionUpgrade: pulumi.Bool(true),
		ApplyImmediately:        pulumi.Bool(false),
		MaintenanceWindow:       pulumi.String(args.MaintenanceWindow),

		NumCacheClusters:         pulumi.Int(nodes),
		AutomaticFailoverEnabled: pulumi.Bool(true),
		MultiAzEnabled:           pulumi.Bool(true),

		NetworkType:      pulumi.String("ipv4"),
		IpDiscovery:      pulumi.String("ipv4"),
		Port:             pulumi.Int(Port),
		SecurityGroupIds: pulumi.StringArray{args.SecurityGroupID},

		AtRestEncryptionEnabled:  pulumi.Bool(true),
		KmsKeyId:                 args.KeyARN.ToStringOutput(),
		TransitEncryptionEnabled: pulumi.Bool(true),
		TransitEncryptionMode:    pulumi.String("required"),
		AuthTokenUpdateStrategy:  pulumi.String("ROTATE"),

		SnapshotRetentionLimit:  pulumi.Int(args.SnapshotRetentionDays),
		SnapshotWindow:          pulumi.String(args.SnapshotWindow),
		FinalSnapshotIdentifier: pulumi.String(naming.FinalSnapshot(args.id(), args.TeardownAt)),
	}
}

// parameterFamily and parameterPart change together: a group of another family has another name.
const (
	parameterFamily = "valkey8"
	parameterPart   = "cache-valkey8"
)

// parameterGroup keeps every key when memory is full: writes fail then, instead of jobs disappearing.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
func (c *Cache) parameterGroup(ctx *pulumi.Context, name string, args Args) (*elasticache.ParameterGroup, error) {
	group, err := elasticache.NewParameterGroup(ctx, name+"-parameters", &elasticache.ParameterGroupArgs{
		Name:        pulumi.String(args.Scope.Name(parameterPart)),
		Description: pulumi.String("The parameters of the cache of " + args.Scope.Stack),
		Family:      pulumi.String(parameterFamily),
		Parameters: elasticache.ParameterGroupParameterArray{
			elasticache.ParameterGroupParameterArgs{
				Name:  pulumi.String("maxmemory-policy"),
				Value: pulumi.String("noeviction"),
			},
		},
		Tags: args.tags(parameterPart, naming.Internal),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("parameter group: %w", err)
	}
	return group, nil
}
