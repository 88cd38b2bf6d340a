package config

import (
	"fmt"
	"strings"
)

// CellFacts is what a tenant has to know of its cell to be valid in it. They come from the cell's stack file before a
// deployment, and from what its stack exports during one.
type CellFacts struct {
	Environment string
	Domain      string
	Slots       int
	Production  bool
	Maintenance Maintenance
	// Account and Region are where it lies, Standby whether it stands by for another.
	Account, Region string
	Standby         bool
}

// JoinCell completes a tenant's name, host, windows and administrator's address, and checks what depends on its cell.
// The error is of type Errors and names everything that is wrong.
func (s *Stack) JoinCell(cell CellFacts) error {
	c := newChecker(s.Name)
	c.join(s, cell)
	return c.errors.asError()
}

// join leaves out what an empty fact would decide: something is wrong with that fact, and said in the cell's file.
func (c *checker) join(stack *Stack, cell CellFacts) {
	tenant := stack.Tenant
	c.joinEnvironment(stack, cell.Environment)
	c.joinDomain(stack, cell)
	if tenant.Application.AdminEmail == "" {
		tenant.Application.AdminEmail = "admin@" + cell.Domain
	}
	c.joinWindows(tenant, cell.Maintenance)
	c.joinRestore(tenant, cell)
	c.joinData(tenant, cell)
	if slots := cell.Slots; slots != 0 && tenant.Slot > slots && tenant.Slot <= maxSlots {
		c.refuse("tenant.slot", tenant.Slot, fmt.Sprintf("1 to %d, the slots of %s", slots, tenant.Cell),
			"choose a free slot, raise the cell's slots, or choose another cell")
	}
	c.noTeardown(stack, cell.Production)
}

func (c *checker) joinEnvironment(stack *Stack, environment string) {
	tenant := stack.Tenant
	switch {
	case environment == "":
		return
	case !strings.HasPrefix(stack.Name, environment+"-") || len(stack.Name) == len(environment)+1:
		c.refuse("tenant.cell", tenant.Cell, fmt.Sprintf("a cell of the environment that the stack's name %q begins with",
			stack.Name), fmt.Sprintf("name another cell, or rename the file, like %q", fileName(environment+"-acme")))
	case tenant.Name == "" && c.sound(pathStackName):
		tenant.Name = defaultTenantName(stack, environment)
		c.tenantName(tenant.Name)
	}
	c.digest("tenant.application.image", tenant.Application.Image, environment)
}

func (c *checker) joinDomain(stack *Stack, cell CellFacts) {
	const path = "tenant.host"
	tenant, domain := stack.Tenant, cell.Domain
	switch {
	case domain == "" || tenant.Restore.TakesOver():
		return // a take-over keeps the host that the tenant has
	case tenant.Host == "" && tenant.Restores() && cell.Environment != "":
		tenant.Host = defaultHost(strings.TrimPrefix(stack.Name, cell.Environment+"-"), domain)
		c.host(tenant.Host)
	case tenant.Host == "" && tenant.Name != "" && c.sound("tenant.name"):
		tenant.Host = defaultHost(tenant.Name, domain)
		c.host(tenant.Host)
	case tenant.Host != "" && !below(tenant.Host, domain) && c.sound(path):
		c.refuse(path, tenant.Host, fmt.Sprintf("a host below %q, the domain of %s", domain, tenant.Cell),
			fmt.Sprintf("write it like %q, or leave it out", defaultHost("acme", domain)))
	}
}
