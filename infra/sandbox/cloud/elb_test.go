package cloud

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLoadBalancers(t *testing.T) {
	lb := func(s *site, changes settings) settings {
		return with(settings{"name": "edge", "subnets": s.subnetIDs(3), "securityGroups": []string{s.group.ID}}, changes)
	}
	logs := func(bucket string) settings {
		return settings{"accessLogs": settings{"bucket": bucket, "enabled": true}}
	}
	each(t, network3, func(s *site) []attempt {
		s.make(lbLoadBalancer, lb(s, settings{"name": "taken"}))
		again := s.make(ec2Subnet, settings{"vpcId": s.vpc.ID, "cidrBlock": "10.20.9.0/24",
			"availabilityZone": "eu-west-1a"}).ID
		closed := s.make(ec2Vpc, settings{"cidrBlock": "10.99.0.0/16"}).ID
		var dark []string
		for i, zone := range []string{"eu-west-1a", "eu-west-1b"} {
			dark = append(dark, s.make(ec2Subnet, settings{"vpcId": closed, "availabilityZone": zone,
				"cidrBlock": fmt.Sprintf("10.99.%d.0/24", i)}).ID)
		}
		deliver := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject",
			"Principal":{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"},
			"Resource":"arn:aws:s3:::%s/AWSLogs/123456789012/*","Condition":{"ArnLike":
			{"aws:SourceArn":"arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/*"}}}]}`
		for _, bucket := range []string{"open-logs", "kms-logs", "closed-logs"} {
			s.make(s3Bucket, settings{"bucket": bucket})
			if bucket != "closed-logs" {
				s.make(s3Policy, settings{"bucket": bucket, "policy": fmt.Sprintf(deliver, bucket)})
			}
		}
		s.make(s3Encryption, settings{"bucket": "kms-logs", "rules": []settings{
			{"applyServerSideEncryptionByDefault": settings{"sseAlgorithm": "aws:kms"}}}})
		return []attempt{
			{"over three zones", lbLoadBalancer, lb(s, nil), ""},
			{"name taken", lbLoadBalancer, lb(s, settings{"name": "taken"}),
				"operation error Elastic Load Balancing v2: CreateLoadBalancer," +
					" https response error StatusCode: 400, api error DuplicateLoadBalancerName: A load balancer with" +
					" the same name 'taken'"},
			{"name too long", lbLoadBalancer, lb(s, settings{"name": "a23456789012345678901234567890123"}),
				"cannot be longer than 32 characters"},
			{"name's characters", lbLoadBalancer, lb(s, settings{"name": "edge_1"}),
				"only alphanumeric characters and hyphens allowed"},
			{"one zone", lbLoadBalancer, lb(s, settings{"subnets": s.subnetIDs(1)}),
				"At least two subnets in two different Availability Zones must be specified"},
			{"a zone twice", lbLoadBalancer, lb(s, settings{"subnets": append(s.subnetIDs(2), again)}),
				"A load balancer cannot be attached to multiple subnets in the same Availability Zone"},
			{"no such subnet", lbLoadBalancer, lb(s, settings{"subnets": []string{"subnet-1"}}),
				"api error SubnetNotFound"},
			{"no internet gateway", lbLoadBalancer, lb(s, settings{"subnets": dark, "securityGroups": nil}),
				"api error InvalidSubnet: VPC " + closed + " has no internet gateway"},
			{"internal without one", lbLoadBalancer, lb(s, settings{"subnets": dark, "securityGroups": nil,
				"internal": true}), ""},
			{"foreign group", lbLoadBalancer, lb(s, settings{"subnets": dark, "internal": true}),
				"One or more security groups are invalid"},
			{"logs", lbLoadBalancer, lb(s, logs("open-logs")), ""},
			{"logs not admitted", lbLoadBalancer, lb(s, logs("closed-logs")),
				"api error InvalidConfigurationRequest: Access Denied for bucket: closed-logs. Please check S3bucket" +
					" permission"},
			{"logs to a bucket with KMS", lbLoadBalancer, lb(s, logs("kms-logs")),
				"Access Denied for bucket: kms-logs"},
			{"logs nowhere", lbLoadBalancer, lb(s, logs("nowhere")), "Access Denied for bucket: nowhere"},
			{"idle timeout", lbLoadBalancer, lb(s, settings{"idleTimeout": 4001}),
				"expected idle_timeout to be in the range (1 - 4000), got 4001"},
		}
	})
}

func TestLoadBalancerOutputsAndDeletion(t *testing.T) {
	s := full(t)
	p := settings{"name": "edge", "subnets": s.subnetIDs(2), "securityGroups": []string{s.group.ID},
		"enableDeletionProtection": true}
	lb := s.make(lbLoadBalancer, p)
	assert.Regexp(t, `^arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/edge/[0-9a-f]{16}$`, lb.ID)
	assert.Regexp(t, `^app/edge/[0-9a-f]{16}$`, lb.Text("arnSuffix"))
	assert.Regexp(t, `^edge-\d+\.eu-west-1\.elb\.amazonaws\.com$`, lb.Text("dnsName"))
	assert.Equal(t, "Z32O12XQLNTSW2", lb.Text("zoneId"))
	assert.Equal(t, s.vpc.ID, lb.Text("vpcId"))
	expect(t, s.delete(s.group), "api error DependencyViolation: resource "+s.group.ID)
	expect(t, s.delete(s.subnets[0]), "api error DependencyViolation: The subnet '"+s.subnets[0].ID)
	expect(t, s.delete(lb),
		"api error OperationNotPermitted: Load balancer '"+lb.ID+"' cannot be deleted because deletion protection is"+
			" enabled")
	lb, err := s.update(lb, with(p, settings{"enableDeletionProtection": false}))
	assert.NoError(t, err)
	assert.NoError(t, s.delete(lb))
}

func TestTargetGroups(t *testing.T) {
	group := func(s *site, changes settings) settings {
		return with(settings{"name": "acme", "port": 8080, "protocol": "HTTP", "targetType": "ip", "vpcId": s.vpc.ID},
			changes)
	}
	each(t, network3, func(s *site) []attempt {
		s.targetGroup("taken")
		return []attempt{
			{"new", lbTargetGroup, group(s, nil), ""},
			{"taken", lbTargetGroup, group(s, settings{"name": "taken"}), "api error DuplicateTargetGroupName"},
			{"no such VPC", lbTargetGroup, group(s, settings{"vpcId": "vpc-1"}), "The VPC ID 'vpc-1' is not found"},
			{"check too slow", lbTargetGroup, group(s, settings{"healthCheck": settings{"interval": 10, "timeout": 10}}),
				"Health check interval must be greater than the timeout."},
			{"check too often", lbTargetGroup, group(s, settings{"healthCheck": settings{"interval": 2}}), "got 2"},
			{"slow start", lbTargetGroup, group(s, settings{"slowStart": 5}),
				"expected slow_start to be 0 or in the range (30 - 900), got 5"},
		}
	})
}

func TestListeners(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		lb, other := s.loadBalancer(), s.make(lbLoadBalancer, settings{"name": "other", "subnets": s.subnetIDs(2)})
		s.listener(other)
		group := s.targetGroup("acme")
		s.make(lbListener, settings{"loadBalancerArn": other.ID, "port": 8443, "protocol": "HTTP",
			"defaultActions": []settings{{"type": "forward", "targetGroupArn": group.ID}}})
		pending := s.make(acmCertificate, settings{"domainName": "new.haven.example", "validationMethod": "DNS"}).ID
		https := func(changes settings) settings { return with(httpsListener(lb.ID, s.certificate.ID), changes) }
		return []attempt{
			{"HTTPS", lbListener, https(nil), ""},
			{"port taken", lbListener, httpsListener(other.ID, s.certificate.ID),
				"api error DuplicateListener: A listener already exists on this port for this load balancer '" +
					other.ID + "'"},
			{"no load balancer", lbListener, https(settings{"loadBalancerArn": "arn:x"}),
				"api error LoadBalancerNotFound"},
			{"no certificate", lbListener, https(settings{"certificateArn": nil}),
				"A certificate must be specified for HTTPS listeners"},
			{"certificate for HTTP", lbListener, https(settings{"protocol": "HTTP"}),
				"A certificate cannot be specified for HTTP listeners"},
			{"no such certificate", lbListener, https(settings{"certificateArn": "arn:c"}),
				"api error CertificateNotFound: Certificate 'arn:c' not found"},
			{"certificate not issued", lbListener, https(settings{"certificateArn": pending}),
				"api error UnsupportedCertificate: The certificate '" + pending},
			{"unknown policy", lbListener, https(settings{"sslPolicy": "ELBSecurityPolicy-2031-01"}),
				"api error SSLPolicyNotFound: SSL policy 'ELBSecurityPolicy-2031-01' not found"},
			{"another's target group", lbListener, https(settings{"defaultActions": []settings{{"type": "forward",
				"targetGroupArn": group.ID}}}),
				"api error TargetGroupAssociationLimit"},
		}
	})
}

func TestListenerRules(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		listener := s.listener(s.loadBalancer()).ID
		group := s.targetGroup("acme").ID
		s.make(lbListenerRule, hostRule(listener, group, 10))
		hosts := func(values ...string) settings {
			return with(hostRule(listener, group, 11),
				settings{"conditions": []settings{{"hostHeader": settings{"values": values}}}})
		}
		return []attempt{
			{"free priority", lbListenerRule, hostRule(listener, group, 11), ""},
			{"priority taken", lbListenerRule, hostRule(listener, group, 10),
				"api error PriorityInUse: Priority '10' is currently in use"},
			{"priority too high", lbListenerRule, hostRule(listener, group, 50001),
				"expected priority to be in the range (1 - 50000), got 50001"},
			{"no such listener", lbListenerRule, hostRule("arn:l", group, 11), "api error ListenerNotFound"},
			{"no such target group", lbListenerRule, hostRule(listener, "arn:t", 11), "api error TargetGroupNotFound"},
			{"five values", lbListenerRule, hosts("a.x", "b.x", "c.x", "d.x", "e.x"), ""},
			{"six values", lbListenerRule, hosts("a.x", "b.x", "c.x", "d.x", "e.x", "f.x"),
				"A rule can only have '5' condition values"},
			{"a URL for a host", lbListenerRule, hosts("https://a.x"),
				"The host header value 'https://a.x' is not valid"},
		}
	})
}

// issue is a certificate for a host of the zone, issued.
func (s *site) issue(host string) string {
	certificate := s.make(acmCertificate, settings{"domainName": host + ".demo.haven.example", "validationMethod": "DNS"})
	s.prove(certificate)
	return certificate.ID
}

func TestWhatListenersHold(t *testing.T) {
	s := full(t)
	listener := s.listener(s.loadBalancer())
	group := s.targetGroup("acme")
	rule := s.make(lbListenerRule, hostRule(listener.ID, group.ID, 1))
	expect(t, s.delete(s.certificate), "api error ResourceInUseException: Certificate "+s.certificate.ID+" is in use.")
	expect(t, s.delete(group),
		"api error ResourceInUse: Target group '"+group.ID+"' is currently in use by a listener or a rule")
	for _, r := range []Resource{rule, group, listener, s.certificate} {
		assert.NoError(t, s.delete(r), r.Type)
	}
}
