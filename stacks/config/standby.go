package config

import (
	"fmt"
	"slices"

	"haven/components/limit"
	"haven/components/tiers"
)

func (c *checker) standby(cell *Cell) {
	const path = "cell.primary"
	switch {
	case cell.Standby && cell.Primary == "":
		c.refuse(path, "", "the stack name of the cell that this one stands by for", `name it, like "demo-cell"`)
	case !cell.Standby && cell.Primary != "":
		c.refuse(path, cell.Primary, "none for a cell that stands by for no other", "remove it, or write standby: true")
	}
}

// replica asks the tier that has a replica for where that lies.
func (c *checker) replica(tenant *Tenant) {
	if tenant.Tier == tiers.Critical && tenant.Standby == "" && !c.given["tenant.restore"] {
		c.refuse("tenant.standby", "", "the stack name of the cell that holds its replica, in the tier critical",
			"name the cell that stands by for its own, or choose another tier")
	}
}

// leavingReplica checks that a replica is on its way out of the tier that has it.
func (c *checker) leavingReplica(tenant *Tenant) {
	const path = "tenant.database.replica"
	replica, critical := tenant.Database.Replica, tenant.Tier == tiers.Critical
	switch {
	case replica == "":
	case !slices.Contains(replicaStates, replica):
		c.refuse(path, string(replica), "one of "+limit.List(replicaStates)+", or nothing", suggest(replica, replicaStates))
	case c.given["tenant.restore"]:
		c.refuse(path, string(replica), "none where a tenant is brought back", "remove it")
	case replica == ReplicaReleased && !critical:
		c.refuse(path, string(replica), "the tier critical with it, whose replica it releases",
			"write dropped once the update with released is done")
	case replica == ReplicaDropped && critical:
		c.refuse(path, string(replica), "another tier than critical with it, whose replica it would drop",
			"write released first, and another tier once that update is done")
	}
}

// StandbyFacts is what a tenant has to know of the cell that holds its replica.
type StandbyFacts struct {
	Standby         bool
	Primary, Region string
}

// JoinStandby checks what depends on the cell that holds the tenant's replica, whose cell has that recovery region. The
// error is of type Errors.
func (s *Stack) JoinStandby(standby StandbyFacts, recoveryRegion string) error {
	c := newChecker(s.Name)
	c.joinStandby(s.Tenant, standby, recoveryRegion)
	return c.errors.asError()
}

func (c *checker) joinStandby(tenant *Tenant, standby StandbyFacts, recoveryRegion string) {
	const path = "tenant.standby"
	switch {
	case !standby.Standby || standby.Primary != tenant.Cell:
		c.refuse(path, tenant.Standby, "a cell that stands by for "+tenant.Cell,
			fmt.Sprintf("name another cell, or write standby: true and primary: %s in its file", tenant.Cell))
	case standby.Region != recoveryRegion:
		c.refuse(path, tenant.Standby, fmt.Sprintf("a cell in %s, the recovery region of %s", recoveryRegion, tenant.Cell),
			"name another cell")
	}
}

// joinStandbys looks for what standbys and the tenants that have one name.
func (s *fileSet) joinStandbys() {
	for _, cell := range s.ofRole(RoleCell) {
		s.joinPrimary(cell)
	}
	for _, tenant := range s.ofRole(RoleTenant) {
		s.joinReplica(tenant)
	}
}

// joinPrimary checks a standby against the cell that it stands by for.
func (s *fileSet) joinPrimary(cell *file) {
	const path = "cell.primary"
	own := cell.stack.Cell
	if !own.Standby || own.Primary == "" {
		return
	}
	primary := s.named(own.Primary)
	switch {
	case primary == nil || primary.stack.Role != RoleCell:
		cell.refuse(path, own.Primary, "the stack name of a cell that has a file", s.otherCell(own.Primary))
	case primary.stack.Cell.Standby || primary.stack.Cell.Environment != own.Environment:
		cell.refuse(path, own.Primary, "a cell of the same environment that stands by for no other", "name another cell")
	case own.Region != primary.stack.Cell.RecoveryRegion && cell.sound("cell.region"):
		cell.refuse("cell.region", own.Region,
			fmt.Sprintf("%q, the recovery region of %s", primary.stack.Cell.RecoveryRegion, own.Primary),
			"a standby lies where the copies of its primary lie")
	}
}

// joinReplica checks a tenant against the cell that holds its replica.
func (s *fileSet) joinReplica(tenant *file) {
	wanted := tenant.stack.Tenant.Standby
	if wanted == "" || !tenant.sound("tenant.standby") {
		return
	}
	standby, cell := s.named(wanted), s.named(tenant.stack.Tenant.Cell)
	switch {
	case standby == nil || standby.stack.Role != RoleCell:
		tenant.refuse("tenant.standby", wanted, "the stack name of a cell that has a file", s.otherCell(wanted))
	case cell != nil && cell.stack.Role == RoleCell:
		own := standby.stack.Cell
		tenant.joinStandby(tenant.stack.Tenant, StandbyFacts{own.Standby, own.Primary, own.Region}, cell.stack.Cell.RecoveryRegion)
	}
}
