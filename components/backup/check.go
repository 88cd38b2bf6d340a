package backup

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/asl"
	"haven/components/iamdoc"
	"haven/components/partial"
	"haven/components/workflow"
)

// checkPart names the state machine.
const checkPart = "backup-check"

// check declares the state machine that checks what a test restored, and who is told of what fails.
func (b *builder) check(plan *backup.RestoreTestingPlan, restorer *iam.Role) error {
	permissions, err := b.args.checking().Identity()
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	keys := pulumi.StringArray{b.args.Database.KeyARN, b.args.Files.KeyARN}
	definition := pulumix.Apply(keys.ToStringArrayOutput(), func(keys []string) string {
		return b.args.machine(keys[0], keys[1]).String()
	})
	machine, err := workflow.Declare(b.ctx, b.name+"-check", workflow.Args{
		Scope:       b.args.Scope,
		Account:     b.args.Account,
		Region:      b.args.Region,
		Part:        checkPart,
		Component:   "backup",
		Description: "Checks what is restored for tests of " + b.args.Scope.Stack,
		Definition:  definition.Untyped().(pulumi.StringOutput),
		Permissions: pulumi.String(permissions),
	}, b.parent())
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	b.own.CheckARN = machine.ARN
	if err := machine.StartOn(workflow.Event{
		Part:        "restored",
		Description: "A test of " + b.args.Scope.Stack + " restored something",
		Pattern:     pulumix.Apply(partial.Text(b.ctx, plan.Arn), restoredPattern).Untyped().(pulumi.StringOutput),
	}); err != nil {
		return fmt.Errorf("check: %w", err)
	}
	if b.args.FailureTopicARN == nil {
		return nil
	}
	if err := machine.TellFailures(b.args.FailureTopicARN); err != nil {
		return fmt.Errorf("check: %w", err)
	}
	return machine.Tell(workflow.Event{
		Part:        "failed",
		Description: "A backup, a copy or a restore of " + b.args.Scope.Stack + " failed",
		Pattern: pulumix.Apply2(partial.Text(b.ctx, b.own.RoleARN), partial.Text(b.ctx, restorer.Arn), failedPattern).
			Untyped().(pulumi.StringOutput),
	}, b.args.FailureTopicARN)
}

// restoredPattern matches a job of a plan's tests that restored something.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html#aws-backup-events-restore-job
func restoredPattern(plan string) string {
	return workflow.Pattern(map[string]any{
		"source":      []string{"aws.backup"},
		"detail-type": []string{"Restore Job State Change"},
		"detail":      map[string]any{"status": []string{"COMPLETED"}, "restoreTestingPlanArn": []string{plan}},
	})
}

// failedPattern matches jobs by these roles that did not do all they should. AWS Backup calls it the state of backups
// and copies, and the status of restores.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
func failedPattern(backing, restoring string) string {
	failed := []string{"ABORTED", "EXPIRED", "FAILED", "PARTIAL"}
	return workflow.Pattern(map[string]any{
		"source":      []string{"aws.backup"},
		"detail-type": []string{"Backup Job State Change", "Copy Job State Change", "Restore Job State Change"},
		"detail": map[string]any{
			"iamRoleArn": []string{backing, restoring},
			"$or":        []any{map[string]any{"state": failed}, map[string]any{"status": failed}},
		},
	})
}

// checking is what the check takes. Results of validations belong to no resource.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
func (a Args) checking() iamdoc.Document {
	return iamdoc.Document{Statements: []iamdoc.Statement{
		{
			Sid:       "LookAtDatabase",
			Actions:   []string{"rds:DescribeDBInstances"},
			Resources: []string{a.arn("rds", a.Region, "db:"+restored+"*")},
		},
		{
			Sid:       "LookAtFiles",
			Actions:   []string{"elasticfilesystem:DescribeFileSystems"},
			Resources: []string{a.arn("elasticfilesystem", a.Region, "file-system/*")},
		},
		{
			Sid:       "ReportResult",
			Actions:   []string{"backup:PutRestoreValidationResult"},
			Resources: []string{"*"},
		},
	}}
}

// demand is what must be true of what was restored, and what is said where it is not.
type demand struct{ is, otherwise string }

