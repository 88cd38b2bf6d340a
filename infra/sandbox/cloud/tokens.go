package cloud

// The types the sandbox knows, by the service's own words.
const (
	acmCertificate           = "aws:acm/certificate:Certificate"
	acmCertificateValidation = "aws:acm/certificateValidation:CertificateValidation"

	cognitoIdentityProvider  = "aws:cognito/identityProvider:IdentityProvider"
	cognitoResourceServer    = "aws:cognito/resourceServer:ResourceServer"
	cognitoRiskConfiguration = "aws:cognito/riskConfiguration:RiskConfiguration"
	cognitoUserPool          = "aws:cognito/userPool:UserPool"
	cognitoUserPoolClient    = "aws:cognito/userPoolClient:UserPoolClient"
	cognitoUserPoolDomain    = "aws:cognito/userPoolDomain:UserPoolDomain"

	cfgRecorder        = "aws:cfg/recorder:Recorder"
	cfgRecorderStatus  = "aws:cfg/recorderStatus:RecorderStatus"
	cfgDeliveryChannel = "aws:cfg/deliveryChannel:DeliveryChannel"
	cfgRule            = "aws:cfg/rule:Rule"

	cloudTrailTrail = "aws:cloudtrail/trail:Trail"

	ebsEncryptionByDefault = "aws:ebs/encryptionByDefault:EncryptionByDefault"
	ebsDefaultKey          = "aws:ebs/defaultKmsKey:DefaultKmsKey"
	ebsSnapshotBlock       = "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"
	ec2ImageBlock          = "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess"
	ec2MetadataDefaults    = "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults"

	appAutoScalingPolicy = "aws:appautoscaling/policy:Policy"
	appAutoScalingTarget = "aws:appautoscaling/target:Target"

	backupAirGappedVault   = "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault"
	backupFramework        = "aws:backup/framework:Framework"
	backupPlan             = "aws:backup/plan:Plan"
	backupRegionSettings   = "aws:backup/regionSettings:RegionSettings"
	backupReportPlan       = "aws:backup/reportPlan:ReportPlan"
	backupSelection        = "aws:backup/selection:Selection"
	backupTestingPlan      = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
	backupTestingSelection = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
	backupVault            = "aws:backup/vault:Vault"
	backupVaultLock        = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
	backupVaultPolicy      = "aws:backup/vaultPolicy:VaultPolicy"

	athenaWorkgroup  = "aws:athena/workgroup:Workgroup"
	athenaNamedQuery = "aws:athena/namedQuery:NamedQuery"

	glueDatabase = "aws:glue/catalogDatabase:CatalogDatabase"
	glueTable    = "aws:glue/catalogTable:CatalogTable"

	dashboard   = "aws:cloudwatch/dashboard:Dashboard"
	metricAlarm = "aws:cloudwatch/metricAlarm:MetricAlarm"

	logGroup        = "aws:cloudwatch/logGroup:LogGroup"
	logMetricFilter = "aws:cloudwatch/logMetricFilter:LogMetricFilter"

	ec2Vpc                   = "aws:ec2/vpc:Vpc"
	ec2Subnet                = "aws:ec2/subnet:Subnet"
	ec2InternetGateway       = "aws:ec2/internetGateway:InternetGateway"
	ec2Eip                   = "aws:ec2/eip:Eip"
	ec2NatGateway            = "aws:ec2/natGateway:NatGateway"
	ec2RouteTable            = "aws:ec2/routeTable:RouteTable"
	ec2DefaultRouteTable     = "aws:ec2/defaultRouteTable:DefaultRouteTable"
	ec2Route                 = "aws:ec2/route:Route"
	ec2RouteTableAssociation = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	ec2FlowLog               = "aws:ec2/flowLog:FlowLog"
	ec2VpcEndpoint           = "aws:ec2/vpcEndpoint:VpcEndpoint"

	ec2SecurityGroup        = "aws:ec2/securityGroup:SecurityGroup"
	ec2DefaultSecurityGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	ec2NetworkACL           = "aws:ec2/networkAcl:NetworkAcl"
	ec2DefaultNetworkACL    = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
	ec2NetworkACLRule       = "aws:ec2/networkAclRule:NetworkAclRule"
	vpcIngressRule          = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	vpcEgressRule           = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

	ecrLifecyclePolicy          = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
	ecrReplicationConfiguration = "aws:ecr/replicationConfiguration:ReplicationConfiguration"
	ecrRepository               = "aws:ecr/repository:Repository"
	ecrRepositoryPolicy         = "aws:ecr/repositoryPolicy:RepositoryPolicy"

	ecsCluster                  = "aws:ecs/cluster:Cluster"
	ecsClusterCapacityProviders = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
	ecsService                  = "aws:ecs/service:Service"
	ecsTaskDefinition           = "aws:ecs/taskDefinition:TaskDefinition"

	efsFileSystem       = "aws:efs/fileSystem:FileSystem"
	efsMountTarget      = "aws:efs/mountTarget:MountTarget"
	efsAccessPoint      = "aws:efs/accessPoint:AccessPoint"
	efsFileSystemPolicy = "aws:efs/fileSystemPolicy:FileSystemPolicy"
	efsBackupPolicy     = "aws:efs/backupPolicy:BackupPolicy"

	cacheReplicationGroup = "aws:elasticache/replicationGroup:ReplicationGroup"
	cacheSubnetGroup      = "aws:elasticache/subnetGroup:SubnetGroup"
	cacheParameterGroup   = "aws:elasticache/parameterGroup:ParameterGroup"
	cacheSnapshot         = "aws:elasticache/snapshot:Snapshot"

	iamRole                 = "aws:iam/role:Role"
	iamRolePolicy           = "aws:iam/rolePolicy:RolePolicy"
	iamPolicy               = "aws:iam/policy:Policy"
	iamPasswordPolicy       = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
	iamServiceLinkedRole    = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
	iamRolePolicyAttachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"

	kmsKey        = "aws:kms/key:Key"
	kmsAlias      = "aws:kms/alias:Alias"
	kmsReplicaKey = "aws:kms/replicaKey:ReplicaKey"

	lbLoadBalancer        = "aws:lb/loadBalancer:LoadBalancer"
	lbListener            = "aws:lb/listener:Listener"
	lbListenerRule        = "aws:lb/listenerRule:ListenerRule"
	lbListenerCertificate = "aws:lb/listenerCertificate:ListenerCertificate"
	lbTargetGroup         = "aws:lb/targetGroup:TargetGroup"

	rdsInstance       = "aws:rds/instance:Instance"
	rdsParameterGroup = "aws:rds/parameterGroup:ParameterGroup"
	rdsSubnetGroup    = "aws:rds/subnetGroup:SubnetGroup"
	rdsSnapshot       = "aws:rds/snapshot:Snapshot"

	rdsReplicatedBackups = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"

	route53Zone   = "aws:route53/zone:Zone"
	route53Record = "aws:route53/record:Record"

	route53HealthCheck = "aws:route53/healthCheck:HealthCheck"

	s3Bucket            = "aws:s3/bucketV2:BucketV2"
	s3Policy            = "aws:s3/bucketPolicy:BucketPolicy"
	s3PublicAccessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	s3OwnershipControls = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	s3Versioning        = "aws:s3/bucketVersioningV2:BucketVersioningV2"
	s3Encryption        = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	s3Lifecycle         = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	s3Logging           = "aws:s3/bucketLoggingV2:BucketLoggingV2"
	s3ObjectLock        = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
	s3Metric            = "aws:s3/bucketMetric:BucketMetric"
	s3Notification      = "aws:s3/bucketNotification:BucketNotification"
	s3Replication       = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"

	s3AccountPublicAccessBlock = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"

	schedulerGroup    = "aws:scheduler/scheduleGroup:ScheduleGroup"
	schedulerSchedule = "aws:scheduler/schedule:Schedule"

	secret         = "aws:secretsmanager/secret:Secret"
	secretVersion  = "aws:secretsmanager/secretVersion:SecretVersion"
	secretRotation = "aws:secretsmanager/secretRotation:SecretRotation"

	stateMachine = "aws:sfn/stateMachine:StateMachine"

	wafIPSet       = "aws:wafv2/ipSet:IpSet"
	wafWebACL      = "aws:wafv2/webAcl:WebAcl"
	wafAssociation = "aws:wafv2/webAclAssociation:WebAclAssociation"
	wafLogging     = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"

	eventsRule   = "aws:cloudwatch/eventRule:EventRule"
	eventsTarget = "aws:cloudwatch/eventTarget:EventTarget"

	snsTopic             = "aws:sns/topic:Topic"
	snsTopicPolicy       = "aws:sns/topicPolicy:TopicPolicy"
	snsTopicSubscription = "aws:sns/topicSubscription:TopicSubscription"

	sqsQueue       = "aws:sqs/queue:Queue"
	sqsQueuePolicy = "aws:sqs/queuePolicy:QueuePolicy"

	accessAnalyzer   = "aws:accessanalyzer/analyzer:Analyzer"
	inspectorEnabler = "aws:inspector2/enabler:Enabler"

	anomalyMonitor      = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
	anomalySubscription = "aws:costexplorer/anomalySubscription:AnomalySubscription"
	budget              = "aws:budgets/budget:Budget"

	guardDutyDetector = "aws:guardduty/detector:Detector"
	guardDutyFeature  = "aws:guardduty/detectorFeature:DetectorFeature"

	hubAccount    = "aws:securityhub/account:Account"
	hubAggregator = "aws:securityhub/findingAggregator:FindingAggregator"
	hubStandard   = "aws:securityhub/standardsSubscription:StandardsSubscription"

	ssmDocument       = "aws:ssm/document:Document"
	ssmServiceSetting = "aws:ssm/serviceSetting:ServiceSetting"

	serviceQuota = "aws:servicequotas/serviceQuota:ServiceQuota"

	gcpAlertPolicy  = "gcp:monitoring/alertPolicy:AlertPolicy"
	gcpAuditConfig  = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
	gcpBucket       = "gcp:storage/bucket:Bucket"
	gcpBucketMember = "gcp:storage/bucketIAMMember:BucketIAMMember"
	gcpChannel      = "gcp:monitoring/notificationChannel:NotificationChannel"
	gcpCryptoKey    = "gcp:kms/cryptoKey:CryptoKey"
	gcpKeyMember    = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
	gcpKeyRing      = "gcp:kms/keyRing:KeyRing"
	gcpLogMetric    = "gcp:logging/metric:Metric"
	gcpService      = "gcp:projects/service:Service"
	gcpTopic        = "gcp:pubsub/topic:Topic"
	gcpTopicMember  = "gcp:pubsub/topicIAMMember:TopicIAMMember"
	gcpTransferJob  = "gcp:storage/transferJob:TransferJob"

	gcpAccount        = "gcp:serviceaccount/account:Account"
	gcpBackend        = "gcp:compute/backendService:BackendService"
	gcpCertificate    = "gcp:compute/managedSslCertificate:ManagedSslCertificate"
	gcpConnection     = "gcp:servicenetworking/connection:Connection"
	gcpEndpointGroup  = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup"
	gcpFilestore      = "gcp:filestore/instance:Instance"
	gcpFirewall       = "gcp:compute/firewall:Firewall"
	gcpForwardingRule = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
	gcpGlobalAddress  = "gcp:compute/globalAddress:GlobalAddress"
	gcpHTTPSProxy     = "gcp:compute/targetHttpsProxy:TargetHttpsProxy"
	gcpIdentity       = "gcp:projects/serviceIdentity:ServiceIdentity"
	gcpJobMember      = "gcp:cloudrunv2/jobIamMember:JobIamMember"
	gcpLogBucket      = "gcp:logging/projectBucketConfig:ProjectBucketConfig"
	gcpNetwork        = "gcp:compute/network:Network"
	gcpProjectMember  = "gcp:projects/iAMMember:IAMMember"
	gcpRecord         = "gcp:dns/recordSet:RecordSet"
	gcpRedis          = "gcp:redis/instance:Instance"
	gcpRunJob         = "gcp:cloudrunv2/job:Job"
	gcpRunMember      = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"
	gcpRunService     = "gcp:cloudrunv2/service:Service"
	gcpSchedule       = "gcp:cloudscheduler/job:Job"
	gcpSecret         = "gcp:secretmanager/secret:Secret"
	gcpSecretMember   = "gcp:secretmanager/secretIamMember:SecretIamMember"
	gcpSecretVersion  = "gcp:secretmanager/secretVersion:SecretVersion"
	gcpSecurityPolicy = "gcp:compute/securityPolicy:SecurityPolicy"
	gcpSQLDatabase    = "gcp:sql/database:Database"
	gcpSQLInstance    = "gcp:sql/databaseInstance:DatabaseInstance"
	gcpSQLUser        = "gcp:sql/user:User"
	gcpSSLPolicy      = "gcp:compute/sSLPolicy:SSLPolicy"
	gcpSubnetwork     = "gcp:compute/subnetwork:Subnetwork"
	gcpURLMap         = "gcp:compute/uRLMap:URLMap"
	gcpZone           = "gcp:dns/managedZone:ManagedZone"
)
