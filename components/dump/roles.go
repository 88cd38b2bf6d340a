package dump

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/iamdoc"
	"haven/components/partial"
	"haven/components/task"
)

func (d *declaration) declareRoles() (err error) {
	stack := d.args.Scope.Stack
	starting := pulumix.Apply2Err(d.known(),
		partial.Array(d.Context, task.Given(d.args.SecretsKeyARN, d.args.RestoredKeyARN)), d.args.starting)
	d.execution, err = d.permitted("execution", executionRole, "Lets ECS start the dumps of "+stack, starting)
	if err != nil {
		return err
	}
	values := pulumi.StringMap{
		"archive": d.args.ArchiveARN, "archiveKey": d.args.ArchiveKeyARN,
		"fileSystem": d.args.Files.FileSystemID, "accessPoint": d.args.Files.AccessPointID,
	}
	if d.args.UserPoolARN != nil {
		values["userPool"] = d.args.UserPoolARN
	}
	running := pulumix.ApplyErr(partial.Map(d.Context, values), d.args.running)
	d.role, err = d.permitted("task", taskRole, "Dumps the data of "+stack, running)
	return err
}

// permitted is a role of the task's that may do so much.
func (d *declaration) permitted(use, part, description string, policy pulumix.Output[string]) (*iam.Role, error) {
	role, err := d.Role(use, part, description)
	if err != nil {
		return nil, err
	}
	permission, err := d.Permit(use, part, role, policy.Untyped().(pulumi.StringOutput))
	if err != nil {
		return nil, err
	}
	d.ready = append(d.ready, permission)
	return role, nil
}

// starting is what starting a run takes.
func (a Args) starting(known map[string]string, secretsKeyARNs []string) (string, error) {
	arns := []string{known["databaseSecret"], known["appKey"]}
	if passport := known["passportSecret"]; passport != "" {
		arns = append(arns, passport)
	}
	return task.Started{
		Account: a.Account, Region: a.Region,
		Image: a.Image, LogGroups: []string{a.Scope.Path(part)},
		SecretARNs: arns, SecretsKeyARNs: secretsKeyARNs,
	}.Permissions().Identity()
}

// running is what a run may do. S3 asks for the key on the role's behalf, and names the object that it is for: with a
// bucket key it would name the bucket only. Parts of a large object are encrypted with a key that S3 decrypts again.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
func (a Args) running(known map[string]string) (string, error) {
	var objects []string
	for _, kind := range []string{"dumps", "final"} {
		objects = append(objects, known["archive"]+"/"+a.prefix(kind)+"*")
	}
	fileSystem := a.arn("elasticfilesystem", "file-system/"+known["fileSystem"])
	statements := []iamdoc.Statement{
		{
			Sid:       "PutDumps",
			Actions:   []string{"s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectRetention"},
			Resources: objects,
		},
		{
			Sid:       "EncryptDumps",
			Actions:   []string{"kms:Decrypt", "kms:GenerateDataKey"},
			Resources: []string{known["archiveKey"]},
			Conditions: iamdoc.Conditions{
				iamdoc.StringEquals: {"kms:ViaService": {"s3." + a.Region + ".amazonaws.com"}},
				iamdoc.ArnLike:      {"kms:EncryptionContext:aws:s3:arn": objects},
			},
		},
		task.Mount(a.Account, a.Region, known["fileSystem"], known["accessPoint"], "ClientMount"),
		{
			Sid:       "WriteNoFiles",
			Effect:    iamdoc.Deny,
			Actions:   []string{"elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"},
			Resources: []string{fileSystem},
		},
	}
	if pool := known["userPool"]; pool != "" {
		statements = append(statements, iamdoc.Statement{
			Sid:       "ListPeople",
			Actions:   []string{"cognito-idp:ListGroups", "cognito-idp:ListUsers", "cognito-idp:ListUsersInGroup"},
			Resources: []string{pool},
		})
	}
	return iamdoc.Document{Statements: statements}.Identity()
}
