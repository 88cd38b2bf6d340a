package application

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/naming"
)

// The roles that all of a tenant's tasks share.
const (
	executionRole = web + "-execution"
	taskRole      = web + "-task"
)

type roles struct {
	execution, task *iam.Role
	// permission is what tasks need to start.
	permission pulumi.Resource
}

func (d *declaration) declareRoles() (roles, error) {
	var all roles
	var err error
	if all.execution, all.permission, err = d.executionRole(); err != nil {
		return all, err
	}
	all.task, err = d.taskRole()
	return all, err
}

// executionRole is ECS's own while it starts a task. Its permission is returned too: tasks start only with it.
func (d *declaration) executionRole() (*iam.Role, pulumi.Resource, error) {
	role, err := d.role("execution", executionRole, "Lets ECS start the tasks of "+d.args.Scope.Stack)
	if err != nil {
		return nil, nil, err
	}
	policy := pulumix.Apply2Err(d.args.settings(), d.args.SecretsKeyARN.ToStringOutput(),
		func(s settings, key string) (string, error) {
			return executionPermissions(d.args, s.secretARNs(), key).Identity()
		})
	permission, err := iam.NewRolePolicy(d.ctx, d.name+"-execution-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(d.args.Scope.Name(executionRole)),
		Role:   role.Name,
		Policy: policy.Untyped().(pulumi.StringOutput),
	}, d.parent)
	if err != nil {
		return nil, nil, fmt.Errorf("execution policy: %w", err)
	}
	return role, permission, nil
}

// taskRole is the application's own. It calls no AWS service: the role may mount the tenant's files, and without files
// it may do nothing.
func (d *declaration) taskRole() (*iam.Role, error) {
	role, err := d.role("task", taskRole, "Identifies the tasks of "+d.args.Scope.Stack)
	if err != nil || d.args.Files == nil {
		return role, err
	}
	policy := pulumix.Apply2Err(d.args.Files.FileSystemID.ToStringOutput(), d.args.Files.AccessPointID.ToStringOutput(),
		func(fileSystem, accessPoint string) (string, error) {
			return filesPermissions(d.args, fileSystem, accessPoint).Identity()
		})
	_, err = iam.NewRolePolicy(d.ctx, d.name+"-task-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(d.args.Scope.Name(taskRole)),
		Role:   role.Name,
		Policy: policy.Untyped().(pulumi.StringOutput),
	}, d.parent)
	if err != nil {
		return nil, fmt.Errorf("task policy: %w", err)
	}
	return role, nil
}

func (d *declaration) role(use, part, description string) (*iam.Role, error) {
	document, err := trust(d.args)
	if err != nil {
		return nil, fmt.Errorf("%s role: %w", use, err)
	}
	role, err := iam.NewRole(d.ctx, d.name+"-"+use+"-role", &iam.RoleArgs{
		Name:             pulumi.String(d.args.Scope.Name(part)),
		Description:      pulumi.String(description),
		AssumeRolePolicy: pulumi.String(document),
		Tags:             d.args.tags(part, naming.Internal),
	}, d.parent)
	if err != nil {
		return nil, fmt.Errorf("%s role: %w", use, err)
	}
	return role, nil
}