// machine looks at what was restored, and reports whether all that is demanded of it is so. An execution fails where it
// is not, or where there was nothing to look at. What is not reported counts as not validated when its time is over.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-validation.html
func (a Args) machine(databaseKey, filesKey string) asl.Machine {
	created := asl.Expression("$states.input.detail.createdResourceArn")
	database := look(asl.SDK("rds", "describeDBInstances"), "DbInstanceIdentifier", created, "DbInstances[0]",
		demand{"$found.DbInstanceStatus = 'available'", "the database is not available"},
		demand{"$found.StorageEncrypted = true", "the database is not encrypted"},
		demand{"$found.KmsKeyId = " + quoted(databaseKey), "the database is encrypted by another key"},
		demand{"$found.PubliclyAccessible = false", "the database is public"},
		demand{"$found.Engine = " + quoted(a.Database.Engine), "the engine is not " + a.Database.Engine},
		demand{begins("$found.EngineVersion", a.Database.EngineVersion), "the version is not " + a.Database.EngineVersion},
		demand{"$found.DbInstanceClass = " + quoted(a.Database.InstanceClass),
			"the class is not " + a.Database.InstanceClass},
	)
	files := look(asl.SDK("efs", "describeFileSystems"), "FileSystemId", created, "FileSystems[0]",
		demand{"$found.LifeCycleState = 'available'", "the file system is not available"},
		demand{"$found.Encrypted = true", "the file system is not encrypted"},
		demand{"$found.KmsKeyId = " + quoted(filesKey), "the file system is encrypted by another key"},
		demand{"$found.SizeInBytes.Value > 0", "the file system is empty"},
	)
	sound := report("SUCCESSFUL", "All is as it was backed up")
	unsound := report("FAILED", asl.Expression("$join($problems, ', ')"))
	sound.End, unsound.Next = true, "Fail"
	is := func(kind string) string { return asl.Expression("$states.input.detail.resourceType = " + quoted(kind)) }
	return asl.Machine{
		Comment:        "Checks what a test of restores restored",
		TimeoutSeconds: validationHours * 60 * 60,
		StartAt:        "Kind",
		States: map[string]asl.State{
			"Kind": {Type: "Choice", Default: "Strange", Choices: []asl.Choice{
				{Condition: is("RDS"), Next: "Database"}, {Condition: is("EFS"), Next: "Files"}}},
			"Database": database,
			"Files":    files,
			"Judge": {Type: "Choice", Default: "Unsound", Choices: []asl.Choice{
				{Condition: asl.Expression("$count($problems) = 0"), Next: "Sound"}}},
			"Sound":   sound,
			"Unsound": unsound,
			"Fail": {Type: "Fail", Error: "Unsound",
				Cause: "What was restored is not as it was backed up: see the restore job's validation"},
			"Strange": {Type: "Fail", Error: "Strange", Cause: "There is no check of this type of resources"},
		},
	}
}

// look describes what was created and keeps the job and what is wrong.
func look(resource, argument, created, found string, demands ...demand) asl.State {
	var tests []string
	for _, d := range demands {
		tests = append(tests, fmt.Sprintf("$not(%s) ? %s", d.is, quoted(d.otherwise)))
	}
	problems := fmt.Sprintf("($found := $states.result.%s; [%s])", found, strings.Join(tests, ", "))
	return asl.State{
		Type:      "Task",
		Resource:  resource,
		Arguments: map[string]any{argument: created},
		Assign: map[string]any{
			"job":      asl.Expression("$states.input.detail.restoreJobId"),
			"problems": asl.Expression(problems),
		},
		Retry: asl.Persistently,
		Next:  "Judge",
	}
}

func report(status, message string) asl.State {
	return asl.State{
		Type:     "Task",
		Resource: asl.SDK("backup", "putRestoreValidationResult"),
		Arguments: map[string]any{
			"RestoreJobId":            asl.Expression("$job"),
			"ValidationStatus":        status,
			"ValidationStatusMessage": message,
		},
		Retry: asl.Persistently,
	}
}

// begins says that a version is the one given or one of its patches.
func begins(what, version string) string {
	return fmt.Sprintf("$substring(%s & '.', 0, %d) = %s", what, len(version)+1, quoted(version+"."))
}

// quoted is a text as JSONata has it, which is as JSON has it.
func quoted(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		panic(err) // texts always encode
	}
	return string(encoded)
}
