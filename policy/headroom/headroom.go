package headroom

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"haven/infra/sandbox/cloud"
	"haven/policy/graph"
	"haven/policy/props"
)

// share is how much of a quota of an account or a region may be used.
const share = 0.8

// perRegion are the quotas of a region, by the type that they count.
var perRegion = map[string]string{
	"aws:backup/plan:Plan":                             "backup.plans",
	"aws:backup/restoreTestingPlan:RestoreTestingPlan": "backup.restore-testing-plans",
	"aws:backup/vault:Vault":                           "backup.vaults",
	"aws:cloudwatch/metricAlarm:MetricAlarm":           "cloudwatch.alarms",
	"aws:cloudtrail/trail:Trail":                       "cloudtrail.trails",
	"aws:ec2/eip:Eip":                                  "ec2.addresses",
	"aws:ec2/securityGroup:SecurityGroup":              "ec2.security-groups",
	"aws:ec2/vpc:Vpc":                                  "ec2.vpcs",
	"aws:lb/loadBalancer:LoadBalancer":                 "elb.load-balancers",
	"aws:cloudwatch/eventRule:EventRule":               "events.rules-per-bus",
	"aws:rds/instance:Instance":                        "rds.instances",
	"aws:rds/parameterGroup:ParameterGroup":            "rds.parameter-groups",
	"aws:rds/subnetGroup:SubnetGroup":                  "rds.subnet-groups",
	"aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": "rds.replicated-backups",
}

// perAccount are the quotas of a whole account.
var perAccount = map[string]string{
	"aws:iam/role:Role":        "iam.roles",
	"aws:route53/zone:Zone":    "route53.hosted-zones",
	"aws:s3/bucketV2:BucketV2": "s3.buckets",
}

