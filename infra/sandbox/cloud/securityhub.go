package cloud

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Security Hub: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_EnableSecurityHub.html.
func securityHubTypes() []*Type {
	return []*Type{
		{
			Token: hubAccount, ID: func(c *Call) string { return c.Account },
			Refuse: onCreate(refuseSecondHub), Computed: hubOutputs,
		},
		{
			Token: hubStandard,
			ID: func(c *Call) string {
				return c.arn("securityhub", "subscription/"+standardPath(c.text("standardsArn")))
			},
			Refuse: firstOf(refuseWithoutHub("BatchEnableStandards"), refuseStandard),
		},
		{
			Token: hubAggregator,
			ID:    func(c *Call) string { return c.arn("securityhub", "finding-aggregator/"+uuid(randomHex(32))) },
			Refuse: firstOf(refuseWithoutHub("CreateFindingAggregator"), onCreate(refuseSecondAggregator),
				refuseLinkedRegions),
		},
	}
}

func refuseSecondHub(c *Call) error {
	if len(c.list(hubAccount)) > 0 {
		return securityHub.says("EnableSecurityHub", "ResourceConflictException",
			"Account is already subscribed to Security Hub").withStatus(409)
	}
	return nil
}

func hubOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.arn("securityhub", "hub/default")).
		fillText("controlFindingGenerator", "SECURITY_CONTROL").
		values
}

func refuseWithoutHub(operation string) check {
	return func(c *Call) error {
		if len(c.list(hubAccount)) == 0 {
			return securityHub.refuses(operation, "InvalidAccessException",
				"Account %s is not subscribed to AWS Security Hub", c.Account).withStatus(401)
		}
		return nil
	}
}

// hubStandards are those that are offered, with their versions:
// https://docs.aws.amazon.com/securityhub/latest/userguide/standards-view-manage.html.
var hubStandards = []string{
	"aws-foundational-security-best-practices/v/1.0.0",
	"aws-resource-tagging-standard/v/1.0.0",
	"cis-aws-foundations-benchmark/v/1.2.0",
	"cis-aws-foundations-benchmark/v/1.4.0",
	"cis-aws-foundations-benchmark/v/3.0.0",
	"cis-aws-foundations-benchmark/v/5.0.0",
	"nist-800-171/v/2.0.0",
	"nist-800-53/v/5.0.0",
	"pci-dss/v/3.2.1",
	"pci-dss/v/4.0.1",
}

// standardPath is what follows "standards/", or "ruleset/" of the oldest.
func standardPath(arn string) string {
	_, _, resource, _ := arnParts(arn)
	_, path, _ := strings.Cut(resource, "/")
	return path
}

// refuseStandard: a standard's ARN is of the region, but for that of the oldest, which is of none.
func refuseStandard(c *Call) error {
	arn := c.text("standardsArn")
	path := standardPath(arn)
	want := fmt.Sprintf("arn:aws:securityhub:%s::standards/%s", c.Region, path)
	if path == "cis-aws-foundations-benchmark/v/1.2.0" {
		want = "arn:aws:securityhub:::ruleset/" + path
	}
	if arn != "" && (arn != want || !slices.Contains(hubStandards, path)) {
		return securityHub.refuses("BatchEnableStandards", "InvalidInputException",
			"Invalid parameter: StandardsArn %s is not a standard of %s", arn, c.Region)
	}
	return nil
}

// refuseSecondAggregator: an account has one home region,
// https://docs.aws.amazon.com/securityhub/latest/userguide/finding-aggregation.html.
func refuseSecondAggregator(c *Call) error {
	if len(c.World.List(hubAggregator, c.Account, "")) > 0 {
		return securityHub.says("CreateFindingAggregator", "ResourceConflictException",
			"A finding aggregator already exists for the account.").withStatus(409)
	}
	return nil
}

func refuseLinkedRegions(c *Call) error {
	regions, mode := c.texts("specifiedRegions[*]"), c.text("linkingMode")
	given := mode == "SPECIFIED_REGIONS" || mode == "ALL_REGIONS_EXCEPT_SPECIFIED"
	unknown := slices.ContainsFunc(regions, func(region string) bool { return region == c.Region || !KnownRegion(region) })
	if given != c.has("specifiedRegions") || unknown {
		return securityHub.refuses("CreateFindingAggregator", "InvalidInputException",
			"Invalid regions %v for the linking mode %s in %s", regions, mode, c.Region)
	}
	return nil
}
