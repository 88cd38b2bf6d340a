package cloud

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Log-based metrics: https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.metrics.
func gcpLoggingTypes() []*Type {
	return []*Type{{
		Token: gcpLogMetric, ID: autoName,
		Unique: []Unique{{Property: "name", Scope: PerAccount,
			Taken: google.says("", "alreadyExists", "Metric %s already exists").withStatus(409)}},
		Refuse: firstOf(refuseGoogleMetric, refuseLogFilter("filter"), refuseExtractors),
		Computed: func(c *Call) map[string]property.Value {
			return c.outputs().fillText("name", c.ID).fillText("project", c.Account).values
		},
	}}
}

var metricNameForm = regexp.MustCompile(`^[A-Za-z0-9_\-.,+!*'()%][A-Za-z0-9_\-.,+!*'()%/]{0,99}$`)

// refuseGoogleMetric: a counter counts in whole numbers, and draws no value from an entry.
func refuseGoogleMetric(c *Call) error {
	kind, value := c.text("metricDescriptor.metricKind"), c.text("metricDescriptor.valueType")
	switch {
	case !metricNameForm.MatchString(c.ID):
		return google.refuses("", "badRequest", "Invalid metric name: %s", c.ID)
	case kind != "" && (kind != "DELTA" || value != "INT64" && value != "DISTRIBUTION"):
		return google.refuses("", "badRequest", "Metric descriptor of kind %s and value type %s is not supported: expected"+
			" DELTA of INT64 or DISTRIBUTION", kind, value)
	case (value == "DISTRIBUTION") != c.has("valueExtractor"):
		return google.says("", "badRequest", "A value extractor is required for a DISTRIBUTION metric, and for no other")
	}
	return nil
}

// refuseLogFilter knows of the query language only that a filter is there, is not too long and closes what it opens:
// https://cloud.google.com/logging/docs/view/logging-query-language.
func refuseLogFilter(path string) check {
	return func(c *Call) error {
		for _, filter := range c.texts(path) {
			quotes := strings.Count(filter, `"`) - strings.Count(filter, `\"`)
			if len(filter) > 20000 || quotes%2 != 0 || strings.Count(filter, "(") != strings.Count(filter, ")") {
				return google.refuses("", "badRequest", "Unparseable filter: %s", filter)
			}
		}
		return nil
	}
}

var (
	plainExtractor  = regexp.MustCompile(`^EXTRACT\([A-Za-z][\w.]*\)$`)
	regexpExtractor = regexp.MustCompile(`^REGEXP_EXTRACT\([A-Za-z][\w.]*, *"(.*)"\)$`)
)

// refuseExtractors: each label has one, and a regular expression in it has one group:
// https://cloud.google.com/logging/docs/logs-based-metrics/labels.
func refuseExtractors(c *Call) error {
	labels := c.texts("metricDescriptor.labels[*].key")
	given := 0
	for _, extractors := range props.Maps(c.Inputs, "labelExtractors") {
		for label, extractor := range extractors.AllStable {
			given++
			if !slices.Contains(labels, label) {
				return google.refuses("", "badRequest", "Label %s has an extractor and no descriptor", label)
			}
			if extractor.IsString() && !isExtractor(extractor.AsString()) {
				return google.refuses("", "badRequest", "Invalid extractor of label %s: %s", label, extractor.AsString())
			}
		}
	}
	if given != len(labels) || given > 10 {
		return google.refuses("", "badRequest", "%d labels with %d extractors: each of at most 10 labels has one",
			len(labels), given)
	}
	return nil
}

func isExtractor(text string) bool {
	if plainExtractor.MatchString(text) {
		return true
	}
	found := regexpExtractor.FindStringSubmatch(text)
	if found == nil {
		return false
	}
	pattern, err := regexp.Compile(strings.ReplaceAll(found[1], `\"`, `"`))
	return err == nil && pattern.NumSubexp() == 1
}
