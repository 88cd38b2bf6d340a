package flow

// managedPolicies are AWS's own policies, as far as data moves by them.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
var managedPolicies = map[string]string{
	"arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup": `{"Statement":[
		{"Effect":"Allow","Action":["rds:AddTagsToResource","rds:ListTagsForResource","rds:DescribeDBSnapshots",
			"rds:CreateDBSnapshot","rds:CopyDBSnapshot","rds:DescribeDBInstances","rds:DeleteDBSnapshot",
			"rds:ModifyDBInstance","rds:DescribeDBInstanceAutomatedBackups","elasticfilesystem:Backup",
			"elasticfilesystem:DescribeTags","backup:DescribeBackupVault","backup:CopyIntoBackupVault",
			"backup:CopyFromBackupVault","kms:DescribeKey","tag:GetResources"],"Resource":"*"},
		{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"*","Condition":{"StringLike":{
			"kms:ViaService":["dynamodb.*.amazonaws.com","ec2.*.amazonaws.com","elasticfilesystem.*.amazonaws.com",
			"rds.*.amazonaws.com","backup.*.amazonaws.com"]}}},
		{"Effect":"Allow","Action":"kms:CreateGrant","Resource":"*","Condition":{"Bool":{
			"kms:GrantIsForAWSResource":"true"}}}]}`,
	"arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy": `{"Statement":[{"Effect":"Allow",
		"Action":["ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer",
			"ecr:BatchGetImage","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}`,
}
