package application

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/partial"
)

// The roles that all of a tenant's tasks share.
const (
	executionRole = web + "-execution"
	taskRole      = web + "-task"
)

type roles struct {
	execution, task *iam.Role
	// permissions are theirs: no task starts without them.
	permissions []pulumi.Resource
}

func (d *declaration) declareRoles() error {
	if err := d.executionRole(); err != nil {
		return err
	}
	return d.taskRole()
}

// executionRole is ECS's own while it starts a task.
func (d *declaration) executionRole() error {
	role, err := d.owner().Role("execution", executionRole, "Lets ECS start the tasks of "+d.args.Scope.Stack)
	if err != nil {
		return err
	}
	policy := pulumix.Apply2Err(d.args.hostless().settings(d.ctx), d.args.secretsKeys(d.ctx),
		func(s settings, keys []string) (string, error) {
			return executionPermissions(d.args, s.secretARNs(), keys).Identity()
		})
	d.roles.execution = role
	return d.permit("execution", executionRole, role, policy.Untyped().(pulumi.StringOutput))
}

// hostless are the same but for the hosts, which no permission depends on: a role is known, and does not change, before
// the database and the cache are there.
func (a Args) hostless() Args {
	a.Database.Host = pulumi.String("")
	if a.Cache != nil {
		cache := *a.Cache
		cache.Host = pulumi.String("any")
		a.Cache = &cache
	}
	return a
}

// taskRole is the application's own. It calls no AWS service: the role may mount the tenant's files, and without files
// it may do nothing.
func (d *declaration) taskRole() error {
	role, err := d.owner().Role("task", taskRole, "Identifies the tasks of "+d.args.Scope.Stack)
	if err != nil {
		return err
	}
	d.roles.task = role
	if d.args.Files == nil {
		return nil
	}
	system, point := partial.Text(d.ctx, d.args.Files.FileSystemID), partial.Text(d.ctx, d.args.Files.AccessPointID)
	policy := pulumix.Apply2Err(system, point,
		func(fileSystem, accessPoint string) (string, error) {
			return filesPermissions(d.args, fileSystem, accessPoint).Identity()
		})
	return d.permit("task", taskRole, role, policy.Untyped().(pulumi.StringOutput))
}

func (d *declaration) permit(use, part string, role *iam.Role, policy pulumi.StringInput) error {
	permission, err := d.owner().Permit(use, part, role, policy)
	if err != nil {
		return err
	}
	d.roles.permissions = append(d.roles.permissions, permission)
	return nil
}
