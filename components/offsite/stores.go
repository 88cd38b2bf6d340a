package offsite

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/servicenetworking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/google"
	"haven/components/mirror/limits"
	"haven/components/naming"
	offsite "haven/components/offsite/limits"
	"haven/components/tiers"
)

// StoresType is the type token of what holds a tenant's data.
const StoresType = "haven:offsite:Stores"

// component is the value of the label of that name.
const component = "offsite"

// StoresArgs are all required, but for Passport and Protected.
type StoresArgs struct {
	// Scope is the tenant's, in the stack that brings it back.
	Scope naming.Scope
	// Project is the ID of the tenant's own project, Region where everything lies.
	Project, Region string
	// Tier says how large everything is, StorageGiB how large the database's disk is at first: it grows by itself.
	Tier       tiers.Tier
	StorageGiB int
	// Passport makes secrets for the keys that tokens are signed with. Default false: they lie among the files.
	Passport bool
	// CriticalEmails and WarningEmails are the addresses that alarms of each severity are sent to.
	CriticalEmails, WarningEmails []string
	// Protected refuses to delete what holds data. False only while the stack is torn down.
	Protected bool
}

// Stores are where a tenant's data lies.
type Stores struct {
	pulumi.ResourceState
	// DatabaseID is the Cloud SQL instance's name, Connection how its connector names it.
	DatabaseID, Connection pulumi.StringOutput
	// CacheHost and CachePort are the cache's, which is reached over TLS.
	CacheHost pulumi.StringOutput
	CachePort pulumi.IntOutput
	// FilesServer is the address of the file share.
	FilesServer pulumi.StringOutput

	args     StoresArgs
	enabled  []pulumi.Resource
	keys     map[string]pulumi.StringOutput
	network  *compute.Network
	subnet   *compute.Subnetwork
	services *servicenetworking.Connection
	secrets  map[string]*secretmanager.Secret
	// held are the versions that the program makes, which whatever reads the secrets comes after.
	held     []pulumi.Resource
	channels map[google.Severity]pulumi.StringArray
}

// services are what a tenant is brought back with.
var services = []string{
	"cloudasset.googleapis.com",
	"cloudkms.googleapis.com",
	"cloudresourcemanager.googleapis.com",
	"cloudscheduler.googleapis.com",
	"compute.googleapis.com",
	"dns.googleapis.com",
	"file.googleapis.com",
	"iam.googleapis.com",
	"logging.googleapis.com",
	"monitoring.googleapis.com",
	"redis.googleapis.com",
	"run.googleapis.com",
	"secretmanager.googleapis.com",
	"servicenetworking.googleapis.com",
	"sqladmin.googleapis.com",
}

// NewStores makes the stores, empty. Its provider is Google Cloud's, for the tenant's project.
func NewStores(ctx *pulumi.Context, name string, args StoresArgs, opts ...pulumi.ResourceOption) (*Stores, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("off-site stores: %w", err)
	}
	s := &Stores{args: args, keys: map[string]pulumi.StringOutput{}, secrets: map[string]*secretmanager.Secret{}}
	if err := ctx.RegisterComponentResource(StoresType, name, s, opts...); err != nil {
		return nil, fmt.Errorf("off-site stores: %w", err)
	}
	if err := (&stores{ctx, name, s, args, sizes[args.Tier]}).declare(); err != nil {
		return nil, fmt.Errorf("off-site stores: %w", err)
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{
		"databaseId": s.DatabaseID, "connection": s.Connection, "cacheHost": s.CacheHost, "filesServer": s.FilesServer,
	})
}

func (a StoresArgs) validate() error {
	var problems arguments.Problems
	problems.Require("Scope.Tenant", a.Scope.Tenant != "")
	problems.Check("Project", limits.Project(a.Project))
	problems.Check("Region", offsite.Region(a.Region))
	problems.Require("Tier", sizes[a.Tier].machine != "")
	problems.Within("StorageGiB", a.StorageGiB, offsite.MinStorageGiB, offsite.MaxStorageGiB)
	problems.Require("CriticalEmails", len(a.CriticalEmails) > 0)
	problems.Require("WarningEmails", len(a.WarningEmails) > 0)
	return problems.Err()
}

// stores declares them part by part.
type stores struct {
	ctx  *pulumi.Context
	name string
	own  *Stores
	args StoresArgs
	size size
}

func (s *stores) declare() error {
	for _, part := range []struct {
		noun    string
		declare func() error
	}{
		{"services", s.enable}, {"channels", s.tell}, {"keys", s.encrypt}, {"network", s.connect}, {"secrets", s.keep},
		{"database", s.database}, {"cache", s.cache}, {"files", s.files}, {"alarms", s.watch},
	} {
		if err := part.declare(); err != nil {
			return fmt.Errorf("%s: %w", part.noun, err)
		}
	}
	return nil
}

// child is a part of the stores, after the project's services.
func (s *stores) child() pulumi.ResourceOption {
	return pulumi.Composite(pulumi.Parent(s.own), pulumi.DependsOn(s.own.enabled))
}

// kept is a part that holds data.
func (s *stores) kept() pulumi.ResourceOption {
	return pulumi.Composite(s.child(), pulumi.Protect(s.args.Protected))
}

func (s *stores) labels(class naming.Classification) pulumi.StringMap {
	return google.Labels(s.args.Scope, component, class)
}

// enable turns the project's services on, and logs every call to them.
func (s *stores) enable() error {
	enabled, err := google.Enable(s.ctx, s.name, services, pulumi.Parent(s.own))
	if err != nil {
		return err
	}
	for _, on := range enabled {
		s.own.enabled = append(s.own.enabled, on)
	}
	if err := s.retain(); err != nil {
		return err
	}
	return google.Audit(s.ctx, s.name+"-audit", s.args.Project, s.child())
}
