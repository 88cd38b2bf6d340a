package stacks

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/stacks/config"
)

// The names of what stacks export.
const (
	accountOutput = "account"
	cellOutput    = "cell"
	tenantOutput  = "tenant"
)

// AccountOutputs is what an account tells the stacks that live in it, and whoever reads its records.
type AccountOutputs struct {
	Environment      string `mapstructure:"environment"`
	Production       bool   `mapstructure:"production"`
	Owner            string `mapstructure:"owner"`
	Account          string `mapstructure:"account"`
	Region           string `mapstructure:"region"`
	RecoveryRegion   string `mapstructure:"recoveryRegion"`
	LogRetentionDays int    `mapstructure:"logRetentionDays"`
	// AccessLogBucket is where the buckets of Region log access to, RecoveryAccessLogBucket where those of
	// RecoveryRegion do.
	AccessLogBucket         string `mapstructure:"accessLogBucket"`
	RecoveryAccessLogBucket string `mapstructure:"recoveryAccessLogBucket"`
	TrailARN                string `mapstructure:"trailArn"`
	TrailBucketARN          string `mapstructure:"trailBucketArn"`
	TrailLogGroupName       string `mapstructure:"trailLogGroupName"`
}

// CellOutputs is what a cell tells its tenants. Its fields are a contract between stacks that are brought up at
// different times: one is added before a tenant reads it, and never renamed.
type CellOutputs struct {
	Environment         string   `mapstructure:"environment"`
	Production          bool     `mapstructure:"production"`
	Owner               string   `mapstructure:"owner"`
	Account             string   `mapstructure:"account"`
	Region              string   `mapstructure:"region"`
	RecoveryRegion      string   `mapstructure:"recoveryRegion"`
	Domain              string   `mapstructure:"domain"`
	Slots               int      `mapstructure:"slots"`
	LogRetentionDays    int      `mapstructure:"logRetentionDays"`
	VPCID               string   `mapstructure:"vpcId"`
	PrivateSubnetIDs    []string `mapstructure:"privateSubnetIds"`
	IsolatedSubnetIDs   []string `mapstructure:"isolatedSubnetIds"`
	HostedZoneID        string   `mapstructure:"hostedZoneId"`
	NameServers         []string `mapstructure:"nameServers"`
	LoadBalancerDNSName string   `mapstructure:"loadBalancerDnsName"`
	LoadBalancerZoneID  string   `mapstructure:"loadBalancerZoneId"`
	LoadBalancerGroupID string   `mapstructure:"loadBalancerGroupId"`
	HTTPSListenerARN    string   `mapstructure:"httpsListenerArn"`
	ClusterARN          string   `mapstructure:"clusterArn"`
}

// TenantOutputs is what a tenant exports: where it answers, and what recovery needs to know when its region is gone.
type TenantOutputs struct {
	Name                  string `mapstructure:"name"`
	Cell                  string `mapstructure:"cell"`
	Slot                  int    `mapstructure:"slot"`
	URL                   string `mapstructure:"url"`
	DatabaseARN           string `mapstructure:"databaseArn"`
	DatabaseSecretARN     string `mapstructure:"databaseSecretArn"`
	DatabaseKeyARN        string `mapstructure:"databaseKeyArn"`
	DatabaseReplicaKeyARN string `mapstructure:"databaseReplicaKeyArn"`
	ApplicationKeyARN     string `mapstructure:"applicationKeyArn"`
	ServiceName           string `mapstructure:"serviceName"`
}

// cellOutputs reads what the cell of that stack name exports.
func (r *root) cellOutputs(ctx *pulumi.Context, cell string) (CellOutputs, error) {
	var outputs CellOutputs
	reference, err := pulumi.NewStackReference(ctx, cell, &pulumi.StackReferenceArgs{
		Name: pulumi.String(strings.Join([]string{ctx.Organization(), ctx.Project(), cell}, "/")),
	}, pulumi.Parent(r))
	if err != nil {
		return outputs, fmt.Errorf("tenant.cell: stack %q: %w", cell, err)
	}
	details, err := reference.GetOutputDetails(cellOutput)
	if err != nil {
		return outputs, fmt.Errorf("tenant.cell: stack %q: %w", cell, err)
	}
	if err := decode(details.Value, &outputs); err != nil {
		return outputs, fmt.Errorf("tenant.cell: stack %q exports no cell that this version can read; bring it up first: %w",
			cell, err)
	}
	return outputs, nil
}

var errNoOutput = errors.New("it has no such output yet")

// decode is strict in what it needs: each field must be there and have its type. Outputs that a newer cell adds are
// left alone, so that a cell can be brought up before its tenants.
func decode(value any, into any) error {
	if value == nil {
		return errNoOutput
	}
	decoder, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{Result: into, ErrorUnset: true})
	if err != nil {
		return err
	}
	return decoder.Decode(value)
}

// facts are what the cell's exports say of a tenant's place in it.
func (c CellOutputs) facts() config.CellFacts {
	return config.CellFacts{
		Environment: c.Environment,
		Domain:      c.Domain,
		Slots:       c.Slots,
		Production:  c.Production,
	}
}
