package application

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/naming"
)

// executionRole is ECS's own while it starts a task. Its permission is returned too: tasks start only with it.
func (a *Application) executionRole(ctx *pulumi.Context, name string, args Args) (*iam.Role, pulumi.Resource, error) {
	role, err := a.role(ctx, name, "execution", "Lets ECS start the tasks of "+args.Scope.Stack, args)
	if err != nil {
		return nil, nil, err
	}
	policy := pulumix.Apply3Err(args.Database.SecretARN.ToStringOutput(), args.AppKeyARN.ToStringOutput(),
		args.SecretsKeyARN.ToStringOutput(), func(database, appKey, key string) (string, error) {
			return executionPermissions(args, []string{database, appKey}, key).Identity()
		})
	permission, err := iam.NewRolePolicy(ctx, name+"-execution-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(args.Scope.Name(part + "-execution")),
		Role:   role.Name,
		Policy: policy.Untyped().(pulumi.StringOutput),
	}, pulumi.Parent(a))
	if err != nil {
		return nil, nil, fmt.Errorf("execution policy: %w", err)
	}
	return role, permission, nil
}

// taskRole is the application's own. It calls no AWS service, so the role carries no permission.
func (a *Application) taskRole(ctx *pulumi.Context, name string, args Args) (*iam.Role, error) {
	return a.role(ctx, name, "task", "Identifies the tasks of "+args.Scope.Stack, args)
}

func (a *Application) role(ctx *pulumi.Context, name, use, description string, args Args) (*iam.Role, error) {
	document, err := trust(args)
	if err != nil {
		return nil, fmt.Errorf("%s role: %w", use, err)
	}
	part := part + "-" + use
	role, err := iam.NewRole(ctx, name+"-"+use+"-role", &iam.RoleArgs{
		Name:             pulumi.String(args.Scope.Name(part)),
		Description:      pulumi.String(description),
		AssumeRolePolicy: pulumi.String(document),
		Tags:             args.tags(part, naming.Internal),
	}, pulumi.Parent(a))
	if err != nil {
		return nil, fmt.Errorf("%s role: %w", use, err)
	}
	return role, nil
}
