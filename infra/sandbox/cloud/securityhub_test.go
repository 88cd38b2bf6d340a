package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSecurityHub(t *testing.T) {
	standard := func(arn string) settings { return settings{"standardsArn": "arn:aws:securityhub:" + arn} }
	linked := func(mode string, regions ...string) settings {
		return settings{"linkingMode": mode, "specifiedRegions": regions}
	}
	each(t, newWorld, func(w *fakeWorld) []attempt {
		w.make(hubAccount, settings{})
		return []attempt{
			{"second", hubAccount, settings{}, "StatusCode: 409, api error ResourceConflictException"},
			{"standard", hubStandard, standard("eu-west-1::standards/cis-aws-foundations-benchmark/v/3.0.0"), ""},
			{"oldest", hubStandard, standard("::ruleset/cis-aws-foundations-benchmark/v/1.2.0"), ""},
			{"of another region", hubStandard, standard("eu-central-1::standards/pci-dss/v/4.0.1"),
				"is not a standard of eu-west-1"},
			{"unknown", hubStandard, standard("eu-west-1::standards/pci-dss/v/9.0.0"), "is not a standard of eu-west-1"},
			{"aggregator", hubAggregator, linked("SPECIFIED_REGIONS", germany), ""},
			{"aggregator of all", hubAggregator, linked("ALL_REGIONS"), ""},
			{"aggregator of itself", hubAggregator, linked("SPECIFIED_REGIONS", ireland), "Invalid regions [eu-west-1]"},
			{"aggregator of nowhere", hubAggregator, linked("SPECIFIED_REGIONS", "eu-nowhere-1"), "Invalid regions"},
			{"aggregator of none", hubAggregator, linked("SPECIFIED_REGIONS"), "for the linking mode SPECIFIED_REGIONS"},
			{"aggregator of all and some", hubAggregator, linked("ALL_REGIONS", germany), "Invalid regions [eu-central-1]"},
		}
	})
	w := newWorld(t)
	_, err := w.try(hubStandard, standard("eu-west-1::standards/pci-dss/v/4.0.1"))
	expect(t, err, "StatusCode: 401, api error InvalidAccessException: Account 123456789012 is not subscribed")
	_, err = w.try(hubAggregator, linked("ALL_REGIONS"))
	expect(t, err, "operation error SecurityHub: CreateFindingAggregator")
	assert.Equal(t, account, w.make(hubAccount, settings{}).ID)
	assert.Equal(t, "arn:aws:securityhub:eu-west-1:123456789012:subscription/pci-dss/v/4.0.1",
		w.make(hubStandard, standard("eu-west-1::standards/pci-dss/v/4.0.1")).ID)
	w.make(hubAggregator, linked("ALL_REGIONS"))
	w.in(germany, func() {
		w.make(hubAccount, settings{})
		_, err := w.try(hubAggregator, linked("ALL_REGIONS"))
		expect(t, err, "A finding aggregator already exists for the account.")
	})
}
