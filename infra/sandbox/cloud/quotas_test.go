package cloud

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// quotaCase is a quota, and how to make one after the other of what it is about.
type quotaCase struct {
	world func(*testing.T) *site
	token string
	there int // how many count before the first
	next  func(s *site, n int) settings
	want  string
}

// numbered are the properties with a name of their own.
func numbered(name string, p settings) func(*site, int) settings {
	return func(_ *site, n int) settings { return with(p, settings{name: fmt.Sprintf("n%d", n)}) }
}

var quotaCases = map[quota]quotaCase{
	alarmsPerRegion: {full, metricAlarm, 0, numbered("name", onErrors),
		"PutMetricAlarm, https response error StatusCode: 400, api error LimitExceeded: The quota for alarms for this" +
			" customer has already been reached."},
	controlsPerRegion: {full, backupFramework, 0, numbered("name", settings{"controls": []settings{
		control("BACKUP_RECOVERY_POINT_ENCRYPTED")}}), "CreateFramework, https response error StatusCode: 400, api error" +
		" LimitExceededException: The account has at most 50 controls in a region."},
	backupPlansPerRegion: {withVaults, backupPlan, 0, numbered("name", settings{"rules": []settings{{"ruleName": "daily",
		"targetVaultName": "acme-backup", "schedule": "cron(5 4 * * ? *)"}}}), "CreateBackupPlan, https response error" +
		" StatusCode: 400, api error LimitExceededException: The account has at most 300 backup plans in a region."},
	testingPlansPerRegion: {full, backupTestingPlan, 0, numbered("name", testingPlan(nil)), "CreateRestoreTestingPlan," +
		" https response error StatusCode: 400, api error LimitExceededException: The account has at most 100 restore"},
	vaultsPerRegion: {withVaults, backupVault, 1, numbered("name", settings{}), "CreateBackupVault, https response error" +
		" StatusCode: 400, api error LimitExceededException: The account has at most 300 vaults in a region."},
	addressesPerRegion: {full, ec2Eip, 0, func(*site, int) settings { return settings{} },
		"AllocateAddress, https response error StatusCode: 400, api error AddressLimitExceeded: The maximum number of" +
			" addresses has been reached."},
	natGatewaysPerZone: {full, ec2NatGateway, 0, func(s *site, _ int) settings {
		return settings{"subnetId": s.subnets[0].ID, "allocationId": s.make(ec2Eip, settings{}).ID}
	}, "api error NatGatewayLimitExceeded: Performing this operation would exceed the limit of 5 NAT gateways"},
	rulesPerSecurityGroup: {full, vpcIngressRule, 0, func(s *site, n int) settings {
		return ingress(s.group.ID, settings{"cidrIpv4": fmt.Sprintf("10.0.%d.0/24", n)})
	}, "AuthorizeSecurityGroupIngress, https response error StatusCode: 400, api error" +
		" RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached."},
	securityGroupsPerRegion: {full, ec2SecurityGroup, 2, func(s *site, n int) settings {
		return settings{"vpcId": s.vpc.ID, "name": fmt.Sprintf("n%d", n)}
	}, "api error SecurityGroupLimitExceeded: The maximum number of security groups for VPC 'vpc-"},
	subnetsPerVpc: {full, ec2Subnet, 3, func(s *site, n int) settings {
		return settings{"vpcId": s.vpc.ID, "cidrBlock": fmt.Sprintf("10.20.%d.0/24", 100+n)}
	}, "api error SubnetLimitExceeded: The maximum number of subnets has been reached."},
	vpcsPerRegion: {full, ec2Vpc, 1, func(*site, int) settings { return settings{"cidrBlock": "10.99.0.0/16"} },
		"api error VpcLimitExceeded: The maximum number of VPCs has been reached."},
	certificatesPerLoadBalancer: {withListener, lbListenerCertificate, 0, func(s *site, n int) settings {
		return settings{"listenerArn": s.one(lbListener), "certificateArn": s.issue(fmt.Sprintf("t%d", n))}
	}, "AddListenerCertificates, https response error StatusCode: 400, api error TooManyCertificates"},
	loadBalancersPerRegion: {full, lbLoadBalancer, 0, func(s *site, n int) settings {
		return settings{"name": fmt.Sprintf("n%d", n), "subnets": s.subnetIDs(3), "securityGroups": []string{s.group.ID}}
	}, "api error TooManyLoadBalancers: The maximum number of load balancers has been reached."},
	rulesPerLoadBalancer: {withListener, lbListenerRule, 0, func(s *site, n int) settings {
		return hostRule(s.one(lbListener), s.one(lbTargetGroup), n+1)
	}, "api error TooManyRules: The maximum number of rules on load balancer arn:aws:elasticloadbalancing:"},
	rulesPerBus: {full, eventsRule, 0, numbered("name", settings{"eventPattern": `{"source":["aws.health"]}`}),
		"PutRule, https response error StatusCode: 400, api error LimitExceededException: The requested resource exceeds" +
			" the maximum number allowed."},
	targetsPerRule: {withEventRule, eventsTarget, 0, numbered("targetId", settings{"rule": "rule", "arn": topicARN}),
		"PutTargets, https response error StatusCode: 400, api error LimitExceededException"},
	policiesPerRole: {full, iamRolePolicyAttachment, 0, func(_ *site, n int) settings {
		return settings{"role": "runner", "policyArn": fmt.Sprintf("arn:aws:iam::aws:policy/P%d", n)}
	}, "StatusCode: 409, api error LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10"},
	rolesPerAccount: {full, iamRole, 1, numbered("name", settings{"assumeRolePolicy": trust("ecs-tasks.amazonaws.com")}),
		"StatusCode: 409, api error LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000"},
	instancesPerRegion: {withGroups, rdsInstance, 0, func(s *site, n int) settings {
		return s.database(settings{"identifier": fmt.Sprintf("n%d", n)})
	}, "CreateDBInstance, https response error StatusCode: 400, api error InstanceQuotaExceeded: DB Instance quota" +
		" exceeded"},
	parameterGroupsPerRegion: {full, rdsParameterGroup, 0, numbered("name", settings{"family": "mysql8.0"}),
		"api error DBParameterGroupQuotaExceeded: The request would result in the user exceeding the allowed number"},
	subnetGroupsPerRegion: {full, rdsSubnetGroup, 0, func(s *site, n int) settings {
		return settings{"name": fmt.Sprintf("n%d", n), "subnetIds": s.subnetIDs(2)}
	}, "api error DBSubnetGroupQuotaExceeded: The request would result in the user exceeding the allowed number"},
	zonesPerAccount: {full, route53Zone, 1, func(_ *site, n int) settings {
		return settings{"name": fmt.Sprintf("n%d.haven.example", n)}
	}, "api error TooManyHostedZones: Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones."},
	bucketsPerAccount: {full, s3Bucket, 0, func(_ *site, n int) settings {
		return settings{"bucket": fmt.Sprintf("bucket-%d", n)}
	}, "api error TooManyBuckets: You have attempted to create more buckets than allowed"},
}

