package task

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/iamdoc"
)

// Started is what ECS needs to start tasks.
type Started struct {
	Account, Region string
	// Image is pulled; LogGroups, by name, are written.
	Image     string
	LogGroups []string
	// SecretARNs are read, and decrypted with SecretsKeyARNs.
	SecretARNs, SecretsKeyARNs []string
}

// Permissions are those of the role that ECS starts the tasks with, and nothing of another tenant.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
func (s Started) Permissions() iamdoc.Document {
	var logs []string
	for _, group := range s.LogGroups {
		logs = append(logs, fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s:*", s.Region, s.Account, group))
	}
	statements := []iamdoc.Statement{
		{
			Sid:       "ReadSecrets",
			Actions:   []string{"secretsmanager:GetSecretValue"},
			Resources: s.SecretARNs,
		},
		{
			Sid:       "DecryptSecrets",
			Actions:   []string{"kms:Decrypt"},
			Resources: s.SecretsKeyARNs,
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: {
				"kms:ViaService": {fmt.Sprintf("secretsmanager.%s.amazonaws.com", s.Region)},
			}},
		},
		{
			Sid:       "WriteLog",
			Actions:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
			Resources: logs,
		},
	}
	return iamdoc.Document{Statements: append(statements, pull(s.Image)...)}
}

// pull is what pulling an image takes: nothing but from a private repository of ECR. The token is for the whole
// registry; what it opens is decided by the second statement.
func pull(image string) []iamdoc.Statement {
	repository, ok := privateRepository(image)
	if !ok {
		return nil
	}
	return []iamdoc.Statement{
		{
			Sid:       "SignInToRegistry",
			Actions:   []string{"ecr:GetAuthorizationToken"},
			Resources: []string{"*"},
		},
		{
			Sid:       "PullImage",
			Actions:   []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"},
			Resources: []string{repository},
		},
	}
}

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
var privateImage = regexp.MustCompile(
	`^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([a-z0-9][a-z0-9._/-]*)([:@].+)?$`)

// privateRepository is the ARN of the ECR repository that an image comes from, if it comes from one.
func privateRepository(image string) (string, bool) {
	parts := privateImage.FindStringSubmatch(image)
	if parts == nil {
		return "", false
	}
	return fmt.Sprintf("arn:aws:ecr:%s:%s:repository/%s", parts[2], parts[1], parts[3]), true
}

// Mount lets a task mount files by way of their access point only, and do so much with them: "ClientMount" to read,
// "ClientWrite" to write too.
// https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
func Mount(account, region, fileSystemID, accessPointID string, actions ...string) iamdoc.Statement {
	arn := fmt.Sprintf("arn:aws:elasticfilesystem:%s:%s:", region, account)
	statement := iamdoc.Statement{
		Sid:       "MountFiles",
		Resources: []string{arn + "file-system/" + fileSystemID},
		Conditions: iamdoc.Conditions{iamdoc.StringEquals: {
			"elasticfilesystem:AccessPointArn": {arn + "access-point/" + accessPointID},
		}},
	}
	for _, action := range actions {
		statement.Actions = append(statement.Actions, "elasticfilesystem:"+action)
	}
	return statement
}

// Given are those of the values that there are.
func Given(values ...pulumi.StringInput) pulumi.StringArray {
	var given pulumi.StringArray
	for _, value := range values {
		if value != nil {
			given = append(given, value)
		}
	}
	return given
}
