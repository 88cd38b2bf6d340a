package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Load balancers and target groups:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html and
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html.
func loadBalancerTypes() []*Type {
	return []*Type{
		{
			Token: lbLoadBalancer, ID: loadBalancerARN,
			References: []Reference{
				{Property: "subnets[*]", To: ec2Subnet, By: "id", NotFound: lbSubnetNotFound, InUse: subnetInUse},
				{Property: "subnetMappings[*].subnetId", To: ec2Subnet, By: "id", NotFound: lbSubnetNotFound,
					InUse: subnetInUse},
				toSecurityGroup("securityGroups[*]", lbGroupsInvalid),
			},
			Unique: []Unique{{Property: "name", Taken: elbv2.says("CreateLoadBalancer", "DuplicateLoadBalancerName",
				"A load balancer with the same name '%s' exists, but with different settings")}},
			Refuse: firstOf(elbName, inRange("idleTimeout", "idle_timeout", 1, 4000),
				inRange("clientKeepAlive", "client_keep_alive", 60, 604800), refuseLoadBalancerSubnets,
				refuseLoadBalancerGroups, groupsPerInterface("securityGroups[*]", tooManyLoadBalancerGroups),
				refuseLogDelivery("accessLogs"), refuseLogDelivery("connectionLogs"), onCreate(tooManyLoadBalancers)),
			Computed: loadBalancerOutputs, RefuseDelete: refuseLoadBalancerDelete,
		},
		{
			Token: lbTargetGroup, ID: func(c *Call) string {
				return c.arn("elasticloadbalancing", "targetgroup/"+c.name("name")+"/"+randomHex(16))
			},
			References: []Reference{{Property: "vpcId", To: ec2Vpc, By: "id",
				NotFound: elbv2.says("CreateTargetGroup", "ValidationError", "The VPC ID '%s' is not found")}},
			Unique: []Unique{{Property: "name", Taken: elbv2.says("CreateTargetGroup", "DuplicateTargetGroupName",
				"A target group with the same name '%s' exists, but with different settings")}},
			Refuse: firstOf(elbName, inRange("port", "port", 1, 65535),
				inRange("deregistrationDelay", "deregistration_delay", 0, 3600), refuseHealthCheck, refuseSlowStart),
			Computed: targetGroupOutputs,
		},
	}
}

var (
	lbSubnetNotFound = elbv2.says("CreateLoadBalancer", "SubnetNotFound", "The subnet ID '%s' does not exist")
	lbGroupsInvalid  = elbv2.says("CreateLoadBalancer", "InvalidConfigurationRequest",
		"One or more security groups are invalid")
	tooManyLoadBalancerGroups = elbv2.says("CreateLoadBalancer", "InvalidConfigurationRequest",
		"The maximum number of security groups per load balancer has been reached.")
)

func loadBalancerARN(c *Call) string {
	kind := map[string]string{"network": "net", "gateway": "gwy"}[c.text("loadBalancerType")]
	if kind == "" {
		kind = "app"
	}
	return c.arn("elasticloadbalancing", "loadbalancer/"+kind+"/"+c.name("name")+"/"+randomHex(16))
}

var elbNameCharacters = regexp.MustCompile(`^[0-9A-Za-z-]*$`)

func elbName(c *Call) error {
	name := c.text("name")
	switch {
	case !elbNameCharacters.MatchString(name):
		return fmt.Errorf(`only alphanumeric characters and hyphens allowed in "name": %q`, name)
	case len(name) > 32:
		return fmt.Errorf(`"name" cannot be longer than 32 characters: %q`, name)
	case strings.HasPrefix(name, "-"), strings.HasPrefix(name, "internal-"):
		return fmt.Errorf(`"name" cannot begin with a hyphen or with "internal-": %q`, name)
	case strings.HasSuffix(name, "-"):
		return fmt.Errorf(`"name" cannot end with a hyphen: %q`, name)
	}
	return nil
}

func loadBalancerSubnets(c *Call) []Resource {
	var subnets []Resource
	for _, id := range slices.Concat(c.texts("subnets[*]"), c.texts("subnetMappings[*].subnetId")) {
		if subnet, found := c.find(ec2Subnet, "id", id); found {
			subnets = append(subnets, subnet)
		}
	}
	return subnets
}

func isApplication(c *Call) bool {
	kind := c.text("loadBalancerType")
	return kind == "" || kind == "application"
}

