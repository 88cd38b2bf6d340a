package exports

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/arguments"
	"haven/components/iamdoc"
	"haven/components/naming"
	"haven/components/partial"
	"haven/components/workflow"
)

// Type is the component's type token.
const Type = "haven:exports:Exports"

// part names the state machine within the stack, writerPart the role that RDS writes with.
const (
	part       = "export"
	writerPart = part + "-writer"
)

// Args say which database's snapshots are exported and where to. All fields but FailureTopicARN are required.
type Args struct {
	// Scope names and tags everything, and its tenant is whose prefix of the archive is written to.
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region where the database and the archive are.
	Account, Region string
	// DatabaseID and DatabaseARN are those of the RDS instance; DatabaseKeyARN encrypts its snapshots.
	DatabaseID, DatabaseARN, DatabaseKeyARN pulumi.StringInput
	// ArchiveBucket is the name of the cell's archive, ArchiveKeyARN the key of its objects.
	ArchiveBucket, ArchiveKeyARN pulumi.StringInput
	// FailureTopicARN is told of exports that failed. Default none: nobody is told.
	FailureTopicARN pulumi.StringInput
}

// Exports are those of a database's snapshots.
type Exports struct {
	pulumi.ResourceState
	// StateMachineARN is that of what starts them.
	StateMachineARN pulumi.StringOutput
}

// New has a database's snapshots exported.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Exports, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("exports: %w", err)
	}
	e := &Exports{}
	if err := ctx.RegisterComponentResource(Type, name, e, opts...); err != nil {
		return nil, fmt.Errorf("exports: %w", err)
	}
	if err := e.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("exports: %w", err)
	}
	return e, ctx.RegisterResourceOutputs(e, pulumi.Map{"stateMachineArn": e.StateMachineARN})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "" && a.Scope.Tenant != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("DatabaseID", a.DatabaseID != nil)
	problems.Require("DatabaseARN", a.DatabaseARN != nil)
	problems.Require("DatabaseKeyARN", a.DatabaseKeyARN != nil)
	problems.Require("ArchiveBucket", a.ArchiveBucket != nil)
	problems.Require("ArchiveKeyARN", a.ArchiveKeyARN != nil)
	return problems.Err()
}

func (e *Exports) declare(ctx *pulumi.Context, name string, args Args) error {
	writer, err := e.writer(ctx, name, args)
	if err != nil {
		return fmt.Errorf("writer: %w", err)
	}
	known := args.known(writer.Arn, pulumi.StringInput.ToStringOutput)
	partly := args.known(writer.Arn, func(value pulumi.StringInput) pulumi.StringOutput {
		return partial.Text(ctx, value)
	})
	machine, err := workflow.Declare(ctx, name, workflow.Args{
		Scope:       args.Scope,
		Account:     args.Account,
		Region:      args.Region,
		Part:        part,
		Component:   "exports",
		Description: "Exports the snapshots of the database of " + args.Scope.Stack,
		Definition:  pulumix.Apply(known, definition).Untyped().(pulumi.StringOutput),
		Permissions: pulumix.ApplyErr(partly, func(e export) (string, error) {
			return e.permissions().Identity()
		}).Untyped().(pulumi.StringOutput),
	}, pulumi.Parent(e))
	if err != nil {
		return err
	}
	e.StateMachineARN = machine.ARN
	if err := machine.StartOn(args.events(ctx)...); err != nil {
		return err
	}
	if args.FailureTopicARN == nil {
		return nil
	}
	return machine.TellFailures(args.FailureTopicARN)
}

// export is what an export takes, once it is known.
type export struct {
	region, account, stack, tenant string
	databaseID, databaseARN        string
	databaseKey                    string
	bucket, archiveKey, writer     string
}

func (a Args) known(writerARN pulumi.StringOutput, as func(pulumi.StringInput) pulumi.StringOutput,
) pulumix.Output[export] {
	database := pulumix.Apply3(as(a.DatabaseID), as(a.DatabaseARN), as(a.DatabaseKeyARN), func(id, arn, key string) export {
		return export{region: a.Region, account: a.Account, stack: a.Scope.Stack, tenant: a.Scope.Tenant,
			databaseID: id, databaseARN: arn, databaseKey: key}
	})
	return pulumix.Apply4(database, as(a.ArchiveBucket), as(a.ArchiveKeyARN), as(writerARN),
		func(e export, bucket, key, writer string) export {
			e.bucket, e.archiveKey, e.writer = bucket, key, writer
			return e
		})
}

// events are those after which there may be a new snapshot. That of RDS names the snapshot only: a prefix may match
// another database's too, which does no harm.
func (a Args) events(ctx *pulumi.Context) []workflow.Event {
	return []workflow.Event{
		{
			Part:        "snapshot",
			Description: "RDS has made a snapshot of the database of " + a.Scope.Stack,
			Pattern: pulumix.Apply(a.DatabaseID.ToStringOutput(), func(id string) string {
				return workflow.Pattern(map[string]any{
					"source":      []string{"aws.rds"},
					"detail-type": []string{"RDS DB Snapshot Event"},
					"detail": map[string]any{
						"EventID":          []string{"RDS-EVENT-0091"}, // an automated snapshot was created
						"SourceIdentifier": []any{map[string]string{"prefix": "rds:" + id + "-"}},
					},
				})
			}).Untyped().(pulumi.StringOutput),
		},
		{
			Part:        "backup",
			Description: "AWS Backup has made a recovery point of the database of " + a.Scope.Stack,
			Pattern: pulumix.Apply(partial.Text(ctx, a.DatabaseARN), func(arn string) string {
				return workflow.Pattern(map[string]any{
					"source":      []string{"aws.backup"},
					"detail-type": []string{"Backup Job State Change"},
					"detail":      map[string]any{"state": []string{"COMPLETED"}, "resourceArn": []string{arn}},
				})
			}).Untyped().(pulumi.StringOutput),
		},
	}
}

// writer is the role that RDS writes the files with. It cannot remove what is locked, though RDS asks for the
// permission to delete.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html#USER_ExportSnapshot.SetupIAMRole
func (e *Exports) writer(ctx *pulumi.Context, name string, args Args) (*iam.Role, error) {
	trust, err := iamdoc.TrustService("export.rds.amazonaws.com", args.Account,
		fmt.Sprintf("arn:aws:rds:%s:%s:*", args.Region, args.Account)).Trust()
	if err != nil {
		return nil, err
	}
	physical := args.Scope.Name(writerPart)
	role, err := iam.NewRole(ctx, name+"-writer", &iam.RoleArgs{
		Name:             pulumi.String(physical),
		Description:      pulumi.String("Writes exported snapshots of " + args.Scope.Stack + " to the archive"),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             pulumi.ToStringMap(args.Scope.Tags("exports", physical, naming.Internal)),
	}, pulumi.Parent(e))
	if err != nil {
		return nil, err
	}
	_, err = iam.NewRolePolicy(ctx, name+"-writer-policy", &iam.RolePolicyArgs{
		Name: pulumi.String(physical),
		Role: role.Name,
		Policy: pulumix.ApplyErr(args.ArchiveBucket.ToStringOutput(), func(bucket string) (string, error) {
			return writing(bucket, args.Scope.Tenant).Identity()
		}).Untyped().(pulumi.StringOutput),
	}, pulumi.Parent(e))
	return role, err
}
