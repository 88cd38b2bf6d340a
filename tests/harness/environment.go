package harness

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Environment is a recorder that answers what a cloud would compute, and what the cell demo-cell exports.
func Environment() *Recorder {
	return &Recorder{
		Outputs: map[string]resource.PropertyMap{
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
			"aws:route53/record:Record": properties(map[string]any{
				"fqdn": "_token.host.demo.haven.example",
			}),
			"aws:route53/zone:Zone": properties(map[string]any{
				"zoneId":      "Z0123456789ABCDEFGHIJ",
				"nameServers": []any{"ns-1.awsdns-01.com"},
			}),
		},
		Functions: map[string]resource.PropertyMap{
			"aws:secretsmanager/getRandomPassword:getRandomPassword": properties(map[string]any{
				"randomPassword": "0123456789abcdefghijklmnopqrstuv",
			}),
		},
		References: map[string]resource.PropertyMap{
			"organization/haven/demo-cell": properties(map[string]any{"cell": cell()}),
		},
	}
}

func cell() map[string]any {
	return map[string]any{
		"environment":         "demo",
		"production":          false,
		"owner":               "platform",
		"account":             "123456789012",
		"region":              "eu-west-1",
		"recoveryRegion":      "eu-central-1",
		"domain":              "demo.haven.example",
		"slots":               25,
		"logRetentionDays":    400,
		"vpcId":               "vpc-00000000000000001",
		"privateSubnetIds":    []any{"subnet-0000000000000000a", "subnet-0000000000000000b", "subnet-0000000000000000c"},
		"isolatedSubnetIds":   []any{"subnet-0000000000000001a", "subnet-0000000000000001b", "subnet-0000000000000001c"},
		"hostedZoneId":        "Z0123456789ABCDEFGHIJ",
		"nameServers":         []any{"ns-1.awsdns-01.com"},
		"loadBalancerDnsName": "demo-cell-alb-1.eu-west-1.elb.amazonaws.com",
		"loadBalancerZoneId":  "Z32O12XQLNTSW2",
		"loadBalancerGroupId": "sg-00000000000000002",
		"httpsListenerArn":    "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/demo-cell-alb/1/2",
		"clusterArn":          "arn:aws:ecs:eu-west-1:123456789012:cluster/demo-cell-cluster",
		"webAclArn":           "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/demo-cell-firewall/1",
		"registryUrl":         "123456789012.dkr.ecr.eu-west-1.amazonaws.com/demo-cell-application",
	}
}

func properties(values map[string]any) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(values)
}
