package config

// Account is what an AWS account has once, and in each of its regions, whoever lives in it: the audit trail, the
// recorder, the guards, and where alarms go. An environment has one, and lies in it as a whole.
type Account struct {
	// Environment is the first part of the names of all of its stacks, for example "demo". The stack is named
	// "<environment>-account".
	Environment string `json:"environment"`
	// Production refuses teardown and `haven down`. Default false.
	Production bool `json:"production"`
	// Owner is the team that answers for it, the value of the tag "owner". Default "platform".
	Owner string `json:"owner"`
	// Account is the AWS account, twelve digits. The provider refuses any other one's credentials.
	Account string `json:"account"`
	// Region is the home of what an account has once. Default eu-west-1.
	Region string `json:"region"`
	// RecoveryRegion is the other region that is watched. Default eu-central-1; never Region.
	RecoveryRegion string `json:"recoveryRegion"`
	// OrganizationID makes the audit trail that of all accounts of an AWS organization, "o-…". Default: none, and the
	// trail is of this account alone. It takes the management account, or one that CloudTrail is delegated to.
	OrganizationID string `json:"organizationID"`
	// LogRetentionDays is how long the audit trail and the configuration history are kept: 365 to 3653, one of CloudWatch
	// Logs' values. Default 400. Nobody can delete a file of the trail before that.
	LogRetentionDays int `json:"logRetentionDays"`
	// Alerts are the addresses that alarms are sent to.
	Alerts Alerts `json:"alerts"`
	// MonthlyBudgetUSD is what the account may cost in a month, in US dollars, at least 1; whoever gets warnings is told
	// when it is nearly or likely spent. Nothing is stopped.
	MonthlyBudgetUSD int `json:"monthlyBudgetUSD"`
	// Databases is how many database instances AWS is asked to let the account have, in each of its two regions: 50 to
	// 1000, as AWS grants no less than every account's 40. Default 100: the 25 tenants of a full cell twice, for each may
	// have its data brought back beside what it had, and as many again for drills and what is made in a hurry. What has
	// been granted can only be raised.
	Databases int `json:"databases"`
	// Operators are the principals who may take on the roles of operators, with a second factor: accounts (twelve digits)
	// or ARNs of IAM roles and users. Default: the account itself, which then decides by its own IAM policies.
	Operators []string `json:"operators"`
}

// Alerts are the mail addresses of each severity. Each has to confirm its subscription once.
type Alerts struct {
	// Critical is for what needs somebody now, whatever the hour. At least one.
	Critical []string `json:"critical"`
	// Warning is for what needs somebody within the day. Default: those of Critical.
	Warning []string `json:"warning"`
	// Info is for what is worth knowing. Default: those of Warning.
	Info []string `json:"info"`
}
