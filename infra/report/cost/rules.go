package cost

import "strings"

const (
	hoursOfMonth = 730
	daysOfMonth  = 30

	// What is not declared is assumed, see Report.Assumptions.
	filesGiB, imagesGiB, logGiB = 10, 5, 1
)

// use is how much of an item of the price table a resource takes in a month, in the item's units.
type use struct {
	service, item string
	quantity      float64
}

// rule is what a resource of a type takes.
type rule func(estimate, resource) []use

// rules are those of the types that have prices.
var rules = map[string]rule{
	"aws:cloudwatch/compositeAlarm:CompositeAlarm":      monthly("CloudWatch", "composite alarm"),
	"aws:cloudwatch/dashboard:Dashboard":                monthly("CloudWatch", "dashboard"),
	"aws:cloudwatch/logGroup:LogGroup":                  logGroup,
	"aws:cloudwatch/logMetricFilter:LogMetricFilter":    monthly("CloudWatch", "custom metric"),
	"aws:cloudwatch/metricAlarm:MetricAlarm":            metricAlarm,
	"aws:ec2/eip:Eip":                                   hourly("VPC", "public IPv4 address"),
	"aws:ec2/natGateway:NatGateway":                     hourly("VPC", "NAT gateway"),
	"aws:ec2/vpcEndpoint:VpcEndpoint":                   endpoint,
	"aws:ecr/repository:Repository":                     repository,
	"aws:ecs/service:Service":                           service,
	"aws:efs/fileSystem:FileSystem":                     fileSystem,
	"aws:elasticache/replicationGroup:ReplicationGroup": cache,
	"aws:kms/key:Key":                                   monthly("KMS", "key"),
	"aws:kms/replicaKey:ReplicaKey":                     monthly("KMS", "key"),
	"aws:lb/loadBalancer:LoadBalancer":                  loadBalancer,
	"aws:rds/instance:Instance":                         database,
	"aws:route53/healthCheck:HealthCheck":               monthly("Route 53", "health check"),
	"aws:route53/zone:Zone":                             monthly("Route 53", "hosted zone"),
	"aws:secretsmanager/secret:Secret":                  secret,
	"aws:wafv2/webAcl:WebAcl":                           webACL,
}

func monthly(service, item string) rule {
	return func(estimate, resource) []use { return []use{{service, item, 1}} }
}

func hourly(service, item string) rule {
	return func(estimate, resource) []use { return []use{{service, item, hoursOfMonth}} }
}

// logGroup is charged for what it takes in, and for what it keeps.
func logGroup(_ estimate, r resource) []use {
	days := r.number("retentionInDays")
	if days == 0 {
		days = 365 // kept for ever: the first year's end
	}
	return []use{{"CloudWatch", "log ingestion", logGiB}, {"CloudWatch", "log storage", logGiB * days / daysOfMonth}}
}

// metricAlarm is charged by the metrics that it looks at.
func metricAlarm(_ estimate, r resource) []use {
	metrics := 0.0
	for _, element := range r.list("metricQueries") {
		if query, is := element.(map[string]any); is && query["metric"] != nil {
			metrics++
		}
	}
	return []use{{"CloudWatch", "alarm metric", max(metrics, 1)}}
}

// endpoint is charged by the zone; gateway endpoints are free.
func endpoint(_ estimate, r resource) []use {
	if r.text("vpcEndpointType") != "Interface" {
		return nil
	}
	return []use{{"VPC", "interface endpoint", hoursOfMonth * float64(len(r.list("subnetIds")))}}
}

func repository(estimate, resource) []use { return []use{{"ECR", "storage", imagesGiB}} }

func fileSystem(estimate, resource) []use { return []use{{"EFS", "storage", filesGiB}} }

// service is charged for its tasks, at the count that is declared.
func service(e estimate, r resource) []use {
	task := e.tasks[r.text("taskDefinition")]
	hours := hoursOfMonth * r.number("desiredCount")
	architecture, _ := task.first("runtimePlatform")["cpuArchitecture"].(string)
	if architecture == "" {
		architecture = "X86_64"
	}
	return []use{
		{"Fargate", "vCPU " + architecture, hours * task.number("cpu") / 1024},
		{"Fargate", "memory " + architecture, hours * task.number("memory") / 1024},
	}
}

func cache(_ estimate, r resource) []use {
	nodes := r.number("numCacheClusters")
	if nodes == 0 {
		nodes = r.number("numNodeGroups") * (1 + r.number("replicasPerNodeGroup"))
	}
	return []use{{"ElastiCache", r.text("nodeType") + " " + r.text("engine"), hoursOfMonth * nodes}}
}

// loadBalancer has a public address in each zone unless it is internal.
func loadBalancer(_ estimate, r resource) []use {
	kind := r.text("loadBalancerType")
	if kind == "" {
		kind = "application"
	}
	uses := []use{{"Elastic Load Balancing", kind + " load balancer", hoursOfMonth}}
	if !r.flag("internal") {
		zones := max(len(r.list("subnets")), len(r.list("subnetMappings")))
		uses = append(uses, use{"VPC", "public IPv4 address", hoursOfMonth * float64(zones)})
	}
	return uses
}

// secret is charged for each of its copies.
// https://aws.amazon.com/secrets-manager/pricing/
func secret(_ estimate, r resource) []use {
	return []use{{"Secrets Manager", "secret", 1 + float64(len(r.list("replicas")))}}
}

// webACL is charged for itself and for each rule; a managed rule group is one rule.
// https://aws.amazon.com/waf/pricing/
func webACL(_ estimate, r resource) []use {
	return []use{{"WAF", "web ACL", 1}, {"WAF", "rule", float64(len(r.list("rules")))}}
}

// database is charged twice where it has a standby, for the storage and for the extended support too.
// https://aws.amazon.com/rds/mysql/pricing/
func database(e estimate, r resource) []use {
	instances := 1.0
	if r.flag("multiAz") {
		instances = 2
	}
	class, hours := r.text("instanceClass"), hoursOfMonth*instances
	uses := []use{
		{"RDS", class, hours},
		{"RDS", "storage " + r.text("storageType"), instances * r.number("allocatedStorage")},
	}
	if support := e.extendedSupport(r); support != "" {
		uses = append(uses, use{"RDS", support, hours * vCPUs(class)})
	}
	if r.flag("manageMasterUserPassword") {
		uses = append(uses, use{"Secrets Manager", "secret", 1})
	}
	return uses
}

// extendedSupport is what a database of MySQL 8.0 is charged beyond its standard support; empty if it is not.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
func (e estimate) extendedSupport(r resource) string {
	const begins, thirdYear = "2026-08", "2028-08"
	switch {
	case r.text("engine") != "mysql" || !strings.HasPrefix(r.text("engineVersion"), "8.0") || e.month < begins:
		return ""
	case e.month < thirdYear:
		return "extended support years 1 and 2"
	}
	return "extended support year 3"
}
