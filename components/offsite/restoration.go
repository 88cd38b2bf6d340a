package offsite

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/google"
	"haven/components/naming"
	offsite "haven/components/offsite/limits"
)

// RestorationType is the type token of what brings a dump back.
const RestorationType = "haven:offsite:Restoration"

// RestorationArgs are all required.
type RestorationArgs struct {
	Scope naming.Scope
	// Stores are where the dump goes.
	Stores *Stores
	// Image is that of haven-dump, in Artifact Registry, built to run as root.
	Image string
	// Bucket is the mirror's, Dump where the dump lies in it: "tenants/<tenant>/dumps/<time>".
	Bucket, Dump string
	// Mirror is the provider of the mirror's project.
	Mirror *gcp.Provider
}

// Restoration is a job that brings a dump back, once it is run. It writes into empty stores only: run twice it refuses.
type Restoration struct {
	pulumi.ResourceState
	// Job is its resource name.
	Job pulumi.StringOutput
}

// The restoration's size: SQL text is decompressed and checked on the way.
const (
	restorationCPU    = "4"
	restorationMemory = "8Gi"
	// restorationLimit is the longest that a job may take.
	// https://cloud.google.com/run/docs/configuring/task-timeout
	restorationLimit = "86400s"
)

// NewRestoration makes the job. Its provider is Google Cloud's, for the tenant's project.
func NewRestoration(ctx *pulumi.Context, name string, args RestorationArgs, opts ...pulumi.ResourceOption) (
	*Restoration, error,
) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("off-site restoration: %w", err)
	}
	r := &Restoration{}
	if err := ctx.RegisterComponentResource(RestorationType, name, r, opts...); err != nil {
		return nil, fmt.Errorf("off-site restoration: %w", err)
	}
	if err := r.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("off-site restoration: %w", err)
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"job": r.Job})
}

func (a RestorationArgs) validate() error {
	var problems arguments.Problems
	problems.Require("Scope.Tenant", a.Scope.Tenant != "")
	problems.Require("Stores", a.Stores != nil)
	problems.Check("Image", offsite.Image(a.Image))
	problems.Check("Bucket", offsite.Bucket(a.Bucket))
	problems.Check("Dump", offsite.Dump(a.Dump, a.Scope.Tenant))
	problems.Require("Mirror", a.Mirror != nil)
	return problems.Err()
}

func (r *Restoration) declare(ctx *pulumi.Context, name string, args RestorationArgs) error {
	child := pulumi.Composite(pulumi.Parent(r), pulumi.DependsOn(args.Stores.enabled))
	who, err := args.Stores.newIdentity(ctx, name, "restore", true, []string{databaseSecret}, child)
	if err != nil {
		return err
	}
	reader, err := storage.NewBucketIAMMember(ctx, name+"-reads-mirror", &storage.BucketIAMMemberArgs{
		Bucket: pulumi.String(args.Bucket),
		Role:   pulumi.String("roles/storage.objectViewer"),
		Member: who.account.Member,
		Condition: storage.BucketIAMMemberConditionArgs{
			Title: pulumi.String("The dumps of " + args.Scope.Tenant),
			Expression: pulumi.String(fmt.Sprintf(`resource.name.startsWith("projects/_/buckets/%s/objects/tenants/%s/")`,
				args.Bucket, args.Scope.Tenant)),
		},
	}, pulumi.Parent(r), pulumi.Provider(args.Mirror))
	if err != nil {
		return err
	}
	job, err := cloudrunv2.NewJob(ctx, name+"-job", &cloudrunv2.JobArgs{
		Name:     pulumi.String(args.Scope.Name("restore")),
		Location: pulumi.String(args.Stores.args.Region),
		Template: cloudrunv2.JobTemplateArgs{
			TaskCount: pulumi.Int(1),
			Template:  args.Stores.task(who, args.container(), restorationLimit),
		},
		Labels: google.Labels(args.Scope, component, naming.Confidential),
	}, child, pulumi.DependsOn(append(append(who.grants, reader), args.Stores.held...)))
	if err != nil {
		return err
	}
	r.Job = job.ID().ToStringOutput()
	return nil
}

// container is haven-dump, which reaches the database by the connector's socket, and hands the files to the user that
// the application runs as.
func (a RestorationArgs) container() container {
	return container{
		image: a.Image,
		args:  []string{"restore", fmt.Sprintf("gs://%s/%s", a.Bucket, a.Dump), "--owner", applicationUser},
		cpu:   restorationCPU, memory: restorationMemory,
		variables: map[string]pulumi.StringInput{
			"DB_DATABASE":       pulumi.String(Database),
			"DB_HOSTNAME":       a.Stores.socket(),
			"DB_USERNAME":       pulumi.String(Database),
			"HAVEN_DUMP_FILES":  pulumi.String(shareFolder + "/" + tenantFolder),
			"HAVEN_DUMP_TENANT": pulumi.String(a.Scope.Tenant),
		},
		secrets: map[string]string{"DB_PASSWORD": databaseSecret},
		mounts:  []mount{databaseMount, shareMount},
	}
}
