package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"haven/components/dump/manifest"
	archive "haven/infra/dump/bucket"
	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/policy/access"
	"haven/policy/props"
)

// Refill runs the state machine of a stack that was brought back (package haven/components/restoration), named by its ARN,
// by an execution of that name: the files, and where they are to come from it the database, are what the dump in its task
// holds, and the database was read. It runs as its definition says, where its roles may do what that takes, and takes no
// time. An execution that has succeeded before is found, and nothing is done.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
func Refill(w *world.World, machine, name string) error {
	if _, err := Advance(w, Options{}); err != nil {
		return err
	}
	return w.Update(func(tx *world.Tx) error {
		if err := tx.Answers("aws", arnPart(machine, 3)); err != nil {
			return err
		}
		if len(world.Executions.All(tx, machine, name)) > 0 {
			return nil
		}
		e := newEngine(tx, 0)
		e.now = tx.Now().UTC()
		if _, found := e.arn(stateMachineType, machine); !found {
			return fmt.Errorf("operation error SFN: StartExecution: StateMachineDoesNotExist: %s", machine)
		}
		_, err := e.step(&execution{ID: name, Machine: machine, Given: map[string]any{}, Input: map[string]any{},
			Vars: map[string]any{}, Started: e.now}, false)
		if err != nil {
			return fmt.Errorf("%s: %w", machine, errors.Join(err, e.logged()))
		}
		return world.Executions.Put(tx, world.Execution{Machine: machine, Name: name, Started: e.now})
	})
}

// ranTask is a task that a state machine has run: why it failed, nil where it did not.
type ranTask struct{ err error }

// logged is what the tasks that failed have logged.
func (e *engine) logged() error {
	var all []error
	for _, task := range e.tasks {
		all = append(all, task.err)
	}
	return errors.Join(all...)
}

// runRestoration runs a task to its end.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
func (e *engine) runRestoration(by caller, args map[string]any) (any, error) {
	cluster := word(args, "Cluster")
	definition, found := e.taskDefinition(word(args, "TaskDefinition"))
	if !found {
		return nil, failed("Ecs.ClientException", "TaskDefinition not found.")
	}
	id := hexOf(definition.Text("arn"), iso(e.now))[:32]
	arn := by.arn("ecs", "task/"+cluster[strings.LastIndex(cluster, "/")+1:]+"/"+id)
	err := firstOf(
		func() error { return e.mayRun(by.role, cluster, definition) },
		func() error {
			return e.may(by.role, "ecs:TagResource", arn, nil, access.Context{"ecs:CreateAction": {"RunTask"}})
		},
	)
	if err != nil {
		return nil, failed("Ecs.AccessDeniedException", "%v", err)
	}
	e.tasks[arn] = ranTask{e.bringBack(definition, groupsOf(args))}
	return map[string]any{"Tasks": []any{map[string]any{"TaskArn": arn, "LastStatus": "PROVISIONING"}}}, nil
}

// groupsOf are the security groups that a task is asked for with.
func groupsOf(args map[string]any) (groups []string) {
	network, _ := args["NetworkConfiguration"].(map[string]any)
	of, _ := network["AwsvpcConfiguration"].(map[string]any)
	list, _ := of["SecurityGroups"].([]any)
	for _, group := range list {
		groups = append(groups, fmt.Sprint(group))
	}
	return groups
}

// describeTasks answers how tasks ended.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
func (e *engine) describeTasks(by caller, args map[string]any) (any, error) {
	tasks := []any{}
	list, _ := args["Tasks"].([]any)
	for _, each := range list {
		arn := fmt.Sprint(each)
		if err := e.allow(by, "Ecs", "ecs:DescribeTasks", arn, access.Context{"ecs:cluster": {word(args, "Cluster")}}); err != nil {
			return nil, err
		}
		if ran, known := e.tasks[arn]; known {
			status := 0.0
			if ran.err != nil {
				status = 1
			}
			tasks = append(tasks, map[string]any{"TaskArn": arn, "LastStatus": "STOPPED",
				"Containers": []any{map[string]any{"ExitCode": status}}})
		}
	}
	return map[string]any{"Tasks": tasks}, nil
}

// bringBack does what the task of a restoration does. It refuses what the program in it would: a dump that is not
// complete, or not what its manifest says, and whatever its roles may not do or its network does not let through.
func (e *engine) bringBack(definition cloud.Resource, groups []string) error {
	back, place, err := restores(definition)
	if err != nil {
		return err
	}
	name, prefix, err := archive.Parse(place)
	if err != nil {
		return err
	}
	database, reached := e.databaseAt(back.variable("DB_HOSTNAME"), definition.Region)
	if !reached {
		return fmt.Errorf("no sound database answers at %s", back.variable("DB_HOSTNAME"))
	}
	if err := e.mayBringBack(definition, back, database, groups, name, prefix+"/"+manifest.Name); err != nil {
		return err
	}
	data := &restoring{e.tx}
	_, held, err := data.dumped(archive.Scheme, name, prefix)
	if err != nil {
		return err
	}
	files, found := e.find(fileSystemType, definition.Region, "id", text(definition, mounted))
	if !found {
		return errors.New("its files are not there")
	}
	targets := map[string]cloud.Resource{manifest.FilesPart: files}
	if !slices.Contains(back.Command, "--files-only") {
		targets[manifest.DatabasePart] = database
	}
	for part, target := range targets {
		if written := data.ledger(target.ID); written.Transactions() > 0 && !slices.Contains(back.Command, "--replace") {
			return fmt.Errorf("%s is not empty: restore into an empty one, or tell to replace", target.ID)
		}
		if err := data.fill(target, held[part]); err != nil {
			return err
		}
	}
	return nil
}

// restores is the container of a definition that restores, and the place of its dump.
func restores(definition cloud.Resource) (program, string, error) {
	var containers []program
	if err := json.Unmarshal([]byte(definition.Text("containerDefinitions")), &containers); err != nil {
		return program{}, "", err
	}
	for _, one := range containers {
		if len(one.Command) > 1 && one.Command[0] == "restore" {
			return one, one.Command[1], nil
		}
	}
	return program{}, "", fmt.Errorf("%s restores nothing", definition.Text("arn"))
}

// mayBringBack says whether the task can start, reach the database, read the dump, write the files and make accounts.
func (e *engine) mayBringBack(definition cloud.Resource, back program, database cloud.Resource, groups []string,
	from, key string,
) error {
	role := definition.Text("taskRoleArn")
	checks := []func() error{
		func() error { return e.mayStart(definition, back, database, groups) },
		func() error { return e.mayInBucket(role, "s3:GetObject", from, key, nil) },
	}
	if dumped := e.data.bucket(from).current(key); dumped != nil {
		checks = append(checks, func() error { return e.mayUseForObject(role, "kms:Decrypt", dumped.KMSKey, from, key) })
	}
	for _, volume := range props.Maps(definition.Outputs, "volumes[*].efsVolumeConfiguration") {
		checks = append(checks, func() error {
			return e.mayOnFiles(role, "elasticfilesystem:ClientWrite", props.Text(volume, "fileSystemId"),
				props.Text(volume, "authorizationConfig.accessPointId"))
		})
	}
	if pool := back.variable(poolVariable); pool != "" {
		checks = append(checks, func() error {
			return e.mayToPeople(role, definition.Region, pool, "AdminCreateUser", "AdminAddUserToGroup", "CreateGroup")
		})
	}
	return firstOf(checks...)
}
