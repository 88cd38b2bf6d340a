package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/application"
	"haven/components/cluster"
	"haven/components/edge"
	"haven/components/keys"
	"haven/components/naming"
	"haven/components/network"
	"haven/stacks/config"
)

// CellType is the component that everything in a cell's stack descends from.
const CellType = "haven:stacks:Cell"

// deployCell declares what tenants share and none owns: network, edge, cluster, and the key of their logs.
func deployCell(ctx *pulumi.Context, stack *config.Stack) error {
	cell := stack.Cell
	root, err := newRoot(ctx, CellType)
	if err != nil {
		return err
	}
	if err := root.settle(ctx, place{cell.Account, cell.Region, cell.RecoveryRegion}); err != nil {
		return err
	}
	scope := naming.Scope{
		Environment: cell.Environment,
		Stack:       stack.Name,
		Cell:        stack.Name,
		Owner:       cell.Owner,
	}
	logs, err := keys.New(ctx, "logs-key", keys.Args{
		Scope:          scope,
		Account:        cell.Account,
		Region:         cell.Region,
		RecoveryRegion: cell.RecoveryRegion,
		Purpose:        keys.Logs,
		Recovery:       root.recovery,
	}, root.child())
	if err != nil {
		return err
	}
	net, err := network.New(ctx, "network", network.Args{
		Scope:              scope,
		Account:            cell.Account,
		Region:             cell.Region,
		CIDR:               cell.Network.CIDR,
		Zones:              cell.Network.Zones,
		InterfaceEndpoints: cell.Network.InterfaceEndpoints,
		LogsKeyARN:         logs.ARN,
		LogRetentionDays:   cell.LogRetentionDays,
	}, root.child())
	if err != nil {
		return err
	}
	front, err := edge.New(ctx, "edge", edge.Args{
		Scope:            scope,
		Account:          cell.Account,
		Region:           cell.Region,
		Domain:           cell.Domain,
		VPCID:            net.VPCID,
		PublicSubnetIDs:  pulumi.StringArray(inputs(net.PublicSubnetIDs)),
		PrivateCIDRs:     net.PrivateCIDRs,
		ApplicationPort:  application.Port,
		LogRetentionDays: cell.LogRetentionDays,
		Protected:        stack.Teardown.IsZero(),
	}, root.child())
	if err != nil {
		return err
	}
	tasks, err := cluster.New(ctx, "cluster", cluster.Args{
		Scope:            scope,
		LogsKeyARN:       logs.ARN,
		LogRetentionDays: cell.LogRetentionDays,
	}, root.child())
	if err != nil {
		return err
	}
	ctx.Export(cellOutput, pulumi.Map{
		"environment":         pulumi.String(cell.Environment),
		"production":          pulumi.Bool(cell.Production),
		"owner":               pulumi.String(cell.Owner),
		"account":             pulumi.String(cell.Account),
		"region":              pulumi.String(cell.Region),
		"recoveryRegion":      pulumi.String(cell.RecoveryRegion),
		"domain":              pulumi.String(cell.Domain),
		"slots":               pulumi.Int(cell.Slots),
		"logRetentionDays":    pulumi.Int(cell.LogRetentionDays),
		"vpcId":               net.VPCID,
		"privateSubnetIds":    pulumi.StringArray(inputs(net.PrivateSubnetIDs)),
		"isolatedSubnetIds":   pulumi.StringArray(inputs(net.IsolatedSubnetIDs)),
		"hostedZoneId":        front.HostedZoneID,
		"nameServers":         front.NameServers,
		"loadBalancerDnsName": front.DNSName,
		"loadBalancerZoneId":  front.CanonicalZoneID,
		"loadBalancerGroupId": front.SecurityGroupID,
		"httpsListenerArn":    front.ListenerARN,
		"clusterArn":          tasks.ARN,
	})
	return nil
}

func inputs(outputs []pulumi.StringOutput) []pulumi.StringInput {
	in := make([]pulumi.StringInput, len(outputs))
	for i, output := range outputs {
		in[i] = output
	}
	return in
}
