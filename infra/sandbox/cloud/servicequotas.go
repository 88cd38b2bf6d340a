package cloud

import (
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// serviceQuotaTypes are Service Quotas' requests. The sandbox grants each at once, where AWS takes minutes or days.
// https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_RequestServiceQuotaIncrease.html
func serviceQuotaTypes() []*Type {
	return []*Type{{
		Token: serviceQuota, ID: func(c *Call) string { return c.text("serviceCode") + "/" + c.text("quotaCode") },
		Refuse: refuseQuota, Computed: serviceQuotaOutputs,
	}}
}

// byCode is what every account has of the quota that Service Quotas calls so.
func byCode(code string) (allowance, bool) {
	for _, known := range quotas {
		if code != "" && known.code == code {
			return known, true
		}
	}
	return allowance{}, false
}

func refuseQuota(c *Call) error {
	const request = "RequestServiceQuotaIncrease"
	known, is := byCode(c.text("quotaCode"))
	if !is {
		return serviceQuotas.says(request, "NoSuchResourceException", "The request failed because the specified service"+
			" quota does not exist.")
	}
	wanted, _ := c.number("value")
	if wanted < c.granted(known) {
		return serviceQuotas.says(request, "IllegalArgumentException",
			"You must provide a quota value greater than the current quota value")
	}
	if known.most > 0 && wanted > known.most {
		return serviceQuotas.refuses(request, "IllegalArgumentException", "AWS grants %d at most.", known.most)
	}
	return nil
}

// granted is what the account has of a quota in the call's region: what every account has, or what it was raised to.
func (c *Call) granted(known allowance) int {
	most := known.initial
	if known.code == "" {
		return most
	}
	for _, raised := range c.World.List(serviceQuota, c.Account, c.Region) {
		if value, is := props.Number(raised.Outputs, "value"); is && raised.Text("quotaCode") == known.code {
			most = max(most, int(value))
		}
	}
	return most
}

func serviceQuotaOutputs(c *Call) map[string]property.Value {
	known, _ := byCode(c.text("quotaCode"))
	return c.outputs().
		text("arn", c.arn("servicequotas", c.ID)).
		text("serviceName", c.text("serviceCode")).
		text("quotaName", c.text("quotaCode")).
		text("requestStatus", "APPROVED").
		text("requestId", randomHex(32)).
		set("defaultValue", property.New(float64(known.initial))).
		set("adjustable", property.New(true)).
		values
}
