package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/alarms"
	"haven/components/application"
	"haven/components/cluster"
	"haven/components/edge"
	"haven/components/firewall"
	"haven/components/keys"
	"haven/components/naming"
	"haven/components/network"
	"haven/components/registry"
	"haven/components/requests"
	"haven/stacks/config"
)

// CellType is the component that everything in a cell's stack descends from.
const CellType = "haven:stacks:Cell"

// cell is one cell's stack while it is being composed.
type cell struct {
	shared
	config *config.Cell
	// account is what the account that its alarms go to exports; empty where they tell nobody.
	account AccountOutputs
}

// deployCell declares what tenants share and none owns: network, edge and firewall, registry, cluster.
func deployCell(ctx *pulumi.Context, stack *config.Stack) error {
	settings := stack.Cell
	shared, err := newShared(ctx, CellType, stack, settings.Environment, settings.Owner,
		place{settings.Account, settings.Region, settings.RecoveryRegion})
	if err != nil {
		return err
	}
	account, err := shared.accountOutputs(ctx, settings.Alerts)
	if err != nil {
		return err
	}
	c := &cell{shared, settings, account}
	return c.compose(ctx)
}

func (c *cell) compose(ctx *pulumi.Context) error {
	logs, err := c.key(ctx, keys.Logs)
	if err != nil {
		return err
	}
	net, err := network.New(ctx, "network", network.Args{
		Scope:              c.scope,
		Account:            c.config.Account,
		Region:             c.config.Region,
		CIDR:               c.config.Network.CIDR,
		Zones:              c.config.Network.Zones,
		InterfaceEndpoints: c.config.Network.InterfaceEndpoints,
		LogsKeyARN:         logs.ARN,
		LogRetentionDays:   c.config.LogRetentionDays,
	}, c.child())
	if err != nil {
		return err
	}
	front, wall, err := c.front(ctx, net)
	if err != nil {
		return err
	}
	images, err := c.images(ctx)
	if err != nil {
		return err
	}
	tasks, err := cluster.New(ctx, "cluster", cluster.Args{
		Scope:            c.scope,
		LogsKeyARN:       logs.ARN,
		LogRetentionDays: c.config.LogRetentionDays,
	}, c.child())
	if err != nil {
		return err
	}
	kept, err := c.copies(ctx)
	if err != nil {
		return err
	}
	if err := c.watch(ctx, net, front, wall, tasks); err != nil {
		return err
	}
	c.export(ctx, net, front, wall, images, tasks, kept)
	return nil
}

// front is what faces the internet: the load balancer, the firewall before it, and the logs of both to be asked.
func (c *cell) front(ctx *pulumi.Context, net *network.Network) (*edge.Edge, *firewall.Firewall, error) {
	accessLogs := optional(c.account.accessLogs(c.config.Region))
	front, err := edge.New(ctx, "edge", edge.Args{
		Scope:            c.scope,
		Account:          c.config.Account,
		Region:           c.config.Region,
		Domain:           c.config.Domain,
		VPCID:            net.VPCID,
		PublicSubnetIDs:  pulumi.StringArray(inputs(net.PublicSubnetIDs)),
		PrivateCIDRs:     net.PrivateCIDRs,
		ApplicationPorts: []int{application.Port, application.WebSocketPort},
		LogRetentionDays: c.config.LogRetentionDays,
		AccessLogs:       accessLogs,
		Protected:        c.protected,
	}, c.child())
	if err != nil {
		return nil, nil, err
	}
	wall, err := firewall.New(ctx, "firewall", firewall.Args{
		Scope:            c.scope,
		Account:          c.config.Account,
		Region:           c.config.Region,
		LoadBalancerARN:  front.LoadBalancerARN,
		BlockList:        c.config.Firewall.BlockList,
		AllowList:        c.config.Firewall.AllowList,
		RateLimit:        c.config.Firewall.RateLimit,
		LogRetentionDays: c.config.LogRetentionDays,
		AccessLogs:       accessLogs,
		Protected:        c.protected,
	}, c.child())
	if err != nil {
		return nil, nil, err
	}
	_, err = requests.New(ctx, "requests", requests.Args{
		Scope:            c.scope,
		Account:          c.config.Account,
		Region:           c.config.Region,
		BalancerLogs:     front.LogBucket,
		FirewallLogs:     wall.LogBucket,
		AccessLogs:       accessLogs,
		FirewallName:     wall.Name,
		BlockList:        c.config.Firewall.BlockList,
		LogRetentionDays: c.config.LogRetentionDays,
		Protected:        c.protected,
	}, c.child())
	return front, wall, err
}

