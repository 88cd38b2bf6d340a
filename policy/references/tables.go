package references

// belongs are the types whose id is that of the resource that they belong to, and where it is named.
var belongs = map[string]string{
	"aws:s3/bucketPolicy:BucketPolicy":                                                           "bucket",
	"aws:s3/bucketVersioningV2:BucketVersioningV2":                                               "bucket",
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls":                                     "bucket",
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":                                     "bucket",
	"aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2":                     "bucket",
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": "bucket",
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2":                       "bucket",
	"aws:s3/bucketLoggingV2:BucketLoggingV2":                                                     "bucket",
	"aws:s3/bucketNotification:BucketNotification":                                               "bucket",
	"aws:s3/bucketReplicationConfig:BucketReplicationConfig":                                     "bucket",
	"aws:s3/bucketMetric:BucketMetric":                                                           "bucket",
	"aws:sns/topicPolicy:TopicPolicy":                                                            "arn",
	"aws:sqs/queuePolicy:QueuePolicy":                                                            "queueUrl",
	"aws:backup/vaultPolicy:VaultPolicy":                                                         "backupVaultName",
	"aws:backup/vaultLockConfiguration:VaultLockConfiguration":                                   "backupVaultName",
	"aws:acm/certificateValidation:CertificateValidation":                                        "certificateArn",
	"aws:ebs/defaultKmsKey:DefaultKmsKey":                                                        "keyArn",
	"aws:ecr/repositoryPolicy:RepositoryPolicy":                                                  "repository",
	"aws:ecr/lifecyclePolicy:LifecyclePolicy":                                                    "repository",
	"aws:ecs/clusterCapacityProviders:ClusterCapacityProviders":                                  "clusterName",
	"aws:efs/backupPolicy:BackupPolicy":                                                          "fileSystemId",
	"aws:efs/fileSystemPolicy:FileSystemPolicy":                                                  "fileSystemId",
	"aws:ec2/defaultNetworkAcl:DefaultNetworkAcl":                                                "defaultNetworkAclId",
	"aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration":                            "resourceArn",
	"aws:cfg/recorderStatus:RecorderStatus":                                                      "name",
	"aws:cognito/riskConfiguration:RiskConfiguration":                                            "userPoolId",
	"aws:cloudwatch/eventTarget:EventTarget":                                                     "arn",
	"aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication":            "",
	"aws:iam/rolePolicy:RolePolicy":                                                              "role",
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment":                                          "role",
	"aws:kms/alias:Alias":                                                                        "targetKeyId",
	"aws:appautoscaling/target:Target":                                                           "resourceId",
	"aws:appautoscaling/policy:Policy":                                                           "resourceId",
}

// The types that others name.
const (
	bucket              = "aws:s3/bucketV2:BucketV2"
	cacheParameters     = "aws:elasticache/parameterGroup:ParameterGroup"
	cacheSubnets        = "aws:elasticache/subnetGroup:SubnetGroup"
	cluster             = "aws:ecs/cluster:Cluster"
	cryptoKey           = "gcp:kms/cryptoKey:CryptoKey"
	database            = "aws:rds/instance:Instance"
	databaseParameters  = "aws:rds/parameterGroup:ParameterGroup"
	databaseSubnets     = "aws:rds/subnetGroup:SubnetGroup"
	detector            = "aws:guardduty/detector:Detector"
	eventRule           = "aws:cloudwatch/eventRule:EventRule"
	firewall            = "aws:wafv2/webAcl:WebAcl"
	googleBucket        = "gcp:storage/bucket:Bucket"
	keyRing             = "gcp:kms/keyRing:KeyRing"
	loadBalancer        = "aws:lb/loadBalancer:LoadBalancer"
	logGroup            = "aws:cloudwatch/logGroup:LogGroup"
	notificationChannel = "gcp:monitoring/notificationChannel:NotificationChannel"
	plan                = "aws:backup/plan:Plan"
	queue               = "aws:sqs/queue:Queue"
	repository          = "aws:ecr/repository:Repository"
	restoreTestingPlan  = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
	role                = "aws:iam/role:Role"
	scheduleGroup       = "aws:scheduler/scheduleGroup:ScheduleGroup"
	service             = "aws:ecs/service:Service"
	userPool            = "aws:cognito/userPool:UserPool"
	userPoolClient      = "aws:cognito/userPoolClient:UserPoolClient"
	userPoolDomain      = "aws:cognito/userPoolDomain:UserPoolDomain"
	vault               = "aws:backup/vault:Vault"
	zone                = "aws:route53/zone:Zone"
)

