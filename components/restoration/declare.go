package restoration

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/archive"
	"haven/components/bucket"
	"haven/components/iamdoc"
	"haven/components/task"
	"haven/components/workflow"
)

// The size of the task: it streams, so that neither its memory nor its storage grows with the data.
const (
	cpu       = 2048
	memoryMiB = 4096
	// drainSeconds are Fargate's most.
	drainSeconds = 120
)

// The volumes of the task: the tenant's files, and a directory of its own that is gone with it.
const (
	filesVolume, filesPath = "files", "/files"
	ownVolume, ownPath     = "tmp", "/tmp"
)

func (d *declaration) declare(r *Restoration) error {
	execution, started, err := d.permitted("execution", executionRole, "Lets ECS start the restoration of "+d.Scope.Stack,
		pulumix.Apply2Err(d.args.secretARN(), d.args.secretsKeys(), d.args.starting))
	if err != nil {
		return err
	}
	running, ran, err := d.permitted("task", taskRole, "Brings back the data of "+d.Scope.Stack,
		pulumix.ApplyErr(d.args.known(), d.args.running))
	if err != nil {
		return err
	}
	log, err := d.LogGroup(d.Name+"-log", part, d.args.LogsKeyARN, d.args.LogRetentionDays)
	if err != nil {
		return err
	}
	definition, err := d.define(execution, running)
	if err != nil {
		return err
	}
	// Whoever sees the machine may start it: the task has all that it takes.
	return d.machine(r, definition, execution, running, pulumi.DependsOn([]pulumi.Resource{started, ran, log}))
}

// permitted is a role of the task's that may do so much, and what permits that.
func (d *declaration) permitted(use, part, description string, policy pulumix.Output[string]) (
	*iam.Role, *iam.RolePolicy, error,
) {
	role, err := d.Role(use, part, description)
	if err != nil {
		return nil, nil, err
	}
	permission, err := d.Permit(use, part, role, policy.Untyped().(pulumi.StringOutput))
	return role, permission, err
}

func (a Args) secretARN() pulumi.StringOutput { return a.Database.SecretARN.ToStringOutput() }

func (a Args) secretsKeys() pulumi.StringArrayOutput {
	return task.Given(a.SecretsKeyARN, a.RestoredKeyARN).ToStringArrayOutput()
}

// starting is what starting the task takes.
func (a Args) starting(secretARN string, secretsKeyARNs []string) (string, error) {
	return task.Started{
		Account: a.Account, Region: a.Region,
		Image: a.Image, LogGroups: []string{a.Scope.Path(part)},
		SecretARNs: []string{secretARN}, SecretsKeyARNs: secretsKeyARNs,
	}.Permissions().Identity()
}

// known are the values that other resources produce, and that permissions name.
func (a Args) known() pulumi.StringMapOutput {
	values := pulumi.StringMap{"fileSystem": a.Files.FileSystemID, "accessPoint": a.Files.AccessPointID}
	if a.UserPoolARN != nil {
		values["userPool"] = a.UserPoolARN
	}
	return values.ToStringMapOutput()
}

// running is what the task may do.
func (a Args) running(known map[string]string) (string, error) {
	objects := []string{bucket.ARN(a.Bucket) + "/" + archive.Prefix(a.Scope.Tenant) + "*"}
	statements := []iamdoc.Statement{
		{
			Sid:       "ReadDumps",
			Actions:   []string{"s3:GetObject"},
			Resources: objects,
		},
		{
			Sid:       "DecryptDumps",
			Actions:   []string{"kms:Decrypt"},
			Resources: []string{a.ArchiveKeyARN},
			Conditions: iamdoc.Conditions{
				iamdoc.StringEquals: {"kms:ViaService": {"s3." + a.Region + ".amazonaws.com"}},
				iamdoc.ArnLike:      {"kms:EncryptionContext:aws:s3:arn": objects},
			},
		},
		task.Mount(a.Account, a.Region, known["fileSystem"], known["accessPoint"], "ClientMount", "ClientWrite"),
	}
	if pool := known["userPool"]; pool != "" {
		statements = append(statements, iamdoc.Statement{
			Sid: "BringPeopleBack",
			Actions: []string{"cognito-idp:AdminAddUserToGroup", "cognito-idp:AdminCreateUser",
				"cognito-idp:AdminDisableUser", "cognito-idp:AdminGetUser", "cognito-idp:AdminSetUserPassword",
				"cognito-idp:CreateGroup"},
			Resources: []string{pool},
		})
	}
	return iamdoc.Document{Statements: statements}.Identity()
}

