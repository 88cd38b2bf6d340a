package requests

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/athena"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/glue"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/bucket"
	"haven/components/firewall"
	"haven/components/naming"
	"haven/components/requests/queries"
)

// Type is the component's type token.
const Type = "haven:requests:Requests"

const (
	// answerDays is how long answers are kept.
	answerDays = 30
	// maxScannedBytes is what a query may read at most.
	maxScannedBytes = 100 << 30
)

// Args are all required, but for AccessLogs, BlockList and Protected.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region the cell's.
	Account, Region string
	// BalancerLogs and FirewallLogs are the names of the buckets that requests are logged to.
	BalancerLogs, FirewallLogs pulumi.StringInput
	// AccessLogs is the bucket that access to answers is logged to. Default: it is not.
	AccessLogs pulumi.StringInput
	// FirewallName is the web ACL's name.
	FirewallName string
	// BlockList are the ranges that the queries call blocklisted, in CIDR notation. Default: none.
	BlockList []string
	// LogRetentionDays is how far back the tables reach.
	LogRetentionDays int
	// Protected refuses to delete answers, and the workgroup while it has run any query. False only while the stack is
	// torn down.
	Protected bool
}

// Requests are a cell's request logs, to be asked.
type Requests struct {
	pulumi.ResourceState
	// Workgroup is what queries run in, Database where the tables stand.
	Workgroup, Database pulumi.StringOutput
}

// New makes tables, workgroup and queries.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Requests, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("requests: %w", err)
	}
	r := &Requests{}
	if err := ctx.RegisterComponentResource(Type, name, r, opts...); err != nil {
		return nil, fmt.Errorf("requests: %w", err)
	}
	if err := (&builder{ctx: ctx, requests: r, name: name, args: args}).declare(); err != nil {
		return nil, fmt.Errorf("requests: %w", err)
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"workgroup": r.Workgroup, "database": r.Database})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("BalancerLogs", a.BalancerLogs != nil)
	problems.Require("FirewallLogs", a.FirewallLogs != nil)
	problems.Require("FirewallName", a.FirewallName != "")
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	return problems.Err()
}

// builder declares what requests need part by part.
type builder struct {
	ctx      *pulumi.Context
	requests *Requests
	name     string
	args     Args
}

func (b *builder) declare() error {
	physical := queries.Workgroup(b.args.Scope)
	database, err := glue.NewCatalogDatabase(b.ctx, b.name+"-database", &glue.CatalogDatabaseArgs{
		Name:        pulumi.String(queries.Database(b.args.Scope)),
		Description: pulumi.String("Requests that reached " + b.args.Scope.Stack),
		Tags:        b.tags(physical),
	}, b.parent())
	if err != nil {
		return err
	}
	b.requests.Database = database.Name
	if err := b.tables(database); err != nil {
		return err
	}
	workgroup, err := b.workgroup(physical)
	if err != nil {
		return err
	}
	b.requests.Workgroup = workgroup.Name
	return b.save(database, workgroup)
}

func (b *builder) workgroup(physical string) (*athena.Workgroup, error) {
	answers, err := bucket.New(b.ctx, b.name+"-answers", bucket.Args{
		Scope:         b.args.Scope,
		Bucket:        b.args.Scope.Bucket("answers", b.args.Account, b.args.Region),
		Class:         naming.Confidential,
		AccessLogs:    b.args.AccessLogs,
		RetentionDays: answerDays,
		Protected:     b.args.Protected,
	}, b.parent())
	if err != nil {
		return nil, err
	}
	return athena.NewWorkgroup(b.ctx, b.name+"-workgroup", &athena.WorkgroupArgs{
		Name:         pulumi.String(physical),
		Description:  pulumi.String("Questions about the requests that reached " + b.args.Scope.Stack),
		ForceDestroy: pulumi.Bool(!b.args.Protected),
		Configuration: athena.WorkgroupConfigurationArgs{
			EnforceWorkgroupConfiguration:   pulumi.Bool(true),
			PublishCloudwatchMetricsEnabled: pulumi.Bool(true),
			BytesScannedCutoffPerQuery:      pulumi.Int(maxScannedBytes),
			EngineVersion: athena.WorkgroupConfigurationEngineVersionArgs{
				SelectedEngineVersion: pulumi.String("Athena engine version 3"),
			},
			ResultConfiguration: athena.WorkgroupConfigurationResultConfigurationArgs{
				OutputLocation:      pulumi.Sprintf("s3://%s/", answers.Name),
				ExpectedBucketOwner: pulumi.String(b.args.Account),
				EncryptionConfiguration: athena.WorkgroupConfigurationResultConfigurationEncryptionConfigurationArgs{
					EncryptionOption: pulumi.String("SSE_S3"),
				},
			},
		},
		Tags: b.tags(physical),
	}, b.parent())
}

// save saves the queries. One that changes is made anew, which loses nothing.
func (b *builder) save(database *glue.CatalogDatabase, workgroup *athena.Workgroup) error {
	for _, query := range queries.All {
		_, err := athena.NewNamedQuery(b.ctx, b.name+"-"+query.Name, &athena.NamedQueryArgs{
			Name:        pulumi.String(query.Name),
			Description: pulumi.String(query.Description),
			Database:    database.Name,
			Workgroup:   workgroup.Name,
			Query:       pulumi.String(query.SQL(b.args.BlockList, firewall.BlockListRule)),
		}, b.parent())
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) tags(physical string) pulumi.StringMap {
	return pulumi.ToStringMap(b.args.Scope.Tags("requests", physical, naming.Internal))
}

func (b *builder) parent() pulumi.ResourceOption { return pulumi.Parent(b.requests) }
