package authority

import "haven/policy/graph"

// kind is a kind of resource that holds what belongs to somebody, or works with it.
type kind struct {
	// part is the part of the proof that is about it: "secrets".
	part  string
	token string
	// policies say where the policies of such a resource stand.
	policies []carrier
	// sovereign resources allow nothing that their own policy does not allow; open ones without a policy everything.
	sovereign, open bool
	// targets are what may be asked for of one.
	targets func(*model, *graph.Resource) []target
	// twins are what may be asked for of one that would be another tenant's.
	twins func(stranger) []target
}

// carrier is a resource with the policy of another: its type, where it names that one, and where the policy stands. The
// one without a type is the resource itself.
type carrier struct{ token, path, document string }

// The types that hold, keep or work with data.
const (
	secret         = "aws:secretsmanager/secret:Secret"
	key            = "aws:kms/key:Key"
	replicaKey     = "aws:kms/replicaKey:ReplicaKey"
	grant          = "aws:kms/grant:Grant"
	fileSystem     = "aws:efs/fileSystem:FileSystem"
	accessPoint    = "aws:efs/accessPoint:AccessPoint"
	queue          = "aws:sqs/queue:Queue"
	topic          = "aws:sns/topic:Topic"
	logGroup       = "aws:cloudwatch/logGroup:LogGroup"
	vault          = "aws:backup/vault:Vault"
	instance       = "aws:rds/instance:Instance"
	cache          = "aws:elasticache/replicationGroup:ReplicationGroup"
	bucket         = "aws:s3/bucketV2:BucketV2"
	stateMachine   = "aws:sfn/stateMachine:StateMachine"
	service        = "aws:ecs/service:Service"
	taskDefinition = "aws:ecs/taskDefinition:TaskDefinition"
	function       = "aws:lambda/function:Function"
	schedule       = "aws:scheduler/schedule:Schedule"
	parameter      = "aws:ssm/parameter:Parameter"
	userPool       = "aws:cognito/userPool:UserPool"
	trail          = "aws:cloudtrail/trail:Trail"
)

var itself = carrier{"", "", "policy"}

