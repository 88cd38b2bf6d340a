package pack

import (
	"context"
	"fmt"
	"slices"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"haven/policy/check"
	"haven/policy/exceptions"
	"haven/policy/graph"
	"haven/policy/rules"
)

// Analyze holds one resource, as it is declared, against the rules that need to see no other. In a preview nothing is
// made that would have to be refused before: there everything is told of the whole stack, and the engine, which asks for
// one resource after the other, does not wait.
func (a *Analyzer) Analyze(_ context.Context, request *pulumirpc.AnalyzeRequest) (
	_ *pulumirpc.AnalyzeResponse, err error,
) {
	defer guard(&err)
	if a.previews {
		a.declaring.Go(func() (err error) {
			defer guard(&err)
			_, err = a.declare(request)
			return err
		})
		return &pulumirpc.AnalyzeResponse{}, nil
	}
	r, err := a.declare(request)
	if err != nil {
		return nil, err
	}
	return a.judge(r)
}

// declare keeps a resource as it is declared.
func (a *Analyzer) declare(request *pulumirpc.AnalyzeRequest) (*graph.Resource, error) {
	r, inputs, err := read(request)
	if err != nil {
		return nil, err
	}
	r.Inputs, r.Outputs, r.Parent = inputs, inputs, request.GetOptions().GetParent()
	r.Options = options(request.GetOptions())
	a.Lock()
	defer a.Unlock()
	a.declared[r.URN] = r
	return r, nil
}

func (a *Analyzer) judge(r *graph.Resource) (*pulumirpc.AnalyzeResponse, error) {
	a.Lock()
	defer a.Unlock()
	if a.broken != nil {
		return nil, a.broken
	}
	outcomes, err := rules.Run(a.alone(r.Type), graph.New([]*graph.Resource{r}), a.config.settings)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.AnalyzeResponse{}
	for _, o := range exceptions.Accept(a.accepted, outcomes, a.now()) {
		if o.Result == rules.Fail {
			a.told[told{o.Rule, o.URN, o.Message}] = true
			response.Diagnostics = append(response.Diagnostics, a.diagnostic(o, a.level(o)))
		}
	}
	return response, nil
}

// AnalyzeStack holds the whole stack against everything that one stack can tell by itself. What was refused already is
// not told again; what is undecided or excepted is.
func (a *Analyzer) AnalyzeStack(_ context.Context, request *pulumirpc.AnalyzeStackRequest) (
	_ *pulumirpc.AnalyzeResponse, err error,
) {
	defer guard(&err)
	if err := a.declaring.Wait(); err != nil {
		return nil, err
	}
	a.Lock()
	defer a.Unlock()
	if a.broken != nil {
		return nil, a.broken
	}
	g, err := a.graph(request.GetResources())
	if err != nil {
		return nil, err
	}
	if len(g.Stacks()) == 0 {
		return &pulumirpc.AnalyzeResponse{}, nil
	}
	configured := Configuration{a.library, a.config}
	outcomes, err := configured.Over(g, check.Run{Exceptions: a.accepted, Now: a.now(), Alone: true})
	if err != nil {
		return nil, err
	}
	return &pulumirpc.AnalyzeResponse{Diagnostics: a.diagnostics(outcomes, g.OfType(rules.Stack)[0].URN)}, nil
}

// alone are the rules about a type that need to see no other resource, but those that configuration has disabled.
func (a *Analyzer) alone(token string) []rules.Rule {
	var alone []rules.Rule
	for _, rule := range a.library.Rules {
		if !rule.Whole && slices.Contains(rule.Types, token) && !a.config.disabled(rule.ID) {
			alone = append(alone, rule)
		}
	}
	return alone
}

func (a *Analyzer) diagnostics(outcomes []rules.Outcome, stack string) []*pulumirpc.AnalyzeDiagnostic {
	var all []*pulumirpc.AnalyzeDiagnostic
	var undecided []string
	for _, o := range outcomes {
		switch o.Result {
		case rules.Fail:
			if !a.told[told{o.Rule, o.URN, o.Message}] {
				all = append(all, a.diagnostic(o, a.level(o)))
			}
		case rules.Excepted:
			o.Message = excepted + o.Message
			all = append(all, a.diagnostic(o, pulumirpc.EnforcementLevel_ADVISORY))
		case rules.Undecided:
			undecided = append(undecided, fmt.Sprintf("%s of %s: %s", o.Rule, name(o.URN), o.Message))
		}
	}
	if len(undecided) > 0 && !a.config.disabled(check.TooUndecided) {
		all = append(all, a.diagnostic(rules.Outcome{
			Rule: check.TooUndecided, URN: stack, Severity: rules.Low,
			Message: fmt.Sprintf("%d of %d outcomes are undecided:\n%s", len(undecided), len(outcomes),
				strings.Join(undecided, "\n")),
		}, pulumirpc.EnforcementLevel_ADVISORY))
	}
	return all
}

// level is how strictly a failure is enforced. Nothing here can be remediated, so that such a policy refuses.
func (a *Analyzer) level(o rules.Outcome) pulumirpc.EnforcementLevel {
	level := a.config.levels[a.library.Policy(o)]
	if level == pulumirpc.EnforcementLevel_REMEDIATE {
		return pulumirpc.EnforcementLevel_MANDATORY
	}
	return level
}

func (a *Analyzer) diagnostic(o rules.Outcome, level pulumirpc.EnforcementLevel) *pulumirpc.AnalyzeDiagnostic {
	id := a.library.Policy(o)
	return &pulumirpc.AnalyzeDiagnostic{
		PolicyName: id, PolicyPackName: Name, PolicyPackVersion: Version, Description: a.titles[id], Message: message(o),
		EnforcementLevel: level, Urn: o.URN, Severity: severities[o.Severity],
	}
}

// The beginnings of the lines of a message that are not about what was found, and what stands between hops.
const (
	fix      = "fix: "
	excepted = "excepted: "
	witness  = "by way of "
	hop      = " → "
)

// message is what an engine shows of an outcome: the fix, what was found, and the way that leads there, a line for each.
func message(o rules.Outcome) string {
	var lines []string
	if o.Fix != "" && o.Result == rules.Fail {
		lines = append(lines, fix+o.Fix, o.Found())
	} else {
		lines = append(lines, o.Message)
	}
	if len(o.Witness) > 0 {
		var hops []string
		for _, urn := range o.Witness {
			hops = append(hops, name(urn))
		}
		lines = append(lines, witness+strings.Join(hops, hop))
	}
	return strings.Join(lines, "\n")
}

// name is the last part of a URN.
func name(urn string) string { return urn[strings.LastIndex(urn, ":")+1:] }
