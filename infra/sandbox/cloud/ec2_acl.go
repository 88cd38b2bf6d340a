package cloud

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Network ACLs: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html.
func networkACLTypes() []*Type {
	return []*Type{
		{
			Token: ec2NetworkACL, ID: ec2ID("acl"),
			References: []Reference{inVpc("CreateNetworkAcl"), aclSubnets},
			Refuse:     firstOf(inlineEntries("ingress"), inlineEntries("egress")), Computed: networkACLOutputs,
		},
		{
			Token: ec2DefaultNetworkACL, ID: func(c *Call) string { return c.text("defaultNetworkAclId") },
			References: []Reference{aclSubnets, {Property: "defaultNetworkAclId", To: ec2Vpc, By: "defaultNetworkAclId",
				NotFound: networkACLNotFound("DescribeNetworkAcls")}},
			Refuse: firstOf(inlineEntries("ingress"), inlineEntries("egress")), Computed: defaultNetworkACLOutputs,
		},
		{
			Token: ec2NetworkACLRule, ID: networkACLRuleID,
			References: []Reference{{Property: "networkAclId", To: ec2NetworkACL, By: "id",
				Or:       []Target{{ec2DefaultNetworkACL, "id"}, {ec2Vpc, "defaultNetworkAclId"}},
				NotFound: networkACLNotFound("CreateNetworkAclEntry")}},
			Refuse: firstOf(refuseNetworkACLRule, networkACLRuleTaken),
		},
	}
}

var aclSubnets = Reference{Property: "subnetIds[*]", To: ec2Subnet, By: "id",
	NotFound: subnetNotFound("ReplaceNetworkAclAssociation")}

func networkACLNotFound(operation string) Error {
	return ec2.says(operation, "InvalidNetworkAclID.NotFound", "The networkAcl ID '%s' does not exist")
}

func networkACLOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.arn("ec2", "network-acl/"+c.ID)).
		text("ownerId", c.Account).
		fill("subnetIds", strs()).
		fill("ingress", strs()).
		fill("egress", strs()).
		values
}

func defaultNetworkACLOutputs(c *Call) map[string]property.Value {
	out := c.outputs().
		text("arn", c.arn("ec2", "network-acl/"+c.ID)).
		text("ownerId", c.Account)
	if vpc, found := c.find(ec2Vpc, "defaultNetworkAclId", c.ID); found {
		out.text("vpcId", vpc.ID)
	}
	return out.values
}

// networkACLRuleID: the provider makes it of a checksum of the rule's key.
func networkACLRuleID(c *Call) string {
	number, _ := c.number("ruleNumber")
	key := fmt.Sprintf("%s-%d-%t-%s-", c.text("networkAclId"), number, c.flag("egress"), c.text("protocol"))
	return fmt.Sprintf("nacl-%d", crc32.ChecksumIEEE([]byte(key)))
}

func refuseNetworkACLRule(c *Call) error { return refuseEntry(c.Inputs, "ruleNumber") }

// refuseEntry: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html; 32767 is the rule
// that denies what no other matches.
func refuseEntry(entry property.Map, numberName string) error {
	if number, ok := numberAt(entry, numberName); ok && (number < 1 || number > 32766) {
		return ec2.refuses("CreateNetworkAclEntry", "InvalidParameterValue",
			"Value (%d) for parameter ruleNumber is invalid. Invalid NetworkAclEntry rule number.", number)
	}
	protocol := Text(entry, "protocol")
	if !knownProtocol(protocol) {
		return fmt.Errorf("unsupported protocol: %s", protocol)
	}
	if cidr := Text(entry, "cidrBlock"); cidr != "" {
		if _, err := network(cidr); err != nil {
			return err
		}
	}
	from, hasFrom := numberAt(entry, "fromPort")
	to, hasTo := numberAt(entry, "toPort")
	if slices.Contains([]string{"tcp", "udp", "6", "17"}, protocol) &&
		(!hasFrom || !hasTo || from > to || from < 0 || to > 65535) {
		return ec2.refuses("CreateNetworkAclEntry", "InvalidParameterValue", "Invalid port range: %d-%d", from, to)
	}
	return nil
}

func knownProtocol(protocol string) bool {
	if slices.Contains([]string{"", "all", "-1", "tcp", "udp", "icmp", "icmpv6", "ah", "esp"}, protocol) {
		return true
	}
	number, err := strconv.Atoi(protocol)
	return err == nil && number >= 0 && number <= 255
}

func networkACLRuleTaken(c *Call) error {
	number, _ := c.number("ruleNumber")
	for _, other := range c.others(c.list(ec2NetworkACLRule)) {
		taken, _ := numberAt(other.Inputs, "ruleNumber")
		if other.Text("networkAclId") == c.text("networkAclId") && taken == number &&
			props.Flag(other.Inputs, "egress") == c.flag("egress") {
			return entryExists(number)
		}
	}
	return nil
}

func entryExists(number int) error {
	return ec2.refuses("CreateNetworkAclEntry", "NetworkAclEntryAlreadyExists",
		"The network acl entry identified by %d already exists.", number)
}

func inlineEntries(direction string) check {
	return func(c *Call) error {
		seen := map[int]bool{}
		for _, entry := range props.Maps(c.Inputs, direction+"[*]") {
			if err := refuseEntry(entry, "ruleNo"); err != nil {
				return err
			}
			number, ok := numberAt(entry, "ruleNo")
			if ok && seen[number] {
				return entryExists(number)
			}
			seen[number] = true
		}
		return nil
	}
}
