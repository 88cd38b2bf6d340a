package cloud

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// analysisTypes are Inspector's and Access Analyzer's.
func analysisTypes() []*Type {
	return []*Type{
		{
			// https://docs.aws.amazon.com/inspector/v2/APIReference/API_Enable.html
			Token: inspectorEnabler, ID: enablerID, Refuse: refuseScans,
		},
		{
			// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAnalyzer.html
			Token: accessAnalyzer, ID: func(c *Call) string { return c.text("analyzerName") },
			Unique: []Unique{{Property: "analyzerName", Taken: analyzers.says("CreateAnalyzer", "ConflictException",
				"An analyzer with that name already exists.").withStatus(409)}},
			Refuse: firstOf(refuseAnalyzerName, onCreate(refuseTooManyAnalyzers), refuseUnusedAccess,
				inRange("configuration.unusedAccess.unusedAccessAge", "unused_access_age", 1, 365)),
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().text("arn", c.arn("access-analyzer", "analyzer/"+c.ID)).values
			},
		},
	}
}

var analyzerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,254}$`)

// enablerID is the provider's: what is enabled, for whom.
func enablerID(c *Call) string {
	sorted := func(path string) string { return strings.Join(slices.Sorted(slices.Values(c.texts(path))), ":") }
	return sorted("accountIds[*]") + "-" + sorted("resourceTypes[*]")
}

// refuseScans: https://docs.aws.amazon.com/inspector/latest/user/scanning-lambda.html.
func refuseScans(c *Call) error {
	scans := c.texts("resourceTypes[*]")
	if slices.Contains(scans, "LAMBDA_CODE") && !slices.Contains(scans, "LAMBDA") {
		return inspector.says("Enable", "ValidationException", "LAMBDA_CODE cannot be enabled without LAMBDA.")
	}
	if others := c.texts("accountIds[*]"); slices.ContainsFunc(others, func(id string) bool { return id != c.Account }) {
		return inspector.says("Enable", "AccessDeniedException",
			"Invoking account does not have access to enable Inspector for other accounts.").withStatus(403)
	}
	return nil
}

func refuseAnalyzerName(c *Call) error {
	if name := c.text("analyzerName"); name != "" && !analyzerName.MatchString(name) {
		return analyzers.says("CreateAnalyzer", "ValidationException", "1 validation error detected: Value at"+
			" 'analyzerName' failed to satisfy constraint: Member must satisfy regular expression pattern: "+
			analyzerName.String())
	}
	return nil
}

// refuseTooManyAnalyzers: an account has one analyzer of a kind in a region,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html.
func refuseTooManyAnalyzers(c *Call) error {
	for _, other := range c.list(accessAnalyzer) {
		if analyzerKind(other.Inputs) == analyzerKind(c.Inputs) {
			return analyzers.says("CreateAnalyzer", "ServiceQuotaExceededException",
				"You have reached the maximum number of analyzers for your account.").withStatus(402)
		}
	}
	return nil
}

func analyzerKind(m property.Map) string {
	if kind := Text(m, "type"); kind != "" {
		return kind
	}
	return "ACCOUNT"
}

func refuseUnusedAccess(c *Call) error {
	if len(props.At(c.Inputs, "configuration.unusedAccess")) > 0 && !strings.HasSuffix(c.text("type"), "_UNUSED_ACCESS") {
		return analyzers.says("CreateAnalyzer", "ValidationException",
			"The configuration unusedAccess is not valid for the type of the analyzer.")
	}
	return nil
}