// kinds are all but the parts of buckets, which tenants share: see claims.
var kinds = []kind{
	{part: "secrets", token: secret, policies: []carrier{itself,
		{"aws:secretsmanager/secretPolicy:SecretPolicy", "secretArn", "policy"}},
		targets: itsARN(secretUses), twins: like(secretUses, "secretsmanager", "secret:{stack}-app-key-a1b2c3",
			"secret:rds!db-0f0e0d0c-0000-4000-8000-0b0a09080706-a1b2c3")},
	{part: "secrets", token: instance, targets: masterSecret},
	{part: "keys", token: key, sovereign: true, policies: []carrier{itself, {"aws:kms/keyPolicy:KeyPolicy", "keyId",
		"policy"}}, targets: itsARN(keyUses), twins: like(keyUses, "kms", "key/mrk-0f0e0d0c0b0a09080706050403020100")},
	{part: "keys", token: replicaKey, sovereign: true, policies: []carrier{itself}, targets: itsARN(keyUses)},
	{part: "files", token: fileSystem, open: true, policies: []carrier{
		{"aws:efs/fileSystemPolicy:FileSystemPolicy", "fileSystemId", "policy"}}, targets: filesTargets,
		twins: twinFiles},
	{part: "queues", token: queue, policies: []carrier{itself, {"aws:sqs/queuePolicy:QueuePolicy", "queueUrl", "policy"}},
		targets: itsARN(queueUses), twins: like(queueUses, "sqs", "{stack}-dump-undelivered")},
	{part: "topics", token: topic, policies: []carrier{itself, {"aws:sns/topicPolicy:TopicPolicy", "arn", "policy"}},
		targets: itsARN(topicUses), twins: like(topicUses, "sns", "{stack}-alarms")},
	{part: "logs", token: logGroup, targets: logTargets, twins: like(logUses, "logs", "log-group:/haven/{stack}/web",
		"log-group:/haven/{stack}/web:*", "log-group:/haven/{stack}/web:log-stream:web/1")},
	{part: "backups", token: vault, policies: []carrier{{"aws:backup/vaultPolicy:VaultPolicy", "backupVaultName",
		"policy"}}, targets: vaultTargets, twins: twinVault},
	{part: "backups", token: instance, targets: snapshotTargets, twins: twinSnapshots},
	{part: "databases", token: instance, targets: databaseTargets, twins: like(databaseUses, "rds", "db:{stack}-database")},
	{part: "databases", token: cache, targets: itsARN(cacheUses), twins: like(cacheUses, "elasticache",
		"replicationgroup:{stack}-cache")},
	{part: "tasks", token: stateMachine, targets: itsARN(machineUses), twins: like(machineUses, "states",
		"stateMachine:{stack}-dump")},
	{part: "tasks", token: service, targets: serviceTargets, twins: like(serviceUses, "ecs",
		"service/{cell}-cluster/{stack}-web")},
	{part: "tasks", token: taskDefinition, targets: itsARN(taskUses), twins: like(taskUses, "ecs",
		"task-definition/{stack}-web:1")},
	{part: "tasks", token: function, policies: []carrier{itself}, targets: itsARN(functionUses),
		twins: like(functionUses, "lambda", "function:{stack}-web")},
	{part: "tasks", token: schedule, targets: itsARN(scheduleUses), twins: like(scheduleUses, "scheduler",
		"schedule/{stack}-dump/{stack}-dump")},
	{part: "parameters", token: parameter, targets: itsARN(parameterUses), twins: like(parameterUses, "ssm",
		"parameter/haven/{stack}/password")},
	{part: "roles", token: role, twins: twinRole("sts:AssumeRole")},
	{part: "pass", token: role, twins: twinRole("iam:PassRole")},
	{part: "identities", token: userPool, targets: itsARN(poolUses), twins: like(poolUses, "cognito-idp",
		"userpool/eu-west-1_A1b2C3d4E")},
}

// act is something that is asked of a resource.
type act struct {
	action string
	// opens says that it needs the key of what it is asked of, too.
	opens bool
}

func acts(service string, names ...string) []act {
	all := make([]act, len(names))
	for i, name := range names {
		all[i] = act{action: service + ":" + name}
	}
	return all
}

func opening(service string, names ...string) []act {
	all := acts(service, names...)
	for i := range all {
		all[i].opens = true
	}
	return all
}

