package iamdoc

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// kind is what a document is used as.
type kind struct {
	name          string
	hasPrincipals bool
	hasResources  bool
	size          int // the most characters that AWS takes
}

// The sizes are AWS's defaults: a role's inline policies, a trust policy, a repository's policy, and of the other
// resource policies the smallest limit, that of a bucket.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
var (
	identity   = kind{name: "identity policy", hasResources: true, size: 10240}
	trust      = kind{name: "trust policy", hasPrincipals: true, size: 2048}
	repository = kind{name: "repository policy", hasPrincipals: true, size: 10240}
	resource   = kind{name: "resource policy", hasPrincipals: true, hasResources: true, size: 20480}
)

var (
	sidForm     = regexp.MustCompile(`^[A-Za-z0-9]*$`)
	actionForm  = regexp.MustCompile(`^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$`)
	accountForm = regexp.MustCompile(`^(\d{12}|arn:aws[a-z-]*:(iam|sts)::.+)$`)
	serviceForm = regexp.MustCompile(`^[a-z0-9.-]+\.amazonaws\.com$`)
	keyForm     = regexp.MustCompile(`^[^:\s]+:\S+$`)
	operators   = regexp.MustCompile(`^(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals|EqualsIgnoreCase|Like)|` +
		`(Numeric|Date)(Equals|NotEquals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)|` +
		`Arn(Not)?(Equals|Like)|Bool|BinaryEquals|(Not)?IpAddress)(IfExists)?$|^Null$`)
)

func (d Document) validate(k kind) error {
	var errs []error
	if len(d.Statements) == 0 {
		errs = append(errs, fmt.Errorf("%s: no statement, expected at least one", k.name))
	}
	sids := map[string]int{}
	for i, s := range d.Statements {
		path := fmt.Sprintf("%s: statement %d", k.name, i+1)
		if s.Sid != "" {
			path += " (" + s.Sid + ")"
			if first, taken := sids[s.Sid]; taken {
				errs = append(errs, fmt.Errorf("%s: sid is that of statement %d too, expected a unique one", path, first))
			} else {
				sids[s.Sid] = i + 1
			}
		}
		for _, problem := range s.problems(k) {
			errs = append(errs, fmt.Errorf("%s: %s", path, problem))
		}
	}
	return errors.Join(errs...)
}

func (s Statement) problems(k kind) []string {
	return slices.Concat(s.headProblems(), s.actionProblems(k), s.resourceProblems(k), s.principalProblems(k),
		s.Conditions.problems())
}

func (s Statement) headProblems() []string {
	var problems []string
	if !sidForm.MatchString(s.Sid) {
		problems = append(problems, fmt.Sprintf("sid %q, expected letters and digits only", s.Sid))
	}
	if e := s.effect(); e != Allow && e != Deny {
		problems = append(problems, fmt.Sprintf("effect %q, expected Allow or Deny", e))
	}
	return problems
}

func (s Statement) actionProblems(k kind) []string {
	var problems []string
	switch {
	case len(s.Actions) == 0 && len(s.NotActions) == 0:
		problems = append(problems, "no action, expected at least one")
	case len(s.Actions) > 0 && len(s.NotActions) > 0:
		problems = append(problems, "both actions and not-actions, expected one of them")
	case len(s.NotActions) > 0 && s.effect() == Allow:
		problems = append(problems, "allows everything but its not-actions, expected the actions to allow")
	}
	for _, action := range slices.Concat(s.Actions, s.NotActions) {
		if !actionForm.MatchString(action) {
			problems = append(problems, fmt.Sprintf(`action %q, expected "service:Action" or "*"`, action))
		} else if k == trust && !strings.HasPrefix(action, "sts:") {
			problems = append(problems, fmt.Sprintf("action %q, expected one of sts in a trust policy", action))
		}
	}
	return problems
}

func (s Statement) resourceProblems(k kind) []string {
	if !k.hasResources {
		if len(s.Resources) > 0 {
			return []string{"names resources, which a " + k.name + " cannot"}
		}
		return nil
	}
	if len(s.Resources) == 0 {
		return []string{"no resource, expected at least one"}
	}
	var problems []string
	for _, r := range s.Resources {
		if r != "*" && !strings.HasPrefix(r, "arn:") && !strings.HasPrefix(r, Unknown) {
			problems = append(problems, fmt.Sprintf(`resource %q, expected an ARN or "*"`, r))
		}
	}
	return problems
}

func (s Statement) principalProblems(k kind) []string {
	p := s.Principals
	named := slices.Concat(p.AWS, p.Services, p.Federated)
	if !k.hasPrincipals {
		if p.Anyone || len(named) > 0 {
			return []string{"names principals, which an " + k.name + " cannot"}
		}
		return nil
	}
	if p.Anyone {
		return s.anyoneProblems(named)
	}
	if len(named) == 0 {
		return []string{"no principal, expected at least one"}
	}
	return p.problems()
}

func (s Statement) anyoneProblems(named []string) []string {
	var problems []string
	if len(named) > 0 {
		problems = append(problems, "names principals beside anyone, expected one of the two")
	}
	if s.effect() == Allow && len(s.Conditions) == 0 {
		problems = append(problems, "allows anyone, expected a condition that limits it")
	}
	return problems
}

func (p Principals) problems() []string {
	var problems []string
	for _, a := range p.AWS {
		if !accountForm.MatchString(a) && a != Unknown {
			problems = append(problems, fmt.Sprintf("AWS principal %q, expected an account number or an IAM ARN", a))
		}
	}
	for _, s := range p.Services {
		if !serviceForm.MatchString(s) {
			problems = append(problems, fmt.Sprintf(`service principal %q, expected "<service>.amazonaws.com"`, s))
		}
	}
	for _, f := range p.Federated {
		if f == "" || f == "*" {
			problems = append(problems, fmt.Sprintf("federated principal %q, expected an identity provider", f))
		}
	}
	return problems
}

func (c Conditions) problems() []string {
	var problems []string
	for _, operator := range slices.Sorted(maps.Keys(c)) {
		if !operators.MatchString(string(operator)) {
			problems = append(problems, fmt.Sprintf("condition operator %q, expected one of IAM's", operator))
		}
		if len(c[operator]) == 0 {
			problems = append(problems, fmt.Sprintf("condition %s has no key, expected at least one", operator))
		}
		for _, key := range slices.Sorted(maps.Keys(c[operator])) {
			if !keyForm.MatchString(key) {
				problems = append(problems, fmt.Sprintf(`condition key %q, expected "service:key"`, key))
			}
			if values := c[operator][key]; len(values) == 0 || slices.Contains(values, "") {
				problems = append(problems, fmt.Sprintf("condition %s %s, expected values that are not empty", operator, key))
			}
		}
	}
	return problems
}
