package config

// Cell is what tenants share and none owns: network, edge, cluster.
type Cell struct {
	// Environment is the first part of the names of all of its stacks, for example "demo".
	Environment string `json:"environment"`
	// Production refuses teardown and `haven down`. Default false.
	Production bool `json:"production"`
	// Owner is the team that answers for it, the value of the tag "owner". Default "platform".
	Owner string `json:"owner"`
	// Account is the AWS account, twelve digits. The provider refuses any other one's credentials.
	Account string `json:"account"`
	// Region is where the cell runs. Default eu-west-1: customer data lives in Ireland.
	Region string `json:"region"`
	// RecoveryRegion holds the copies that recovery starts from. Default eu-central-1; never Region.
	RecoveryRegion string `json:"recoveryRegion"`
	// Domain is the public DNS zone that the cell owns; its tenants' hosts lie below it. At most 64 characters.
	Domain string `json:"domain"`
	// Network is the cell's address space and endpoints.
	Network Network `json:"network"`
	// Firewall is what its firewall refuses and counts.
	Firewall Firewall `json:"firewall"`
	// Standby says that the cell stands by for another, kept warm in that one's recovery region: its tenants' replicas
	// lie there, and they are brought back there. Default false.
	Standby bool `json:"standby"`
	// Primary is the stack name of the cell that it stands by for. With standby, and only then.
	Primary string `json:"primary"`
	// Backup is how the copies of its tenants' data are made and kept.
	Backup Backup `json:"backup"`
	// Maintenance is when AWS works on its tenants' databases and caches.
	Maintenance Maintenance `json:"maintenance"`
	// Alerts is the stack name of the account whose people are told of alarms. Default: none, alarms tell nobody.
	Alerts string `json:"alerts"`
	// MonthlyBudgetUSD is what the cell and its tenants may cost in a month, in US dollars; whoever gets warnings is told
	// when it is nearly or likely spent. Default 0: no budget is watched.
	MonthlyBudgetUSD int `json:"monthlyBudgetUSD"`
	// LogRetentionDays is how long logs are kept: 30 to 3653, one of CloudWatch Logs' values. Default 400.
	LogRetentionDays int `json:"logRetentionDays"`
	// Slots is how many tenants the cell holds at most, 1 to 25. Default 25; more would pass the load balancer's quotas.
	Slots int `json:"slots"`
}

// Maintenance is when AWS works on what stores the data of a cell's tenants, where their own files do not say.
type Maintenance struct {
	// Window is the weekly window of patches, UTC, "ddd:hh:mm-ddd:hh:mm", an hour to a day and apart from BackupWindow, in
	// which databases are patched; caches follow once it is over. Tenants of wave 0 are patched three days earlier, so
	// that a patch that does harm has done it to canaries first. Default "sun:03:00-sun:04:00".
	Window string `json:"window"`
	// BackupWindow is the daily window of snapshots, UTC, "hh:mm-hh:mm", at least an hour, in which those of databases are
	// made; those of caches follow. Default "01:00-02:00".
	BackupWindow string `json:"backupWindow"`
}

// Network is the cell's address space.
type Network struct {
	// CIDR is the VPC's IPv4 range, private, /16 to /20. It cannot be changed later without a new cell.
	CIDR string `json:"cidr"`
	// Zones are the three availability zones. Default: the region's first three.
	Zones []string `json:"zones"`
	// InterfaceEndpoints are the AWS services reached over private endpoints, each of which costs by the hour and zone.
	// Default: what tasks need to start, ecr.api, ecr.dkr, logs and secretsmanager. All others are reached over NAT.
	InterfaceEndpoints []string `json:"interfaceEndpoints"`
}

// Firewall is what a cell's web application firewall refuses beyond its fixed rules.
type Firewall struct {
	// BlockList are ranges of IPv4 addresses that are refused, in CIDR notation. Default: none.
	BlockList []string `json:"blockList"`
	// AllowList are ranges that the rate limit and Amazon's lists of addresses do not apply to. An address of both lists
	// is refused. Default: none.
	AllowList []string `json:"allowList"`
	// RateLimit is how many requests one address may send within five minutes. Default 2000. Many people behind one
	// company's gateway are one address.
	RateLimit int `json:"rateLimit"`
}