// elsewhere are the quotas with tests of their own.
var elsewhere = []quota{trailsPerRegion, securityGroupsPerInterface, targetGroupsPerLoadBalancer, capacityPerWebACL,
	replicatedBackupsPerRegion}

func withListener(t *testing.T) *site {
	s := full(t)
	s.listener(s.loadBalancer())
	s.targetGroup("acme")
	return s
}

func withVaults(t *testing.T) *site { return vaulted(t).site }

func withEventRule(t *testing.T) *site {
	s := full(t)
	s.make(eventsRule, settings{"name": "rule", "eventPattern": `{"source":["aws.health"]}`})
	return s
}

// one is the ID of the only resource of a type.
func (s *site) one(token string) string {
	found := s.List(token, account, ireland)
	require.Len(s.t, found, 1)
	return found[0].ID
}

// crowd is so many more of a resource, as if they had been made.
func (w *fakeWorld) crowd(like Resource, more int) {
	for n := range more {
		copied := like
		copied.URN, copied.ID = fmt.Sprintf("%s:%d", like.URN, n), fmt.Sprintf("%s-%d", like.ID, n)
		w.resources = append(w.resources, copied)
	}
}

func TestQuotas(t *testing.T) {
	assert.ElementsMatch(t, slices.Collect(maps.Keys(quotas)),
		slices.AppendSeq(slices.Clone(elsewhere), maps.Keys(quotaCases)), "each quota is tested")
	for name, test := range quotaCases {
		t.Run(string(name), func(t *testing.T) {
			s, allowed := test.world(t), quotas[name].initial
			if name != addressesPerRegion {
				s.quotas = Quotas{string(addressesPerRegion): 20}
			}
			s.crowd(s.make(test.token, test.next(s, 0)), allowed-test.there-2)
			last := s.make(test.token, test.next(s, 1))
			beyond := test.next(s, 2)
			_, err := s.try(test.token, beyond)
			expect(t, err, test.want)
			_, err = s.update(last, test.next(s, 1))
			assert.NoError(t, err, "what is there can change")
			s.quotas = Quotas{string(name): allowed + 1}
			s.make(test.token, beyond)
		})
	}
}

