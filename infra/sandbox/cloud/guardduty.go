package cloud

import (
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Detectors: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html.
func guardDutyTypes() []*Type {
	return []*Type{
		{
			Token: guardDutyDetector, ID: func(*Call) string { return randomHex(32) },
			Refuse: onCreate(refuseSecondDetector), Computed: detectorOutputs,
		},
		{
			Token: guardDutyFeature,
			ID:    func(c *Call) string { return c.text("detectorId") + "/" + c.text("name") },
			References: []Reference{{Property: "detectorId", To: guardDutyDetector, By: "id",
				NotFound: guardDuty.says("UpdateDetector", "BadRequestException", "The request is rejected because the input"+
					" detectorId is not owned by the current account.")}},
			Refuse: firstOf(refuseAgents, refuseBothRuntimes),
		},
	}
}

// refuseSecondDetector: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_limits.html.
func refuseSecondDetector(c *Call) error {
	if len(c.list(guardDutyDetector)) > 0 {
		return guardDuty.says("CreateDetector", "BadRequestException",
			"The request is rejected because a detector already exists for the current account.")
	}
	return nil
}

func detectorOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.arn("guardduty", "detector/"+c.ID)).
		text("accountId", c.Account).
		fillText("findingPublishingFrequency", "SIX_HOURS").
		values
}

// agentsOf are the agents that a feature may manage:
// https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfiguration.html.
var agentsOf = map[string]map[string]bool{
	"EKS_RUNTIME_MONITORING": {"EKS_ADDON_MANAGEMENT": true},
	"RUNTIME_MONITORING": {
		"EKS_ADDON_MANAGEMENT": true, "ECS_FARGATE_AGENT_MANAGEMENT": true, "EC2_AGENT_MANAGEMENT": true,
	},
}

func refuseAgents(c *Call) error {
	for _, agent := range c.texts("additionalConfigurations[*].name") {
		if !agentsOf[c.text("name")][agent] {
			return guardDuty.refuses("UpdateDetector", "BadRequestException",
				"The request is rejected because the feature %s has no additional configuration %s.", c.text("name"), agent)
		}
	}
	return nil
}

// refuseBothRuntimes: https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring.html.
func refuseBothRuntimes(c *Call) error {
	other := map[string]string{
		"RUNTIME_MONITORING": "EKS_RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING": "RUNTIME_MONITORING",
	}[c.text("name")]
	for _, feature := range c.others(c.list(guardDutyFeature)) {
		if other != "" && c.text("status") == "ENABLED" && feature.Text("name") == other &&
			feature.Text("status") == "ENABLED" {
			return guardDuty.says("UpdateDetector", "BadRequestException", "The request is rejected because"+
				" EKS_RUNTIME_MONITORING and RUNTIME_MONITORING cannot be enabled together.")
		}
	}
	return nil
}
