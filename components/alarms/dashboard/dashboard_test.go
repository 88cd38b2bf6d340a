package dashboard_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/components/alarms/dashboard"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	board := dashboard.Dashboard{Rows: []dashboard.Row{
		{dashboard.Text{Markdown: "# a & b"}, dashboard.Alarms{Title: "Alarms", ARNs: []string{"arn:x"}}},
		{dashboard.Graph{Title: "Requests", Region: "eu-west-1", Lines: []dashboard.Line{
			dashboard.Metric{Namespace: "AWS/ApplicationELB", Name: "RequestCount",
				Dimensions: []string{"LoadBalancer", "app/x/1"}, Statistic: "Sum", Label: "Requests"},
			dashboard.Search{Schema: "AWS/ECS,ClusterName,ServiceName", Terms: `MetricName="CPUUtilization"`,
				Statistic: "Average", Label: "${PROP('Dim.ServiceName')}"},
		}}},
	}}
	assert.Equal(t, `{"widgets":[`+
		`{"type":"text","x":0,"y":0,"width":12,"height":1,"properties":{"markdown":"# a & b"}},`+
		`{"type":"alarm","x":12,"y":0,"width":12,"height":4,"properties":{"title":"Alarms","alarms":["arn:x"]}},`+
		`{"type":"metric","x":0,"y":4,"width":24,"height":6,"properties":{"title":"Requests","region":"eu-west-1",`+
		`"view":"timeSeries","stacked":false,"period":300,"metrics":[`+
		`["AWS/ApplicationELB","RequestCount","LoadBalancer","app/x/1",{"stat":"Sum","label":"Requests"}],`+
		`[{"id":"search2","expression":"SEARCH('{AWS/ECS,ClusterName,ServiceName} MetricName=\"CPUUtilization\"', `+
		`'Average', 300)","label":"${PROP('Dim.ServiceName')}"}]]}}]}`, board.JSON())
	assert.Equal(t, `{"widgets":[]}`, dashboard.Dashboard{}.JSON())
}

// TestGrid: whatever the rows, no widget leaves the grid or covers another.
func TestGrid(t *testing.T) {
	t.Parallel()
	widget := rapid.SampledFrom([]dashboard.Widget{dashboard.Text{}, dashboard.Alarms{}, dashboard.Graph{}})
	rows := rapid.SliceOfN(rapid.SliceOfN(widget, 1, 24), 1, 6)
	rapid.Check(t, func(t *rapid.T) {
		board := dashboard.Dashboard{}
		for _, row := range rows.Draw(t, "rows") {
			board.Rows = append(board.Rows, row)
		}
		var body struct {
			Widgets []struct{ X, Y, Width, Height int }
		}
		require.NoError(t, json.Unmarshal([]byte(board.JSON()), &body))
		taken := map[[2]int]bool{}
		for _, w := range body.Widgets {
			assert.LessOrEqual(t, w.X+w.Width, 24)
			for x := w.X; x < w.X+w.Width; x++ {
				for y := w.Y; y < w.Y+w.Height; y++ {
					assert.False(t, taken[[2]int{x, y}], "two widgets at %d, %d", x, y)
					taken[[2]int{x, y}] = true
				}
			}
		}
	})
}
