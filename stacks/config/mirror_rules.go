package config

import (
	"fmt"
	"slices"

	"haven/components/mirror/limits"
)

// mirrorName ends the name of a mirror's stack, after the environment.
const mirrorName = "mirror"

// mirrorStack checks what a mirror says of itself.
func (c *checker) mirrorStack(stack *Stack) {
	mirror := stack.Mirror
	c.environment(RoleMirror, stack.Name, mirror.Environment)
	c.fixedStackName(RoleMirror, stack.Name, mirror.Environment, mirrorName)
	c.owner(RoleMirror, mirror.Owner)
	c.limit("mirror.project", limits.Project(mirror.Project))
	c.limit("mirror.location", limits.Location(mirror.Location))
	if c.sound("mirror.location") {
		c.limit("mirror.regions", limits.Regions(mirror.Location, mirror.Regions))
	}
	c.mirroredCells(mirror.Cells)
	c.between("mirror.retentionDays", mirror.RetentionDays, limits.MinRetentionDays, limits.MaxRetentionDays,
		"leave it out for 90")
	c.between("mirror.softDeleteDays", mirror.SoftDeleteDays, limits.MinSoftDeleteDays, limits.MaxSoftDeleteDays,
		"leave it out for 30")
	if mirror.Production && !mirror.Locked {
		c.refuse("mirror.locked", mirror.Locked, "true in production", "remove it")
	}
	c.onCall("mirror.alerts.critical", mirror.Alerts.Critical)
	if c.given["mirror.alerts.warning"] {
		c.addresses("mirror.alerts.warning", mirror.Alerts.Warning)
	}
	c.noTeardown(stack, mirror.Production)
}

func (c *checker) mirroredCells(cells []string) {
	if len(cells) == 0 {
		c.refuse("mirror.cells", "", "at least one stack name of a cell", `name the cells, like "demo-cell"`)
	}
	for i := range cells {
		c.once(fmt.Sprintf("mirror.cells[%d]", i), cells, i)
	}
}

// joinMirrors looks for what mirrors name, and for what they should, and for the mirrors that tenants name.
func (s *fileSet) joinMirrors() {
	for _, mirror := range s.ofRole(RoleMirror) {
		for i, wanted := range mirror.stack.Mirror.Cells {
			s.joinMirrored(mirror, fmt.Sprintf("mirror.cells[%d]", i), wanted)
		}
		s.mirrorAll(mirror)
	}
	for _, tenant := range s.ofRole(RoleTenant) {
		s.joinMirror(tenant)
	}
}

func (s *fileSet) joinMirrored(mirror *file, path, wanted string) {
	cell := s.named(wanted)
	switch {
	case cell == nil:
		mirror.refuse(path, wanted, "the stack name of a cell that has a file", s.otherCell(wanted))
	case cell.stack.Role == RoleCell && cell.stack.Cell.Environment != mirror.stack.Mirror.Environment,
		cell.stack.Role != RoleCell && cell.stack.Role != "":
		mirror.refuse(path, wanted, "the stack name of a cell of the mirror's environment", "name another cell")
	}
}

// mirrorAll refuses to leave a cell out: one that stands by holds the only dumps once tenants were brought back there.
func (s *fileSet) mirrorAll(mirror *file) {
	own := mirror.stack.Mirror
	for _, file := range s.ofRole(RoleCell) {
		cell := file.stack.Cell
		if cell.Environment == own.Environment && len(own.Cells) > 0 &&
			!slices.Contains(own.Cells, file.stack.Name) {
			mirror.refuse("mirror.cells", words("no "+file.stack.Name),
				"each cell of the environment", fmt.Sprintf("add %q", file.stack.Name))
		}
	}
}

// MirrorFacts is what a tenant has to know of the mirror that its dumps are watched in.
type MirrorFacts struct {
	Cells []string
}

// JoinMirror checks what depends on the mirror that the tenant names. The error is of type Errors.
func (s *Stack) JoinMirror(mirror MirrorFacts) error {
	c := newChecker(s.Name)
	c.joinMirror(s.Tenant, mirror)
	return c.errors.asError()
}

func (c *checker) joinMirror(tenant *Tenant, mirror MirrorFacts) {
	if !slices.Contains(mirror.Cells, tenant.Cell) {
		c.refuse("tenant.mirror", tenant.Mirror, "a mirror of "+tenant.Cell,
			"add the cell to the mirror's cells, or name another mirror")
	}
}

// joinMirror looks for the mirror that a tenant's dumps are watched in.
func (s *fileSet) joinMirror(tenant *file) {
	const path = "tenant.mirror"
	wanted := tenant.stack.Tenant.Mirror
	found := s.named(wanted)
	switch {
	case wanted == "" || found != nil && found.stack.Role == "":
	case found == nil:
		tenant.refuse(path, wanted, "the stack name of a mirror that has a file", "name the mirror, or leave it out")
	case found.stack.Role != RoleMirror:
		tenant.refuse(path, wanted, fmt.Sprintf("the stack name of a mirror; that is %s", found.stack.Role.one()),
			"name the mirror, or leave it out")
	default:
		tenant.joinMirror(tenant.stack.Tenant, MirrorFacts{found.stack.Mirror.Cells})
	}
}

// projectClaim: a project is one mirror's, whose logs count what arrives.
func projectClaim(_ *fileSet, file *file) claim {
	mirror := file.stack.Mirror
	if mirror == nil || !file.sound("mirror.project") {
		return claim{}
	}
	return claim{"mirror.project", mirror.Project, mirror.Project, "a Google Cloud project",
		"give each environment a project"}
}
