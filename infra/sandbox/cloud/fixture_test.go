package cloud

import (
	"fmt"
	"testing"

	"haven/policy/props"
)

// site is a world with a network in three zones and what the services on it need.
type site struct {
	*fakeWorld
	vpc, gateway, group    Resource
	subnets                []Resource // in zones a, b and c
	zone, certificate, key Resource
	role                   Resource
}

func network3(t *testing.T) *site {
	s := &site{fakeWorld: newWorld(t)}
	s.vpc = s.make(ec2Vpc, settings{"cidrBlock": "10.20.0.0/16", "enableDnsHostnames": true, "enableDnsSupport": true})
	s.gateway = s.make(ec2InternetGateway, settings{"vpcId": s.vpc.ID})
	s.group = s.make(ec2SecurityGroup, settings{"vpcId": s.vpc.ID, "name": "web", "description": "web"})
	for i, zone := range []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"} {
		s.subnets = append(s.subnets, s.make(ec2Subnet, settings{"vpcId": s.vpc.ID, "availabilityZone": zone,
			"cidrBlock": fmt.Sprintf("10.20.%d.0/24", i)}))
	}
	return s
}

func (s *site) subnetIDs(n int) []string {
	var ids []string
	for _, subnet := range s.subnets[:n] {
		ids = append(ids, subnet.ID)
	}
	return ids
}

// full is a network with a zone, an issued certificate, a key and a role for tasks and monitoring.
func full(t *testing.T) *site {
	s := network3(t)
	s.zone = s.make(route53Zone, settings{"name": "demo.haven.example"})
	s.certificate = s.make(acmCertificate, settings{"domainName": "demo.haven.example", "validationMethod": "DNS"})
	s.prove(s.certificate)
	s.key = s.make(kmsKey, settings{"multiRegion": true, "policy": keyPolicy(account, logsMayUse)})
	s.role = s.make(iamRole, settings{"name": "runner", "assumeRolePolicy": trust("ecs-tasks.amazonaws.com",
		"monitoring.rds.amazonaws.com")})
	return s
}

// prove makes the records that validate a certificate.
func (s *site) prove(certificate Resource) {
	for _, option := range props.Maps(certificate.Outputs, "domainValidationOptions[*]") {
		s.make(route53Record, settings{"zoneId": s.zone.ID, "type": "CNAME", "ttl": 60, "allowOverwrite": true,
			"name": Text(option, "resourceRecordName"), "records": []string{Text(option, "resourceRecordValue")}})
	}
}

func (s *site) loadBalancer() Resource {
	return s.make(lbLoadBalancer, settings{"name": "edge", "subnets": s.subnetIDs(3),
		"securityGroups": []string{s.group.ID}})
}

func (s *site) targetGroup(name string) Resource {
	return s.make(lbTargetGroup, settings{"name": name, "port": 8080, "protocol": "HTTP", "targetType": "ip",
		"vpcId": s.vpc.ID})
}

func (s *site) listener(lb Resource) Resource {
	return s.make(lbListener, httpsListener(lb.ID, s.certificate.ID))
}

func httpsListener(loadBalancer, certificate string) settings {
	return settings{"loadBalancerArn": loadBalancer, "port": 443, "protocol": "HTTPS", "certificateArn": certificate,
		"sslPolicy":      "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
		"defaultActions": []settings{{"type": "fixed-response"}}}
}

func hostRule(listener, targetGroup string, priority int) settings {
	return settings{"listenerArn": listener, "priority": priority,
		"actions":    []settings{{"type": "forward", "targetGroupArn": targetGroup}},
		"conditions": []settings{{"hostHeader": settings{"values": []string{"acme.demo.haven.example"}}}}}
}

func trust(services ...string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
		"Principal":{"Service":["%s","%s"]}}]}`, services[0], services[len(services)-1])
}

const logsMayUse = `,{"Effect":"Allow","Principal":{"Service":"logs.eu-west-1.amazonaws.com"},
	"Action":["kms:Encrypt*","kms:Decrypt*","kms:GenerateDataKey*"],"Resource":"*",
	"Condition":{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:eu-west-1:123456789012:log-group:/haven/*"}}}`

func keyPolicy(administrator, more string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
		"Action":["kms:Describe*","kms:PutKeyPolicy"],"Resource":"*","Principal":{"AWS":"arn:aws:iam::%s:root"}}%s]}`, administrator, more)
}

func identity(statement string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + statement + `}]}`
}
