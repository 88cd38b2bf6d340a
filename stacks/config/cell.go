package config

// Cell is what tenants share and none owns: network, edge, cluster.
type Cell struct {
	// Environment is the first part of the names of all of its stacks, for example "demo".
	Environment string
	// Production refuses teardown and `haven down`. Default false.
	Production bool
	// Owner is the team that answers for it, the value of the tag "owner". Default "platform".
	Owner string
	// Account is the AWS account, twelve digits. The provider refuses any other one's credentials.
	Account string
	// Region is where the cell runs. Default eu-west-1: customer data lives in Ireland.
	Region string
	// RecoveryRegion holds the copies that recovery starts from. Default eu-central-1; never Region.
	RecoveryRegion string
	// Domain is the public DNS zone that the cell owns; its tenants' hosts lie below it.
	Domain string
	// Network is the cell's address space and endpoints.
	Network Network
	// LogRetentionDays is how long logs are kept: 30 to 3653, one of CloudWatch Logs' values. Default 400.
	LogRetentionDays int
	// Slots is how many tenants the cell holds at most. Default 25; more than 25 would pass the load balancer's quotas.
	Slots int
}

// Network is the cell's address space.
type Network struct {
	// CIDR is the VPC's IPv4 range, private, /16 to /20. It cannot be changed later without a new cell.
	CIDR string
	// Zones are the three availability zones. Default: the region's a, b and c.
	Zones []string
	// InterfaceEndpoints are the AWS services reached over private endpoints. Default: what tasks need to start.
	InterfaceEndpoints []string
}
