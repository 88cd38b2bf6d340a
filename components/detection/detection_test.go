package detection_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/detection"
	"haven/tests/harness"
)

const (
	featureType    = "aws:guardduty/detectorFeature:DetectorFeature"
	standardType   = "aws:securityhub/standardsSubscription:StandardsSubscription"
	aggregatorType = "aws:securityhub/findingAggregator:FindingAggregator"
	analyzerType   = "aws:accessanalyzer/analyzer:Analyzer"
)

func args() detection.Args {
	return detection.Args{Scope: harness.AccountScope(), Account: "123456789012", Region: "eu-west-1"}
}

func home() detection.Args {
	home := args()
	home.LinkedRegions = []string{"eu-central-1"}
	return home
}

func declare(t *testing.T, args detection.Args) *harness.Recorder {
	t.Helper()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		d, err := detection.New(ctx, "detection", args)
		if err != nil {
			return err
		}
		d.DetectorID.ApplyT(func(id string) string {
			assert.Equal(t, "detection-detector-id", id)
			return id
		})
		return nil
	}))
	harness.AssertFamily(t, r, detection.Type, "detection")
	return r
}

func TestGuardDuty(t *testing.T) {
	t.Parallel()
	r := declare(t, args())
	detector := r.One(t, "aws:guardduty/detector:Detector", "detection-detector")
	harness.AssertTags(t, detector, "detection")
	harness.AssertInputs(t, detector, map[string]any{
		"enable": true, "findingPublishingFrequency": "FIFTEEN_MINUTES", "datasources": nil})
	features := map[any]any{}
	for _, d := range r.OfType(featureType) {
		assert.Equal(t, "detection-detector-id", d.Input("detectorId"))
		features[d.Input("name")] = d.Input("status")
	}
	assert.Equal(t, map[any]any{
		"S3_DATA_EVENTS":         "ENABLED",
		"RDS_LOGIN_EVENTS":       "ENABLED",
		"LAMBDA_NETWORK_LOGS":    "ENABLED",
		"EBS_MALWARE_PROTECTION": "ENABLED",
		"RUNTIME_MONITORING":     "ENABLED",
		"EKS_AUDIT_LOGS":         "DISABLED",
	}, features)
	assert.Equal(t, []any{
		map[string]any{"name": "EKS_ADDON_MANAGEMENT", "status": "DISABLED"},
		map[string]any{"name": "ECS_FARGATE_AGENT_MANAGEMENT", "status": "ENABLED"},
		map[string]any{"name": "EC2_AGENT_MANAGEMENT", "status": "DISABLED"},
	}, r.One(t, featureType, "detection-runtime").Input("additionalConfigurations"))
}

func TestSecurityHub(t *testing.T) {
	t.Parallel()
	r := declare(t, args())
	harness.AssertInputs(t, r.One(t, "aws:securityhub/account:Account", "detection-hub"), map[string]any{
		"enableDefaultStandards": false, "autoEnableControls": true, "controlFindingGenerator": "SECURITY_CONTROL"})
	const prefix = "arn:aws:securityhub:eu-west-1::standards/"
	for name, path := range map[string]string{
		"detection-best-practices": "aws-foundational-security-best-practices/v/1.0.0",
		"detection-cis":            "cis-aws-foundations-benchmark/v/3.0.0",
	} {
		standard := r.One(t, standardType, name)
		assert.Equal(t, prefix+path, standard.Input("standardsArn"))
		assert.Contains(t, standard.DependsOn, "detection-hub")
	}
	assert.Len(t, r.OfType(standardType), 2)
}

func TestInspector(t *testing.T) {
	t.Parallel()
	harness.AssertInputs(t, declare(t, args()).One(t, "aws:inspector2/enabler:Enabler", "detection-inspector"),
		map[string]any{"accountIds": []any{"123456789012"}, "resourceTypes": []any{"ECR", "LAMBDA", "LAMBDA_CODE"}})
}

// TestTheHomeRegionStandsForTheAccount: what belongs to no region is judged in one.
func TestTheHomeRegionStandsForTheAccount(t *testing.T) {
	t.Parallel()
	r := declare(t, home())
	aggregator := r.One(t, aggregatorType, "detection-aggregator")
	harness.AssertInputs(t, aggregator, map[string]any{
		"linkingMode": "SPECIFIED_REGIONS", "specifiedRegions": []any{"eu-central-1"}})
	assert.Contains(t, aggregator.DependsOn, "detection-hub")
	external := r.One(t, analyzerType, "detection-external")
	harness.AssertTags(t, external, "detection")
	harness.AssertInputs(t, external, map[string]any{
		"analyzerName": "demo-account-external-access", "type": "ACCOUNT", "configuration": nil})
	unused := r.One(t, analyzerType, "detection-unused")
	harness.AssertTags(t, unused, "detection")
	harness.AssertInputs(t, unused, map[string]any{"analyzerName": "demo-account-unused-access",
		"type": "ACCOUNT_UNUSED_ACCESS", "configuration.unusedAccess.unusedAccessAge": 90.0})

	elsewhere := declare(t, args())
	assert.Empty(t, elsewhere.OfType(aggregatorType))
	assert.Len(t, elsewhere.OfType(analyzerType), 1)
	elsewhere.One(t, analyzerType, "detection-external")
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, detection.New, "detection: Scope: missing, expected a value\n"+
		"Account: missing, expected a value\nRegion: missing, expected a value",
		home, map[string]func(*detection.Args){
			`detection: LinkedRegions: "eu-west-1", expected other regions than the home itself`: func(
				a *detection.Args) {
				a.LinkedRegions = append(a.LinkedRegions, a.Region)
			},
		})
}
