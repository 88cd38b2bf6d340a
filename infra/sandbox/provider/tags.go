package provider

import (
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// withTagsAll sets the output tagsAll, where the type has it: the provider's default tags and the resource's own over
// them (https://www.pulumi.com/registry/packages/aws/api-docs/provider/#providerdefaulttags).
func (s *server) withTagsAll(k kind, outputs property.Map) property.Map {
	if _, ok := k.Outputs.Fields["tagsAll"]; !ok {
		return outputs
	}
	own := outputs.Get("tags")
	if own.IsComputed() {
		return outputs.Set("tagsAll", own)
	}
	all := s.config.defaultTags
	if own.IsMap() {
		for key, value := range own.AsMap().All {
			all = all.Set(key, value)
		}
	}
	return outputs.Set("tagsAll", property.New(all).WithSecret(own.Secret()))
}

// tagsDrifted says whether the provider's default tags have changed since the resource got its tags.
func (s *server) tagsDrifted(k kind, req p.DiffRequest) bool {
	had := req.State.Get("tagsAll")
	if !had.IsMap() {
		return false
	}
	before := s.withTagsAll(k, req.OldInputs).Get("tagsAll")
	return !before.HasComputed() && !plain(before).Equals(plain(had))
}

// plain is a map of tags without what the engine notes on values: secrets and dependencies.
func plain(tags property.Value) property.Value {
	bare := map[string]property.Value{}
	for key, value := range tags.AsMap().All {
		if value.IsString() {
			bare[key] = property.New(value.AsString())
		}
	}
	return property.New(bare)
}
