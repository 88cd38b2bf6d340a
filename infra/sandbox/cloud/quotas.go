package cloud

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// quota names how many of something AWS lets an account have. What no account can have more of, and what goes with one
// resource alone (the size of a policy, say), is no quota but a rule of its type.
type quota string

const (
	controlsPerRegion           quota = "backup.framework-controls"
	backupPlansPerRegion        quota = "backup.plans"
	testingPlansPerRegion       quota = "backup.restore-testing-plans"
	vaultsPerRegion             quota = "backup.vaults"
	alarmsPerRegion             quota = "cloudwatch.alarms"
	trailsPerRegion             quota = "cloudtrail.trails"
	addressesPerRegion          quota = "ec2.addresses"
	natGatewaysPerZone          quota = "ec2.nat-gateways-per-zone"
	rulesPerSecurityGroup       quota = "ec2.rules-per-security-group"
	securityGroupsPerRegion     quota = "ec2.security-groups"
	securityGroupsPerInterface  quota = "ec2.security-groups-per-interface"
	subnetsPerVpc               quota = "ec2.subnets-per-vpc"
	vpcsPerRegion               quota = "ec2.vpcs"
	certificatesPerLoadBalancer quota = "elb.certificates-per-load-balancer"
	loadBalancersPerRegion      quota = "elb.load-balancers"
	rulesPerLoadBalancer        quota = "elb.rules-per-load-balancer"
	targetGroupsPerLoadBalancer quota = "elb.target-groups-per-load-balancer"
	rulesPerBus                 quota = "events.rules-per-bus"
	targetsPerRule              quota = "events.targets-per-rule"
	policiesPerRole             quota = "iam.policies-per-role"
	rolesPerAccount             quota = "iam.roles"
	instancesPerRegion          quota = "rds.instances"
	parameterGroupsPerRegion    quota = "rds.parameter-groups"
	replicatedBackupsPerRegion  quota = "rds.replicated-backups"
	subnetGroupsPerRegion       quota = "rds.subnet-groups"
	zonesPerAccount             quota = "route53.hosted-zones"
	bucketsPerAccount           quota = "s3.buckets"
	capacityPerWebACL           quota = "wafv2.capacity-per-web-acl"
)

const (
	backupQuotas      = "https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html"
	alarmQuotas       = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"
	trailQuotas       = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html"
	addressQuotas     = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html"
	networkQuotas     = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"
	balancerQuotas    = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"
	eventQuotas       = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"
	identityQuotas    = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
	databaseQuotas    = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html"
	replicationQuotas = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.Replicating.Enable.html"
	domainNameQuotas  = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html"
	bucketQuotas      = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html"
	firewallQuotas    = "https://docs.aws.amazon.com/waf/latest/developerguide/limits.html"
)

// allowance is what an account has of a quota.
type allowance struct {
	code    string // AWS's, in Service Quotas; "" where it has none there
	initial int    // what every account has
	most    int    // what AWS grants at most; 0 where it names no such number
	page    string
}

// quotas is every quota that the sandbox knows.
var quotas = map[quota]allowance{
	controlsPerRegion:           {"", 50, 0, backupQuotas},
	backupPlansPerRegion:        {"", 300, 0, backupQuotas},
	testingPlansPerRegion:       {"", 100, 100, backupQuotas},
	vaultsPerRegion:             {"", 300, 0, backupQuotas},
	alarmsPerRegion:             {"", 5000, 0, alarmQuotas},
	trailsPerRegion:             {"", 5, 5, trailQuotas},
	addressesPerRegion:          {"L-0263D0A3", 5, 0, addressQuotas},
	natGatewaysPerZone:          {"L-FE5A380F", 5, 0, networkQuotas},
	rulesPerSecurityGroup:       {"L-0EA8095F", 60, 1000, networkQuotas},
	securityGroupsPerRegion:     {"L-E79EC296", 2500, 0, networkQuotas},
	securityGroupsPerInterface:  {"L-2AFB9258", 5, 16, networkQuotas},
	subnetsPerVpc:               {"L-407747CB", 200, 0, networkQuotas},
	vpcsPerRegion:               {"L-F678F1CE", 5, 0, networkQuotas},
	certificatesPerLoadBalancer: {"L-9365A611", 25, 0, balancerQuotas},
	loadBalancersPerRegion:      {"L-53DA6B97", 50, 0, balancerQuotas},
	rulesPerLoadBalancer:        {"L-7EED9B64", 100, 0, balancerQuotas},
	targetGroupsPerLoadBalancer: {"L-822D1B1B", 100, 100, balancerQuotas},
	rulesPerBus:                 {"L-244521F2", 300, 0, eventQuotas},
	targetsPerRule:              {"", 5, 5, eventQuotas},
	policiesPerRole:             {"L-0DA4ABF3", 10, 0, identityQuotas},
	rolesPerAccount:             {"L-FE177D64", 1000, 0, identityQuotas},
	instancesPerRegion:          {"L-7B6409FD", 40, 0, databaseQuotas},
	parameterGroupsPerRegion:    {"L-DE55804A", 50, 0, databaseQuotas},
	replicatedBackupsPerRegion:  {"", 20, 0, replicationQuotas},
	subnetGroupsPerRegion:       {"L-48C6BF61", 50, 0, databaseQuotas},
	zonesPerAccount:             {"L-4EA4796A", 500, 0, domainNameQuotas},
	bucketsPerAccount:           {"L-DC2B2D3D", 10000, 0, bucketQuotas},
	capacityPerWebACL:           {"", 5000, 5000, firewallQuotas},
}

