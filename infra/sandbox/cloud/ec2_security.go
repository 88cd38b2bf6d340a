package cloud

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Security groups: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html.
func securityGroupTypes() []*Type {
	return []*Type{
		{
			Token: ec2SecurityGroup, ID: ec2ID("sg"), References: []Reference{inVpc("CreateSecurityGroup")},
			Refuse: firstOf(refuseSecurityGroup, onCreate(tooManySecurityGroups)), Computed: securityGroupOutputs,
		},
		{
			Token: ec2DefaultSecurityGroup, ID: defaultSecurityGroupID,
			References: []Reference{toVpc("DescribeSecurityGroups")},
			Computed:   defaultSecurityGroupOutputs,
		},
		securityGroupRule(vpcIngressRule, "AuthorizeSecurityGroupIngress"),
		securityGroupRule(vpcEgressRule, "AuthorizeSecurityGroupEgress"),
	}
}

func securityGroupNotFound(operation string) Error {
	return ec2.says(operation, "InvalidGroup.NotFound", "The security group '%s' does not exist")
}

var securityGroupInUse = ec2.says("DeleteSecurityGroup", "DependencyViolation", "resource %s has a dependent object")

// toSecurityGroup is a security group that cannot be deleted meanwhile:
// https://docs.aws.amazon.com/vpc/latest/userguide/deleting-security-groups.html.
func toSecurityGroup(property string, notFound Error) Reference {
	return Reference{Property: property, To: ec2SecurityGroup, By: "id", Or: defaultSecurityGroup,
		NotFound: notFound, InUse: securityGroupInUse}
}

var defaultSecurityGroup = []Target{{ec2DefaultSecurityGroup, "id"}, {ec2Vpc, "defaultSecurityGroupId"}}

// securityGroupDescription is what the provider lets through,
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html.
var securityGroupDescription = regexp.MustCompile(`^[0-9A-Za-z_ .:/()#,@\[\]+=&;\{\}!$*-]*$`)

func refuseSecurityGroup(c *Call) error {
	name, vpc := c.text("name"), c.text("vpcId")
	if d := c.text("description"); len(d) > 255 || !securityGroupDescription.MatchString(d) {
		return fmt.Errorf(`"description" doesn't comply with restrictions ("%s", at most 255 characters): %q`,
			securityGroupDescription, d)
	}
	switch {
	case strings.HasPrefix(name, "sg-"):
		return ec2.refuses("CreateSecurityGroup", "InvalidParameterValue",
			"Value (%s) for parameter GroupName is invalid. Group names may not be in the format sg-*.", name)
	case name == "default":
		return ec2.says("CreateSecurityGroup", "InvalidParameterValue",
			"Cannot use reserved security group name: default")
	case len(name) > 255:
		return fmt.Errorf("expected length of name to be in the range (0 - 255), got %s", name)
	}
	for _, other := range c.others(c.list(ec2SecurityGroup)) {
		if name != "" && other.Text("name") == name && other.Text("vpcId") == vpc {
			return ec2.refuses("CreateSecurityGroup", "InvalidGroup.Duplicate",
				"The security group '%s' already exists for VPC '%s'", name, vpc)
		}
	}
	return nil
}

// tooManySecurityGroups counts those that VPCs bring along as well.
func tooManySecurityGroups(c *Call) error {
	count := c.World.Count(ec2SecurityGroup, c.Account, c.Region) + c.World.Count(ec2Vpc, c.Account, c.Region)
	return c.within(securityGroupsPerRegion, count+1, ec2.refuses("CreateSecurityGroup", "SecurityGroupLimitExceeded",
		"The maximum number of security groups for VPC '%s' has been reached.", c.text("vpcId")))
}

func securityGroupOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.arn("ec2", "security-group/"+c.ID)).
		text("ownerId", c.Account).
		fillText("name", c.text("namePrefix")+digest(26, c.ID)).
		fill("ingress", strs()).
		fill("egress", strs()).
		values
}

// defaultSecurityGroupID: the provider adopts the group that the VPC brought along.
func defaultSecurityGroupID(c *Call) string {
	vpc, _ := c.find(ec2Vpc, "id", c.text("vpcId"))
	return vpc.Text("defaultSecurityGroupId")
}

func defaultSecurityGroupOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.arn("ec2", "security-group/"+c.ID)).
		text("ownerId", c.Account).
		text("name", "default").
		text("description", "default VPC security group").
		fill("ingress", strs()).
		fill("egress", strs()).
		values
}

func securityGroupRule(token, operation string) *Type {
	notFound := securityGroupNotFound(operation)
	return &Type{
		Token: token, ID: ec2ID("sgr"),
		References: []Reference{
			{Property: "securityGroupId", To: ec2SecurityGroup, By: "id", Or: defaultSecurityGroup, NotFound: notFound},
			toSecurityGroup("referencedSecurityGroupId", notFound),
		},
		Refuse: firstOf(rulePeer, rulePorts(operation), ruleNetwork(operation), ruleTaken(token, operation),
			oneMoreOf(rulesPerSecurityGroup, "securityGroupId", ec2.says(operation, "RulesPerSecurityGroupLimitExceeded",
				"The maximum number of rules per security group has been reached."))),
		Computed: func(c *Call) map[string]property.Value {
			return c.outputs().
				text("arn", c.arn("ec2", "security-group-rule/"+c.ID)).
				text("securityGroupRuleId", c.ID).
				values
		},
	}
}

var rulePeers = []string{"cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"}

// rulePeer:
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_security_group_ingress_rule.
func rulePeer(c *Call) error {
	given := 0
	for _, name := range rulePeers {
		if c.has(name) {
			given++
		}
	}
	if given != 1 {
		return fmt.Errorf("exactly one of these attributes must be configured: " +
			"[cidr_ipv4,cidr_ipv6,prefix_list_id,referenced_security_group_id]")
	}
	if cidr := c.text("cidrIpv4"); cidr != "" {
		_, err := network(cidr)
		return err
	}
	return nil
}

// rulePorts: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html.
func rulePorts(operation string) check {
	return func(c *Call) error {
		from, hasFrom := c.number("fromPort")
		to, hasTo := c.number("toPort")
		switch protocol := c.text("ipProtocol"); protocol {
		case "-1":
			if hasFrom && from != -1 || hasTo && to != -1 {
				return ec2.says(operation, "InvalidParameterValue",
					"You may not specify all protocols and specific ports."+
						" Please specify each protocol and port range combination individually, or all protocols and no"+
						" port range.")
			}
		case "tcp", "udp", "6", "17":
			if !hasFrom || !hasTo {
				return ec2.says(operation, "InvalidParameterValue",
					"Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.")
			}
			if from < 0 || to > 65535 || from > to {
				return ec2.refuses(operation, "InvalidParameterValue", "Invalid TCP/UDP port range (%d:%d)", from, to)
			}
		}
		return nil
	}
}

// ruleNetwork: a rule may name a group of its own VPC only, without peering.
func ruleNetwork(operation string) check {
	return func(c *Call) error {
		peer, found := c.find(ec2SecurityGroup, "id", c.text("referencedSecurityGroupId"))
		own, ours := c.find(ec2SecurityGroup, "id", c.text("securityGroupId"))
		if found && ours && peer.Text("vpcId") != own.Text("vpcId") {
			return ec2.says(operation, "InvalidGroup.NotFound",
				"You have specified two resources that belong to different networks.")
		}
		return nil
	}
}

func ruleTaken(token, operation string) check {
	return func(c *Call) error {
		for _, other := range c.others(c.list(token)) {
			if other.Text("securityGroupId") == c.text("securityGroupId") && samePermission(other.Inputs, c.Inputs) {
				return ec2.refuses(operation, "InvalidPermission.Duplicate",
					"the specified rule %q already exists", describePermission(c.Inputs))
			}
		}
		return nil
	}
}

func samePermission(a, b property.Map) bool { return describePermission(a) == describePermission(b) }

func describePermission(rule property.Map) string {
	protocol := strings.ToUpper(Text(rule, "ipProtocol"))
	peer := destinationOf(rule, rulePeers...)
	if protocol == "-1" {
		return fmt.Sprintf("peer: %s, ALL, ALLOW", peer)
	}
	from, _ := numberAt(rule, "fromPort")
	to, _ := numberAt(rule, "toPort")
	return fmt.Sprintf("peer: %s, %s, from port: %d, to port: %d, ALLOW", peer, protocol, from, to)
}
