package report

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"haven/policy/rules"
)

// The part of SARIF 2.1.0 that code scanning shows.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string          `json:"id"`
		ShortDescription sarifText       `json:"shortDescription"`
		Properties       sarifProperties `json:"properties"`
	}
	sarifProperties struct {
		Tags             []string `json:"tags"`
		SecuritySeverity string   `json:"security-severity"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID              string             `json:"ruleId"`
		RuleIndex           int                `json:"ruleIndex"`
		Kind                string             `json:"kind"`
		Level               string             `json:"level"`
		Message             sarifText          `json:"message"`
		Locations           []sarifLocation    `json:"locations"`
		PartialFingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions        []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifLocation struct {
		PhysicalLocation sarifPhysical  `json:"physicalLocation"`
		LogicalLocations []sarifLogical `json:"logicalLocations"`
	}
	sarifPhysical struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           sarifRegion   `json:"region"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifLogical struct {
		Name               string `json:"name"`
		FullyQualifiedName string `json:"fullyQualifiedName"`
		Kind               string `json:"kind"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
)

const (
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifVersion = "2.1.0"
)

// scores are the severities in the numbers of code scanning: over 9.0 is critical, 7.0 high, 4.0 medium, below low.
var scores = map[rules.Severity]string{
	rules.Critical: "9.5", rules.High: "8.0", rules.Medium: "5.5", rules.Low: "2.5",
}

// SARIF writes what did not pass as a log of code scanning: failures as errors (of medium and low severity as
// warnings), what is undecided as open, what is excepted as suppressed. A resource's place is its stack's file of configuration.
func (r Report) SARIF(w io.Writer) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "haven", Rules: []sarifRule{}}
	index := map[string]int{}
	for _, o := range r.Outcomes {
		if o.Result == rules.Pass {
			continue
		}
		if _, known := index[o.Rule]; !known {
			index[o.Rule] = len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, r.sarifRule(o))
		}
		run.Results = append(run.Results, toSARIF(o, index[o.Rule]))
	}
	return encode(w, sarifLog{Schema: sarifSchema, Version: sarifVersion, Runs: []sarifRun{run}})
}

func (r Report) sarifRule(o rules.Outcome) sarifRule {
	title, frameworks := r.title(o)
	return sarifRule{
		ID: o.Rule, ShortDescription: sarifText{title},
		Properties: sarifProperties{Tags: append([]string{"security"}, frameworks...), SecuritySeverity: scores[o.Severity]},
	}
}

func toSARIF(o rules.Outcome, index int) sarifResult {
	message := o.Message
	if len(o.Witness) > 0 {
		message += "; by way of " + path(o.Witness)
	}
	result := sarifResult{
		RuleID: o.Rule, RuleIndex: index, Kind: "fail", Level: level(o.Severity),
		Message:             sarifText{where(o.URN) + ": " + message},
		Locations:           []sarifLocation{location(o.URN)},
		PartialFingerprints: map[string]string{"outcome/v1": fingerprint(o)},
	}
	switch o.Result {
	case rules.Undecided:
		result.Kind, result.Level = "open", "none"
	case rules.Excepted:
		result.Suppressions = []sarifSuppression{{Kind: "external", Justification: o.Message}}
	}
	return result
}

func level(severity rules.Severity) string {
	if severity == rules.Critical || severity == rules.High {
		return "error"
	}
	return "warning"
}

func location(urn string) sarifLocation {
	file := "policy/exceptions.yaml"
	stack, _, _ := strings.Cut(where(urn), " ")
	if stack != urn {
		file = "stacks/Pulumi." + stack + ".yaml"
	}
	return sarifLocation{
		PhysicalLocation: sarifPhysical{sarifArtifact{file}, sarifRegion{1}},
		LogicalLocations: []sarifLogical{{Name: where(urn), FullyQualifiedName: urn, Kind: "resource"}},
	}
}

// fingerprint tells whether it is the same outcome as that of a run before.
func fingerprint(o rules.Outcome) string {
	sum := sha256.Sum256([]byte(o.Rule + "\x00" + o.URN + "\x00" + o.Message))
	return hex.EncodeToString(sum[:16])
}