// refuseLoadBalancerSubnets:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html.
func refuseLoadBalancerSubnets(c *Call) error {
	used := map[string]bool{}
	subnets := loadBalancerSubnets(c)
	for _, subnet := range subnets {
		zone := subnet.Text("availabilityZone")
		if used[zone] {
			return elbv2.says("CreateLoadBalancer", "InvalidConfigurationRequest",
				"A load balancer cannot be attached to multiple subnets in the same Availability Zone")
		}
		used[zone] = true
	}
	if isApplication(c) && len(used) < 2 {
		return elbv2.says("CreateLoadBalancer", "ValidationError",
			"At least two subnets in two different Availability Zones must be specified")
	}
	if len(subnets) == 0 || c.flag("internal") {
		return nil
	}
	if vpc := subnets[0].Text("vpcId"); !hasInternetGateway(c, vpc) {
		return elbv2.refuses("CreateLoadBalancer", "InvalidSubnet", "VPC %s has no internet gateway", vpc)
	}
	return nil
}

func refuseLoadBalancerGroups(c *Call) error {
	for _, subnet := range loadBalancerSubnets(c) {
		for _, id := range c.texts("securityGroups[*]") {
			if group, found := c.find(ec2SecurityGroup, "id", id); found &&
				group.Text("vpcId") != subnet.Text("vpcId") {
				return lbGroupsInvalid
			}
		}
	}
	return nil
}

// tooManyLoadBalancers: each kind of load balancer has a quota of its own.
func tooManyLoadBalancers(c *Call) error {
	if !isApplication(c) {
		return nil
	}
	same := 1
	for _, other := range c.list(lbLoadBalancer) {
		if strings.HasPrefix(other.Text("arnSuffix"), "app/") {
			same++
		}
	}
	return c.within(loadBalancersPerRegion, same, elbv2.says("CreateLoadBalancer", "TooManyLoadBalancers",
		"The maximum number of load balancers has been reached."))
}

// deliverers are the accounts from which the service delivered logs before it had a principal of its own:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html.
var deliverers = map[string]string{
	"ap-northeast-1": "582318560864", "ap-northeast-2": "600734575887", "ap-south-1": "718504428378",
	"ap-southeast-1": "114774131450", "ap-southeast-2": "783225319266", "ca-central-1": "985666609251",
	"eu-central-1": "054676820928", "eu-north-1": "897822967062", "eu-south-1": "635631232127",
	"eu-west-1": "156460612806", "eu-west-2": "652711504416", "eu-west-3": "009996457667",
	"sa-east-1": "507241528517", "us-east-1": "127311923021", "us-east-2": "033677994240",
	"us-west-1": "027434742980", "us-west-2": "797873946194",
}

// refuseLogDelivery: the bucket must admit the service, and be encrypted with S3's own keys at most; as above.
func refuseLogDelivery(logs string) check {
	return func(c *Call) error {
		bucket := c.text(logs + ".bucket")
		if bucket == "" || !c.flag(logs+".enabled") || admitsLogs(c, bucket, c.text(logs+".prefix")) {
			return nil
		}
		return elbv2.refuses("ModifyLoadBalancerAttributes", "InvalidConfigurationRequest",
			"Access Denied for bucket: %s. Please check S3bucket permission", bucket)
	}
}

func admitsLogs(c *Call, bucket, prefix string) bool {
	policy, found := c.find(s3Policy, "bucket", bucket)
	if _, exists := c.find(s3Bucket, "bucket", bucket); !exists || !found || encryptedByKMS(c, bucket) {
		return false
	}
	document, err := parsePolicy(policy.Text("policy"))
	if prefix != "" {
		prefix += "/"
	}
	object := "arn:aws:s3:::" + bucket + "/" + prefix + "AWSLogs/" + c.Account + "/ELBAccessLogTestFile"
	context := map[string]string{"aws:SourceAccount": c.Account, "aws:SourceArn": c.ID,
		"s3:x-amz-acl": "bucket-owner-full-control"}
	return err == nil && slices.ContainsFunc(document.Statement, func(s statement) bool {
		return s.allows("Service", "logdelivery.elasticloadbalancing.amazonaws.com", "s3:PutObject", object, context) ||
			s.allows("AWS", "arn:aws:iam::"+deliverers[c.Region]+":root", "s3:PutObject", object, context)
	})
}

