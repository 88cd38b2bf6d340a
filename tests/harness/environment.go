package harness

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Environment is a recorder that answers what a cloud would compute, and what the cell demo-cell exports.
func Environment() *Recorder {
	return &Recorder{
		Outputs: map[string]resource.PropertyMap{
			"gcp:dns/managedZone:ManagedZone": properties(map[string]any{
				"nameServers": []any{"ns-cloud-a1.googledomains.com."},
			}),
			"gcp:projects/serviceIdentity:ServiceIdentity": properties(map[string]any{
				"member": "serviceAccount:{name}@gcp-sa.iam.gserviceaccount.com",
			}),
			"gcp:redis/instance:Instance": properties(map[string]any{
				"host": "10.91.0.11", "port": 6378, "authString": "{name}-password",
				"serverCaCerts": []any{map[string]any{"cert": "-----BEGIN CERTIFICATE-----"}},
			}),
			"gcp:filestore/instance:Instance": properties(map[string]any{
				"networks": []any{map[string]any{"ipAddresses": []any{"10.91.0.10"}}},
			}),
			"gcp:serviceaccount/account:Account": properties(map[string]any{
				"email":  "{name}@haven-demo-acme.iam.gserviceaccount.com",
				"member": "serviceAccount:{name}@haven-demo-acme.iam.gserviceaccount.com",
			}),
			"gcp:sql/databaseInstance:DatabaseInstance": properties(map[string]any{
				"name": "stores-database-0123456", "connectionName": "haven-demo-acme:europe-west4:stores-database-0123456",
			}),
			"gcp:compute/globalAddress:GlobalAddress": properties(map[string]any{"address": "203.0.113.10"}),
			"aws:acm/certificate:Certificate": properties(map[string]any{
				"domainValidationOptions": []any{map[string]any{
					"domainName":          "host.demo.haven.example",
					"resourceRecordName":  "_token.host.demo.haven.example.",
					"resourceRecordType":  "CNAME",
					"resourceRecordValue": "_value.acm-validations.aws.",
				}},
			}),
			"aws:ec2/eip:Eip": properties(map[string]any{"allocationId": "eipalloc-00000000000000001"}),
			"aws:ec2/vpc:Vpc": properties(map[string]any{
				"defaultNetworkAclId":    "acl-00000000000000001",
				"defaultRouteTableId":    "rtb-00000000000000001",
				"defaultSecurityGroupId": "sg-00000000000000001",
			}),
			"aws:ecs/taskDefinition:TaskDefinition": properties(map[string]any{
				"arnWithoutRevision": "arn:aws:ecs:eu-west-1:123456789012:task-definition/demo-tenant",
			}),
			"aws:elasticache/replicationGroup:ReplicationGroup": properties(map[string]any{
				"primaryEndpointAddress": "master.demo-tenant-cache.abcdef.euw1.cache.amazonaws.com",
			}),
			"aws:lb/loadBalancer:LoadBalancer": properties(map[string]any{
				"dnsName": "demo-cell-alb-1.eu-west-1.elb.amazonaws.com",
				"zoneId":  "Z32O12XQLNTSW2",
			}),
			"aws:rds/instance:Instance": properties(map[string]any{
				"address": "demo-tenant-database.abcdefgh.eu-west-1.rds.amazonaws.com",
				"port":    3306,
				"masterUserSecrets": []any{map[string]any{
					"secretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1-AbCdEf",
				}},
			}),
			"aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": properties(map[string]any{
				"id": "arn:aws:rds:eu-central-1:123456789012:auto-backup:ab-0123456789abcdefghijklmnopqrstuvwxy",
			}),
			"aws:route53/record:Record": properties(map[string]any{
				"fqdn": "_token.host.demo.haven.example",
			}),
			"aws:secretsmanager/secretVersion:SecretVersion": properties(map[string]any{"versionId": "{name}-id"}),
			"aws:route53/zone:Zone": properties(map[string]any{
				"zoneId":      "Z0123456789ABCDEFGHIJ",
				"nameServers": []any{"ns-1.awsdns-01.com"},
			}),
		},
		Functions: map[string]resource.PropertyMap{
			"aws:secretsmanager/getRandomPassword:getRandomPassword": properties(map[string]any{
				"randomPassword": "0123456789abcdefghijklmnopqrstuv",
			}),
			"gcp:storage/getProjectServiceAccount:getProjectServiceAccount": properties(
				agent("service-1@gs-project-accounts.iam.gserviceaccount.com")),
			"gcp:storage/getTransferProjectServiceAccount:getTransferProjectServiceAccount": properties(
				agent("project-1@storage-transfer-service.iam.gserviceaccount.com")),
		},
		References: map[string]resource.PropertyMap{
			"organization/haven/demo-account": properties(map[string]any{"account": account()}),
			"organization/haven/demo-cell":    properties(map[string]any{"cell": cell()}),
			"organization/haven/demo-mirror":  properties(map[string]any{"mirror": mirror()}),
			"organization/haven/demo-standby": properties(map[string]any{"cell": standby()}),
		},
	}
}

