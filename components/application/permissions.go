package application

import (
	"fmt"
	"regexp"

	"haven/components/iamdoc"
)

// executionPermissions are what starting this tenant's tasks takes, and nothing of another tenant.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
func executionPermissions(args Args, secretARNs []string, secretsKeyARN string) iamdoc.Document {
	var logs []string
	for _, process := range args.processes() {
		logs = append(logs, fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s:*", args.Region, args.Account,
			args.Scope.Path(process)))
	}
	statements := []iamdoc.Statement{
		{
			Sid:       "ReadSecrets",
			Actions:   []string{"secretsmanager:GetSecretValue"},
			Resources: secretARNs,
		},
		{
			Sid:       "DecryptSecrets",
			Actions:   []string{"kms:Decrypt"},
			Resources: []string{secretsKeyARN},
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: {
				"kms:ViaService": {fmt.Sprintf("secretsmanager.%s.amazonaws.com", args.Region)},
			}},
		},
		{
			Sid:       "WriteLog",
			Actions:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
			Resources: logs,
		},
	}
	return iamdoc.Document{Statements: append(statements, pullPermissions(args.Image)...)}
}

// pullPermissions are what pulling the image takes: none but from a private repository of ECR. The token is for the
// whole registry; what it opens is decided by the second statement.
func pullPermissions(image string) []iamdoc.Statement {
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

// filesPermissions are what mounting the tenant's files takes, by way of its access point only.
// https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
func filesPermissions(args Args, fileSystemID, accessPointID string) iamdoc.Document {
	arn := fmt.Sprintf("arn:aws:elasticfilesystem:%s:%s:", args.Region, args.Account)
	return iamdoc.Document{Statements: []iamdoc.Statement{{
		Sid:       "MountFiles",
		Actions:   []string{"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"},
		Resources: []string{arn + "file-system/" + fileSystemID},
		Conditions: iamdoc.Conditions{iamdoc.StringEquals: {
			"elasticfilesystem:AccessPointArn": {arn + "access-point/" + accessPointID},
		}},
	}}}
}

// trust lets ECS assume a role for this account's tasks.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
func trust(args Args) (string, error) {
	tasks := fmt.Sprintf("arn:aws:ecs:%s:%s:*", args.Region, args.Account)
	return iamdoc.TrustService("ecs-tasks.amazonaws.com", args.Account, tasks).Trust()
}