func TestQuotaOfTargetGroups(t *testing.T) {
	s := withListener(t)
	listener, first := s.one(lbListener), s.one(lbTargetGroup)
	s.make(lbListenerRule, hostRule(listener, first, 1))
	s.make(lbListenerRule, hostRule(listener, first, 2))
	s.make(lbListenerRule, hostRule(listener, s.targetGroup("second").ID, 3))
	third := s.targetGroup("third").ID
	s.quotas = Quotas{string(targetGroupsPerLoadBalancer): 2}
	_, err := s.try(lbListenerRule, hostRule(listener, third, 4))
	expect(t, err, "operation error Elastic Load Balancing v2: CreateRule, https response error StatusCode: 400, api"+
		" error TooManyUniqueTargetGroupsPerLoadBalancer: You have reached the maximum number of unique target groups that"+
		" you can associate with a load balancer of type 'application': [2]")
	toThird := settings{"defaultActions": []settings{{"type": "forward", "targetGroupArn": third}}}
	_, err = s.update(s.List(lbListener, account, ireland)[0],
		with(httpsListener(s.one(lbLoadBalancer), s.certificate.ID), toThird))
	expect(t, err, "CreateListener, https response error StatusCode: 400, api error"+
		" TooManyUniqueTargetGroupsPerLoadBalancer")
	for n := range 98 {
		s.resources = append(s.resources, Resource{Account: account, Region: ireland, Type: lbListenerRule,
			ID: fmt.Sprint(n), Outputs: toMap(hostRule(listener, fmt.Sprint(n), 10+n))})
	}
	s.quotas = Quotas{string(rulesPerLoadBalancer): 200}
	_, err = s.try(lbListenerRule, hostRule(listener, third, 4))
	expect(t, err, "of type 'application': [100]")
	s.quotas[string(targetGroupsPerLoadBalancer)] = 101
	s.make(lbListenerRule, hostRule(listener, third, 4))
}

