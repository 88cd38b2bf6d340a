package detection

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/accessanalyzer"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/guardduty"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/inspector2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/securityhub"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/limit"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:detection:Detection"

// unusedDays is how long nobody used a permission before it is reported.
const unusedDays = 90

// standards are what Security Hub judges by.
// https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html
var standards = []struct{ part, path string }{
	{"best-practices", "aws-foundational-security-best-practices/v/1.0.0"},
	{"cis", "cis-aws-foundations-benchmark/v/3.0.0"},
}

// Args are all required, but for LinkedRegions.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region the one that is watched.
	Account, Region string
	// LinkedRegions makes this the home region, which gathers the findings of these others and judges the account's IAM as
	// a whole. Exactly one region is. Default: another region is the home.
	LinkedRegions []string
}

// Detection watches one region.
type Detection struct {
	pulumi.ResourceState
	// DetectorID is GuardDuty's.
	DetectorID pulumi.StringOutput
}

// New watches a region.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Detection, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("detection: %w", err)
	}
	d := &Detection{}
	if err := ctx.RegisterComponentResource(Type, name, d, opts...); err != nil {
		return nil, fmt.Errorf("detection: %w", err)
	}
	for _, part := range []func(*pulumi.Context, string, Args) error{
		d.guardDuty, d.securityHub, d.inspector, d.accessAnalyzer,
	} {
		if err := part(ctx, name, args); err != nil {
			return nil, fmt.Errorf("detection: %w", err)
		}
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{"detectorId": d.DetectorID})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	if a.Region != "" && slices.Contains(a.LinkedRegions, a.Region) {
		problems.Check("LinkedRegions", &limit.Error{Got: a.Region, Want: "other regions than the home itself"})
	}
	return problems.Err()
}

// home says whether this region stands for the account.
func (a Args) home() bool { return len(a.LinkedRegions) > 0 }

const (
	on  = "ENABLED"
	off = "DISABLED"
)

func (d *Detection) guardDuty(ctx *pulumi.Context, name string, args Args) error {
	detector, err := guardduty.NewDetector(ctx, name+"-detector", &guardduty.DetectorArgs{
		Enable:                     pulumi.Bool(true),
		FindingPublishingFrequency: pulumi.String("FIFTEEN_MINUTES"),
		Tags:                       d.tags(args, "detector"),
	}, pulumi.Parent(d))
	if err != nil {
		return fmt.Errorf("detector: %w", err)
	}
	d.DetectorID = detector.ID().ToStringOutput()
	for _, feature := range []struct {
		part, name, status string
		agents             guardduty.DetectorFeatureAdditionalConfigurationArray
	}{
		{"s3", "S3_DATA_EVENTS", on, nil},
		{"rds", "RDS_LOGIN_EVENTS", on, nil},
		{"lambda", "LAMBDA_NETWORK_LOGS", on, nil},
		{"malware", "EBS_MALWARE_PROTECTION", on, nil},
		{"runtime", "RUNTIME_MONITORING", on, agents()},
		{"eks", "EKS_AUDIT_LOGS", off, nil},
	} {
		_, err := guardduty.NewDetectorFeature(ctx, name+"-"+feature.part, &guardduty.DetectorFeatureArgs{
			DetectorId:               d.DetectorID,
			Name:                     pulumi.String(feature.name),
			Status:                   pulumi.String(feature.status),
			AdditionalConfigurations: feature.agents,
		}, pulumi.Parent(d))
		if err != nil {
			return fmt.Errorf("feature %s: %w", feature.name, err)
		}
	}
	return nil
}

// agents are who looks into processes: GuardDuty adds its own to Fargate tasks. AWS reports all three, in this order.
// https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-ecs-fargate.html
func agents() guardduty.DetectorFeatureAdditionalConfigurationArray {
	agent := func(name, status string) guardduty.DetectorFeatureAdditionalConfigurationInput {
		return guardduty.DetectorFeatureAdditionalConfigurationArgs{Name: pulumi.String(name), Status: pulumi.String(status)}
	}
	return guardduty.DetectorFeatureAdditionalConfigurationArray{
		agent("EKS_ADDON_MANAGEMENT", off), agent("ECS_FARGATE_AGENT_MANAGEMENT", on), agent("EC2_AGENT_MANAGEMENT", off),
	}
}

func (d *Detection) securityHub(ctx *pulumi.Context, name string, args Args) error {
	hub, err := securityhub.NewAccount(ctx, name+"-hub", &securityhub.AccountArgs{
		EnableDefaultStandards:  pulumi.Bool(false),
		AutoEnableControls:      pulumi.Bool(true),
		ControlFindingGenerator: pulumi.String("SECURITY_CONTROL"),
	}, pulumi.Parent(d))
	if err != nil {
		return fmt.Errorf("security hub: %w", err)
	}
	after := pulumi.DependsOn([]pulumi.Resource{hub})
	for _, standard := range standards {
		_, err := securityhub.NewStandardsSubscription(ctx, name+"-"+standard.part, &securityhub.StandardsSubscriptionArgs{
			StandardsArn: pulumi.String(fmt.Sprintf("arn:aws:securityhub:%s::standards/%s", args.Region, standard.path)),
		}, pulumi.Parent(d), after)
		if err != nil {
			return fmt.Errorf("standard %s: %w", standard.path, err)
		}
	}
	if !args.home() {
		return nil
	}
	_, err = securityhub.NewFindingAggregator(ctx, name+"-aggregator", &securityhub.FindingAggregatorArgs{
		LinkingMode:      pulumi.String("SPECIFIED_REGIONS"),
		SpecifiedRegions: pulumi.ToStringArray(args.LinkedRegions),
	}, pulumi.Parent(d), after)
	if err != nil {
		return fmt.Errorf("finding aggregator: %w", err)
	}
	return nil
}

func (d *Detection) inspector(ctx *pulumi.Context, name string, args Args) error {
	_, err := inspector2.NewEnabler(ctx, name+"-inspector", &inspector2.EnablerArgs{
		AccountIds:    pulumi.ToStringArray([]string{args.Account}),
		ResourceTypes: pulumi.ToStringArray([]string{"ECR", "LAMBDA", "LAMBDA_CODE"}),
	}, pulumi.Parent(d))
	if err != nil {
		return fmt.Errorf("inspector: %w", err)
	}
	return nil
}

func (d *Detection) accessAnalyzer(ctx *pulumi.Context, name string, args Args) error {
	_, err := accessanalyzer.NewAnalyzer(ctx, name+"-external", &accessanalyzer.AnalyzerArgs{
		AnalyzerName: pulumi.String(args.Scope.Name("external-access")),
		Type:         pulumi.String("ACCOUNT"),
		Tags:         d.tags(args, "external-access"),
	}, pulumi.Parent(d))
	if err != nil || !args.home() {
		return err
	}
	_, err = accessanalyzer.NewAnalyzer(ctx, name+"-unused", &accessanalyzer.AnalyzerArgs{
		AnalyzerName: pulumi.String(args.Scope.Name("unused-access")),
		Type:         pulumi.String("ACCOUNT_UNUSED_ACCESS"),
		Configuration: accessanalyzer.AnalyzerConfigurationArgs{
			UnusedAccess: accessanalyzer.AnalyzerConfigurationUnusedAccessArgs{UnusedAccessAge: pulumi.Int(unusedDays)},
		},
		Tags: d.tags(args, "unused-access"),
	}, pulumi.Parent(d))
	return err
}

func (d *Detection) tags(args Args, part string) pulumi.StringMap {
	return pulumi.ToStringMap(args.Scope.Tags("detection", args.Scope.Name(part), naming.Internal))
}
