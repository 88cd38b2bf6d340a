package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSecurityGroups(t *testing.T) {
	group := func(s *site, name string) settings {
		return settings{"vpcId": s.vpc.ID, "name": name, "description": "x"}
	}
	each(t, network3, func(s *site) []attempt {
		elsewhere := s.make(ec2Vpc, settings{"cidrBlock": "10.99.0.0/16"}).ID
		return []attempt{
			{"new", ec2SecurityGroup, group(s, "app"), ""},
			{"same name elsewhere", ec2SecurityGroup, settings{"vpcId": elsewhere, "name": "web"}, ""},
			{"same name", ec2SecurityGroup, group(s, "web"),
				"api error InvalidGroup.Duplicate: The security group 'web' already" +
					" exists for VPC '" + s.vpc.ID + "'"},
			{"an ID's form", ec2SecurityGroup, group(s, "sg-app"), "Group names may not be in the format sg-*."},
			{"reserved", ec2SecurityGroup, group(s, "default"), "Cannot use reserved security group name: default"},
			{"description", ec2SecurityGroup, settings{"vpcId": s.vpc.ID, "name": "a", "description": "größe"},
				"doesn't comply with restrictions"},
			{"adopted", ec2DefaultSecurityGroup, settings{"vpcId": s.vpc.ID}, ""},
		}
	})
}

func ingress(group string, changes settings) settings {
	return with(settings{"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443,
		"cidrIpv4": "0.0.0.0/0"}, changes)
}

func TestSecurityGroupRules(t *testing.T) {
	each(t, network3, func(s *site) []attempt {
		g := s.group.ID
		s.make(vpcIngressRule, ingress(g, settings{"cidrIpv4": "10.0.0.0/8"}))
		foreign := s.make(ec2SecurityGroup, settings{"vpcId": s.make(ec2Vpc, settings{"cidrBlock": "10.99.0.0/16"}).ID,
			"name": "x"}).ID
		peer := func(id string) settings { return settings{"cidrIpv4": nil, "referencedSecurityGroupId": id} }
		return []attempt{
			{"new", vpcIngressRule, ingress(g, nil), ""},
			{"other direction", vpcEgressRule, ingress(g, settings{"cidrIpv4": "10.0.0.0/8"}), ""},
			{"of the VPC's own group", vpcIngressRule, ingress(s.vpc.Text("defaultSecurityGroupId"), nil), ""},
			{"twice", vpcIngressRule, ingress(g, settings{"cidrIpv4": "10.0.0.0/8"}),
				`api error InvalidPermission.Duplicate: the` +
					` specified rule "peer: 10.0.0.0/8, TCP, from port: 443, to port: 443, ALLOW" already exists`},
			{"no such group", vpcIngressRule, ingress("sg-1", nil),
				"api error InvalidGroup.NotFound: The security group 'sg-1' does not exist"},
			{"no such peer", vpcIngressRule, ingress(g, peer("sg-2")), "The security group 'sg-2' does not exist"},
			{"foreign peer", vpcIngressRule, ingress(g, peer(foreign)),
				"You have specified two resources that belong to different networks."},
			{"two peers", vpcIngressRule, ingress(g, settings{"referencedSecurityGroupId": g}),
				"exactly one of these attributes"},
			{"no ports", vpcIngressRule, ingress(g, settings{"toPort": nil}),
				"Must specify both from and to ports with TCP/UDP."},
			{"ports reversed", vpcIngressRule, ingress(g, settings{"fromPort": 444}),
				"Invalid TCP/UDP port range (444:443)"},
			{"all protocols", vpcEgressRule, ingress(g, settings{"ipProtocol": "-1", "fromPort": nil, "toPort": nil}), ""},
			{"all protocols with ports", vpcEgressRule, ingress(g, settings{"ipProtocol": "-1"}),
				"You may not specify all protocols and specific ports."},
			{"a host's range", vpcIngressRule, ingress(g, settings{"cidrIpv4": "10.0.0.1/8"}),
				`did you mean "10.0.0.0/8"?`},
		}
	})
}

func TestSecurityGroupDeletion(t *testing.T) {
	s := network3(t)
	other := s.make(ec2SecurityGroup, settings{"vpcId": s.vpc.ID, "name": "db"})
	rule := s.make(vpcIngressRule, ingress(other.ID, settings{"cidrIpv4": nil, "referencedSecurityGroupId": s.group.ID}))
	expect(t, s.delete(s.group), "api error DependencyViolation: resource "+s.group.ID+" has a dependent object")
	assert.NoError(t, s.delete(rule))
	assert.NoError(t, s.delete(s.group))
}

func TestNetworkACLs(t *testing.T) {
	rule := func(acl string, changes settings) settings {
		return with(settings{"networkAclId": acl, "ruleNumber": 100, "protocol": "tcp", "ruleAction": "allow",
			"cidrBlock": "0.0.0.0/0", "fromPort": 443, "toPort": 443}, changes)
	}
	each(t, network3, func(s *site) []attempt {
		acl := s.make(ec2NetworkACL, settings{"vpcId": s.vpc.ID}).ID
		s.make(ec2NetworkACLRule, rule(acl, settings{"ruleNumber": 200}))
		return []attempt{
			{"rule", ec2NetworkACLRule, rule(acl, nil), ""},
			{"other direction", ec2NetworkACLRule, rule(acl, settings{"ruleNumber": 200, "egress": true}), ""},
			{"rule of the VPC's own", ec2NetworkACLRule, rule(s.vpc.Text("defaultNetworkAclId"), nil), ""},
			{"taken", ec2NetworkACLRule, rule(acl, settings{"ruleNumber": 200}),
				"api error NetworkAclEntryAlreadyExists: The network acl entry identified by 200 already exists."},
			{"number", ec2NetworkACLRule, rule(acl, settings{"ruleNumber": 32767}),
				"Value (32767) for parameter ruleNumber is invalid."},
			{"protocol", ec2NetworkACLRule, rule(acl, settings{"protocol": "smtp"}), "unsupported protocol: smtp"},
			{"ports", ec2NetworkACLRule, rule(acl, settings{"fromPort": 500}), "Invalid port range: 500-443"},
			{"no such list", ec2NetworkACLRule, rule("acl-1", nil), "api error InvalidNetworkAclID.NotFound"},
			{"adopted", ec2DefaultNetworkACL, settings{"defaultNetworkAclId": s.vpc.Text("defaultNetworkAclId")}, ""},
			{"inline taken", ec2NetworkACL, settings{"vpcId": s.vpc.ID, "ingress": []settings{
				{"ruleNo": 1, "protocol": "-1", "action": "deny"}, {"ruleNo": 1, "protocol": "-1", "action": "deny"}}},
				"api error NetworkAclEntryAlreadyExists"},
		}
	})
}