func (d *declaration) define(execution, running *iam.Role) (*ecs.TaskDefinition, error) {
	values := pulumi.StringMap{"host": d.args.Database.Host, "secret": d.args.Database.SecretARN}
	if d.args.UserPoolARN != nil {
		values["userPool"] = d.args.UserPoolARN
	}
	rendered := pulumix.ApplyErr(values.ToStringMapOutput(), func(known map[string]string) (string, error) {
		return task.Render(d.args.containers(known)...)
	})
	return d.Define(d.Name+"-definition", task.Definition{
		Part: part,
		CPU:  cpu, MemoryMiB: memoryMiB,
		Execution: execution, Task: running,
		Volumes: ecs.TaskDefinitionVolumeArray{
			d.args.Files.Volume(filesVolume),
			ecs.TaskDefinitionVolumeArgs{Name: pulumi.String(ownVolume)},
		},
		Containers: rendered.Untyped().(pulumi.StringOutput),
	})
}

// containers are what brings back and reads, in one.
func (a Args) containers(known map[string]string) []task.Container {
	command := []string{"restore", a.place(), "--replace", "--warm"}
	if !a.WithDatabase {
		command = append(command, "--files-only")
	}
	back := a.container("restore", known, command...)
	back.MountPoints = append(back.MountPoints, task.MountPoint{SourceVolume: filesVolume, ContainerPath: filesPath})
	return []task.Container{back}
}

func (a Args) container(name string, known map[string]string, command ...string) task.Container {
	c := task.Hardened(name, a.Image)
	c.Command = command
	c.Environment = task.Variables{
		"DB_DATABASE":       a.Database.Name,
		"DB_HOSTNAME":       known["host"],
		"DB_PORT":           strconv.Itoa(a.Database.Port),
		"HAVEN_DUMP_FILES":  filesPath,
		"HAVEN_DUMP_TENANT": a.Scope.Tenant,
		"MYSQL_ATTR_SSL_CA": task.DatabaseCA,
		"TMPDIR":            ownPath,
	}
	if pool := known["userPool"]; pool != "" {
		c.Environment["HAVEN_DUMP_USER_POOL"] = pool[strings.LastIndex(pool, "/")+1:] // its ID
	}
	c.Secrets = task.Secrets{
		"DB_PASSWORD": task.Key(known["secret"], "password"),
		"DB_USERNAME": task.Key(known["secret"], "username"),
	}
	c.MountPoints = []task.MountPoint{{SourceVolume: ownVolume, ContainerPath: ownPath}}
	c.LogConfiguration = task.Logs(a.Scope.Path(part), a.Region, name)
	c.StopTimeout = drainSeconds
	return c
}

func (d *declaration) machine(r *Restoration, definition *ecs.TaskDefinition, execution, running *iam.Role,
	after pulumi.ResourceOption,
) error {
	asked := pulumi.StringMap{"definition": definition.Arn, "cluster": d.args.ClusterARN}
	allowed := pulumi.StringMap{
		"cluster": d.args.ClusterARN, "execution": execution.Arn, "task": running.Arn,
	}
	groups := task.Given(d.args.SecurityGroupID, d.args.DatabaseClientsID)
	machine, err := workflow.Declare(d.Context, d.Name, workflow.Args{
		Scope: d.Scope, Account: d.Account, Region: d.Region, Part: part, Component: "restoration",
		Description: "Brings back the data of " + d.Scope.Stack,
		Definition: pulumix.Apply3(asked.ToStringMapOutput(), d.args.SubnetIDs.ToStringArrayOutput(),
			groups.ToStringArrayOutput(), func(asked map[string]string, subnets, groups []string) string {
				return steps(asked["cluster"], asked["definition"], subnets, groups, d.Scope.Stack).String()
			}).Untyped().(pulumi.StringOutput),
		Permissions: pulumix.ApplyErr(allowed.ToStringMapOutput(), d.args.steering).Untyped().(pulumi.StringOutput),
	}, d.Parent, after)
	if err != nil {
		return fmt.Errorf("machine: %w", err)
	}
	r.StateMachineARN = machine.ARN
	return nil
}
