package offsite

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudscheduler"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/google"
	"haven/components/naming"
	offsite "haven/components/offsite/limits"
)

// ApplicationType is the type token of what serves a tenant.
const ApplicationType = "haven:offsite:Application"

// ApplicationArgs are all required.
type ApplicationArgs struct {
	Scope naming.Scope
	// Stores are where the tenant's data lies, once they are back.
	Stores *Stores
	// Host is where the tenant's users find it.
	Host string
	// Image is the application's, in Artifact Registry.
	Image string
}

// Application is what serves a tenant.
type Application struct {
	pulumi.ResourceState
	// Address is the load balancer's, NameServers those that the host is to be delegated to.
	Address     pulumi.StringOutput
	NameServers pulumi.StringArrayOutput

	ctx  *pulumi.Context
	name string
	args ApplicationArgs
	size size
	// services are what the load balancer leads to, by the process.
	services map[string]*cloudrunv2.Service
}

// NewApplication makes what serves a tenant. Its provider is Google Cloud's, for the tenant's project.
func NewApplication(ctx *pulumi.Context, name string, args ApplicationArgs, opts ...pulumi.ResourceOption) (
	*Application, error,
) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("off-site application: %w", err)
	}
	a := &Application{
		ctx: ctx, name: name, args: args, size: sizes[args.Stores.args.Tier], services: map[string]*cloudrunv2.Service{},
	}
	if err := ctx.RegisterComponentResource(ApplicationType, name, a, opts...); err != nil {
		return nil, fmt.Errorf("off-site application: %w", err)
	}
	for _, part := range []struct {
		noun    string
		declare func() error
	}{{"processes", a.run}, {"scheduler", a.schedule}, {"load balancer", a.balance}, {"host", a.host}} {
		if err := part.declare(); err != nil {
			return nil, fmt.Errorf("off-site application: %s: %w", part.noun, err)
		}
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{"address": a.Address, "nameServers": a.NameServers})
}

func (a ApplicationArgs) validate() error {
	var problems arguments.Problems
	problems.Require("Scope.Tenant", a.Scope.Tenant != "")
	problems.Require("Stores", a.Stores != nil)
	problems.Host("Host", a.Host)
	problems.Check("Image", offsite.Image(a.Image))
	return problems.Err()
}

func (a *Application) child() pulumi.ResourceOption {
	return pulumi.Composite(pulumi.Parent(a), pulumi.DependsOn(a.args.Stores.enabled))
}

// The processes of the application, and where two of them listen.
const (
	web           = "web"
	worker        = "worker"
	websocket     = "websocket"
	scheduler     = "scheduler"
	webPort       = 8080
	webSocketPort = 6001
)

// run makes the services. Cloud Run's services are what listens: a worker, which does not, runs beside a web process
// that nobody reaches, and that tells whether the application can work at all.
// https://cloud.google.com/run/docs/deploying#sidecars
func (a *Application) run() error {
	for _, of := range []server{
		{
			name: web, ingress: fromBalancer, least: a.size.least, most: a.size.most, limit: "300s",
			containers: []container{a.php(web, nil, true)},
		},
		{
			name: websocket, ingress: fromBalancer, least: 1, most: a.size.most, limit: "3600s", sticky: true,
			containers: []container{a.socketServer()},
		},
		{
			name: worker, ingress: fromWithin, least: 1, most: 1, limit: "300s",
			containers: []container{a.php(web, nil, true), a.php(worker, []string{"php", "artisan", "horizon"}, false)},
		},
	} {
		var secrets []string
		database := false
		for _, one := range of.containers {
			secrets = append(secrets, one.reads()...)
			database = database || slices.Contains(one.mounts, databaseMount)
		}
		slices.Sort(secrets)
		name := a.name + "-" + of.name
		who, err := a.args.Stores.newIdentity(a.ctx, name, of.name, database, slices.Compact(secrets), a.child())
		if err != nil {
			return fmt.Errorf("%s: %w", of.name, err)
		}
		if a.services[of.name], err = a.serve(of, who); err != nil {
			return fmt.Errorf("%s: %w", of.name, err)
		}
	}
	return nil
}

// reads are the names of the secrets that a container needs.
func (c container) reads() []string {
	names := slices.Collect(maps.Values(c.secrets))
	if slices.Contains(c.mounts, authorityMount) {
		names = append(names, authoritySecret)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// schedule runs what is due each minute: a job, so that it is exactly one.
// https://cloud.google.com/run/docs/execute/jobs-on-schedule
func (a *Application) schedule() error {
	stores, of := a.args.Stores, a.php(scheduler, []string{"php", "artisan", "schedule:run"}, false)
	who, err := stores.newIdentity(a.ctx, a.name+"-"+scheduler, scheduler, true, of.reads(), a.child())
	if err != nil {
		return err
	}
	job, err := cloudrunv2.NewJob(a.ctx, a.name+"-"+scheduler, &cloudrunv2.JobArgs{
		Name:     pulumi.String(a.args.Scope.Name(scheduler)),
		Location: pulumi.String(stores.args.Region),
		Template: cloudrunv2.JobTemplateArgs{TaskCount: pulumi.Int(1), Template: stores.task(who, of, "3600s")},
		Labels:   google.Labels(a.args.Scope, component, naming.Confidential),
	}, a.child(), pulumi.DependsOn(append(slices.Clone(who.grants), stores.held...)))
	if err != nil {
		return err
	}
	clock, err := stores.newIdentity(a.ctx, a.name+"-clock", "clock", false, nil, a.child())
	if err != nil {
		return err
	}
	caller, err := cloudrunv2.NewJobIamMember(a.ctx, a.name+"-clock-runs-"+scheduler, &cloudrunv2.JobIamMemberArgs{
		Name:     job.Name,
		Location: pulumi.String(stores.args.Region),
		Role:     pulumi.String("roles/run.invoker"),
		Member:   clock.account.Member,
	}, a.child())
	if err != nil {
		return err
	}
	_, err = cloudscheduler.NewJob(a.ctx, a.name+"-clock", &cloudscheduler.JobArgs{
		Name:     pulumi.String(a.args.Scope.Name("clock")),
		Region:   pulumi.String(stores.args.Region),
		Schedule: pulumi.String("* * * * *"),
		TimeZone: pulumi.String("Etc/UTC"),
		HttpTarget: cloudscheduler.JobHttpTargetArgs{
			HttpMethod: pulumi.String("POST"),
			Uri:        pulumi.Sprintf("https://run.googleapis.com/v2/%s:run", job.ID()),
			OauthToken: cloudscheduler.JobHttpTargetOauthTokenArgs{ServiceAccountEmail: clock.account.Email},
		},
	}, a.child(), pulumi.DependsOn([]pulumi.Resource{caller}))
	return err
}
