package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// accountName ends the name of an account's stack, after the environment.
const accountName = "account"

// minAuditDays is what CIS asks for an audit trail.
const minAuditDays = 365

// organizationForm: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
var organizationForm = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)

// principalForm is what a trust policy may name of IAM.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
var principalForm = regexp.MustCompile(`^arn:aws:iam::\d{12}:(root|(role|user)/[\w+=,.@/-]{1,512})$`)

// mailForm is one plain address, as it is used every day; what RFC 5322 allows beyond is a mistake more often than not.
var mailForm = regexp.MustCompile(`^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}$`)

// accountStack checks what an account says of itself.
func (c *checker) accountStack(stack *Stack) {
	account := stack.Account
	c.environment(RoleAccount, stack.Name, account.Environment)
	c.fixedStackName(RoleAccount, stack.Name, account.Environment, accountName)
	c.owner(RoleAccount, account.Owner)
	c.account(RoleAccount, account.Account)
	c.regions(RoleAccount, account.Region, account.RecoveryRegion)
	c.logRetention(RoleAccount, account.LogRetentionDays, minAuditDays)
	if id := account.OrganizationID; id != "" && !organizationForm.MatchString(id) {
		c.refuse("account.organizationID", id, `"o-" and 10 to 32 lower-case letters or digits`,
			"ask `aws organizations describe-organization`, or leave it out")
	}
	c.alerts(account.Alerts)
	if account.MonthlyBudgetUSD < 1 {
		c.refuse("account.monthlyBudgetUSD", account.MonthlyBudgetUSD, "at least 1",
			"write what a month may cost, in US dollars")
	}
	c.between("account.databases", account.Databases, 50, 1000, "write how many databases the account needs in a region")
	c.operators(account.Operators)
	c.noTeardown(stack, account.Production)
}

// fixedStackName is that of what an environment has one of, so that everybody in it finds it.
func (c *checker) fixedStackName(role Role, stack, environment, name string) {
	want := environment + "-" + name
	if c.sound(role.path("environment")) && c.sound(pathStackName) && stack != want {
		c.refuse(pathStackName, stack, fmt.Sprintf("%q: an environment has one %s", want, role),
			fmt.Sprintf("rename the file to %q", fileName(want)))
	}
}

func (c *checker) alerts(alerts Alerts) {
	c.onCall("account.alerts.critical", alerts.Critical)
	if c.given["account.alerts.warning"] {
		c.addresses("account.alerts.warning", alerts.Warning)
	}
	if c.given["account.alerts.info"] {
		c.addresses("account.alerts.info", alerts.Info)
	}
}

// onCall are addresses of which there has to be one.
func (c *checker) onCall(path string, addresses []string) {
	if len(addresses) == 0 {
		c.refuse(path, "", "at least one mail address", "name whoever is on call, like ops@haven.example")
	}
	c.addresses(path, addresses)
}

func (c *checker) addresses(path string, addresses []string) {
	for i, address := range addresses {
		at := fmt.Sprintf("%s[%d]", path, i)
		c.once(at, addresses, i)
		if !mailForm.MatchString(address) {
			c.refuse(at, address, "a mail address", `write it like "ops@haven.example"`)
		}
	}
}

func (c *checker) operators(principals []string) {
	for i, principal := range principals {
		at := fmt.Sprintf("account.operators[%d]", i)
		c.once(at, principals, i)
		if !isAccount(principal) && !principalForm.MatchString(principal) {
			c.refuse(at, principal, "an AWS account (twelve digits), or the ARN of an IAM role or user",
				`write it like "arn:aws:iam::123456789012:role/engineers"`)
		}
	}
}

// once refuses an element that stands in its list already, upper case overlooked.
func (c *checker) once(path string, list []string, i int) {
	same := func(other string) bool { return strings.EqualFold(other, list[i]) }
	if slices.IndexFunc(list, same) < i {
		c.refuse(path, list[i], "each only once", "remove it")
	}
}