// ends are the quotas of one resource, by the type that they count, and the property that names it.
var ends = []struct{ token, path, of, quota string }{
	{"aws:ec2/subnet:Subnet", "vpcId", "aws:ec2/vpc:Vpc", "ec2.subnets-per-vpc"},
	{"aws:ec2/natGateway:NatGateway", "subnetId", "aws:ec2/subnet:Subnet", "ec2.nat-gateways-per-zone"},
	{"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "securityGroupId", securityGroup, groupRules},
	{"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "securityGroupId", securityGroup, groupRules},
	{"aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role", "aws:iam/role:Role", "iam.policies-per-role"},
	{"aws:cloudwatch/eventTarget:EventTarget", "rule", "aws:cloudwatch/eventRule:EventRule", "events.targets-per-rule"},
	{listenerRule, "listenerArn", listener, "elb.rules-per-load-balancer"},
	{"aws:lb/listenerCertificate:ListenerCertificate", "listenerArn", listener, "elb.certificates-per-load-balancer"},
}

const (
	securityGroup = "aws:ec2/securityGroup:SecurityGroup"
	listener      = "aws:lb/listener:Listener"
	listenerRule  = "aws:lb/listenerRule:ListenerRule"
	groupRules    = "ec2.rules-per-security-group"
	targetGroups  = "elb.target-groups-per-load-balancer"
)

// use is one of what a quota counts.
type use struct {
	of   *graph.Resource
	sure graph.Sure
}

// pot is a quota somewhere: in a region, an account or a resource.
type pot struct {
	quota, where string
	// region is the one that it is of; "" of others.
	region string
	// whole says that it is one of a region or an account, own that it is one of what a tenant has.
	whole, own bool
}

type counter struct {
	*graph.Graph
	pots     map[pot][]use
	findings []graph.Finding
}

// Check is every quota without headroom.
func Check(g *graph.Graph) []graph.Finding {
	c := &counter{Graph: g, pots: map[pot][]use{}}
	c.count()
	byName := func(a, b pot) int { return strings.Compare(a.quota+" "+a.where, b.quota+" "+b.where) }
	for _, p := range slices.SortedFunc(maps.Keys(c.pots), byName) {
		if c.judge(p, c.pots[p]) {
			c.fill(p, c.pots[p])
		}
	}
	c.interfaces()
	return c.findings
}

func (c *counter) count() {
	for token, quota := range perRegion {
		for _, r := range c.OfType(token) {
			c.add(pot{quota: quota, where: account(r) + " in " + r.Region, region: r.Region, whole: true}, r, graph.Yes)
		}
	}
	for token, quota := range perAccount {
		for _, r := range c.OfType(token) {
			c.add(pot{quota: quota, where: account(r), whole: true}, r, graph.Yes)
		}
	}
	for _, end := range ends {
		for _, r := range c.OfType(end.token) {
			for _, p := range c.ends(r, end.path, end.of) {
				c.add(pot{quota: end.quota, where: p.where(end.token, end.quota), own: p.own}, r, p.sure)
			}
		}
	}
	c.targets()
}

func (c *counter) add(p pot, r *graph.Resource, sure graph.Sure) {
	c.pots[p] = append(c.pots[p], use{r, sure})
}

// account is that of a resource's ARN, as far as it is known: a stack has one.
func account(r *graph.Resource) string {
	const number = 4
	if parts := strings.Split(r.Text("arn"), ":"); len(parts) > number && parts[number] != "" {
		return "account " + parts[number]
	}
	return "the account"
}

// end is the resource at the other end of a property: one of the graph, or what is written there.
type end struct {
	name string
	sure graph.Sure
	own  bool // it is a tenant's
}

// where is what a pot is of. A security group has one for each direction.
func (e end) where(token, quota string) string {
	if quota == groupRules {
		return e.name + token
	}
	return e.name
}

// ends are what a resource names at a path. A listener stands for its load balancer, a subnet for its zone.
func (c *counter) ends(r *graph.Resource, path, token string) []end {
	var all []end
	for _, other := range c.OfType(token) {
		if sure := c.Names(r, path, other); sure != graph.No && (r.Nearby(other) || global(other)) {
			all = append(all, end{c.stands(other), sure, c.cell(other.Stack) != ""})
		}
	}
	if text := props.Text(r.Declared(), path); len(all) == 0 && text != "" {
		all = append(all, end{name: outside(text), sure: graph.Yes})
	}
	return all
}

// global says whether a resource is of no region, whichever its provider is for.
func global(r *graph.Resource) bool { return perAccount[r.Type] != "" }

func (c *counter) stands(other *graph.Resource) string {
	switch other.Type {
	case listener:
		if arn := props.Text(other.Declared(), "loadBalancerArn"); arn != "" {
			return outside(arn)
		}
		return strings.Join(other.Sources("loadBalancerArn"), " ")
	case "aws:ec2/subnet:Subnet":
		return "the zone " + props.Text(other.Declared(), "availabilityZone")
	}
	return other.URN
}

// outside is the load balancer in its own ARN or that of a listener; else what is written.
func outside(text string) string {
	parts := strings.Split(text, "/")
	if len(parts) > 3 && strings.Contains(parts[0], ":elasticloadbalancing:") {
		return "the load balancer " + parts[2]
	}
	return text
}

// targets are the target groups that the rules of a load balancer send to.
func (c *counter) targets() {
	const group = "aws:lb/targetGroup:TargetGroup"
	seen := map[string]bool{}
	for _, rule := range c.OfType(listenerRule) {
		for _, e := range c.ends(rule, "listenerArn", listener) {
			for _, path := range []string{"actions[*].targetGroupArn", "actions[*].forward.targetGroups[*].arn"} {
				for _, target := range c.OfType(group) {
					sure := c.Names(rule, path, target)
					if key := e.name + target.URN; sure != graph.No && !seen[key] {
						seen[key] = true
						c.add(pot{quota: targetGroups, where: e.name}, target, min(sure, e.sure))
					}
				}
			}
		}
	}
}

// allowed is what there is of a quota: what every account has, or what it was raised to in its region.
func (c *counter) allowed(quota, region string) int {
	initial, code := cloud.Allowed(quota)
	for _, raised := range c.OfType("aws:servicequotas/serviceQuota:ServiceQuota") {
		if value, is := props.Number(raised.Declared(), "value"); is && code != "" &&
			props.Text(raised.Declared(), "quotaCode") == code && (region == "" || raised.Region == region) {
			initial = max(initial, int(value))
		}
	}
	return initial
}

// judge says whether what is used leaves what must be left.
func (c *counter) judge(p pot, uses []use) bool {
	allowed := c.allowed(p.quota, p.region)
	most := allowed
	if p.whole {
		most = int(share * float64(allowed))
	}
	if len(uses) <= most {
		return true
	}
	sure := 0
	for _, u := range uses {
		if u.sure == graph.Yes {
			sure++
		}
	}
	about := uses[most].of
	c.findings = append(c.findings, graph.Finding{
		Rule: "headroom/used", URN: about.URN, Undecided: sure <= most,
		Message: fmt.Sprintf("with it %d of %d are used of the quota %s of %s; expected %d at most: have the quota raised, "+
			"or use fewer", len(uses), allowed, p.quota, p.name(), most),
	})
	return false
}

// name is what a pot is of, in words.
func (p pot) name() string {
	if i := strings.LastIndex(p.where, "::"); i >= 0 {
		return p.where[i+2:]
	}
	return p.where
}

// fill asks that the quota holds with a tenant in each slot: as many more of what the tenants of a cell use.
func (c *counter) fill(p pot, uses []use) {
	if p.own {
		return
	}
	total, tenants := 0, map[string]int{} // by cell
	for _, u := range uses {
		if cell := c.cell(u.of.Stack); cell != "" {
			tenants[cell]++
		} else {
			total++
		}
	}
	for cell, used := range tenants {
		slots, _ := props.Number(c.Exports(cell), "cell.slots")
		now := c.tenants(cell)
		total += max(used, (used*int(slots)+now-1)/now)
	}
	if allowed := c.allowed(p.quota, p.region); total > allowed {
		c.findings = append(c.findings, graph.Finding{
			Rule: "headroom/full", URN: uses[len(uses)-1].of.URN,
			Message: fmt.Sprintf("with a tenant in each slot %d of %d would be used of the quota %s of %s; expected no more "+
				"than there are: lower the cell's slots, have the quota raised, or use fewer", total, allowed, p.quota, p.name()),
		})
	}
}

// cell is that of a tenant's stack; "" of others.
func (c *counter) cell(stack string) string {
	return props.Text(c.Exports(stack), "tenant.cell")
}

func (c *counter) tenants(cell string) int {
	count := 0
	for _, stack := range c.Stacks() {
		if c.cell(stack) == cell {
			count++
		}
	}
	return max(1, count)
}

// grouped are the types whose interfaces are in groups, and where they say so.
var grouped = map[string]string{
	"aws:ecs/service:Service":                           "networkConfiguration.securityGroups[*]",
	"aws:scheduler/schedule:Schedule":                   "target.ecsParameters.networkConfiguration.securityGroups[*]",
	"aws:rds/instance:Instance":                         "vpcSecurityGroupIds[*]",
	"aws:elasticache/replicationGroup:ReplicationGroup": "securityGroupIds[*]",
	"aws:efs/mountTarget:MountTarget":                   "securityGroups[*]",
	"aws:ec2/vpcEndpoint:VpcEndpoint":                   "securityGroupIds[*]",
	"aws:lb/loadBalancer:LoadBalancer":                  "securityGroups[*]",
}

func (c *counter) interfaces() {
	const quota = "ec2.security-groups-per-interface"
	for _, token := range slices.Sorted(maps.Keys(grouped)) {
		for _, r := range c.OfType(token) {
			if n, most := len(props.At(r.Declared(), grouped[token])), c.allowed(quota, r.Region); n > most {
				c.findings = append(c.findings, graph.Finding{
					Rule: "headroom/used", URN: r.URN,
					Message: fmt.Sprintf("%s names %d groups; expected %d at most, the quota %s: put it into fewer groups",
						strings.TrimSuffix(grouped[token], "[*]"), n, most, quota),
				})
			}
		}
	}
}
