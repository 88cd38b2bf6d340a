package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

func groupName(pattern string) check {
	characters := regexp.MustCompile(pattern)
	return func(c *Call) error {
		if name := c.text("name"); !characters.MatchString(name) || len(name) > 255 {
			return fmt.Errorf("name must match %s and be at most 255 characters long: %q", pattern, name)
		}
		return nil
	}
}

// refuseSubnetGroup: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html.
func refuseSubnetGroup(c *Call) error {
	var covered []string
	vpc := ""
	for _, id := range c.texts("subnetIds[*]") {
		subnet, _ := c.find(ec2Subnet, "id", id)
		if zone := subnet.Text("availabilityZone"); !slices.Contains(covered, zone) {
			covered = append(covered, zone)
		}
		if vpc != "" && subnet.Text("vpcId") != vpc {
			return rds.says("CreateDBSubnetGroup", "InvalidSubnet", "The subnets must all be in the same VPC.")
		}
		vpc = subnet.Text("vpcId")
	}
	if len(covered) < 2 {
		return rds.refuses("CreateDBSubnetGroup", "DBSubnetGroupDoesNotCoverEnoughAZs",
			"The DB subnet group doesn't meet"+
				" Availability Zone (AZ) coverage requirement. Current AZ coverage: %s. Add subnets to cover at least 2"+
				" AZs.",
			strings.Join(covered, ", "))
	}
	return nil
}

func subnetGroupOutputs(c *Call) map[string]property.Value {
	first, _ := c.find(ec2Subnet, "id", c.text("subnetIds[*]"))
	return c.outputs().
		text("arn", c.arn("rds", "subgrp:"+c.ID)).
		fillText("name", c.ID).
		set("supportedNetworkTypes", strs("IPV4")).
		text("vpcId", first.Text("vpcId")).
		values
}

var parameterFamily = regexp.MustCompile(
	`^(mysql(5\.7|8\.0|8\.4)|mariadb1[01]\.\d+|postgres1\d|oracle-.+|sqlserver-.+|db2-.+|aurora-.+)$`)

// staticParameters need a reboot:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html.
var staticParameters = []string{"innodb_buffer_pool_instances", "innodb_log_file_size", "innodb_purge_threads",
	"innodb_read_io_threads", "innodb_write_io_threads", "lower_case_table_names", "performance_schema",
	"skip_name_resolve"}

// refuseParameterGroup: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html.
func refuseParameterGroup(c *Call) error {
	if family := c.text("family"); family != "" && !parameterFamily.MatchString(family) {
		return rds.refuses("CreateDBParameterGroup", "InvalidParameterValue",
			"ParameterGroupFamily %s is not a valid parameter group family", family)
	}
	for _, parameter := range props.Maps(c.Inputs, "parameters[*]") {
		if slices.Contains(staticParameters, Text(parameter, "name")) &&
			Text(parameter, "applyMethod") != "pending-reboot" {
			return rds.says("ModifyDBParameterGroup", "InvalidParameterCombination",
				"cannot use immediate apply method for static parameter")
		}
	}
	return nil
}

func parameterGroupOutputs(c *Call) map[string]property.Value {
	return c.outputs().text("arn", c.arn("rds", "pg:"+c.ID)).fillText("name", c.ID).values
}
