package flow

import (
	"slices"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/policy/props"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// The types that move data or decide whether it moves.
const (
	alarmType            = "aws:cloudwatch/metricAlarm:MetricAlarm"
	backupLockType       = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
	backupPlanType       = "aws:backup/plan:Plan"
	backupSelectionType  = "aws:backup/selection:Selection"
	backupVaultType      = "aws:backup/vault:Vault"
	backupPolicyType     = "aws:backup/vaultPolicy:VaultPolicy"
	airGappedVaultType   = "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault"
	automatedBackups     = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
	bucketType           = "aws:s3/bucketV2:BucketV2"
	bucketLockType       = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
	bucketEncryption     = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	bucketLifecycle      = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	bucketMetricType     = "aws:s3/bucketMetric:BucketMetric"
	bucketNotification   = "aws:s3/bucketNotification:BucketNotification"
	bucketPolicyType     = "aws:s3/bucketPolicy:BucketPolicy"
	bucketReplication    = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	bucketVersioning     = "aws:s3/bucketVersioningV2:BucketVersioningV2"
	databaseType         = "aws:rds/instance:Instance"
	egressType           = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	fileSystemType       = "aws:efs/fileSystem:FileSystem"
	fileSystemPolicyType = "aws:efs/fileSystemPolicy:FileSystemPolicy"
	ingressType          = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	keyType              = "aws:kms/key:Key"
	replicaKeyType       = "aws:kms/replicaKey:ReplicaKey"
	policyType           = "aws:iam/policy:Policy"
	queueType            = "aws:sqs/queue:Queue"
	queuePolicyType      = "aws:sqs/queuePolicy:QueuePolicy"
	roleType             = "aws:iam/role:Role"
	rolePolicyType       = "aws:iam/rolePolicy:RolePolicy"
	attachmentType       = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	ruleType             = "aws:cloudwatch/eventRule:EventRule"
	targetType           = "aws:cloudwatch/eventTarget:EventTarget"
	scheduleType         = "aws:scheduler/schedule:Schedule"
	secretType           = "aws:secretsmanager/secret:Secret"
	serviceType          = "aws:ecs/service:Service"
	stateMachineType     = "aws:sfn/stateMachine:StateMachine"
	taskDefinitionType   = "aws:ecs/taskDefinition:TaskDefinition"
	userPoolType         = "aws:cognito/userPool:UserPool"

	alertPolicyType  = "gcp:monitoring/alertPolicy:AlertPolicy"
	auditConfigType  = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
	googleBucketType = "gcp:storage/bucket:Bucket"
	googleMemberType = "gcp:storage/bucketIAMMember:BucketIAMMember"
	googleKeyMember  = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
	googleKeyType    = "gcp:kms/cryptoKey:CryptoKey"
	logMetricType    = "gcp:logging/metric:Metric"
	topicType        = "gcp:pubsub/topic:Topic"
	transferType     = "gcp:storage/transferJob:TransferJob"
)

var types = []string{
	alarmType, backupLockType, backupPlanType, backupSelectionType, backupVaultType, backupPolicyType, airGappedVaultType,
	automatedBackups, bucketType, bucketLockType, bucketEncryption, bucketLifecycle, bucketMetricType,
	bucketNotification,
	bucketPolicyType, bucketReplication, bucketVersioning, databaseType, egressType, fileSystemType,
	fileSystemPolicyType, secretType, auditConfigType, ingressType,
	gatewayType, subnetType, subnetGroupType, keyType, replicaKeyType, policyType, queueType, queuePolicyType, roleType, rolePolicyType, attachmentType, ruleType,
	targetType, scheduleType, serviceType, stateMachineType, taskDefinitionType, userPoolType, alertPolicyType, googleBucketType,
	googleMemberType, googleKeyMember, googleKeyType, logMetricType, topicType, transferType,
}

// estate is what there is in the world, as an advance found it, without what is lost: that stands still.
type estate struct {
	struck disasters
	byType map[string][]cloud.Resource
	byARN  map[string]cloud.Resource
	made   map[string]time.Time
	// by finds a resource by one of its outputs: type, output and value.
	by map[[3]string]cloud.Resource
}

func newEstate(tx *world.Tx) *estate {
	e := &estate{
		byType: map[string][]cloud.Resource{}, byARN: map[string]cloud.Resource{}, made: map[string]time.Time{},
		by: map[[3]string]cloud.Resource{}, struck: world.Disasters.All(tx),
	}
	for _, token := range types {
		all := slices.DeleteFunc(tx.List(token, "", ""), e.struck.lost)
		slices.SortFunc(all, func(a, b cloud.Resource) int { return strings.Compare(identity(a), identity(b)) })
		e.byType[token] = all
		for _, r := range all {
			e.made[identity(r)] = tx.Made(world.KeyOf(r))
			if arn := r.Text("arn"); arn != "" {
				e.byARN[arn] = r
			}
			for _, output := range []string{"id", "bucket", "name", "identifier", "backupVaultName", "role", "url"} {
				value := r.Text(output)
				if output == "id" {
					value = r.ID
				}
				if value != "" {
					e.by[[3]string{token + r.Region, output, value}] = r
				}
			}
		}
	}
	return e
}

// identity tells a resource from all others.
func identity(r cloud.Resource) string {
	return strings.Join([]string{r.Type, r.Account, r.Region, r.ID}, "|")
}

func (e *estate) all(token string) []cloud.Resource { return e.byType[token] }

// find is the resource of a region ("global" of a type that is) that has an output of that value.
func (e *estate) find(token, region, output, value string) (cloud.Resource, bool) {
	r, found := e.by[[3]string{token + region, output, value}]
	return r, found
}

// arn is the resource of that type that has the ARN.
func (e *estate) arn(token, arn string) (cloud.Resource, bool) {
	r, found := e.byARN[arn]
	return r, found && r.Type == token
}

// madeAt is when a resource was made.
func (e *estate) madeAt(r cloud.Resource) time.Time { return e.made[identity(r)] }

// bucket is the S3 bucket of that name: names are unique in all regions.
func (e *estate) bucket(name string) (cloud.Resource, bool) {
	return e.arn(bucketType, "arn:aws:s3:::"+name)
}

// ofBucket is a part of a bucket's configuration.
func (e *estate) ofBucket(token string, bucket cloud.Resource) (cloud.Resource, bool) {
	return e.find(token, bucket.Region, "bucket", bucket.ID)
}

// text is the first string at a path of a resource's outputs.
func text(r cloud.Resource, path string) string {
	if all := props.Texts(r.Outputs, path); len(all) > 0 {
		return all[0]
	}
	return ""
}

func texts(r cloud.Resource, path string) []string { return props.Texts(r.Outputs, path) }

// number is the first number at a path, whole; 0 where there is none.
func number(m property.Map, path string) int { return int(float(m, path)) }

func float(m property.Map, path string) float64 {
	number, _ := props.Number(m, path)
	return number
}

// flag is the first boolean at a path, fallback where there is none.
func flag(m property.Map, path string, fallback bool) bool {
	for _, v := range props.At(m, path) {
		if v.IsBool() {
			return v.AsBool()
		}
	}
	return fallback
}

func tag(r cloud.Resource, key string) string {
	for _, tags := range []string{"tags", "tagsAll"} {
		for _, m := range props.Maps(r.Outputs, tags) {
			if value := cloud.Text(m, key); value != "" {
				return value
			}
		}
	}
	return ""
}

// arnPart are the region (3) and account (4) of an ARN, or its resource (5).
func arnPart(arn string, part int) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[part]
	}
	return ""
}
