package recorder

import (
	"encoding/json"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cfg"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// rule is one of AWS's managed rules.
type rule struct {
	name       string
	identifier string
	demand     string
	parameters map[string]string
}

// regional are the rules for what lives in a region: its network, load balancers, stores, tasks, keys and detectors.
var regional = []rule{
	{"vpc-flow-logs-enabled", "VPC_FLOW_LOGS_ENABLED", "Each network logs its flows",
		map[string]string{"trafficType": "ALL"}},
	{"vpc-default-security-group-closed", "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
		"The default security groups let nothing in or out", nil},
	{"restricted-ssh", "INCOMING_SSH_DISABLED", "Nobody reaches SSH from the internet", nil},
	{"open-to-authorized-ports", "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",
		"The internet reaches HTTP and HTTPS only", map[string]string{"authorizedTcpPorts": "80,443"}},
	{"subnets-without-public-ip", "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED", "No subnet gives out public addresses", nil},
	{"alb-http-to-https", "ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK", "Load balancers redirect HTTP to HTTPS", nil},
	{"alb-drops-invalid-headers", "ALB_HTTP_DROP_INVALID_HEADER_ENABLED", "Load balancers drop invalid headers", nil},
	{"alb-waf-enabled", "ALB_WAF_ENABLED", "A firewall stands before each load balancer", nil},
	{"elb-logging-enabled", "ELB_LOGGING_ENABLED", "Load balancers log every request", nil},
	{"elb-deletion-protection", "ELB_DELETION_PROTECTION_ENABLED", "Load balancers are protected from deletion", nil},
	{"s3-public-read-prohibited", "S3_BUCKET_PUBLIC_READ_PROHIBITED", "Nobody reads buckets from the internet", nil},
	{"s3-public-write-prohibited", "S3_BUCKET_PUBLIC_WRITE_PROHIBITED", "Nobody writes to buckets from the internet", nil},
	{"s3-public-access-prohibited", "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", "Each bucket blocks public access", nil},
	{"s3-ssl-requests-only", "S3_BUCKET_SSL_REQUESTS_ONLY", "Buckets refuse plain HTTP", nil},
	{"s3-versioning-enabled", "S3_BUCKET_VERSIONING_ENABLED", "Buckets keep versions", nil},
	{"s3-acl-prohibited", "S3_BUCKET_ACL_PROHIBITED", "Buckets take no access lists", nil},
	{"rds-storage-encrypted", "RDS_STORAGE_ENCRYPTED", "Databases are encrypted", nil},
	{"rds-not-public", "RDS_INSTANCE_PUBLIC_ACCESS_CHECK", "Databases are not reached from the internet", nil},
	{"rds-snapshots-not-public", "RDS_SNAPSHOTS_PUBLIC_PROHIBITED", "Snapshots are not shared with everyone", nil},
	{"rds-multi-az", "RDS_MULTI_AZ_SUPPORT", "Databases have a standby in another zone", nil},
	{"rds-deletion-protection", "RDS_INSTANCE_DELETION_PROTECTION_ENABLED", "Databases are protected from deletion", nil},
	{"rds-backup-enabled", "DB_INSTANCE_BACKUP_ENABLED", "Databases are backed up every day",
		map[string]string{"backupRetentionMinimum": "7"}},
	{"rds-minor-upgrades", "RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED", "Databases take minor versions by themselves",
		nil},
	{"efs-encrypted", "EFS_ENCRYPTED_CHECK", "File systems are encrypted", nil},
	{"ebs-encrypted", "ENCRYPTED_VOLUMES", "Volumes are encrypted", nil},
	{"ebs-encryption-by-default", "EC2_EBS_ENCRYPTION_BY_DEFAULT", "New volumes are encrypted", nil},
	{"ec2-imdsv2", "EC2_IMDSV2_CHECK", "Instances take session tokens for metadata only", nil},
	{"ecr-image-scanning", "ECR_PRIVATE_IMAGE_SCANNING_ENABLED", "Images are scanned", nil},
	{"ecr-tag-immutability", "ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED", "An image's tag is never moved", nil},
	{"ecs-no-environment-secrets", "ECS_NO_ENVIRONMENT_SECRETS", "Tasks have no secrets in plain settings",
		map[string]string{"secretKeys": "AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY,APP_KEY,DB_PASSWORD,REDIS_PASSWORD"}},
	{"ecs-nonprivileged", "ECS_CONTAINERS_NONPRIVILEGED", "Containers have no privileges", nil},
	{"ecs-log-configuration", "ECS_TASK_DEFINITION_LOG_CONFIGURATION", "Containers log", nil},
	{"kms-key-rotation", "CMK_BACKING_KEY_ROTATION_ENABLED", "Keys are rotated every year", nil},
	{"kms-keys-not-scheduled-for-deletion", "KMS_CMK_NOT_SCHEDULED_FOR_DELETION", "No key is about to be deleted", nil},
	{"secrets-using-cmk", "SECRETSMANAGER_USING_CMK", "Secrets are encrypted by keys of their own", nil},
	{"log-groups-encrypted", "CLOUDWATCH_LOG_GROUP_ENCRYPTED", "Log groups are encrypted by keys of their own", nil},
	{"guardduty-enabled", "GUARDDUTY_ENABLED_CENTRALIZED", "Threats are watched for", nil},
	{"securityhub-enabled", "SECURITYHUB_ENABLED", "Findings are gathered", nil},
	{"required-tags", "REQUIRED_TAGS", "Everything says where it belongs, how sensitive it is and who answers for it",
		map[string]string{"tag1Key": "environment", "tag2Key": "component", "tag3Key": "data-classification",
			"tag4Key": "owner"}},
}

// accountWide are the rules for the account as a whole, which one region judges.
var accountWide = []rule{
	{"multi-region-trail", "MULTI_REGION_CLOUD_TRAIL_ENABLED", "A trail records all regions", nil},
	{"trail-encrypted", "CLOUD_TRAIL_ENCRYPTION_ENABLED", "The trail is encrypted by a key of its own", nil},
	{"trail-validated", "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED", "The trail's files are signed", nil},
	{"trail-to-logs", "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED", "The trail reaches CloudWatch Logs", nil},
	{"s3-account-public-access", "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC",
		"The account blocks public access to S3", nil},
	{"iam-password-policy", "IAM_PASSWORD_POLICY", "Passwords are strong and do not last", map[string]string{
		"RequireUppercaseCharacters": "true", "RequireLowercaseCharacters": "true", "RequireSymbols": "true",
		"RequireNumbers": "true", "MinimumPasswordLength": "14", "PasswordReusePrevention": "24",
		"MaxPasswordAge": "90"}},
	{"root-mfa", "ROOT_ACCOUNT_MFA_ENABLED", "The root user needs a second factor", nil},
	{"root-without-access-key", "IAM_ROOT_ACCESS_KEY_CHECK", "The root user has no access key", nil},
	{"console-mfa", "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", "Users need a second factor to sign in", nil},
	{"access-keys-rotated", "ACCESS_KEYS_ROTATED", "No access key is older than 90 days",
		map[string]string{"maxAccessKeyAge": "90"}},
	{"iam-users-without-policies", "IAM_USER_NO_POLICIES_CHECK", "Users have no policies of their own", nil},
	{"iam-no-admin-policies", "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS", "No policy allows everything", nil},
}

// judge declares the region's rules, and in the home region those of the account.
func (b *builder) judge() error {
	rules := regional
	if b.args.Home {
		rules = slices.Concat(regional, accountWide)
	}
	for _, rule := range rules {
		if err := b.rule(rule); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) rule(rule rule) error {
	physical := b.args.Scope.Name(rule.name)
	args := &cfg.RuleArgs{
		Name:        pulumi.String(physical),
		Description: pulumi.String(rule.demand),
		Source: cfg.RuleSourceArgs{
			Owner:            pulumi.String("AWS"),
			SourceIdentifier: pulumi.String(rule.identifier),
		},
		Tags: b.tags(physical),
	}
	if rule.parameters != nil {
		parameters, err := json.Marshal(rule.parameters)
		if err != nil {
			return err
		}
		args.InputParameters = pulumi.String(parameters)
	}
	_, err := cfg.NewRule(b.ctx, b.name+"-"+rule.name, args, b.parent(),
		pulumi.DependsOn([]pulumi.Resource{b.recorder}))
	return err
}