// What reads, changes, takes away or hands on what is kept, by kind of resource.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var (
	secretUses = acts("secretsmanager", "GetSecretValue", "PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage",
		"DeleteSecret", "RestoreSecret", "RotateSecret", "PutResourcePolicy", "DeleteResourcePolicy",
		"ReplicateSecretToRegions", "StopReplicationToReplica")
	keyUses = acts("kms", "Decrypt", "Encrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey",
		"GenerateDataKeyWithoutPlaintext", "GenerateDataKeyPair", "CreateGrant", "PutKeyPolicy", "DisableKey",
		"ScheduleKeyDeletion", "ReplicateKey", "RevokeGrant")
	fileUses = acts("elasticfilesystem", "ClientMount", "ClientWrite", "ClientRootAccess", "DeleteFileSystem",
		"PutFileSystemPolicy", "DeleteFileSystemPolicy", "CreateMountTarget", "CreateAccessPoint",
		"CreateReplicationConfiguration")
	queueUses = acts("sqs", "ReceiveMessage", "SendMessage", "DeleteMessage", "PurgeQueue", "DeleteQueue",
		"SetQueueAttributes", "AddPermission")
	topicUses = acts("sns", "Publish", "Subscribe", "SetTopicAttributes", "AddPermission", "DeleteTopic")
	logUses   = acts("logs", "GetLogEvents", "FilterLogEvents", "StartQuery", "StartLiveTail", "Unmask", "CreateLogStream",
		"PutLogEvents", "DeleteLogGroup", "DeleteLogStream", "PutSubscriptionFilter", "PutRetentionPolicy",
		"DeleteRetentionPolicy", "DisassociateKmsKey", "CreateExportTask", "PutDataProtectionPolicy")
	pointUses = append(acts("backup", "DeleteRecoveryPoint", "UpdateRecoveryPointLifecycle", "DisassociateRecoveryPoint"),
		opening("backup", "StartRestoreJob", "CopyFromBackupVault")...)
	vaultUses = acts("backup", "CopyIntoBackupVault", "DeleteBackupVault", "PutBackupVaultAccessPolicy",
		"DeleteBackupVaultAccessPolicy", "PutBackupVaultLockConfiguration", "DeleteBackupVaultLockConfiguration")
	snapshotUses = append(acts("rds", "DeleteDBSnapshot", "ModifyDBSnapshotAttribute"),
		opening("rds", "CopyDBSnapshot", "RestoreDBInstanceFromDBSnapshot", "StartExportTask")...)
	databaseUses = append(acts("rds", "DeleteDBInstance", "ModifyDBInstance", "RebootDBInstance", "StopDBInstance",
		"DownloadDBLogFilePortion", "DownloadCompleteDBLogFile", "CreateDBSnapshot", "PromoteReadReplica"),
		opening("rds", "RestoreDBInstanceToPointInTime", "CreateDBInstanceReadReplica")...)
	connects  = acts("rds-db", "connect")
	cacheUses = acts("elasticache", "Connect", "CreateSnapshot", "ModifyReplicationGroup", "DeleteReplicationGroup",
		"ModifyReplicationGroupShardConfiguration", "TestFailover")
	machineUses = acts("states", "StartExecution", "StartSyncExecution", "UpdateStateMachine", "DeleteStateMachine",
		"StopExecution", "RedriveExecution")
	serviceUses   = acts("ecs", "UpdateService", "DeleteService", "CreateTaskSet", "UpdateServicePrimaryTaskSet")
	runningUses   = acts("ecs", "ExecuteCommand", "StopTask")
	taskUses      = acts("ecs", "RunTask", "StartTask", "DeregisterTaskDefinition", "DeleteTaskDefinitions")
	functionUses  = acts("lambda", "InvokeFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration", "AddPermission")
	scheduleUses  = acts("scheduler", "UpdateSchedule", "DeleteSchedule")
	parameterUses = acts("ssm", "GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory",
		"PutParameter", "DeleteParameter")
	poolUses = acts("cognito-idp", "AdminGetUser", "AdminSetUserPassword", "AdminCreateUser", "AdminDeleteUser",
		"AdminUpdateUserAttributes", "AdminInitiateAuth", "ListUsers", "UpdateUserPool", "UpdateUserPoolClient",
		"DescribeUserPoolClient", "DeleteUserPool")
	objectUses = acts("s3", "GetObject", "GetObjectVersion", "PutObject", "DeleteObject", "DeleteObjectVersion",
		"PutObjectAcl", "PutObjectRetention", "PutObjectLegalHold", "BypassGovernanceRetention", "RestoreObject",
		"AbortMultipartUpload", "ReplicateObject", "GetObjectTagging", "PutObjectTagging")
	listing = acts("s3", "ListBucket", "ListBucketVersions")
	// becoming is what makes a role more than it is.
	// https://github.com/RhinoSecurityLabs/AWS-IAM-Privilege-Escalation
	becoming = acts("iam", "PutRolePolicy", "AttachRolePolicy", "UpdateAssumeRolePolicy", "DeleteRolePermissionsBoundary",
		"PutRolePermissionsBoundary", "DeleteRolePolicy", "DetachRolePolicy")
)
