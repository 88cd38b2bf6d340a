package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/schema"
	"haven/policy/props"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// defaultAccount is the AWS account of the world for a provider that does not name one by allowedAccountIds.
const defaultAccount = "123456789012"

// QuotasVariable names the environment variable with the quotas of the world's accounts that differ from what AWS gives
// every account, such as "rds.instances=100,ec2.addresses=20"; [cloud.ParseQuotas] reads it.
const QuotasVariable = "HAVEN_SANDBOX_QUOTAS"

// config is what a provider instance was configured with.
type config struct {
	account     string
	region      string
	defaultTags property.Map
	quotas      cloud.Quotas
}

func (s *server) checkConfig(_ context.Context, req p.CheckRequest) (p.CheckResponse, error) {
	failures := failures(schema.Config(s.name).Check(s.decoded(req.Inputs)))
	if s.name == "aws" {
		failures = append(failures, checkRegion(req.Inputs.Get("region"))...)
	}
	return p.CheckResponse{Inputs: req.Inputs, Failures: failures}, nil
}

func failures(found []schema.Failure) []p.CheckFailure {
	var all []p.CheckFailure
	for _, failure := range found {
		all = append(all, p.CheckFailure{Property: failure.Path, Reason: failure.Reason})
	}
	return all
}

func checkRegion(region property.Value) []p.CheckFailure {
	switch {
	case region.IsComputed():
		return nil
	case !region.IsString():
		return []p.CheckFailure{{
			Property: "region", Reason: "Missing region configuration: give the provider a region, such as eu-west-1",
		}}
	case !cloud.KnownRegion(region.AsString()):
		return []p.CheckFailure{{Property: "region", Reason: "invalid AWS Region: " + region.AsString()}}
	}
	return nil
}

// diffConfig replaces the provider, and with it all its resources, where they would have to move.
func (s *server) diffConfig(_ context.Context, req p.DiffRequest) (p.DiffResponse, error) {
	moves := map[string][]string{"aws": {"region"}, "gcp": {"project"}}[s.name]
	changes := map[string]p.PropertyDiff{}
	for name := range schema.Config(s.name).Fields {
		old, now := req.OldInputs.Get(name), req.Inputs.Get(name)
		if old.Equals(now) {
			continue
		}
		change := p.PropertyDiff{Kind: p.Update, InputDiff: true}
		if slices.Contains(moves, name) && !now.IsComputed() {
			change.Kind = p.UpdateReplace
		}
		changes[name] = change
	}
	return p.DiffResponse{HasChanges: len(changes) > 0, DetailedDiff: changes}, nil
}

func (s *server) configure(_ context.Context, req p.ConfigureRequest) error {
	args := s.decoded(req.Args)
	s.config = config{
		region:      cloud.Text(args, "region"),
		defaultTags: defaultTags(args),
	}
	if err := s.ask(s.called("configure", s.place(), "", "")); err != nil {
		return err
	}
	if s.name == "gcp" {
		s.config.account = cloud.Text(args, "project")
		return nil
	}
	quotas, err := cloud.ParseQuotas(os.Getenv(QuotasVariable))
	if err != nil {
		return fmt.Errorf("%s: %w", QuotasVariable, err)
	}
	s.config.quotas = quotas
	s.config.account, err = accountOf(args)
	return err
}

// place is the region that is configured; Google Cloud's is global.
func (s *server) place() string {
	if s.name == "gcp" {
		return "global"
	}
	return s.config.region
}

// accountOf is the account of an aws provider: the one it allows, or the default one if it allows that.
func accountOf(args property.Map) (string, error) {
	allowed := props.Texts(args, "allowedAccountIds[*]")
	account := defaultAccount
	if len(allowed) == 1 {
		account = allowed[0]
	}
	if len(allowed) > 0 && !slices.Contains(allowed, account) ||
		slices.Contains(props.Texts(args, "forbiddenAccountIds[*]"), account) {
		return "", fmt.Errorf("AWS account ID not allowed: %s", account)
	}
	return account, nil
}

func defaultTags(args property.Map) property.Map {
	for _, tags := range props.At(args, "defaultTags.tags") {
		if tags.IsMap() {
			return tags.AsMap()
		}
	}
	return property.Map{}
}

// decoded is a provider's configuration with the values that the engine hands over as JSON texts put in their own
// types.
func (s *server) decoded(args property.Map) property.Map {
	fields := schema.Config(s.name).Fields
	for name, value := range args.AllStable {
		if strings.HasPrefix(name, "__") || name == "version" || name == "pluginDownloadURL" {
			args = args.Delete(name) // the engine's and the framework's own
			continue
		}
		field, ok := fields[name]
		if !ok || field.Shape.Kind == schema.String || !value.IsString() {
			continue
		}
		var decoded any
		if err := json.Unmarshal([]byte(value.AsString()), &decoded); err != nil {
			continue // Check says that the type is wrong
		}
		args = args.Set(name, resource.FromResourcePropertyValue(resource.NewPropertyValue(decoded)))
	}
	return args
}
