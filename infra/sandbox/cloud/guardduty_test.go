package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDetectors(t *testing.T) {
	each(t, newWorld, func(w *fakeWorld) []attempt {
		detector := w.make(guardDutyDetector, settings{"enable": true})
		feature := func(name string, agents ...string) settings {
			var configurations []settings
			for _, agent := range agents {
				configurations = append(configurations, settings{"name": agent, "status": "ENABLED"})
			}
			return settings{"detectorId": detector.ID, "name": name, "status": "ENABLED",
				"additionalConfigurations": configurations}
		}
		w.make(guardDutyFeature, feature("RUNTIME_MONITORING"))
		return []attempt{
			{"second", guardDutyDetector, settings{}, "a detector already exists for the current account"},
			{"feature", guardDutyFeature, feature("S3_DATA_EVENTS"), ""},
			{"agents", guardDutyFeature, feature("RUNTIME_MONITORING", "ECS_FARGATE_AGENT_MANAGEMENT"), ""},
			{"agents of another feature", guardDutyFeature, feature("S3_DATA_EVENTS", "EC2_AGENT_MANAGEMENT"),
				"the feature S3_DATA_EVENTS has no additional configuration EC2_AGENT_MANAGEMENT"},
			{"both runtimes", guardDutyFeature, feature("EKS_RUNTIME_MONITORING"), "cannot be enabled together"},
			{"no detector", guardDutyFeature, with(feature("S3_DATA_EVENTS"), settings{"detectorId": "none"}),
				"api error BadRequestException"},
		}
	})
	w := newWorld(t)
	detector := w.make(guardDutyDetector, settings{})
	assert.Regexp(t, `^[0-9a-f]{32}$`, detector.ID)
	assert.Equal(t, "arn:aws:guardduty:eu-west-1:123456789012:detector/"+detector.ID, detector.Text("arn"))
	assert.Equal(t, detector.ID+"/S3_DATA_EVENTS", w.make(guardDutyFeature,
		settings{"detectorId": detector.ID, "name": "S3_DATA_EVENTS", "status": "ENABLED"}).ID)
	w.in(germany, func() { w.make(guardDutyDetector, settings{}) })
}
