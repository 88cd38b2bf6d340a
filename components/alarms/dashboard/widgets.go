package dashboard

import "fmt"

// Text is Markdown.
type Text struct{ Markdown string }

func (Text) height() int  { return textHeight }
func (Text) kind() string { return "text" }
func (t Text) properties() any {
	return struct {
		Markdown string `json:"markdown"`
	}{t.Markdown}
}

// Alarms are the states of alarms, 1 to 100.
type Alarms struct {
	Title string
	ARNs  []string
}

func (Alarms) height() int  { return alarmsHeight }
func (Alarms) kind() string { return "alarm" }
func (a Alarms) properties() any {
	return struct {
		Title  string   `json:"title"`
		Alarms []string `json:"alarms"`
	}{a.Title, a.ARNs}
}

// Graph is lines over time.
type Graph struct {
	Title  string
	Region string
	Lines  []Line
}

func (Graph) height() int  { return graphHeight }
func (Graph) kind() string { return "metric" }
func (g Graph) properties() any {
	metrics := make([]any, len(g.Lines))
	for i, line := range g.Lines {
		metrics[i] = line.metric(i)
	}
	return graphJSON{Title: g.Title, Region: g.Region, View: "timeSeries", Period: periodSeconds, Metrics: metrics}
}

// periodSeconds is what a point of a line stands for.
const periodSeconds = 300

type graphJSON struct {
	Title   string `json:"title"`
	Region  string `json:"region"`
	View    string `json:"view"`
	Stacked bool   `json:"stacked"`
	Period  int    `json:"period"`
	Metrics []any  `json:"metrics"`
}

// Line is a Metric or a Search.
type Line interface {
	// metric is the line as the graph's list has it, at that place.
	metric(place int) any
}

// Metric is one metric's line.
type Metric struct {
	Namespace, Name string
	// Dimensions are names and values in turn: "LoadBalancer", "app/x/1".
	Dimensions []string
	// Statistic is CloudWatch's, "Sum" or "p95".
	Statistic string
	// Label is the line's name.
	Label string
}

func (m Metric) metric(int) any {
	line := []any{m.Namespace, m.Name}
	for _, part := range m.Dimensions {
		line = append(line, part)
	}
	return append(line, struct {
		Stat  string `json:"stat"`
		Label string `json:"label"`
	}{m.Statistic, m.Label})
}

// Search is a line for each metric that it finds, also those that come later, 500 at most.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
type Search struct {
	// Schema is the namespace and the names of all dimensions, "AWS/ECS,ClusterName,ServiceName".
	Schema string
	// Terms narrow it down, `ClusterName="demo-cell" MetricName="CPUUtilization"`.
	Terms string
	// Statistic is CloudWatch's, "Sum" or "p95".
	Statistic string
	// Label is that of each line, with the dynamic labels of CloudWatch: "${PROP('Dim.ServiceName')}".
	Label string
}

func (s Search) metric(place int) any {
	return []any{struct {
		ID         string `json:"id"`
		Expression string `json:"expression"`
		Label      string `json:"label"`
	}{
		ID:         fmt.Sprintf("search%d", place+1),
		Expression: fmt.Sprintf("SEARCH('{%s} %s', '%s', %d)", s.Schema, s.Terms, s.Statistic, periodSeconds),
		Label:      s.Label,
	}}
}
