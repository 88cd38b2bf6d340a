package exceptions

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// longest is how long an exception may hold. What is accepted for longer is no exception, but another rule.
const longest = 366 * 24 * time.Hour

// fields are all that an exception says; each must be there.
var fields = []string{"rule", "resource", "owner", "reason", "expires", "approver"}

// Parse reads a file of exceptions:
//
//	exceptions:
//	  - rule: subnet-no-public-ip
//	    resource: demo-cell::network-public-*
//	    owner: network team
//	    reason: the load balancer's subnets, until it moves behind the accelerator
//	    expires: 2027-03-31
//	    approver: security team
//
// Each must be about a rule that there is. All that is wrong is told, with its line. An empty file has no exceptions.
func Parse(text []byte, isRule func(string) bool, now time.Time) ([]Exception, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("exceptions: %w", err)
	}
	p := parser{isRule: isRule, now: now}
	if len(document.Content) > 0 {
		p.file(document.Content[0])
	}
	if len(p.problems) > 0 {
		return nil, fmt.Errorf("exceptions: %w", errors.Join(p.problems...))
	}
	return p.found, nil
}

type parser struct {
	isRule   func(string) bool
	now      time.Time
	found    []Exception
	problems []error
}

func (p *parser) problem(at *yaml.Node, format string, args ...any) {
	p.problems = append(p.problems, fmt.Errorf("line %d: %s", at.Line, fmt.Sprintf(format, args...)))
}

func (p *parser) file(root *yaml.Node) {
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return
	}
	if root.Kind != yaml.MappingNode || len(root.Content) != 2 || root.Content[0].Value != "exceptions" {
		p.problem(root, "the file must have the one field exceptions, a list")
		return
	}
	list := root.Content[1]
	if list.Kind == yaml.ScalarNode && list.Tag == "!!null" {
		return
	}
	if list.Kind != yaml.SequenceNode {
		p.problem(list, "exceptions must be a list")
		return
	}
	for _, node := range list.Content {
		p.exception(node)
	}
}

func (p *parser) exception(node *yaml.Node) {
	values := p.values(node)
	if values == nil {
		return
	}
	e := Exception{
		Rule: values["rule"], Resource: values["resource"], Owner: values["owner"], Approver: values["approver"],
		Reason: values["reason"], Line: node.Line,
	}
	p.check(node, e)
	e.Expires = p.expires(node, values["expires"])
	p.found = append(p.found, e)
}

// values are the fields of an exception as they are written; nil where it is no object.
func (p *parser) values(node *yaml.Node) map[string]string {
	if node.Kind != yaml.MappingNode {
		p.problem(node, "an exception must have the fields %s", strings.Join(fields, ", "))
		return nil
	}
	values := map[string]string{}
	for i := 0; i < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		_, again := values[name.Value]
		switch {
		case !slices.Contains(fields, name.Value):
			p.problem(name, "unknown field %q; the fields are %s", name.Value, strings.Join(fields, ", "))
		case again:
			p.problem(name, "%s is there twice", name.Value)
		case value.Kind != yaml.ScalarNode:
			p.problem(value, "%s must be text", name.Value)
		}
		values[name.Value] = strings.TrimSpace(value.Value)
	}
	for _, name := range fields {
		if values[name] == "" {
			p.problem(node, "%s is missing", name)
		}
	}
	return values
}

func (p *parser) check(node *yaml.Node, e Exception) {
	if e.Rule != "" && !p.isRule(e.Rule) {
		p.problem(node, "there is no rule %q", e.Rule)
	}
	if stack, name, ok := strings.Cut(e.Resource, separator); e.Resource != "" && (!ok || stack == "" || name == "") {
		p.problem(node, "resource is %q; expected <stack>::<name>, as in demo-cell::network-public-*", e.Resource)
	}
	if strings.Trim(e.Resource, "*:") == "" && e.Resource != "" {
		p.problem(node, "resource is %q, which is every resource there is; name those that it is about", e.Resource)
	}
	if e.Owner != "" && strings.EqualFold(e.Owner, e.Approver) {
		p.problem(node, "%s approves what it owns; the approver must be somebody else", e.Owner)
	}
	for _, other := range p.found {
		if other.Rule == e.Rule && other.Resource == e.Resource {
			p.problem(node, "it is the same as that of line %d", other.Line)
		}
	}
}

func (p *parser) expires(node *yaml.Node, text string) time.Time {
	day, err := time.Parse(time.DateOnly, text)
	switch {
	case text == "":
	case err != nil:
		p.problem(node, "expires is %q; expected a day, as in 2027-03-31", text)
	case day.Sub(p.now) > longest:
		p.problem(node, "expires is %s, more than a year ahead; expected %s at the latest", text,
			p.now.Add(longest).UTC().Format(time.DateOnly))
	}
	return day
}