func TestQuotaOfSecurityGroupsOfAnInterface(t *testing.T) {
	tests := map[string]struct {
		world    func(*testing.T) *site
		settings func(s *site, groups []string) settings
		want     string
	}{
		lbLoadBalancer: {full, func(s *site, groups []string) settings {
			return settings{"name": "edge", "subnets": s.subnetIDs(2), "securityGroups": groups}
		}, "api error InvalidConfigurationRequest: The maximum number of security groups per load balancer has been" +
			" reached."},
		rdsInstance: {withGroups, func(s *site, groups []string) settings {
			return s.database(settings{"vpcSecurityGroupIds": groups})
		}, "CreateDBInstance, https response error StatusCode: 400, api error InvalidParameterValue: The maximum" +
			" number of security groups per interface has been reached."},
		cacheReplicationGroup: {withCacheGroups, func(s *site, groups []string) settings {
			return s.cache(settings{"securityGroupIds": groups})
		}, "CreateReplicationGroup, https response error StatusCode: 400, api error InvalidParameterValue: The maximum" +
			" number of security groups per interface has been reached."},
		efsMountTarget: {func(t *testing.T) *site { s, _ := withFiles(t); return s }, func(s *site, groups []string) settings {
			return settings{"fileSystemId": s.files().ID, "subnetId": s.subnets[1].ID, "securityGroups": groups}
		}, "api error SecurityGroupLimitExceeded: The number of security groups exceeds the limit of 5."},
		ec2VpcEndpoint: {full, func(s *site, groups []string) settings {
			return settings{"vpcId": s.vpc.ID, "serviceName": "com.amazonaws.eu-west-1.logs", "vpcEndpointType": "Interface",
				"subnetIds": s.subnetIDs(3), "securityGroupIds": groups}
		}, "api error SecurityGroupsPerInterfaceLimitExceeded: The maximum number of security groups per interface has" +
			" been reached."},
		ecsService: {served, func(s *site, groups []string) settings {
			return s.service(settings{"networkConfiguration": settings{"subnets": s.subnetIDs(3), "securityGroups": groups}})
		}, "api error InvalidParameterException: security groups can have at most 5 items."},
	}
	for token, test := range tests {
		t.Run(token, func(t *testing.T) {
			s := test.world(t)
			_, err := s.try(token, test.settings(s, slices.Repeat([]string{s.group.ID}, 6)))
			expect(t, err, test.want)
			made := s.make(token, test.settings(s, slices.Repeat([]string{s.group.ID}, 5)))
			s.quotas = Quotas{string(securityGroupsPerInterface): 6}
			_, err = s.update(made, test.settings(s, slices.Repeat([]string{s.group.ID}, 6)))
			assert.NoError(t, err)
		})
	}
}

func TestQuotaOfFirewallCapacity(t *testing.T) {
	s := full(t)
	s.make(wafWebACL, acl("seven", groups(7)...))
	s.quotas = Quotas{string(capacityPerWebACL): 1500}
	s.make(wafWebACL, acl("two", groups(2)...))
	_, err := s.try(wafWebACL, acl("three", groups(3)...))
	expect(t, err, "api error WAFInvalidParameterException: Error reason: You exceeded the capacity limit for a rule"+
		" group or web ACL., field: WEB_ACL, parameter: 2100")
}

func TestParseQuotas(t *testing.T) {
	tests := map[string]struct {
		text string
		want Quotas
		errs []string
	}{
		"none":    {" ", nil, nil},
		"one":     {"rds.instances=100", Quotas{"rds.instances": 100}, nil},
		"several": {"rds.instances=100, ec2.addresses=20", Quotas{"rds.instances": 100, "ec2.addresses": 20}, nil},
		"unknown": {"rds.instance=1", nil, []string{
			`unknown quota "rds.instance"; the sandbox knows backup.framework-controls, `}},
		"no number given": {"rds.instances", nil, []string{
			`expected name=number, as in rds.instances=100, got "rds.instances"`}},
		"nothing between": {"rds.instances=1,", nil, []string{`expected name=number, as in rds.instances=100, got ""`}},
		"no number": {"rds.instances=many", nil, []string{
			`rds.instances: expected a whole number of 1 or more, got "many"`}},
		"fraction": {"rds.instances=1.5", nil, []string{`got "1.5"`}},
		"too few":  {"rds.instances=0", nil, []string{`got "0"`}},
		"twice":    {"rds.instances=1,rds.instances=2", nil, []string{"rds.instances is given twice"}},
		"more than granted": {"wafv2.capacity-per-web-acl=5001", nil, []string{"wafv2.capacity-per-web-acl: AWS grants 5000" +
			" at most, got 5001 (https://docs.aws.amazon.com/waf/latest/developerguide/limits.html)"}},
		"all at once": {"a=1,ec2.vpcs=x", nil, []string{`unknown quota "a"`, `ec2.vpcs: expected a whole number`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseQuotas(test.text)
			for _, want := range test.errs {
				assert.ErrorContains(t, err, want)
			}
			if len(test.errs) == 0 {
				require.NoError(t, err)
				assert.Equal(t, test.want, got)
			}
		})
	}
}

