package offsite

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/servicenetworking"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The network is the project's only one and has no neighbours, so that its ranges are the same for every tenant: the
// services' instances take addresses of subnetRange, the stores of storesRange.
const (
	subnetRange   = "10.90.0.0/24"
	storesAddress = "10.91.0.0"
	storesPrefix  = 20
	storesRange   = "10.91.0.0/20"
)

// The ports of the stores: Cloud SQL's connector, Redis over TLS, and NFS with what finds and mounts a share.
// https://cloud.google.com/sql/docs/mysql/connect-auth-proxy#required-ports
// https://cloud.google.com/memorystore/docs/redis/in-transit-encryption
// https://cloud.google.com/filestore/docs/configuring-firewall
var (
	connectorPorts = []string{"3307"}
	cachePorts     = []string{"6378"}
	filesPorts     = []string{"111", "2046", "2049", "2050", "4045"}
)

// tag marks the interfaces of the tenant's services and of the restoration.
const tag = "haven-tenant"

// connect makes a network without a route to the internet: nothing in it can reach one, nor be reached. What the
// services call on the internet they call without it. Google's own network, in which the stores are, is its one peer.
// https://cloud.google.com/vpc/docs/private-services-access
func (s *stores) connect() error {
	var err error
	s.own.network, err = compute.NewNetwork(s.ctx, s.name+"-network", &compute.NetworkArgs{
		Name:                        pulumi.String(s.args.Scope.Name("network")),
		AutoCreateSubnetworks:       pulumi.Bool(false),
		DeleteDefaultRoutesOnCreate: pulumi.Bool(true),
		RoutingMode:                 pulumi.String("REGIONAL"),
	}, s.child())
	if err != nil {
		return err
	}
	s.own.subnet, err = compute.NewSubnetwork(s.ctx, s.name+"-subnetwork", &compute.SubnetworkArgs{
		Name:                  pulumi.String(s.args.Scope.Name("services")),
		Network:               s.own.network.ID(),
		Region:                pulumi.String(s.args.Region),
		IpCidrRange:           pulumi.String(subnetRange),
		PrivateIpGoogleAccess: pulumi.Bool(true),
		LogConfig: compute.SubnetworkLogConfigArgs{
			AggregationInterval: pulumi.String("INTERVAL_5_SEC"),
			FlowSampling:        pulumi.Float64(1),
			Metadata:            pulumi.String("INCLUDE_ALL_METADATA"),
		},
	}, s.child())
	if err != nil {
		return err
	}
	addresses, err := compute.NewGlobalAddress(s.ctx, s.name+"-stores-range", &compute.GlobalAddressArgs{
		Name:         pulumi.String(s.args.Scope.Name("stores")),
		Network:      s.own.network.ID(),
		AddressType:  pulumi.String("INTERNAL"),
		Purpose:      pulumi.String("VPC_PEERING"),
		Address:      pulumi.String(storesAddress),
		PrefixLength: pulumi.Int(storesPrefix),
	}, s.child())
	if err != nil {
		return err
	}
	// Google keeps the peering for days after the last store is gone: a teardown leaves it to the project's deletion.
	s.own.services, err = servicenetworking.NewConnection(s.ctx, s.name+"-stores-peering",
		&servicenetworking.ConnectionArgs{
			Network:               s.own.network.ID(),
			Service:               pulumi.String("servicenetworking.googleapis.com"),
			ReservedPeeringRanges: pulumi.StringArray{addresses.Name},
			DeletionPolicy:        pulumi.String("ABANDON"),
		}, s.child())
	if err != nil {
		return err
	}
	return s.firewall()
}

// flow is traffic that a firewall rule speaks of.
type flow struct {
	part     string
	ports    []string // none for all protocols
	priority int
}

// lowest is the priority of the rule that speaks last but for the network's own.
const lowest = 65534

// firewall lets the tenant's own interfaces reach the stores on their ports, and nobody anything else. That nobody is
// let in is the network's own rule.
func (s *stores) firewall() error {
	for _, one := range []flow{
		{"to-database", connectorPorts, 1000}, {"to-cache", cachePorts, 1000}, {"to-files", filesPorts, 1000},
		{"nothing-else", nil, lowest},
	} {
		rule := &compute.FirewallArgs{
			Name:      pulumi.String(s.args.Scope.Name(one.part)),
			Network:   s.own.network.ID(),
			Direction: pulumi.String("EGRESS"),
			Priority:  pulumi.Int(one.priority),
			LogConfig: compute.FirewallLogConfigArgs{Metadata: pulumi.String("INCLUDE_ALL_METADATA")},
		}
		if one.ports == nil {
			rule.Denies = compute.FirewallDenyArray{compute.FirewallDenyArgs{Protocol: pulumi.String("all")}}
			rule.DestinationRanges = pulumi.ToStringArray([]string{"0.0.0.0/0"})
		} else {
			rule.Allows = compute.FirewallAllowArray{compute.FirewallAllowArgs{
				Protocol: pulumi.String("tcp"), Ports: pulumi.ToStringArray(one.ports)}}
			rule.DestinationRanges = pulumi.ToStringArray([]string{storesRange})
			rule.TargetTags = pulumi.ToStringArray([]string{tag})
		}
		if _, err := compute.NewFirewall(s.ctx, s.name+"-"+one.part, rule, s.child()); err != nil {
			return err
		}
	}
	return nil
}

// peered is a part that lies in Google's network.
func (s *stores) peered() pulumi.ResourceOption {
	return pulumi.Composite(s.kept(), pulumi.DependsOn([]pulumi.Resource{s.own.services}))
}
