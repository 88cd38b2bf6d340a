package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/infra/sandbox/world"
)

// TestLosable: what can be lost is what the sandbox has.
func TestLosable(t *testing.T) {
	t.Parallel()
	entry := func(provider, region, token, id string, outputs map[string]any) world.Entry {
		return world.Entry{Provider: provider, Region: region, Type: token, ID: id, Outputs: outputs}
	}
	entries := []world.Entry{
		entry("aws", "eu-west-1", "aws:ec2/vpc:Vpc", "vpc-1", nil),
		entry("aws", "eu-west-1", "aws:ec2/subnet:Subnet", "subnet-1", map[string]any{"availabilityZone": "eu-west-1b"}),
		entry("aws", "eu-west-1", "aws:ec2/subnet:Subnet", "subnet-2", map[string]any{"availabilityZone": "eu-west-1a"}),
		entry("aws", "eu-central-1", "aws:rds/instance:Instance", "db-1", nil),
		entry("aws", "global", "aws:iam/role:Role", "role", nil),
		entry("gcp", "europe-west4", "gcp:storage/bucket:Bucket", "bucket", nil),
	}
	for kind, want := range map[world.Kind][]string{
		world.ProviderLost: {"aws", "gcp"},
		world.RegionLost:   {"eu-central-1", "eu-west-1"},
		world.ZoneLost:     {"eu-west-1a", "eu-west-1b"},
		world.NetworkLost:  {"vpc-1"},
		world.DatabaseLost: {"db-1"},
		world.DataLost:     {"db-1"},
		world.Throttled:    {"ec2", "iam", "rds"},
	} {
		assert.Equal(t, want, losable(entries, kind), kind)
	}
	assert.Len(t, world.Kinds, 7)
	assert.Empty(t, losable(nil, world.RegionLost))
}