// watch declares the cell's alarms and dashboard.
func (c *cell) watch(ctx *pulumi.Context, net *network.Network, front *edge.Edge, wall *firewall.Firewall,
	tasks *cluster.Cluster,
) error {
	var gateways []alarms.Gateway
	for i, zone := range c.config.Network.Zones {
		gateways = append(gateways, alarms.Gateway{Zone: zone, ID: net.GatewayIDs[i]})
	}
	_, err := alarms.NewCell(ctx, "alarms", alarms.CellArgs{
		Scope:          c.scope,
		Region:         c.config.Region,
		Topics:         c.account.topics(c.config.Region).alarms(),
		LoadBalancer:   front.LoadBalancerSuffix,
		CertificateARN: front.CertificateARN,
		WebACL:         wall.Name,
		ClusterName:    tasks.Name,
		Gateways:       gateways,

		MonthlyBudgetUSD: c.config.MonthlyBudgetUSD,
	}, c.child())
	return err
}

// images is where the tenants' images come from. A standby has none of its own: the registry of its primary copies to
// its region what is pushed there.
func (c *cell) images(ctx *pulumi.Context) (pulumi.StringInput, error) {
	if c.config.Standby {
		return pulumi.String(registry.URL(c.config.Account, c.config.Region, naming.Scope{Stack: c.config.Primary})), nil
	}
	key, err := c.key(ctx, keys.Images)
	if err != nil {
		return nil, err
	}
	images, err := registry.New(ctx, "registry", registry.Args{
		Scope:         c.scope,
		Account:       c.config.Account,
		KeyARN:        key.ARN,
		ReplicaKeyARN: key.ReplicaARN,
		Recovery:      c.recovery,
		Protected:     c.protected,
	}, c.child())
	if err != nil {
		return nil, err
	}
	return images.URL, nil
}

func (c *cell) key(ctx *pulumi.Context, purpose keys.Purpose) (*keys.Key, error) {
	return keys.New(ctx, string(purpose)+"-key", keys.Args{
		Scope:          c.scope,
		Account:        c.config.Account,
		Region:         c.config.Region,
		RecoveryRegion: c.config.RecoveryRegion,
		Purpose:        purpose,
		Recovery:       c.recovery,
	}, c.child())
}

func (c *cell) export(ctx *pulumi.Context, net *network.Network, front *edge.Edge, wall *firewall.Firewall,
	images pulumi.StringInput, tasks *cluster.Cluster, kept *copies,
) {
	ctx.Export(cellOutput, pulumi.Map{
		"environment":          pulumi.String(c.config.Environment),
		"production":           pulumi.Bool(c.config.Production),
		"owner":                pulumi.String(c.config.Owner),
		"account":              pulumi.String(c.config.Account),
		"region":               pulumi.String(c.config.Region),
		"recoveryRegion":       pulumi.String(c.config.RecoveryRegion),
		"domain":               pulumi.String(c.config.Domain),
		"slots":                pulumi.Int(c.config.Slots),
		"logRetentionDays":     pulumi.Int(c.config.LogRetentionDays),
		"vpcId":                net.VPCID,
		"privateSubnetIds":     pulumi.StringArray(inputs(net.PrivateSubnetIDs)),
		"isolatedSubnetIds":    pulumi.StringArray(inputs(net.IsolatedSubnetIDs)),
		"hostedZoneId":         front.HostedZoneID,
		"nameServers":          front.NameServers,
		"loadBalancerDnsName":  front.DNSName,
		"loadBalancerZoneId":   front.CanonicalZoneID,
		"loadBalancerGroupId":  front.SecurityGroupID,
		"httpsListenerArn":     front.ListenerARN,
		"loadBalancerSuffix":   front.LoadBalancerSuffix,
		"clusterArn":           tasks.ARN,
		"clusterName":          tasks.Name,
		"topics":               c.account.topics(c.config.Region).export(),
		"recoveryTopics":       c.account.topics(c.config.RecoveryRegion).export(),
		"standby":              pulumi.Bool(c.config.Standby),
		"primary":              pulumi.String(c.config.Primary),
		"webAclArn":            wall.ARN,
		"publicCidrs":          pulumi.ToStringArray(net.PublicCIDRs),
		"maintenanceWindow":    pulumi.String(c.config.Maintenance.Window),
		"backupWindow":         pulumi.String(c.config.Maintenance.BackupWindow),
		"registryUrl":          images,
		"archiveBucket":        kept.archive.Bucket,
		"archiveReplicaBucket": kept.archive.ReplicaBucket,
		"archiveKeyArn":        kept.key.ARN,
		"archiveReplicaKeyArn": kept.key.ReplicaARN,
		"archiveQueueArn":      kept.archive.QueueARN,
		"dumpImage":            pulumi.String(c.config.Backup.Image),
		"recoveryRecipients":   pulumi.ToStringArray(c.config.Backup.Recipients),
	})
}

func inputs(outputs []pulumi.StringOutput) []pulumi.StringInput {
	in := make([]pulumi.StringInput, len(outputs))
	for i, output := range outputs {
		in[i] = output
	}
	return in
}
