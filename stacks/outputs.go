package stacks

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/alarms"
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
	TrailReplicaBucketARN   string `mapstructure:"trailReplicaBucketArn"`
	TrailLogGroupName       string `mapstructure:"trailLogGroupName"`
	// The roles that people take on.
	OperatorRoleARN  string `mapstructure:"operatorRoleArn"`
	ReadOnlyRoleARN  string `mapstructure:"readOnlyRoleArn"`
	EmergencyRoleARN string `mapstructure:"emergencyRoleArn"`
	// The topics that alarms of each severity tell: an alarm tells one of its own region.
	CriticalTopicARN         string `mapstructure:"criticalTopicArn"`
	WarningTopicARN          string `mapstructure:"warningTopicArn"`
	InfoTopicARN             string `mapstructure:"infoTopicArn"`
	RecoveryCriticalTopicARN string `mapstructure:"recoveryCriticalTopicArn"`
	RecoveryWarningTopicARN  string `mapstructure:"recoveryWarningTopicArn"`
	RecoveryInfoTopicARN     string `mapstructure:"recoveryInfoTopicArn"`
}

// Topics are the ARNs of where alarms go, by severity; empty where they tell nobody.
type Topics struct {
	Critical string `mapstructure:"critical"`
	Warning  string `mapstructure:"warning"`
	Info     string `mapstructure:"info"`
}

// alarms are the topics as the component of that name takes them.
func (t Topics) alarms() alarms.Topics {
	return alarms.Topics{Critical: optional(t.Critical), Warning: optional(t.Warning), Info: optional(t.Info)}
}

// optional is an input where there is a text, and none where there is not.
func optional(text string) pulumi.StringInput {
	if text == "" {
		return nil
	}
	return pulumi.String(text)
}

func (t Topics) export() pulumi.StringMap {
	return pulumi.StringMap{
		"critical": pulumi.String(t.Critical),
		"warning":  pulumi.String(t.Warning),
		"info":     pulumi.String(t.Info),
	}
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
	LoadBalancerSuffix  string   `mapstructure:"loadBalancerSuffix"`
	ClusterARN          string   `mapstructure:"clusterArn"`
	ClusterName         string   `mapstructure:"clusterName"`
	// Topics are told of alarms in Region, RecoveryTopics of those in RecoveryRegion.
	Topics         Topics `mapstructure:"topics"`
	RecoveryTopics Topics `mapstructure:"recoveryTopics"`
	// Standby and Primary say for which cell it stands by.
	Standby     bool   `mapstructure:"standby"`
	Primary     string `mapstructure:"primary"`
	WebACLARN   string `mapstructure:"webAclArn"`
	RegistryURL string `mapstructure:"registryUrl"`
	// ArchiveBucket is the bucket of backups, ArchiveReplicaBucket that of the recovery region; each has its key.
	ArchiveBucket        string `mapstructure:"archiveBucket"`
	ArchiveReplicaBucket string `mapstructure:"archiveReplicaBucket"`
	ArchiveKeyARN        string `mapstructure:"archiveKeyArn"`
	ArchiveReplicaKeyARN string `mapstructure:"archiveReplicaKeyArn"`
	// ArchiveQueueARN is the queue that tells of new objects.
	ArchiveQueueARN string `mapstructure:"archiveQueueArn"`
	// DumpImage makes the dumps; the secrets in them are sealed to RecoveryRecipients.
	DumpImage          string   `mapstructure:"dumpImage"`
	RecoveryRecipients []string `mapstructure:"recoveryRecipients"`
	// PublicCIDRs are the ranges that its load balancer answers from.
	PublicCIDRs []string `mapstructure:"publicCidrs"`
	// MaintenanceWindow and BackupWindow are config.Maintenance's.
	MaintenanceWindow string `mapstructure:"maintenanceWindow"`
	BackupWindow      string `mapstructure:"backupWindow"`
}

// cellOutputs reads what the cell of that stack name exports.
func (r *root) cellOutputs(ctx *pulumi.Context, cell string) (CellOutputs, error) {
	var outputs CellOutputs
	value, err := r.outputOf(ctx, cell, cellOutput)
	if err == nil {
		err = decode(value, &outputs, true)
	}
	if err != nil {
		return outputs, fmt.Errorf("tenant.cell: stack %q exports no cell that this version can read; bring it up first: %w",
			cell, err)
	}
	return outputs, nil
}

// accountOutputs reads what the account of that stack name exports; nothing where none is named.
func (r *root) accountOutputs(ctx *pulumi.Context, account string) (AccountOutputs, error) {
	var outputs AccountOutputs
	if account == "" {
		return outputs, nil
	}
	value, err := r.outputOf(ctx, account, accountOutput)
	if err == nil {
		err = decode(value, &outputs, true)
	}
	if err != nil {
		return outputs, fmt.Errorf("cell.alerts: stack %q exports no account that this version can read; "+
			"bring it up first: %w", account, err)
	}
	return outputs, nil
}

// topics are those that alarms of a region tell.
func (a AccountOutputs) topics(region string) Topics {
	if region == a.RecoveryRegion {
		return Topics{a.RecoveryCriticalTopicARN, a.RecoveryWarningTopicARN, a.RecoveryInfoTopicARN}
	}
	return Topics{a.CriticalTopicARN, a.WarningTopicARN, a.InfoTopicARN}
}

// accessLogs is the bucket that the buckets of a region log access to.
func (a AccountOutputs) accessLogs(region string) string {
	if region == a.RecoveryRegion {
		return a.RecoveryAccessLogBucket
	}
	return a.AccessLogBucket
}

// outputOf is what another stack of this project exported under that name when it was last brought up.
func (r *root) outputOf(ctx *pulumi.Context, stack, output string) (any, error) {
	reference, err := pulumi.NewStackReference(ctx, stack, &pulumi.StackReferenceArgs{
		Name: pulumi.String(strings.Join([]string{ctx.Organization(), ctx.Project(), stack}, "/")),
	}, pulumi.Parent(r))
	if err != nil {
		return nil, err
	}
	details, err := reference.GetOutputDetails(output)
	if err != nil {
		return nil, err
	}
	return details.Value, nil
}

var errNoOutput = errors.New("it has no such output yet")

// decode reads an output into a struct. Where it is whole, each field must be there; a field always has its type.
// Outputs that a newer stack adds are left alone, so that a cell can be brought up before its tenants.
func decode(value, into any, whole bool) error {
	if value == nil {
		return errNoOutput
	}
	decoder, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{Result: into, ErrorUnset: whole})
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
		Account:     c.Account,
		Region:      c.Region,
		Standby:     c.Standby,
		Maintenance: config.Maintenance{Window: c.MaintenanceWindow, BackupWindow: c.BackupWindow},
	}
}
