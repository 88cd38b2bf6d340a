package config

import (
	"slices"
	"strings"
	"time"

	"haven/components/limit"
)

// maxSlots keeps a cell within the default quota of 25 certificates of a load balancer's listener.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
const maxSlots = 25

// maxReplicated is how many databases' backups an account may replicate to a region:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.Replicating.Enable.html
const maxReplicated = 20

// logRetentionDays are the values that CloudWatch Logs allows, from the first that outlasts a month's report.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
var logRetentionDays = []int{30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

// cell checks what a cell says of itself.
func (c *checker) cell(stack *Stack) {
	cell := stack.Cell
	c.environment(RoleCell, stack.Name, cell.Environment)
	c.owner(RoleCell, cell.Owner)
	c.account(RoleCell, cell.Account)
	c.regions(RoleCell, cell.Region, cell.RecoveryRegion)
	c.zones(cell)
	c.domain(cell)
	c.cidr(cell.Network.CIDR)
	c.interfaceEndpoints(cell.Network.InterfaceEndpoints)
	c.firewall(&cell.Firewall)
	c.backup(cell)
	c.maintenance(cell.Maintenance)
	c.standby(cell)
	c.between("cell.monthlyBudgetUSD", cell.MonthlyBudgetUSD, 0, maxBudgetUSD, budgetFix)
	c.logRetention(RoleCell, cell.LogRetentionDays, 0)
	c.between("cell.slots", cell.Slots, 1, maxSlots, "more tenants are another cell")
	c.noTeardown(stack, cell.Production)
}

// tenant checks what a tenant says of itself; join checks what depends on its cell.
func (c *checker) tenant(tenant *Tenant) {
	if tenant.Name != "" {
		c.tenantName(tenant.Name)
	}
	if tenant.Cell == "" {
		c.refuse("tenant.cell", "", "the stack name of a cell", `name the cell that the tenant lives in, like "demo-cell"`)
	}
	c.between("tenant.slot", tenant.Slot, 1, maxSlots, "choose a free slot")
	if tenant.Host != "" {
		c.host(tenant.Host)
	}
	c.replica(tenant)
	c.leavingReplica(tenant)
	c.life(tenant)
	c.restore(tenant)
	c.data(tenant)
	c.between("tenant.monthlyBudgetUSD", tenant.MonthlyBudgetUSD, 0, maxBudgetUSD, budgetFix)
	c.identity(tenant.Identity)
	c.database(&tenant.Database)
	c.cache(tenant.Cache)
	c.windows(tenant)
	c.application(&tenant.Application)
}

// maxBudgetUSD only keeps a slip of the keyboard out.
const (
	maxBudgetUSD = 10_000_000
	budgetFix    = "write whole US dollars a month, or leave it out for no budget"
)

func (c *checker) between(path string, value, least, most int, fix string) {
	c.limit(path, limit.Between(value, least, most, fix))
}

// isAccount says whether a text can be the number of an AWS account: twelve digits, not all of them zero.
// https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
func isAccount(text string) bool {
	return len(text) == 12 && strings.Trim(text, "0123456789") == "" && text != "000000000000"
}

func (c *checker) account(role Role, account string) {
	if !isAccount(account) {
		c.refuse(role.path("account"), account, "the twelve digits of an AWS account",
			"ask `aws sts get-caller-identity`, and write them in quotes")
	}
}

// logRetention is one of CloudWatch Logs' values that is long enough.
func (c *checker) logRetention(role Role, days, least int) {
	enough := slices.DeleteFunc(slices.Clone(logRetentionDays), func(days int) bool { return days < least })
	if !slices.Contains(enough, days) {
		c.refuse(role.path("logRetentionDays"), days, "one of "+limit.List(enough), "choose one of CloudWatch Logs' values")
	}
}

// noTeardown keeps production protected, but for what a drill made.
func (c *checker) noTeardown(stack *Stack, production bool) {
	drill := stack.Tenant != nil && stack.Tenant.Restore.Mode == Drill
	if production && !drill && !stack.Teardown.IsZero() {
		c.refuse("teardown", stack.Teardown.Format(time.RFC3339), "none in production",
			"remove it; to tear production down, first take the mark production from its account and cells, reviewed like"+
				" any change")
	}
}