// Allowed is what every account has of a quota, by its name, and the code by which AWS raises it, "" where it does not.
// The name must be that of a quota.
func Allowed(name string) (initial int, code string) {
	known, ok := quotas[quota(name)]
	if !ok {
		panic("there is no quota " + name)
	}
	return known.initial, known.code
}

// Quotas are those that differ from what every account has, by name.
type Quotas map[string]int

// ParseQuotas reads quotas written as "rds.instances=100,ec2.addresses=20". It says all that is wrong at once: a name
// that is unknown or given twice, a number that is none, or is more than AWS grants.
func ParseQuotas(text string) (Quotas, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	parsed := Quotas{}
	var wrong []error
	for part := range strings.SplitSeq(text, ",") {
		if err := parsed.read(strings.TrimSpace(part)); err != nil {
			wrong = append(wrong, err)
		}
	}
	return parsed, errors.Join(wrong...)
}

func (q Quotas) read(part string) error {
	name, written, given := strings.Cut(part, "=")
	known, ok := quotas[quota(name)]
	number, err := strconv.Atoi(written)
	_, twice := q[name]
	switch {
	case !given:
		return fmt.Errorf("expected name=number, as in rds.instances=100, got %q", part)
	case !ok:
		return fmt.Errorf("unknown quota %q; the sandbox knows %s", name, strings.Join(quotaNames(), ", "))
	case twice:
		return fmt.Errorf("%s is given twice", name)
	case err != nil || number < 1:
		return fmt.Errorf("%s: expected a whole number of 1 or more, got %q", name, written)
	case known.most > 0 && number > known.most:
		return fmt.Errorf("%s: AWS grants %d at most, got %d (%s)", name, known.most, number, known.page)
	}
	q[name] = number
	return nil
}

func quotaNames() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(quotas)) {
		names = append(names, string(name))
	}
	return names
}

// within refuses a number that is more than a quota allows, in the service's words; %s in them is what it allows.
func (c *Call) within(q quota, wanted int, refused Error) error {
	allowed, given := c.Quotas[string(q)]
	if !given {
		allowed = c.granted(quotas[q])
	}
	if wanted <= allowed {
		return nil
	}
	return refused.With(strconv.Itoa(allowed))
}

// oneMore refuses a new resource for which a quota of its type leaves no room in the region, or in the account for
// types of global services.
func oneMore(q quota, refused Error) check {
	return onCreate(func(c *Call) error {
		return c.within(q, c.World.Count(c.Type.Token, c.Account, c.home())+1, refused)
	})
}

// oneMoreOf refuses a new resource for which a quota leaves no room among those of its type that name the same thing,
// as all subnets of a VPC do.
func oneMoreOf(q quota, property string, refused Error) check {
	return onCreate(func(c *Call) error {
		same := 1
		for _, other := range c.World.List(c.Type.Token, c.Account, c.home()) {
			if other.Text(property) == c.text(property) {
				same++
			}
		}
		return c.within(q, same, refused)
	})
}

// groupsPerInterface refuses more security groups than a network interface takes.
func groupsPerInterface(path string, refused Error) check {
	return func(c *Call) error { return c.within(securityGroupsPerInterface, len(c.texts(path)), refused) }
}
