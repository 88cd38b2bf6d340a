package cloud

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
)

var dashboardName = regexp.MustCompile(`^[0-9A-Za-z_-]{1,255}$`)

func refuseDashboardName(c *Call) error {
	if name := c.text("dashboardName"); name != "" && !dashboardName.MatchString(name) {
		return fmt.Errorf("only alphanumeric characters, dashes and underscores allowed, up to 255, in dashboard_name: %q",
			name)
	}
	return nil
}

// dashboardBody:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html.
type dashboardBody struct {
	Widgets []struct {
		Type                string
		X, Y, Width, Height int
		Properties          struct {
			Alarms, Metrics []json.RawMessage
			Region          string
		}
	}
}

var widgetTypes = []string{"alarm", "explorer", "log", "metric", "text"}

// What a dashboard holds at most:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html.
const (
	gridColumns        = 24
	widgetsOfDashboard = 500
	alarmsOfWidget     = 100
	metricsOfWidget    = 500
)

func refuseDashboardBody(c *Call) error {
	text := c.text("dashboardBody")
	if text == "" {
		return nil
	}
	refused := func(path, reason string) error {
		return cloudWatch.refuses("PutDashboard", "InvalidParameterInput",
			"The dashboard body is invalid, there are 1 validation errors: [{\"dataPath\": %q, \"message\": %q}]", path, reason)
	}
	var body dashboardBody
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		return refused("", "The field DashboardBody must be a valid JSON object")
	}
	if len(body.Widgets) > widgetsOfDashboard {
		return refused("/widgets", fmt.Sprintf("Should NOT have more than %d items", widgetsOfDashboard))
	}
	for i, widget := range body.Widgets {
		path := fmt.Sprintf("/widgets/%d", i)
		switch {
		case !slices.Contains(widgetTypes, widget.Type):
			return refused(path+"/type", "Should be equal to one of the allowed values")
		case widget.X < 0 || widget.Width < 1 || widget.X+widget.Width > gridColumns:
			return refused(path+"/width", fmt.Sprintf("Should be within the %d columns", gridColumns))
		case widget.Type == "metric" && widget.Properties.Region == "":
			return refused(path+"/properties", "Should have required property 'region'")
		case len(widget.Properties.Metrics) > metricsOfWidget:
			return refused(path+"/properties/metrics", fmt.Sprintf("Should NOT have more than %d items", metricsOfWidget))
		case widget.Type == "alarm" && len(widget.Properties.Alarms) == 0:
			return refused(path+"/properties/alarms", "Should NOT have fewer than 1 items")
		case len(widget.Properties.Alarms) > alarmsOfWidget:
			return refused(path+"/properties/alarms", fmt.Sprintf("Should NOT have more than %d items", alarmsOfWidget))
		}
	}
	return nil
}
