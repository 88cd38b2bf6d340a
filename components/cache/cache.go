package cache

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/cache/limits"
	"haven/components/credentials"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:cache:Cache"

// Port is where Valkey listens, with TLS.
const Port = 6379

// nowhere is the host of a cache that is prepared for and not there: a name that never resolves (RFC 2606).
const nowhere = "cache.invalid"

// part names the replication group within the stack.
const part = "cache"

// Args says how large the cache is and how it is kept.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// NodeType is ElastiCache's, of both nodes. Changing it is a fail-over of seconds, in the maintenance window.
	NodeType string
	// SnapshotRetentionDays is how long daily snapshots are kept, 1 to 35.
	SnapshotRetentionDays int
	// SnapshotWindow is the daily window of the snapshot, UTC, "hh:mm-hh:mm", an hour at least.
	SnapshotWindow string
	// MaintenanceWindow is the weekly window of patches and of changes that restart nodes, UTC, "ddd:hh:mm-ddd:hh:mm", an
	// hour at least and apart from SnapshotWindow.
	MaintenanceWindow string
	// LogRetentionDays is how long its logs are kept: one of CloudWatch Logs' values.
	LogRetentionDays int
	// TokenRotation is how many times the token has been rotated, 0 to 9999; raise it by one to rotate it. Default 0.
	TokenRotation int
	// SubnetIDs are the cell's isolated subnets, in two zones at least.
	SubnetIDs pulumi.StringArrayInput
	// SecurityGroupID lets in this tenant's application and nobody else.
	SecurityGroupID pulumi.StringInput
	// KeyARN is the tenant's key for its cache, SecretsKeyARN that for the token, LogsKeyARN that for logs.
	KeyARN, SecretsKeyARN, LogsKeyARN pulumi.StringInput
	// RecoveryRegion is where the token's replica lives, SecretsReplicaKeyARN the tenant's key for secrets there. Default:
	// no replica.
	RecoveryRegion       string
	SecretsReplicaKeyARN pulumi.StringInput
	// Prepared declares all that the nodes stand on, and no nodes: it is for a stack that waits for a take-over. Default
	// false.
	Prepared bool
	// TeardownAt is when the stack was told to go: it lifts the protection and names the final snapshot. Zero, the normal
	// case, keeps the cache protected.
	TeardownAt time.Time
}

// Cache is a tenant's replication group.
type Cache struct {
	pulumi.ResourceState

	// ARN is the replication group's.
	ARN pulumi.StringOutput
	// Host is the name of the primary node, which follows a fail-over. Its certificate names it.
	Host pulumi.StringOutput
	// Port is the constant of the same name.
	Port int
	// SecretARN is the secret whose whole text is the token. SecretVersionID is its version that the cache takes; a task
	// definition that names it is rolled out by a rotation.
	SecretARN, SecretVersionID pulumi.StringOutput
	// ID is the replication group's, NodeIDs those of its nodes, by which CloudWatch knows them.
	ID      string
	NodeIDs []string
}

// New declares a tenant's cache.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Cache, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	c := &Cache{Port: Port, ID: args.id()}
	for node := 1; node <= nodes; node++ {
		c.NodeIDs = append(c.NodeIDs, fmt.Sprintf("%s-%03d", c.ID, node))
	}
	if err := ctx.RegisterComponentResource(Type, name, c, opts...); err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	if err := c.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"arn":             c.ARN,
		"host":            c.Host,
		"secretArn":       c.SecretARN,
		"secretVersionId": c.SecretVersionID,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Check("NodeType", limits.NodeType(a.NodeType))
	problems.Within("SnapshotRetentionDays", a.SnapshotRetentionDays,
		limits.MinSnapshotRetentionDays, limits.MaxSnapshotRetentionDays)
	problems.Check("SnapshotWindow", limits.SnapshotWindow(a.SnapshotWindow))
	problems.Check("MaintenanceWindow", limits.MaintenanceWindow(a.MaintenanceWindow))
	problems.Check("MaintenanceWindow", limits.WindowsApart(a.MaintenanceWindow, a.SnapshotWindow, "SnapshotWindow"))
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	problems.Within("TokenRotation", a.TokenRotation, 0, credentials.MaxRotation)
	problems.Require("SubnetIDs", a.SubnetIDs != nil)
	problems.Require("SecurityGroupID", a.SecurityGroupID != nil)
	problems.Require("KeyARN", a.KeyARN != nil)
	problems.Require("SecretsKeyARN", a.SecretsKeyARN != nil)
	problems.Require("LogsKeyARN", a.LogsKeyARN != nil)
	problems.Require("SecretsReplicaKeyARN", a.SecretsReplicaKeyARN != nil || a.RecoveryRegion == "")
	return problems.Err()
}

// id is the replication group's, from which ElastiCache makes the names of its nodes.
func (a Args) id() string { return a.Scope.Name(part) }

func (a Args) tags(part string, class naming.Classification) pulumi.StringMap {
	return pulumi.ToStringMap(a.Scope.Tags("cache", a.Scope.Name(part), class))
}

func (c *Cache) declare(ctx *pulumi.Context, name string, args Args) error {
	token, err := credentials.New(ctx, name+"-token", credentials.Args{
		Scope:          args.Scope,
		Part:           part + "-token",
		Length:         tokenLength,
		Rotation:       args.TokenRotation,
		KeyARN:         args.SecretsKeyARN,
		RecoveryRegion: args.RecoveryRegion,
		ReplicaKeyARN:  args.SecretsReplicaKeyARN,
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("token: %w", err)
	}
	logs, err := c.logDeliveries(ctx, name, args)
	if err != nil {
		return err
	}
	subnets, err := elasticache.NewSubnetGroup(ctx, name+"-subnets", &elasticache.SubnetGroupArgs{
		Name:        pulumi.String(args.id()),
		Description: pulumi.String("The isolated subnets, for the cache of " + args.Scope.Stack),
		SubnetIds:   args.SubnetIDs,
		Tags:        args.tags(part, naming.Internal),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("subnet group: %w", err)
	}
	parameters, err := c.parameterGroup(ctx, name, args)
	if err != nil {
		return err
	}
	c.SecretARN, c.SecretVersionID = token.ARN, token.VersionID
	if args.Prepared {
		c.ARN = pulumi.String("").ToStringOutput()
		c.Host = pulumi.String(nowhere).ToStringOutput()
		return nil
	}
	settings := groupSettings(args)
	settings.SubnetGroupName = subnets.Name
	settings.ParameterGroupName = parameters.Name
	settings.LogDeliveryConfigurations = logs
	ignored := []string{"engineVersion"}
	if args.TeardownAt.IsZero() {
		settings.AuthToken = token.Value
	} else { // the token stays as it is: a rotation that was never made is not made by a teardown
		ignored = append(ignored, "authToken")
	}
	group, err := elasticache.NewReplicationGroup(ctx, name+"-group", settings, pulumi.Parent(c),
		pulumi.Protect(args.TeardownAt.IsZero()), pulumi.IgnoreChanges(ignored))
	if err != nil {
		return fmt.Errorf("replication group: %w", err)
	}
	c.ARN = group.Arn
	c.Host = group.PrimaryEndpointAddress
	return nil
}
