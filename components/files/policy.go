package files

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/efs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/iamdoc"
	"haven/components/partial"
)

// mount is what a client of the file system may do: read, and write.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticfilesystem.html
var mount = []string{"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"}

// asRoot is what no client may do.
const asRoot = "elasticfilesystem:ClientRootAccess"

func (f *Files) policy(
	ctx *pulumi.Context, name string, args Args, system *efs.FileSystem, point *efs.AccessPoint,
) (*efs.FileSystemPolicy, error) {
	systemARN, pointARN := partial.Text(ctx, system.Arn), partial.Text(ctx, point.Arn)
	document := pulumix.Apply2Err(systemARN, pointARN, func(system, point string) (string, error) {
		if args.Quarantined {
			return quarantine(system).Resource()
		}
		return access(system, point, args.TaskRoleARNs).Resource()
	})
	policy, err := efs.NewFileSystemPolicy(ctx, name+"-policy", &efs.FileSystemPolicyArgs{
		FileSystemId: system.ID(),
		Policy:       document.Untyped().(pulumi.StringOutput),
	}, pulumi.Parent(f))
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	return policy, nil
}

// access lets these roles mount the file system by way of its access point and over TLS, and denies every other role,
// every other way and root.
func access(system, point string, roles []string) iamdoc.Document {
	client := append([]string{asRoot}, mount...)
	anyone := iamdoc.Principals{Anyone: true}
	return iamdoc.Document{Statements: []iamdoc.Statement{
		{
			Sid:        "MountByTasks",
			Principals: anyone,
			Actions:    mount,
			Resources:  []string{system},
			Conditions: iamdoc.Conditions{
				iamdoc.ArnEquals: {"aws:PrincipalArn": roles},
				iamdoc.StringEquals: {
					"elasticfilesystem:AccessPointArn": {point},
				},
				iamdoc.Bool: {"elasticfilesystem:AccessedViaMountTarget": {"true"}},
			},
		},
		{
			Sid:        "DenyOtherPrincipals",
			Effect:     iamdoc.Deny,
			Principals: anyone,
			Actions:    client,
			Resources:  []string{system},
			Conditions: iamdoc.Conditions{"ArnNotEquals": {"aws:PrincipalArn": roles}},
		},
		{
			Sid:        "DenyOtherWays",
			Effect:     iamdoc.Deny,
			Principals: anyone,
			Actions:    client,
			Resources:  []string{system},
			Conditions: iamdoc.Conditions{iamdoc.StringNotEquals: {"elasticfilesystem:AccessPointArn": {point}}},
		},
		{
			Sid:        "DenyRoot",
			Effect:     iamdoc.Deny,
			Principals: anyone,
			Actions:    []string{asRoot},
			Resources:  []string{system},
		},
		iamdoc.DenyPlainTransport("elasticfilesystem", system),
	}}
}

// quarantine denies everybody to mount the file system, by whatever way. AWS Backup mounts nothing.
func quarantine(system string) iamdoc.Document {
	return iamdoc.Document{Statements: []iamdoc.Statement{
		{
			Sid:        "DenyEverybody",
			Effect:     iamdoc.Deny,
			Principals: iamdoc.Principals{Anyone: true},
			Actions:    append([]string{asRoot}, mount...),
			Resources:  []string{system},
		},
		iamdoc.DenyPlainTransport("elasticfilesystem", system),
	}}
}