// naming are the properties that name another resource by something else than an id or an ARN, and of which type it
// is, by type.
var naming = map[string]map[string]string{
	"aws:iam/rolePolicy:RolePolicy": {
		"role": role,
	},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
		"role": role,
	},
	"aws:s3/bucketPolicy:BucketPolicy": {
		"bucket": bucket,
	},
	"aws:s3/bucketVersioningV2:BucketVersioningV2": {
		"bucket": bucket,
	},
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
		"bucket": bucket,
	},
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
		"bucket": bucket,
	},
	"aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2": {
		"bucket": bucket,
	},
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": {
		"bucket": bucket,
	},
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": {
		"bucket": bucket,
	},
	"aws:s3/bucketLoggingV2:BucketLoggingV2": {
		"bucket":       bucket,
		"targetBucket": bucket,
	},
	"aws:s3/bucketNotification:BucketNotification": {
		"bucket": bucket,
	},
	"aws:s3/bucketReplicationConfig:BucketReplicationConfig": {
		"bucket":                      bucket,
		"rules[*].destination.bucket": bucket,
	},
	"aws:s3/bucketMetric:BucketMetric": {
		"bucket": bucket,
	},
	"aws:sqs/queuePolicy:QueuePolicy": {
		"queueUrl": queue,
	},
	"aws:backup/vaultPolicy:VaultPolicy": {
		"backupVaultName": vault,
	},
	"aws:backup/vaultLockConfiguration:VaultLockConfiguration": {
		"backupVaultName": vault,
	},
	"aws:backup/plan:Plan": {
		"rules[*].targetVaultName": vault,
	},
	"aws:backup/selection:Selection": {
		"planId": plan,
	},
	"aws:backup/reportPlan:ReportPlan": {
		"reportDeliveryChannel.s3BucketName": bucket,
	},
	"aws:backup/restoreTestingSelection:RestoreTestingSelection": {
		"restoreTestingPlanName":                     restoreTestingPlan,
		"restoreMetadataOverrides.dbSubnetGroupName": databaseSubnets,
	},
	"aws:cloudtrail/trail:Trail": {
		"s3BucketName": bucket,
	},
	"aws:cfg/deliveryChannel:DeliveryChannel": {
		"s3BucketName": bucket,
	},
	"aws:cloudwatch/eventTarget:EventTarget": {
		"rule": eventRule,
	},
	"aws:cloudwatch/logMetricFilter:LogMetricFilter": {
		"logGroupName": logGroup,
	},
	"aws:cloudwatch/metricAlarm:MetricAlarm": {
		"dimensions.TargetGroup":                          "aws:lb/targetGroup:TargetGroup",
		"dimensions.LoadBalancer":                         loadBalancer,
		"dimensions.CacheClusterId":                       "aws:elasticache/replicationGroup:ReplicationGroup",
		"metricQueries[*].metric.dimensions.TargetGroup":  "aws:lb/targetGroup:TargetGroup",
		"metricQueries[*].metric.dimensions.LoadBalancer": loadBalancer,
		"metricQueries[*].metric.dimensions.BucketName":   bucket,
		"metricQueries[*].metric.dimensions.QueueName":    queue,
		"dimensions.DBInstanceIdentifier":                 database,
		"dimensions.QueueName":                            queue,
		"dimensions.SourceBucket":                         bucket,
		"dimensions.DestinationBucket":                    bucket,
		"dimensions.WebACL":                               firewall,
		"dimensions.ClusterName":                          cluster,
		"dimensions.ServiceName":                          service,
	},
	"aws:acm/certificateValidation:CertificateValidation": {
		"validationRecordFqdns[*]": "aws:route53/record:Record",
	},
	"aws:cognito/identityProvider:IdentityProvider": {
		"userPoolId": userPool,
	},
	"aws:cognito/resourceServer:ResourceServer": {
		"userPoolId": userPool,
	},
	"aws:cognito/riskConfiguration:RiskConfiguration": {
		"userPoolId": userPool,
	},
	"aws:cognito/userPoolClient:UserPoolClient": {
		"userPoolId": userPool,
	},
	"aws:cognito/userPoolDomain:UserPoolDomain": {
		"userPoolId": userPool,
	},
	"aws:ecr/repositoryPolicy:RepositoryPolicy": {
		"repository": repository,
	},
	"aws:ecr/lifecyclePolicy:LifecyclePolicy": {
		"repository": repository,
	},
	"aws:ecs/cluster:Cluster": {
		"configuration.executeCommandConfiguration.logConfiguration.cloudWatchLogGroupName": logGroup,
	},
	"aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": {
		"clusterName": cluster,
	},
	"aws:elasticache/replicationGroup:ReplicationGroup": {
		"subnetGroupName":                          cacheSubnets,
		"parameterGroupName":                       cacheParameters,
		"logDeliveryConfigurations[*].destination": logGroup,
	},
	"aws:guardduty/detectorFeature:DetectorFeature": {
		"detectorId": detector,
	},
	"aws:lb/loadBalancer:LoadBalancer": {
		"accessLogs.bucket": bucket,
	},
	"aws:lb/listenerRule:ListenerRule": {
		"actions[*].authenticateCognito.userPoolClientId": userPoolClient,
		"actions[*].authenticateCognito.userPoolDomain":   userPoolDomain,
	},
	"aws:rds/instance:Instance": {
		"dbSubnetGroupName":  databaseSubnets,
		"parameterGroupName": databaseParameters,
	},
	"aws:route53/record:Record": {
		"zoneId":            zone,
		"aliases[*].name":   loadBalancer,
		"aliases[*].zoneId": loadBalancer,
	},
	"aws:scheduler/schedule:Schedule": {
		"groupName": scheduleGroup,
	},
	"gcp:kms/cryptoKey:CryptoKey": {
		"keyRing": keyRing,
	},
	"gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": {
		"cryptoKeyId": cryptoKey,
	},
	"gcp:storage/bucket:Bucket": {
		"encryption.defaultKmsKeyName": cryptoKey,
	},
	"gcp:storage/bucketIAMMember:BucketIAMMember": {
		"bucket": googleBucket,
	},
	"gcp:monitoring/alertPolicy:AlertPolicy": {
		"notificationChannels[*]": notificationChannel,
	},
	"gcp:storage/transferJob:TransferJob": {
		"transferSpec.awsS3DataSource.bucketName": bucket,
		"transferSpec.gcsDataSink.bucketName":     googleBucket,
		"notificationConfig.pubsubTopic":          "gcp:pubsub/topic:Topic",
	},
}