func account() map[string]any {
	return map[string]any{
		"environment":              "demo",
		"production":               false,
		"owner":                    "platform",
		"account":                  "123456789012",
		"region":                   "eu-west-1",
		"recoveryRegion":           "eu-central-1",
		"logRetentionDays":         400,
		"accessLogBucket":          "demo-account-access-logs-123456789012-eu-west-1",
		"recoveryAccessLogBucket":  "demo-account-access-logs-123456789012-eu-central-1",
		"trailArn":                 "arn:aws:cloudtrail:eu-west-1:123456789012:trail/demo-account-audit",
		"trailBucketArn":           "arn:aws:s3:::demo-account-audit-123456789012-eu-west-1",
		"trailReplicaBucketArn":    "arn:aws:s3:::demo-account-audit-123456789012-eu-central-1",
		"trailLogGroupName":        "/haven/demo-account/audit",
		"operatorRoleArn":          "arn:aws:iam::123456789012:role/demo-account-operator",
		"readOnlyRoleArn":          "arn:aws:iam::123456789012:role/demo-account-read-only",
		"emergencyRoleArn":         "arn:aws:iam::123456789012:role/demo-account-emergency",
		"criticalTopicArn":         "arn:aws:sns:eu-west-1:123456789012:demo-account-critical",
		"warningTopicArn":          "arn:aws:sns:eu-west-1:123456789012:demo-account-warning",
		"infoTopicArn":             "arn:aws:sns:eu-west-1:123456789012:demo-account-info",
		"recoveryCriticalTopicArn": "arn:aws:sns:eu-central-1:123456789012:demo-account-critical",
		"recoveryWarningTopicArn":  "arn:aws:sns:eu-central-1:123456789012:demo-account-warning",
		"recoveryInfoTopicArn":     "arn:aws:sns:eu-central-1:123456789012:demo-account-info",
	}
}

func cell() map[string]any {
	return map[string]any{
		"environment":          "demo",
		"production":           false,
		"owner":                "platform",
		"account":              "123456789012",
		"region":               "eu-west-1",
		"recoveryRegion":       "eu-central-1",
		"domain":               "demo.haven.example",
		"slots":                25,
		"logRetentionDays":     400,
		"vpcId":                "vpc-00000000000000001",
		"privateSubnetIds":     []any{"subnet-0000000000000000a", "subnet-0000000000000000b", "subnet-0000000000000000c"},
		"isolatedSubnetIds":    []any{"subnet-0000000000000001a", "subnet-0000000000000001b", "subnet-0000000000000001c"},
		"hostedZoneId":         "Z0123456789ABCDEFGHIJ",
		"nameServers":          []any{"ns-1.awsdns-01.com"},
		"loadBalancerDnsName":  "demo-cell-alb-1.eu-west-1.elb.amazonaws.com",
		"loadBalancerZoneId":   "Z32O12XQLNTSW2",
		"loadBalancerGroupId":  "sg-00000000000000002",
		"httpsListenerArn":     "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/demo-cell-alb/1/2",
		"loadBalancerSuffix":   "app/demo-cell-edge/1",
		"clusterName":          "demo-cell-cluster",
		"topics":               topics("eu-west-1"),
		"recoveryTopics":       topics("eu-central-1"),
		"standby":              false,
		"archiveBucket":        "demo-cell-archive-123456789012-eu-west-1",
		"archiveReplicaBucket": "demo-cell-archive-123456789012-eu-central-1",
		"archiveKeyArn":        "arn:aws:kms:eu-west-1:123456789012:key/mrk-0000000000000000000000000000000a",
		"archiveReplicaKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/mrk-0000000000000000000000000000000a",
		"archiveQueueArn":      "arn:aws:sqs:eu-west-1:123456789012:demo-cell-archive-events",
		"dumpImage":            "public.ecr.aws/haven-demo/dump:1",
		"recoveryRecipients":   []any{"age122af0xkmw9c3qfkhwx064jjzujmpts42s2m0n5nxvfjpp2d4ryjs4cdmep"},
		"primary":              "",
		"clusterArn":           "arn:aws:ecs:eu-west-1:123456789012:cluster/demo-cell-cluster",
		"webAclArn":            "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/demo-cell-firewall/1",
		"publicCidrs":          []any{"10.20.0.0/20", "10.20.16.0/20", "10.20.32.0/20"},
		"maintenanceWindow":    "sun:03:00-sun:04:00",
		"backupWindow":         "01:00-02:00",
		"registryUrl":          "123456789012.dkr.ecr.eu-west-1.amazonaws.com/demo-cell-application",
	}
}

// standby is the cell in the recovery region, for the replica of a tenant of demo-cell.
func standby() map[string]any {
	of := elsewhere(cell()).(map[string]any)
	of["standby"], of["primary"], of["domain"] = true, "demo-cell", "standby.haven.example"
	of["hostedZoneId"], of["loadBalancerZoneId"] = "Z0123456789ABCDEFGHIS", "Z215JYRZR1TBD5"
	of["vpcId"] = "vpc-00000000000000009"
	of["isolatedSubnetIds"] = []any{"subnet-0000000000000009a", "subnet-0000000000000009b", "subnet-0000000000000009c"}
	return of
}

// elsewhere is the same with the recovery region in the place of the primary one, and the other way round.
func elsewhere(value any) any {
	switch v := value.(type) {
	case string:
		return strings.NewReplacer("eu-west-1", "eu-central-1", "eu-central-1", "eu-west-1", "euw1", "euc1",
			"demo-cell", "demo-standby").Replace(v)
	case []any:
		moved := make([]any, len(v))
		for i, one := range v {
			moved[i] = elsewhere(one)
		}
		return moved
	case map[string]any:
		moved := map[string]any{}
		for name, one := range v {
			moved[name] = elsewhere(one)
		}
		return moved
	}
	return value
}

// StandbyEnvironment is Environment for a stack in the cell demo-standby: what the cloud computes lies in its region.
func StandbyEnvironment() *Recorder {
	r := Environment()
	for token, computed := range r.Outputs {
		r.Outputs[token] = properties(elsewhere(computed.Mappable()).(map[string]any))
	}
	return r
}

func topics(region string) map[string]any {
	all := map[string]any{}
	for _, severity := range []string{"critical", "warning", "info"} {
		all[severity] = "arn:aws:sns:" + region + ":123456789012:demo-account-" + severity
	}
	return all
}

func properties(values map[string]any) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(values)
}