func encryptedByKMS(c *Call, bucket string) bool {
	encryption, _ := c.find(s3Encryption, "bucket", bucket)
	return strings.HasPrefix(props.Text(encryption.Outputs, "rules[*].applyServerSideEncryptionByDefault.sseAlgorithm"),
		"aws:kms")
}

// refuseLoadBalancerDelete:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html.
func refuseLoadBalancerDelete(c *Call) error {
	if c.flag("enableDeletionProtection") {
		return elbv2.refuses("DeleteLoadBalancer", "OperationNotPermitted",
			"Load balancer '%s' cannot be deleted because deletion protection is enabled", c.ID)
	}
	return nil
}

// arnResource is an ARN's resource; its second part is the name.
func arnResource(arn string) string {
	_, _, resource, _ := arnParts(arn)
	return resource
}

func loadBalancerOutputs(c *Call) map[string]property.Value {
	suffix := strings.TrimPrefix(arnResource(c.ID), "loadbalancer/")
	name := strings.Split(suffix, "/")[1]
	host := name
	if c.flag("internal") {
		host = "internal-" + name
	}
	out := c.outputs().
		text("arn", c.ID).
		text("arnSuffix", suffix).
		fillText("name", name).
		text("dnsName", strings.ToLower(host)+"-"+decimal(c.ID, 2000000000)+"."+c.Region+".elb.amazonaws.com").
		text("zoneId", regions[c.Region].loadBalancer).
		fillText("ipAddressType", "ipv4").
		fill("internal", property.New(false))
	if subnets := loadBalancerSubnets(c); len(subnets) > 0 {
		vpc, _ := c.find(ec2Vpc, "id", subnets[0].Text("vpcId"))
		out.text("vpcId", vpc.ID).fill("securityGroups", strs(vpc.Text("defaultSecurityGroupId")))
		var ids []string
		var mappings []property.Value
		for _, subnet := range subnets {
			ids = append(ids, subnet.ID)
			mappings = append(mappings, object(map[string]property.Value{"subnetId": property.New(subnet.ID)}))
		}
		out.fill("subnets", strs(ids...)).fill("subnetMappings", property.New(mappings))
	}
	return out.values
}

// refuseHealthCheck:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html.
func refuseHealthCheck(c *Call) error {
	err := firstOf(
		inRange("healthCheck.interval", "health_check.0.interval", 5, 300),
		inRange("healthCheck.timeout", "health_check.0.timeout", 2, 120),
		inRange("healthCheck.healthyThreshold", "health_check.0.healthy_threshold", 2, 10),
		inRange("healthCheck.unhealthyThreshold", "health_check.0.unhealthy_threshold", 2, 10),
	)(c)
	if err != nil {
		return err
	}
	interval, given := c.number("healthCheck.interval")
	if !given {
		interval = 30
	}
	if timeout, given := c.number("healthCheck.timeout"); given && timeout >= interval {
		return elbv2.says("CreateTargetGroup", "ValidationError",
			"Health check interval must be greater than the timeout.")
	}
	return nil
}

func refuseSlowStart(c *Call) error {
	if n, ok := c.number("slowStart"); ok && n != 0 && (n < 30 || n > 900) {
		return fmt.Errorf("expected slow_start to be 0 or in the range (30 - 900), got %d", n)
	}
	return nil
}

func targetGroupOutputs(c *Call) map[string]property.Value {
	suffix := arnResource(c.ID)
	return c.outputs().
		text("arn", c.ID).
		text("arnSuffix", suffix).
		fillText("name", strings.Split(suffix, "/")[1]).
		fillText("ipAddressType", "ipv4").
		fillText("protocolVersion", "HTTP1").
		fillText("loadBalancingAlgorithmType", "round_robin").
		fillText("loadBalancingAnomalyMitigation", "off").
		fillText("loadBalancingCrossZoneEnabled", "use_load_balancer_configuration").
		fill("healthCheck", object(map[string]property.Value{
			"enabled": property.New(true), "healthyThreshold": num(5), "unhealthyThreshold": num(2),
			"interval": num(30),
			"timeout":  num(5), "path": property.New("/"), "matcher": property.New("200"),
			"port": property.New("traffic-port"), "protocol": property.New("HTTP"),
		})).
		keep("loadBalancerArns", strs()).
		values
}