func TestEveryQuotaCanBeConfigured(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(quotaNames()).Draw(t, "name")
		known := quotas[quota(name)]
		most := known.most
		if most == 0 {
			most = 1_000_000
		}
		number := rapid.IntRange(1, most).Draw(t, "number")
		parsed, err := ParseQuotas(fmt.Sprintf("%s=%d", name, number))
		require.NoError(t, err)
		c := &Call{Quotas: parsed}
		assert.NoError(t, c.within(quota(name), number, Error{}))
		assert.EqualError(t, c.within(quota(name), number+1, ec2.says("Create", "Limit", "at most %s")),
			fmt.Sprintf("operation error EC2: Create, https response error StatusCode: 400, api error Limit: at most %d",
				number))
	})
}

// TestQuotasAreRaised: what Service Quotas was asked for counts, in the region where it was asked.
func TestQuotasAreRaised(t *testing.T) {
	raised := func(value float64) settings {
		return settings{"serviceCode": "vpc", "quotaCode": quotas[vpcsPerRegion].code, "value": value}
	}
	w := newWorld(t)
	for n := range quotas[vpcsPerRegion].initial {
		w.make(ec2Vpc, settings{"cidrBlock": fmt.Sprintf("10.%d.0.0/16", n)})
	}
	next := settings{"cidrBlock": "10.99.0.0/16"}
	_, err := w.try(ec2Vpc, next)
	require.Error(t, err)
	made := w.make(serviceQuota, raised(6))
	assert.Equal(t, "vpc/L-F678F1CE", made.ID)
	assert.Equal(t, "arn:aws:servicequotas:eu-west-1:123456789012:vpc/L-F678F1CE", made.Text("arn"))
	w.make(ec2Vpc, next)
	_, err = w.try(ec2Vpc, settings{"cidrBlock": "10.98.0.0/16"})
	require.Error(t, err)
	w.in("eu-central-1", func() {
		for n := range quotas[vpcsPerRegion].initial {
			w.make(ec2Vpc, settings{"cidrBlock": fmt.Sprintf("10.%d.0.0/16", n)})
		}
		_, err = w.try(ec2Vpc, next)
	})
	require.Error(t, err, "there it was not asked")
}

func TestQuotaRequests(t *testing.T) {
	request := func(code string, value float64) settings {
		return settings{"serviceCode": "rds", "quotaCode": code, "value": value}
	}
	const instances, targets = "L-7B6409FD", "L-822D1B1B"
	each(t, newWorld, func(*fakeWorld) []attempt {
		return []attempt{
			{"more", serviceQuota, request(instances, 100), ""},
			{"no such quota", serviceQuota, request("L-00000000", 100), "api error NoSuchResourceException"},
			{"fewer than every account has", serviceQuota, request(instances, 39), "api error IllegalArgumentException: You must" +
				" provide a quota value greater than the current quota value"},
			{"more than AWS grants", serviceQuota, request(targets, 101), "AWS grants 100 at most"},
		}
	})
	w := newWorld(t)
	made := w.make(serviceQuota, request(instances, 100))
	_, err := w.update(made, request(instances, 120))
	expect(t, err, "")
	_, err = w.update(made, request(instances, 99))
	expect(t, err, "api error IllegalArgumentException")
}
