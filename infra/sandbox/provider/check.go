package provider

import (
	"context"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// check refuses inputs that the real provider would refuse before it asks the cloud, all reasons at once. The inputs
// stay the program's own: defaults are outputs.
func (s *server) check(_ context.Context, req p.CheckRequest) (p.CheckResponse, error) {
	k, err := s.kind(req.Urn)
	if err != nil {
		return p.CheckResponse{}, err
	}
	response := p.CheckResponse{Inputs: req.Inputs}
	for _, failure := range k.Check(req.Inputs) {
		// No property, as in the bridge: the engine would print its value, which may be large or secret.
		reason := fmt.Sprintf("%s. Examine values at '%s.%s'.", failure.Reason, req.Urn.Name(), failure.Path)
		response.Failures = append(response.Failures, p.CheckFailure{Reason: reason})
	}
	return response, nil
}

func (s *server) diff(_ context.Context, req p.DiffRequest) (p.DiffResponse, error) {
	k, err := s.kind(req.Urn)
	if err != nil {
		return p.DiffResponse{}, err
	}
	ignored, err := paths(req.IgnoreChanges)
	if err != nil {
		return p.DiffResponse{}, err
	}
	response := p.DiffResponse{DetailedDiff: map[string]p.PropertyDiff{}}
	replace := false
	for _, change := range k.Diff(req.OldInputs, req.Inputs, req.State) {
		if isIgnored(change.Path, ignored) {
			continue
		}
		detail := p.PropertyDiff{Kind: p.DiffKind(change.Kind), InputDiff: true}
		if change.Replace {
			detail.Kind += "&replace"
			replace = true
		}
		response.DetailedDiff[change.Path] = detail
	}
	if s.tagsDrifted(k, req) {
		response.DetailedDiff["tagsAll"] = p.PropertyDiff{Kind: p.Update}
	}
	response.HasChanges = len(response.DetailedDiff) > 0
	response.DeleteBeforeReplace = replace && keepsName(req)
	return response, nil
}

// keepsName says whether a replacement would need its predecessor's name while that still holds it. The bridge deletes
// first then (https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming).
func keepsName(req p.DiffRequest) bool {
	name := req.Inputs.Get("name")
	return name.IsString() && name.WithSecret(false).Equals(req.OldInputs.Get("name").WithSecret(false))
}

func paths(texts []string) ([]resource.PropertyPath, error) {
	parsed := make([]resource.PropertyPath, len(texts))
	for i, text := range texts {
		path, err := resource.ParsePropertyPath(text)
		if err != nil {
			return nil, fmt.Errorf("ignoreChanges %q: %w", text, err)
		}
		parsed[i] = path
	}
	return parsed, nil
}

func isIgnored(changed string, ignored []resource.PropertyPath) bool {
	path, err := resource.ParsePropertyPath(changed)
	if err != nil {
		return false
	}
	for _, i := range ignored {
		if i.Contains(path) {
			return true
		}
	}
	return false
}
