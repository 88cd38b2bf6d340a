package dump

import (
	"maps"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/partial"
	"haven/components/task"
	"haven/components/tiers"
)

// The size of a run: it streams, so that neither its memory nor its storage grows with the data.
const (
	cpu       = 1024
	memoryMiB = 2048
)

// drainSeconds are Fargate's most. A dump that is cut off leaves no manifest, and so none that seems complete.
const drainSeconds = 120

// The volumes of a run: the tenant's files, and a directory of its own that is gone with it.
const (
	filesVolume, filesPath = "files", "/files"
	ownVolume, ownPath     = "tmp", "/tmp"
)

func (d *declaration) define() (err error) {
	rendered := pulumix.ApplyErr(d.known(), func(known map[string]string) (string, error) {
		return task.Render(d.args.container(known))
	})
	d.definition, err = d.Define(d.Name+"-definition", task.Definition{
		Part: part,
		CPU:  cpu, MemoryMiB: memoryMiB,
		Execution: d.execution, Task: d.role,
		Volumes: ecs.TaskDefinitionVolumeArray{
			d.args.Files.Volume(filesVolume),
			ecs.TaskDefinitionVolumeArgs{Name: pulumi.String(ownVolume)},
		},
		Containers: rendered.Untyped().(pulumi.StringOutput),
	})
	return err
}

// known are the values that other resources produce, as far as a preview knows them.
func (d *declaration) known() pulumi.StringMapOutput {
	a := d.args
	values := pulumi.StringMap{
		"bucket": a.ArchiveBucket, "databaseHost": a.Database.Host, "databaseSecret": a.Database.SecretARN,
		"appKey": a.AppKeyARN,
	}
	if a.PassportSecretARN != nil {
		values["passportSecret"] = a.PassportSecretARN
	}
	if a.UserPoolARN != nil {
		values["userPool"] = a.UserPoolARN
	}
	return partial.Map(d.Context, values)
}

func (a Args) container(known map[string]string) task.Container {
	c := task.Hardened(part, a.Image)
	c.Environment = a.environment(known)
	c.Secrets = secrets(known)
	c.MountPoints = []task.MountPoint{
		{SourceVolume: filesVolume, ContainerPath: filesPath, ReadOnly: true},
		{SourceVolume: ownVolume, ContainerPath: ownPath},
	}
	c.LogConfiguration = task.Logs(a.Scope.Path(part), a.Region, part)
	c.StopTimeout = drainSeconds
	return c
}

func (a Args) environment(known map[string]string) task.Variables {
	promise, _ := tiers.Of(a.Tier) // validated
	kind := "dumps"
	if a.Final {
		kind = "final"
	}
	all := task.Variables{
		"DB_DATABASE":           a.Database.Name,
		"DB_HOSTNAME":           known["databaseHost"],
		"DB_PORT":               strconv.Itoa(a.Database.Port),
		"HAVEN_DUMP_BUCKET":     known["bucket"],
		"HAVEN_DUMP_FILES":      filesPath,
		"HAVEN_DUMP_GENERATION": strconv.Itoa(a.Generation),
		"HAVEN_DUMP_LOCK_DAYS":  strconv.Itoa(promise.LockDays),
		"HAVEN_DUMP_PREFIX":     a.prefix(kind),
		"HAVEN_DUMP_RECIPIENTS": strings.Join(a.Recipients, ","),
		"HAVEN_DUMP_TENANT":     a.Scope.Tenant,
		"MYSQL_ATTR_SSL_CA":     task.DatabaseCA,
		"TMPDIR":                ownPath,
	}
	if pool := known["userPool"]; pool != "" {
		all["HAVEN_DUMP_USER_POOL"] = pool[strings.LastIndex(pool, "/")+1:] // its ID
	}
	return all
}

func secrets(known map[string]string) task.Secrets {
	all := task.Secrets{
		"APP_KEY":     known["appKey"],
		"DB_PASSWORD": task.Key(known["databaseSecret"], "password"),
		"DB_USERNAME": task.Key(known["databaseSecret"], "username"),
	}
	if passport := known["passportSecret"]; passport != "" {
		maps.Copy(all, task.Secrets{
			"PASSPORT_PRIVATE_KEY": task.Key(passport, "privateKey"),
			"PASSPORT_PUBLIC_KEY":  task.Key(passport, "publicKey"),
		})
	}
	return all
}
