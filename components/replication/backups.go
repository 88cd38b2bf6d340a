package replication

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/database/limits"
)

// BackupsType is the type token of the component that NewAutomatedBackups makes.
const BackupsType = "haven:replication:AutomatedBackups"

// AutomatedBackupsArgs say which database's backups are replicated. All fields are required. The replication has no
// name and carries no tags: RDS gives it an identifier.
type AutomatedBackupsArgs struct {
	// SourceARN is the RDS instance in the primary region.
	SourceARN pulumi.StringInput
	// KeyARN is the tenant's key for its database, in the recovery region. Another one starts the replication anew.
	KeyARN pulumi.StringInput
	// RetentionDays is how far back they reach, 7 to 35. Another value starts the replication anew.
	RetentionDays int
	// Recovery is the provider of the recovery region.
	Recovery *aws.Provider
}

// AutomatedBackups are a database's automated backups in the recovery region.
type AutomatedBackups struct {
	pulumi.ResourceState
	// ARN is what a restore names. Nothing can look it up once the primary region is lost: it belongs in the outputs of
	// the stack.
	ARN pulumi.StringOutput
}

// NewAutomatedBackups replicates a database's automated backups.
func NewAutomatedBackups(
	ctx *pulumi.Context, name string, args AutomatedBackupsArgs, opts ...pulumi.ResourceOption,
) (*AutomatedBackups, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("replicated backups: %w", err)
	}
	b := &AutomatedBackups{}
	if err := ctx.RegisterComponentResource(BackupsType, name, b, opts...); err != nil {
		return nil, fmt.Errorf("replicated backups: %w", err)
	}
	// The provider signs the call to the source's region itself, in all regions but those of China and GovCloud.
	// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartDBInstanceAutomatedBackupsReplication.html
	replication, err := rds.NewInstanceAutomatedBackupsReplication(ctx, name+"-replication",
		&rds.InstanceAutomatedBackupsReplicationArgs{
			SourceDbInstanceArn: args.SourceARN,
			KmsKeyId:            args.KeyARN.ToStringOutput(),
			RetentionPeriod:     pulumi.Int(args.RetentionDays),
		}, pulumi.Parent(b), pulumi.Provider(args.Recovery))
	if err != nil {
		return nil, fmt.Errorf("replicated backups: %w", err)
	}
	b.ARN = replication.ID().ToStringOutput()
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{"arn": b.ARN})
}

func (a AutomatedBackupsArgs) validate() error {
	var problems arguments.Problems
	problems.Require("SourceARN", a.SourceARN != nil)
	problems.Require("KeyARN", a.KeyARN != nil)
	problems.Within("RetentionDays", a.RetentionDays, limits.MinBackupRetentionDays, limits.MaxBackupRetentionDays)
	problems.Require("Recovery", a.Recovery != nil)
	return problems.Err()
}
