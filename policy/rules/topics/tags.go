package topics

import (
	"slices"
	"strings"

	"haven/policy/rules"
)

var tags = []rules.Rule{on("tags-complete", tagged, taggable...)}

// classes are how much harm it does to tell, the least first.
var classes = []string{"public", "internal", "confidential", "secret"}

// leastClass is of what a customer's data or what opens it is in; nothing of these is told to everybody.
var leastClass = map[string]string{
	database: "confidential", fileSystem: "confidential", cacheGroup: "confidential", userPool: "confidential",
	taskDefinition: "confidential", service: "confidential", trail: "confidential", store: "confidential",
	key: "secret", replicaKey: "secret", secret: "secret", cryptoKey: "secret", certificate: "public", zone: "public",
	listener: "public",
}

const cacheGroup = "aws:elasticache/replicationGroup:ReplicationGroup"

// tagged demands of each resource that it says what it is, whose, and how secret.
func tagged(l *rules.Look) {
	at := "tags"
	switch l.Resource.Type {
	case alertPolicy, "gcp:monitoring/notificationChannel:NotificationChannel":
		at = "userLabels"
	case store, cryptoKey, googleTopic:
		at = "labels"
	default:
		has(l, "tags.Name", "what it is called")
	}
	for _, tag := range []string{"cell", "component", "owner"} {
		has(l, at+"."+tag, "who and what it is for")
	}
	classified(l, at+".data-classification")
	ofStack(l, at)
}

func classified(l *rules.Look, path string) {
	least := leastClass[l.Resource.Type]
	if least == "" {
		least = "internal"
	}
	oneOf(l, path, classes[slices.Index(classes, least):]...)
}

// tenantStack is the component that all of a tenant's resources are in.
const tenantStack = "haven:stacks:Tenant$"

// ofStack demands that tags and the name of the stack, "<environment>-<tenant>", say the same.
func ofStack(l *rules.Look, at string) {
	stack := l.Resource.Stack
	begins := func(with string) bool { return stack == with || strings.HasPrefix(stack, with+"-") }
	environment := l.Text(at + ".environment")
	if environment == "" || !begins(environment) {
		l.Refuse(at+".environment", "that of the stack "+stack, "set it")
	}
	tenant := l.Text(at + ".tenant")
	ofTenant := strings.Contains(l.Resource.URN, tenantStack)
	if (ofTenant || tenant != "") && (tenant == "" || !begins(environment+"-"+tenant)) {
		l.Refuse(at+".tenant", "that of the stack "+stack, "set it")
	}
}

// taggable are the types that have tags, of those that are used here.
var taggable = []string{
	"aws:accessanalyzer/analyzer:Analyzer",
	"aws:acm/certificate:Certificate",
	"aws:appautoscaling/target:Target",
	"aws:athena/workgroup:Workgroup",
	"aws:backup/framework:Framework",
	"aws:backup/plan:Plan",
	"aws:backup/reportPlan:ReportPlan",
	"aws:backup/restoreTestingPlan:RestoreTestingPlan",
	"aws:backup/vault:Vault",
	"aws:budgets/budget:Budget",
	"aws:cfg/rule:Rule",
	"aws:cloudtrail/trail:Trail",
	"aws:cloudwatch/eventRule:EventRule",
	"aws:cloudwatch/logGroup:LogGroup",
	"aws:cloudwatch/metricAlarm:MetricAlarm",
	"aws:cognito/userPool:UserPool",
	"aws:costexplorer/anomalyMonitor:AnomalyMonitor",
	"aws:costexplorer/anomalySubscription:AnomalySubscription",
	"aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
	"aws:ec2/eip:Eip",
	"aws:ec2/flowLog:FlowLog",
	"aws:ec2/internetGateway:InternetGateway",
	"aws:ec2/natGateway:NatGateway",
	"aws:ec2/networkAcl:NetworkAcl",
	"aws:ec2/routeTable:RouteTable",
	"aws:ec2/securityGroup:SecurityGroup",
	"aws:ec2/subnet:Subnet",
	"aws:ec2/vpc:Vpc",
	"aws:ec2/vpcEndpoint:VpcEndpoint",
	"aws:ecr/repository:Repository",
	"aws:ecs/cluster:Cluster",
	"aws:ecs/service:Service",
	"aws:ecs/taskDefinition:TaskDefinition",
	"aws:efs/accessPoint:AccessPoint",
	"aws:efs/fileSystem:FileSystem",
	"aws:elasticache/parameterGroup:ParameterGroup",
	"aws:elasticache/replicationGroup:ReplicationGroup",
	"aws:elasticache/subnetGroup:SubnetGroup",
	"aws:glue/catalogDatabase:CatalogDatabase",
	"aws:guardduty/detector:Detector",
	"aws:iam/role:Role",
	"aws:iam/serviceLinkedRole:ServiceLinkedRole",
	"aws:kms/key:Key",
	"aws:kms/replicaKey:ReplicaKey",
	"aws:lb/listener:Listener",
	"aws:lb/listenerRule:ListenerRule",
	"aws:lb/loadBalancer:LoadBalancer",
	"aws:lb/targetGroup:TargetGroup",
	"aws:rds/instance:Instance",
	"aws:rds/parameterGroup:ParameterGroup",
	"aws:rds/subnetGroup:SubnetGroup",
	"aws:route53/healthCheck:HealthCheck",
	"aws:route53/zone:Zone",
	"aws:s3/bucketV2:BucketV2",
	"aws:scheduler/scheduleGroup:ScheduleGroup",
	"aws:secretsmanager/secret:Secret",
	"aws:sfn/stateMachine:StateMachine",
	"aws:sns/topic:Topic",
	"aws:sqs/queue:Queue",
	"aws:ssm/document:Document",
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
	"aws:wafv2/ipSet:IpSet",
	"aws:wafv2/webAcl:WebAcl",
	"gcp:kms/cryptoKey:CryptoKey",
	"gcp:monitoring/alertPolicy:AlertPolicy",
	"gcp:monitoring/notificationChannel:NotificationChannel",
	"gcp:pubsub/topic:Topic",
	"gcp:storage/bucket:Bucket",
}
