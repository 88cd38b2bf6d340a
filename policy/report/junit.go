package report

import (
	"encoding/xml"
	"io"

	"haven/policy/rules"
)

// JUnit's format has no specification; these are the elements that GitLab, Jenkins and GitHub's reporters all read.
// https://docs.gitlab.com/ci/testing/unit_test_reports/
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		junitCounts
		Suites []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name string `xml:"name,attr"`
		junitCounts
		Cases []junitCase `xml:"testcase"`
	}
	junitCounts struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
	}
	junitCase struct {
		Class   string       `xml:"classname,attr"`
		Name    string       `xml:"name,attr"`
		Failure *junitReason `xml:"failure,omitempty"`
		Skipped *junitReason `xml:"skipped,omitempty"`
	}
	junitReason struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes a test suite for each rule, with a test for each resource. What is undecided or excepted is skipped.
func (r Report) JUnit(w io.Writer) error {
	var all junitSuites
	for _, same := range groups(r.Outcomes, func(o rules.Outcome) string { return o.Rule }) {
		suite := junitSuite{Name: same[0].Rule}
		for _, o := range same {
			suite.add(o)
		}
		all.Suites = append(all.Suites, suite)
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Skipped += suite.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(o rules.Outcome) {
	test := junitCase{Class: o.Rule, Name: o.URN}
	reason := &junitReason{Message: o.Message, Text: path(o.Witness)}
	s.Tests++
	switch o.Result {
	case rules.Fail:
		test.Failure = reason
		s.Failures++
	case rules.Undecided, rules.Excepted:
		reason.Message = string(o.Result) + ": " + o.Message
		test.Skipped = reason
		s.Skipped++
	}
	s.Cases = append(s.Cases, test)
}
