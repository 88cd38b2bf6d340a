package application

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
	"haven/components/task"
)

// Type is the component's type token.
const Type = "haven:application:Application"

const (
	// Port is where the application listens: one that needs no privilege.
	Port = 8080
	// WebSocketPort is where the websocket listens.
	WebSocketPort = 6001
	// HealthCheckPath answers 200 on a healthy task.
	HealthCheckPath = "/login"
	// KeyLength is the length of Laravel's APP_KEY: a key of AES-256 is 32 bytes, one to a letter or digit.
	// https://laravel.com/docs/11.x/encryption
	KeyLength = 32
)

// Application is what runs for a tenant.
type Application struct {
	pulumi.ResourceState

	// ServiceName is the ECS service's that answers the tenant's users.
	ServiceName pulumi.StringOutput
	// ServiceNames are those of all its ECS services, ServiceName among them.
	ServiceNames pulumi.StringArrayOutput
	// Services are the same, each with what it runs.
	Services []Service
}

// Service is one of the application's ECS services.
type Service struct {
	// Process is what it runs: "web", "worker", "scheduler" or "websocket".
	Process string
	Name    pulumi.StringOutput
}

// New declares a tenant's application.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Application, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("application: %w", err)
	}
	a := &Application{}
	if err := ctx.RegisterComponentResource(Type, name, a, opts...); err != nil {
		return nil, fmt.Errorf("application: %w", err)
	}
	d := &declaration{ctx: ctx, name: name, args: args, parent: pulumi.Parent(a)}
	if err := d.declare(a); err != nil {
		return nil, fmt.Errorf("application: %w", err)
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{
		"serviceName": a.ServiceName, "serviceNames": a.ServiceNames,
	})
}

// declaration is an application while it is being declared.
type declaration struct {
	ctx    *pulumi.Context
	name   string
	args   Args
	parent pulumi.ResourceOption
	roles  roles
}

func (d *declaration) owner() task.Owner {
	return task.Owner{
		Context: d.ctx, Name: d.name, Parent: d.parent, Component: "application",
		Scope: d.args.Scope, Account: d.args.Account, Region: d.args.Region,
	}
}

// declare lets the scheduler come first: what it starts with makes the database ready for all others.
func (d *declaration) declare(a *Application) error {
	if err := d.declareRoles(); err != nil {
		return err
	}
	before := d.roles.permissions
	var names pulumi.StringArray
	if d.args.Cache != nil {
		scheduler, err := d.run(d.args.scheduler(), before)
		if err != nil {
			return err
		}
		before = append(before, scheduler)
		names = append(names, scheduler.Name)
		a.Services = append(a.Services, Service{d.args.scheduler().name, scheduler.Name})
	}
	for _, process := range d.args.servers() {
		service, err := d.run(process, before)
		if err != nil {
			return err
		}
		if process.name == web {
			a.ServiceName = service.Name
		}
		names = append(names, service.Name)
		a.Services = append(a.Services, Service{process.name, service.Name})
	}
	a.ServiceNames = names.ToStringArrayOutput()
	return nil
}

// TaskRoleARN is the role that a tenant's tasks run as, for the policies of what they reach. It is known before the
// role exists, so only a condition may hold it: AWS refuses a principal that is not there yet.
func TaskRoleARN(account string, scope naming.Scope) string {
	return fmt.Sprintf("arn:aws:iam::%s:role/%s", account, scope.Name(taskRole))
}

func (a Args) tags(part string, class naming.Classification) pulumi.StringMap {
	return pulumi.ToStringMap(a.Scope.Tags("application", a.Scope.Name(part), class))
}
