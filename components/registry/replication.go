package registry

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/naming"
)

// ReplicationType is the type token of Replication.
const ReplicationType = "haven:registry:Replication"

// ReplicationArgs are all required.
type ReplicationArgs struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits.
	Account string
	// Region is where images are pushed to, RecoveryRegion where ECR copies them. They differ.
	Region, RecoveryRegion string
}

// Replication copies the images of an environment's cells to the recovery region. An account's region has one at most.
type Replication struct{ pulumi.ResourceState }

// NewReplication declares an account's replication. Only what is pushed from then on is copied.
func NewReplication(
	ctx *pulumi.Context, name string, args ReplicationArgs, opts ...pulumi.ResourceOption,
) (*Replication, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("registry replication: %w", err)
	}
	r := &Replication{}
	if err := ctx.RegisterComponentResource(ReplicationType, name, r, opts...); err != nil {
		return nil, fmt.Errorf("registry replication: %w", err)
	}
	if err := r.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("registry replication: %w", err)
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{})
}

func (a ReplicationArgs) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Environment != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("RecoveryRegion", a.RecoveryRegion != "")
	problems.OtherRegion("RecoveryRegion", a.RecoveryRegion, "Region", a.Region)
	return problems.Err()
}

// Types of ECR's replication, whose own names are too long to read.
type (
	configuration = ecr.ReplicationConfigurationReplicationConfigurationArgs
	rules         = ecr.ReplicationConfigurationReplicationConfigurationRuleArray
	rule          = ecr.ReplicationConfigurationReplicationConfigurationRuleArgs
	destinations  = ecr.ReplicationConfigurationReplicationConfigurationRuleDestinationArray
	destination   = ecr.ReplicationConfigurationReplicationConfigurationRuleDestinationArgs
	filters       = ecr.ReplicationConfigurationReplicationConfigurationRuleRepositoryFilterArray
	filter        = ecr.ReplicationConfigurationReplicationConfigurationRuleRepositoryFilterArgs
)

// declare copies each repository whose name begins with the environment's, as those of all of its stacks do.
func (r *Replication) declare(ctx *pulumi.Context, name string, args ReplicationArgs) error {
	_, err := ecr.NewReplicationConfiguration(ctx, name+"-configuration", &ecr.ReplicationConfigurationArgs{
		ReplicationConfiguration: configuration{Rules: rules{rule{
			Destinations: destinations{destination{
				Region:     pulumi.String(args.RecoveryRegion),
				RegistryId: pulumi.String(args.Account),
			}},
			RepositoryFilters: filters{filter{
				Filter:     pulumi.String(args.Scope.Environment + "-"),
				FilterType: pulumi.String("PREFIX_MATCH"),
			}},
		}}},
	}, pulumi.Parent(r))
	return err
}
