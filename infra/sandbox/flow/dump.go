package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"haven/components/dump/manifest"
	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/dataset"
	"haven/infra/sandbox/world"
	"haven/policy/access"
	"haven/policy/props"
)

// A dump is what a task of the dump program makes (package haven/infra/dump): it begins when its schedule runs it,
// and a few minutes later all its objects are there, the manifest last, or none of them.
const dumpJob = "dump"

// dumping is a dump under way.
type dumping struct {
	ID         string
	Definition string // the task definition's ARN
	Groups     []string
	Begun      time.Time
}

// program is a container that dumps or restores, as its task definition has it.
type program struct {
	Command     []string
	Environment []struct{ Name, Value string }
	Secrets     []struct{ Name, ValueFrom string }
}

func (p program) variable(name string) string {
	for _, v := range p.Environment {
		if v.Name == name {
			return v.Value
		}
	}
	return ""
}

// dumps is the container of a definition that dumps; false where there is none.
func dumps(definition cloud.Resource) (program, bool) {
	var containers []program
	if json.Unmarshal([]byte(definition.Text("containerDefinitions")), &containers) != nil {
		return program{}, false
	}
	for _, container := range containers {
		if container.variable("HAVEN_DUMP_BUCKET") != "" {
			return container, true
		}
	}
	return program{}, false
}

// startDump runs a task that dumps. Another task does nothing to data.
func (e *engine) startDump(definition cloud.Resource, groups []string) {
	if _, is := dumps(definition); !is {
		return
	}
	id := hexOf(definition.Text("arn"), e.now.Format(time.RFC3339))[:32]
	begun := e.now.Add(e.between(40*time.Second, 2*time.Minute, "task", id))
	e.later(dumpJob, id, begun.Add(e.between(2*time.Minute, 15*time.Minute, "dump", id)),
		dumping{ID: id, Definition: definition.Text("arn"), Groups: groups, Begun: begun})
}

func (e *engine) finishDump(job dumping) {
	definition, found := e.arn(taskDefinitionType, job.Definition)
	program, is := dumps(definition)
	if !found || !is {
		return
	}
	bucket, there := e.bucket(program.variable("HAVEN_DUMP_BUCKET"))
	database, reached := e.databaseAt(program.variable("DB_HOSTNAME"), definition.Region)
	if !there || !reached || e.mayDump(definition, program, database, job.Groups) != nil {
		return
	}
	objects, err := e.dumped(program, bucket, database, text(definition, mounted), job)
	if err != nil {
		return
	}
	for _, object := range objects {
		if e.mayPut(definition.Text("taskRoleArn"), object, program.variable("HAVEN_DUMP_LOCK_DAYS") != "") != nil {
			return
		}
	}
	for _, object := range objects {
		e.store(bucket, object)
	}
}

// mounted is the file system whose files a definition's task reads.
const mounted = "volumes[*].efsVolumeConfiguration.fileSystemId"

// databaseAt is the database that answers to a host name.
func (e *engine) databaseAt(host, region string) (cloud.Resource, bool) {
	for _, database := range e.all(databaseType) {
		if database.Region == region && host != "" && database.Text("address") == host {
			return database, e.available(database) == nil && e.connected(database) == nil
		}
	}
	return cloud.Resource{}, false
}

// mayDump says whether the task can start, reach the database, and read the files and the accounts.
func (e *engine) mayDump(definition cloud.Resource, program program, database cloud.Resource, groups []string) error {
	if err := e.mayStart(definition, program, database, groups); err != nil {
		return err
	}
	if pool := program.variable(poolVariable); pool != "" {
		return e.mayToPeople(definition.Text("taskRoleArn"), definition.Region, pool, "ListUsers", "ListGroups",
			"ListUsersInGroup")
	}
	return nil
}

// mayStart says whether a task can start, reach the database and mount the files.
func (e *engine) mayStart(definition cloud.Resource, program program, database cloud.Resource, groups []string) error {
	execution, role := definition.Text("executionRoleArn"), definition.Text("taskRoleArn")
	task := fmt.Sprintf("arn:aws:ecs:%s:%s:*", definition.Region, definition.Account)
	checks := []func() error{
		func() error { return e.assumed(execution, "ecs-tasks.amazonaws.com", task) },
		func() error { return e.assumed(role, "ecs-tasks.amazonaws.com", task) },
		func() error {
			return e.reaches(groups, texts(database, "vpcSecurityGroupIds[*]"), number(database.Outputs, "port"))
		},
	}
	for _, secret := range program.Secrets {
		checks = append(checks, func() error { return e.mayReadSecret(execution, secret.ValueFrom) })
	}
	for _, volume := range props.Maps(definition.Outputs, "volumes[*].efsVolumeConfiguration") {
		checks = append(checks, func() error {
			return e.mayMount(role, props.Text(volume, "fileSystemId"), props.Text(volume, "authorizationConfig.accessPointId"))
		})
	}
	return firstOf(checks...)
}

// poolVariable names the user pool whose accounts are dumped.
const poolVariable = "HAVEN_DUMP_USER_POOL"

