package schema

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/accessanalyzer"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appautoscaling"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/athena"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/budgets"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cfg"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudtrail"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cognito"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/costexplorer"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ebs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/efs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/glue"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/guardduty"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/inspector2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/scheduler"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/securityhub"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/servicequotas"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sfn"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// configs are the arguments of the providers themselves.
var configs = map[string]pulumi.Input{
	"aws": aws.ProviderArgs{},
	"gcp": gcp.ProviderArgs{},
}

// awsFunctions are the functions that the sandbox answers.
var awsFunctions = map[string]signature{
	"aws:index/getCallerIdentity:getCallerIdentity": {aws.GetCallerIdentityArgs{}, aws.GetCallerIdentityResult{}},
	"aws:index/getPartition:getPartition":           {aws.GetPartitionArgs{}, aws.GetPartitionResult{}},
	"aws:index/getRegion:getRegion":                 {aws.GetRegionArgs{}, aws.GetRegionResult{}},
	"aws:s3/getObject:getObject":                    {s3.GetObjectArgs{}, s3.GetObjectResult{}},
	"aws:s3/getObjects:getObjects":                  {s3.GetObjectsArgs{}, s3.GetObjectsResult{}},
	"aws:secretsmanager/getRandomPassword:getRandomPassword": {
		secretsmanager.GetRandomPasswordArgs{}, secretsmanager.GetRandomPasswordResult{},
	},
	"aws:secretsmanager/getSecretVersion:getSecretVersion": {
		secretsmanager.LookupSecretVersionArgs{}, secretsmanager.LookupSecretVersionResult{},
	},
}

