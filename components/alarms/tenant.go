package alarms

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/database/limits"
	"haven/components/naming"
)

// TenantType is the type token of the component that NewTenant makes.
const TenantType = "haven:alarms:Tenant"

// TenantArgs say what of a tenant is watched, and whom to tell.
type TenantArgs struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Topics are told. Default none.
	Topics Topics
	// Suspended leaves out what watches that something runs. Default false.
	Suspended bool

	// LoadBalancer and TargetGroup are the ends of the ARNs, "app/demo-cell-edge/50dc6c495c0c9188" and
	// "targetgroup/demo-acme-web/73e2d6bc24d8a067": the attribute arnSuffix.
	LoadBalancer, TargetGroup pulumi.StringInput
	// WebSocketTargetGroup is that of the websockets. Default none.
	WebSocketTargetGroup pulumi.StringInput
	// CertificateARN is the certificate of the tenant's host.
	CertificateARN pulumi.StringInput
	// Standby is what takes the tenant's host over in another region. Default none.
	Standby *Standby

	// ClusterName is the cell's ECS cluster, Services are the tenant's in it.
	ClusterName pulumi.StringInput
	Services    []Service

	// Database is the tenant's RDS instance.
	Database Database
	// Replica is the replica of the database in the recovery region. Default none.
	Replica *Replica
	// CacheNodeIDs are the cache clusters of the tenant's replication group. Default none.
	CacheNodeIDs []string
	// FileSystemID is the tenant's EFS file system. Default none.
	FileSystemID pulumi.StringInput

	// RollingARN is the state machine that rolls the services when a secret rotates. Default none.
	RollingARN pulumi.StringInput
	// MonthlyBudgetUSD is what the tenant may cost in a month, in US dollars. Default 0: no budget is watched.
	MonthlyBudgetUSD int
}

// Service is an ECS service.
type Service struct {
	// Process names it within the tenant: "web", "worker", "scheduler" or "websocket".
	Process string
	// Name is the ECS service's.
	Name pulumi.StringInput
	// Min is how many tasks of it run at least.
	Min int
}

// Database is an RDS instance.
type Database struct {
	// ID is its identifier.
	ID pulumi.StringInput
	// Class is its instance class, "db.t4g.medium", from which its memory and how many connections it takes follow.
	Class string
	// StorageGiB is what it was created with. It may have grown since, and the alarm's threshold stays.
	StorageGiB int
}

// Replica is a read replica in another region.
type Replica struct {
	// ID is its identifier.
	ID pulumi.StringInput
	// Region is the provider of its region, where its alarm lives too.
	Region *aws.Provider
	// Topics are those of its region. Default none.
	Topics Topics
	// MaxLagSeconds is how far it may fall behind.
	MaxLagSeconds int
}

// Standby is what waits in another region to take a tenant's host over.
type Standby struct {
	// CertificateARN is the certificate of the host there.
	CertificateARN pulumi.StringInput
	// Region is the provider of that region, where its alarms live too.
	Region *aws.Provider
	// Topics are those of that region. Default none.
	Topics Topics
}

// Tenant is what of a tenant is watched.
type Tenant struct {
	pulumi.ResourceState
	// ARNs are the alarms', but for those of another region.
	ARNs pulumi.StringArrayOutput
}

// NewTenant declares a tenant's alarms.
func NewTenant(ctx *pulumi.Context, name string, args TenantArgs, opts ...pulumi.ResourceOption) (*Tenant, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("alarms: %w", err)
	}
	t := &Tenant{}
	if err := ctx.RegisterComponentResource(TenantType, name, t, opts...); err != nil {
		return nil, fmt.Errorf("alarms: %w", err)
	}
	w := watcher{ctx, name, args.Scope, args.Topics, []pulumi.ResourceOption{pulumi.Parent(t)}}
	arns, err := w.watch(args.alarms())
	if err != nil {
		return nil, fmt.Errorf("alarms: %w", err)
	}
	if err := w.budget(args.MonthlyBudgetUSD, "tenant", args.Scope.Tenant); err != nil {
		return nil, fmt.Errorf("alarms: %w", err)
	}
	if err := w.abroad(args); err != nil {
		return nil, fmt.Errorf("alarms: %w", err)
	}
	t.ARNs = arns.ToStringArrayOutput()
	return t, ctx.RegisterResourceOutputs(t, pulumi.Map{"arns": t.ARNs})
}

// abroad declares the alarms of other regions, each where what it watches is.
func (w watcher) abroad(args TenantArgs) error {
	if replica := args.Replica; replica != nil {
		if _, err := w.in(replica.Region, replica.Topics).watch(replicaAlarms(replica)); err != nil {
			return err
		}
	}
	if standby := args.Standby; standby != nil {
		_, err := w.in(standby.Region, standby.Topics).watch(standbyAlarms(standby.CertificateARN))
		return err
	}
	return nil
}

func (a TenantArgs) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("LoadBalancer", a.LoadBalancer != nil)
	problems.Require("TargetGroup", a.TargetGroup != nil)
	problems.Require("CertificateARN", a.CertificateARN != nil)
	problems.Require("ClusterName", a.ClusterName != nil)
	problems.Require("Services", len(a.Services) > 0)
	for i, service := range a.Services {
		field := fmt.Sprintf("Services[%d].", i)
		problems.Require(field+"Process", service.Process != "")
		problems.Require(field+"Name", service.Name != nil)
		problems.Require(field+"Min", service.Min > 0)
	}
	problems.Require("Database.ID", a.Database.ID != nil)
	problems.Check("Database.Class", limits.InstanceClass(a.Database.Class))
	problems.Check("Database.StorageGiB", limits.StorageGiB(a.Database.StorageGiB))
	if a.Replica != nil {
		problems.Require("Replica.ID", a.Replica.ID != nil)
		problems.Require("Replica.Region", a.Replica.Region != nil)
		problems.Require("Replica.MaxLagSeconds", a.Replica.MaxLagSeconds > 0)
	}
	if a.Standby != nil {
		problems.Require("Standby.CertificateARN", a.Standby.CertificateARN != nil)
		problems.Require("Standby.Region", a.Standby.Region != nil)
	}
	checkBudget(&problems, a.MonthlyBudgetUSD)
	return problems.Err()
}

// alarms are all of a tenant's, but for those of another region.
func (a TenantArgs) alarms() []alarm {
	var all []alarm
	if !a.Suspended {
		all = append(all, webAlarms(a)...)
		for _, service := range a.Services {
			all = append(all, serviceAlarms(a.ClusterName, service)...)
		}
		all = append(all, queueAlarms(a)...)
	}
	all = append(all, certificateAlarms(a.CertificateARN)...)
	all = append(all, databaseAlarms(a.Database)...)
	for _, node := range a.CacheNodeIDs {
		all = append(all, cacheAlarms(a.Scope.Name("cache-"), node)...)
	}
	all = append(all, fileAlarms(a.FileSystemID)...)
	return append(all, rollingAlarms(a.RollingARN)...)
}