// mayToPeople says whether a role may do this to the accounts and groups of a user pool.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitouserpools.html
func (e *engine) mayToPeople(role, region, pool string, actions ...string) error {
	people, found := e.find(userPoolType, region, "id", pool)
	if !found {
		return fmt.Errorf("there is no user pool %s", pool)
	}
	for _, action := range actions {
		if err := e.may(role, "cognito-idp:"+action, people.Text("arn"), nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// secretParts are those of a secret's ARN; what follows names a key in its value.
const secretParts = 7

// mayReadSecret says whether a role may read a secret of Secrets Manager, and use its key.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
func (e *engine) mayReadSecret(role, from string) error {
	parts := strings.Split(from, ":")
	arn := strings.Join(parts[:min(secretParts, len(parts))], ":")
	if err := e.may(role, "secretsmanager:GetSecretValue", arn, nil, nil); err != nil {
		return err
	}
	secret, found := e.arn(secretType, arn)
	if !found || secret.Text("kmsKeyId") == "" {
		return nil // a secret that RDS keeps
	}
	return e.mayUseKey(role, "kms:Decrypt", secret.Text("kmsKeyId"), "secretsmanager",
		access.Context{"kms:EncryptionContext:SecretARN": {arn}})
}

// mayMount says whether a role may mount a file system by an access point.
// https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
func (e *engine) mayMount(role, fileSystem, accessPoint string) error {
	return e.mayOnFiles(role, "elasticfilesystem:ClientMount", fileSystem, accessPoint)
}

// mayOnFiles says whether a role may do something to a file system by an access point.
func (e *engine) mayOnFiles(role, action, fileSystem, accessPoint string) error {
	for _, files := range e.all(fileSystemType) {
		if files.ID != fileSystem {
			continue
		}
		policy, _ := e.find(fileSystemPolicyType, files.Region, "id", files.ID)
		point := fmt.Sprintf("arn:aws:elasticfilesystem:%s:%s:access-point/%s", files.Region, files.Account, accessPoint)
		return firstOf(
			func() error { return e.usable(files.Text("kmsKeyId")) },
			func() error {
				return e.may(role, action, files.Text("arn"),
					e.document("the policy of file system "+files.ID, policy.Text("policy")), access.Context{
						"elasticfilesystem:AccessPointArn":         {point},
						"elasticfilesystem:AccessedViaMountTarget": {"true"},
					})
			},
		)
	}
	return fmt.Errorf("there is no file system %s", fileSystem)
}

// reaches says whether security groups let a connection from one set of them to the other on a port.
// https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
func (e *engine) reaches(from, to []string, port int) error {
	through := func(token string, own, peers []string) bool {
		return slices.ContainsFunc(e.all(token), func(rule cloud.Resource) bool {
			least, most := number(rule.Outputs, "fromPort"), number(rule.Outputs, "toPort")
			peer := rule.Text("referencedSecurityGroupId")
			return slices.Contains(own, rule.Text("securityGroupId")) && (rule.Text("ipProtocol") == "-1" ||
				least <= port && port <= most) && (slices.Contains(peers, peer) || peer == "" && token == egressType)
		})
	}
	if !through(egressType, from, to) || !through(ingressType, to, from) {
		return fmt.Errorf("no security group lets port %d through", port)
	}
	return nil
}

// dumped are the objects of a dump, its manifest last.
func (e *engine) dumped(program program, bucket, database cloud.Resource, files string, job dumping) (
	[]world.Object, error,
) {
	begun := job.Begun.Truncate(time.Second)
	prefix := program.variable("HAVEN_DUMP_PREFIX") + begun.Format(manifest.TimeLayout) + "/"
	held := e.ledger(database.ID)
	generation, _ := strconv.Atoi(program.variable("HAVEN_DUMP_GENERATION"))
	m := manifest.Manifest{
		Format: manifest.Format, Tenant: program.variable("HAVEN_DUMP_TENANT"), Generation: max(1, generation),
		StartedAt: begun, CompletedAt: e.now.Truncate(time.Second),
		Server: manifest.Server{Version: firstText(database.Text("engineVersionActual"), database.Text("engineVersion"))},
		Binlog: manifest.Binlog{
			File: "mysql-bin-changelog.000001", Position: uint64(4 + 100*held.At(begun).Transactions()),
		},
	}
	pool := program.variable(poolVariable)
	if pool != "" {
		m.Users = &manifest.Users{}
	}
	if _, err := dataset.Fill(&m, held, e.ledger(files)); err != nil {
		return nil, err
	}
	var objects []world.Object
	add := func(name string, object world.Object) {
		object.DataTime = begun
		if lock, err := strconv.Atoi(program.variable("HAVEN_DUMP_LOCK_DAYS")); err == nil {
			object.RetainUntil, object.Mode = e.now.AddDate(0, 0, lock), "COMPLIANCE"
		}
		objects = append(objects, e.newObject(bucket, prefix+name, object))
	}
	for _, part := range m.Parts {
		source := database.ID
		switch part.Name {
		case manifest.FilesPart:
			source = files
		case manifest.UsersPart:
			source = pool
		}
		add(part.Name, world.Object{Source: source, Size: part.Bytes, SHA256: part.SHA256})
	}
	text := string(m.Encode())
	add(manifest.Name, world.Object{Source: database.ID, Size: int64(len(text)), SHA256: hexOf(text), Content: text,
		ContentType: manifest.ContentType})
	return objects, nil
}

// ledger is what was written to a database or a file system; an empty one where nothing was.
func (e *engine) ledger(source string) world.Ledger {
	if ledger := e.data.ledgers[source]; ledger != nil {
		return *ledger
	}
	return world.Ledger{}
}