// awsResources are the types of Amazon Web Services that the sandbox has.
var awsResources = []source{
	{acm.Certificate{}, acm.CertificateArgs{}},
	{acm.CertificateValidation{}, acm.CertificateValidationArgs{}},
	{athena.NamedQuery{}, athena.NamedQueryArgs{}},
	{athena.Workgroup{}, athena.WorkgroupArgs{}},
	{backup.Framework{}, backup.FrameworkArgs{}},
	{backup.LogicallyAirGappedVault{}, backup.LogicallyAirGappedVaultArgs{}},
	{backup.Plan{}, backup.PlanArgs{}},
	{backup.RegionSettings{}, backup.RegionSettingsArgs{}},
	{backup.ReportPlan{}, backup.ReportPlanArgs{}},
	{backup.RestoreTestingPlan{}, backup.RestoreTestingPlanArgs{}},
	{backup.RestoreTestingSelection{}, backup.RestoreTestingSelectionArgs{}},
	{backup.Selection{}, backup.SelectionArgs{}},
	{backup.Vault{}, backup.VaultArgs{}},
	{backup.VaultLockConfiguration{}, backup.VaultLockConfigurationArgs{}},
	{backup.VaultPolicy{}, backup.VaultPolicyArgs{}},
	{cfg.DeliveryChannel{}, cfg.DeliveryChannelArgs{}},
	{cfg.Recorder{}, cfg.RecorderArgs{}},
	{cfg.RecorderStatus{}, cfg.RecorderStatusArgs{}},
	{cfg.Rule{}, cfg.RuleArgs{}},
	{cloudtrail.Trail{}, cloudtrail.TrailArgs{}},
	{appautoscaling.Policy{}, appautoscaling.PolicyArgs{}},
	{appautoscaling.Target{}, appautoscaling.TargetArgs{}},
	{cloudwatch.Dashboard{}, cloudwatch.DashboardArgs{}},
	{cloudwatch.LogGroup{}, cloudwatch.LogGroupArgs{}},
	{cloudwatch.LogMetricFilter{}, cloudwatch.LogMetricFilterArgs{}},
	{cloudwatch.MetricAlarm{}, cloudwatch.MetricAlarmArgs{}},
	{cognito.IdentityProvider{}, cognito.IdentityProviderArgs{}},
	{cognito.ResourceServer{}, cognito.ResourceServerArgs{}},
	{cognito.RiskConfiguration{}, cognito.RiskConfigurationArgs{}},
	{cognito.UserPool{}, cognito.UserPoolArgs{}},
	{cognito.UserPoolClient{}, cognito.UserPoolClientArgs{}},
	{cognito.UserPoolDomain{}, cognito.UserPoolDomainArgs{}},
	{ebs.DefaultKmsKey{}, ebs.DefaultKmsKeyArgs{}},
	{ebs.EncryptionByDefault{}, ebs.EncryptionByDefaultArgs{}},
	{ebs.SnapshotBlockPublicAccess{}, ebs.SnapshotBlockPublicAccessArgs{}},
	{ec2.ImageBlockPublicAccess{}, ec2.ImageBlockPublicAccessArgs{}},
	{ec2.InstanceMetadataDefaults{}, ec2.InstanceMetadataDefaultsArgs{}},
	{ec2.Vpc{}, ec2.VpcArgs{}},
	{ec2.Subnet{}, ec2.SubnetArgs{}},
	{ec2.InternetGateway{}, ec2.InternetGatewayArgs{}},
	{ec2.Eip{}, ec2.EipArgs{}},
	{ec2.NatGateway{}, ec2.NatGatewayArgs{}},
	{ec2.RouteTable{}, ec2.RouteTableArgs{}},
	{ec2.Route{}, ec2.RouteArgs{}},
	{ec2.RouteTableAssociation{}, ec2.RouteTableAssociationArgs{}},
	{ec2.DefaultSecurityGroup{}, ec2.DefaultSecurityGroupArgs{}},
	{ec2.DefaultNetworkAcl{}, ec2.DefaultNetworkAclArgs{}},
	{ec2.DefaultRouteTable{}, ec2.DefaultRouteTableArgs{}},
	{ec2.NetworkAcl{}, ec2.NetworkAclArgs{}},
	{ec2.NetworkAclRule{}, ec2.NetworkAclRuleArgs{}},
	{ec2.SecurityGroup{}, ec2.SecurityGroupArgs{}},
	{ec2.FlowLog{}, ec2.FlowLogArgs{}},
	{ec2.VpcEndpoint{}, ec2.VpcEndpointArgs{}},
	{ecr.LifecyclePolicy{}, ecr.LifecyclePolicyArgs{}},
	{ecr.ReplicationConfiguration{}, ecr.ReplicationConfigurationArgs{}},
	{ecr.Repository{}, ecr.RepositoryArgs{}},
	{ecr.RepositoryPolicy{}, ecr.RepositoryPolicyArgs{}},
	{ecs.Cluster{}, ecs.ClusterArgs{}},
	{ecs.ClusterCapacityProviders{}, ecs.ClusterCapacityProvidersArgs{}},
	{ecs.Service{}, ecs.ServiceArgs{}},
	{ecs.TaskDefinition{}, ecs.TaskDefinitionArgs{}},
	{iam.AccountPasswordPolicy{}, iam.AccountPasswordPolicyArgs{}},
	{iam.ServiceLinkedRole{}, iam.ServiceLinkedRoleArgs{}},
	{efs.AccessPoint{}, efs.AccessPointArgs{}},
	{efs.BackupPolicy{}, efs.BackupPolicyArgs{}},
	{efs.FileSystem{}, efs.FileSystemArgs{}},
	{efs.FileSystemPolicy{}, efs.FileSystemPolicyArgs{}},
	{efs.MountTarget{}, efs.MountTargetArgs{}},
	{elasticache.ParameterGroup{}, elasticache.ParameterGroupArgs{}},
	{elasticache.ReplicationGroup{}, elasticache.ReplicationGroupArgs{}},
	{elasticache.SubnetGroup{}, elasticache.SubnetGroupArgs{}},
	{glue.CatalogDatabase{}, glue.CatalogDatabaseArgs{}},
	{glue.CatalogTable{}, glue.CatalogTableArgs{}},
	{iam.Role{}, iam.RoleArgs{}},
	{iam.RolePolicy{}, iam.RolePolicyArgs{}},
	{iam.Policy{}, iam.PolicyArgs{}},
	{iam.RolePolicyAttachment{}, iam.RolePolicyAttachmentArgs{}},
	{kms.Key{}, kms.KeyArgs{}},
	{kms.Alias{}, kms.AliasArgs{}},
	{kms.ReplicaKey{}, kms.ReplicaKeyArgs{}},
	{lb.LoadBalancer{}, lb.LoadBalancerArgs{}},
	{lb.Listener{}, lb.ListenerArgs{}},
	{lb.ListenerRule{}, lb.ListenerRuleArgs{}},
	{lb.ListenerCertificate{}, lb.ListenerCertificateArgs{}},
	{lb.TargetGroup{}, lb.TargetGroupArgs{}},
	{rds.Instance{}, rds.InstanceArgs{}},
	{rds.InstanceAutomatedBackupsReplication{}, rds.InstanceAutomatedBackupsReplicationArgs{}},
	{rds.ParameterGroup{}, rds.ParameterGroupArgs{}},
	{rds.SubnetGroup{}, rds.SubnetGroupArgs{}},
	{route53.Zone{}, route53.ZoneArgs{}},
	{route53.HealthCheck{}, route53.HealthCheckArgs{}},
	{route53.Record{}, route53.RecordArgs{}},
	{s3.AccountPublicAccessBlock{}, s3.AccountPublicAccessBlockArgs{}},
	{s3.BucketObjectLockConfigurationV2{}, s3.BucketObjectLockConfigurationV2Args{}},
	{s3.BucketV2{}, s3.BucketV2Args{}},
	{s3.BucketPolicy{}, s3.BucketPolicyArgs{}},
	{s3.BucketPublicAccessBlock{}, s3.BucketPublicAccessBlockArgs{}},
	{s3.BucketOwnershipControls{}, s3.BucketOwnershipControlsArgs{}},
	{s3.BucketVersioningV2{}, s3.BucketVersioningV2Args{}},
	{s3.BucketServerSideEncryptionConfigurationV2{}, s3.BucketServerSideEncryptionConfigurationV2Args{}},
	{s3.BucketLifecycleConfigurationV2{}, s3.BucketLifecycleConfigurationV2Args{}},
	{s3.BucketLoggingV2{}, s3.BucketLoggingV2Args{}},
	{s3.BucketMetric{}, s3.BucketMetricArgs{}},
	{s3.BucketNotification{}, s3.BucketNotificationArgs{}},
	{s3.BucketReplicationConfig{}, s3.BucketReplicationConfigArgs{}},
	{scheduler.Schedule{}, scheduler.ScheduleArgs{}},
	{scheduler.ScheduleGroup{}, scheduler.ScheduleGroupArgs{}},
	{secretsmanager.Secret{}, secretsmanager.SecretArgs{}},
	{secretsmanager.SecretVersion{}, secretsmanager.SecretVersionArgs{}},
	{secretsmanager.SecretRotation{}, secretsmanager.SecretRotationArgs{}},
	{servicequotas.ServiceQuota{}, servicequotas.ServiceQuotaArgs{}},
	{sfn.StateMachine{}, sfn.StateMachineArgs{}},
	{cloudwatch.EventRule{}, cloudwatch.EventRuleArgs{}},
	{cloudwatch.EventTarget{}, cloudwatch.EventTargetArgs{}},
	{sqs.Queue{}, sqs.QueueArgs{}},
	{sqs.QueuePolicy{}, sqs.QueuePolicyArgs{}},
	{sns.Topic{}, sns.TopicArgs{}},
	{sns.TopicPolicy{}, sns.TopicPolicyArgs{}},
	{sns.TopicSubscription{}, sns.TopicSubscriptionArgs{}},
	{accessanalyzer.Analyzer{}, accessanalyzer.AnalyzerArgs{}},
	{budgets.Budget{}, budgets.BudgetArgs{}},
	{costexplorer.AnomalyMonitor{}, costexplorer.AnomalyMonitorArgs{}},
	{costexplorer.AnomalySubscription{}, costexplorer.AnomalySubscriptionArgs{}},
	{guardduty.Detector{}, guardduty.DetectorArgs{}},
	{guardduty.DetectorFeature{}, guardduty.DetectorFeatureArgs{}},
	{inspector2.Enabler{}, inspector2.EnablerArgs{}},
	{securityhub.Account{}, securityhub.AccountArgs{}},
	{securityhub.FindingAggregator{}, securityhub.FindingAggregatorArgs{}},
	{securityhub.StandardsSubscription{}, securityhub.StandardsSubscriptionArgs{}},
	{ssm.Document{}, ssm.DocumentArgs{}},
	{ssm.ServiceSetting{}, ssm.ServiceSettingArgs{}},
	{vpc.SecurityGroupIngressRule{}, vpc.SecurityGroupIngressRuleArgs{}},
	{vpc.SecurityGroupEgressRule{}, vpc.SecurityGroupEgressRuleArgs{}},
	{wafv2.IpSet{}, wafv2.IpSetArgs{}},
	{wafv2.WebAcl{}, wafv2.WebAclArgs{}},
	{wafv2.WebAclAssociation{}, wafv2.WebAclAssociationArgs{}},
	{wafv2.WebAclLoggingConfiguration{}, wafv2.WebAclLoggingConfigurationArgs{}},
}
