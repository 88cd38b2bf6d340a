package config

import (
	"fmt"
	"net/netip"
	"strings"
)

// checkTogether checks what no file can know by itself. Where two files are at odds, the later one by name is refused.
func (s *fileSet) checkTogether() {
	for _, tenant := range s.ofRole(RoleTenant) {
		s.joinCell(tenant)
	}
	s.refuseTwice(nameClaim)
	s.refuseTwice(hostClaim)
	s.refuseTwice(slotClaim)
	s.compareCells()
	s.countTenants()
}

func (s *fileSet) ofRole(role Role) []*file {
	var files []*file
	for _, file := range s.files {
		if file.stack.Role == role {
			files = append(files, file)
		}
	}
	return files
}

// named is the file of a stack; nil where there is none.
func (s *fileSet) named(stack string) *file {
	for _, file := range s.files {
		if file.stack.Name == stack {
			return file
		}
	}
	return nil
}

// facts are those of a cell's facts that nothing is wrong with.
func (f *file) facts() CellFacts {
	cell := f.stack.Cell
	facts := CellFacts{Production: cell.Production}
	if f.sound("cell.environment") {
		facts.Environment = cell.Environment
	}
	if f.sound("cell.domain") {
		facts.Domain = cell.Domain
	}
	if f.sound("cell.slots") {
		facts.Slots = cell.Slots
	}
	return facts
}

// joinCell finds a tenant's cell among the files, and lets the tenant join it.
func (s *fileSet) joinCell(tenant *file) {
	wanted := tenant.stack.Tenant.Cell
	found := s.named(wanted)
	switch {
	case wanted == "" || found != nil && found.stack.Role == "":
		return // which is said already
	case found == nil:
		tenant.refuse("tenant.cell", wanted, "the stack name of a cell that has a file", s.otherCell(wanted))
	case found.stack.Role != RoleCell:
		tenant.refuse("tenant.cell", wanted, fmt.Sprintf("the stack name of a cell; that is a %s", found.stack.Role),
			s.otherCell(wanted))
	default:
		tenant.join(tenant.stack, found.facts())
	}
}

// otherCell is advice where a cell of that name is missing.
func (s *fileSet) otherCell(wanted string) string {
	var cells []string
	for _, cell := range s.ofRole(RoleCell) {
		cells = append(cells, cell.stack.Name)
	}
	if len(cells) == 0 {
		return fmt.Sprintf("write %q first: there is no cell yet", fileName(wanted))
	}
	return suggest(wanted, cells)
}

// A claim is what no two stacks may have both.
type claim struct {
	path  string
	value any
	key   string // equal for two claims that collide; empty where nothing is claimed
	what  string // "host", as in "a host of its own"
	fix   string
}

// refuseTwice refuses each claim that an earlier file has made.
func (s *fileSet) refuseTwice(of func(*fileSet, *file) claim) {
	first := map[string]*file{}
	for _, file := range s.files {
		claim := of(s, file)
		if claim.key == "" {
			continue
		}
		if other, taken := first[claim.key]; taken {
			file.refuse(claim.path, claim.value,
				fmt.Sprintf("a %s of its own: %s has %s", claim.what, other.stack.Name, show(of(s, other).value)), claim.fix)
			continue
		}
		first[claim.key] = file
	}
}

// nameClaim is a stack's name in its environment, hyphens and upper case overlooked.
func nameClaim(s *fileSet, file *file) claim {
	claim := claim{pathStackName, file.stack.Name, normal(file.stack.Name), "name",
		"choose names that differ in more than hyphens and upper case"}
	if tenant := file.stack.Tenant; tenant != nil && tenant.Name != "" {
		claim.path, claim.value = "tenant.name", tenant.Name
		if cell := s.named(tenant.Cell); cell != nil && cell.stack.Cell != nil {
			claim.key = normal(cell.stack.Cell.Environment + tenant.Name)
		}
	}
	return claim
}

func hostClaim(_ *fileSet, file *file) claim {
	if file.stack.Tenant == nil {
		return claim{}
	}
	host := file.stack.Tenant.Host
	return claim{"tenant.host", host, strings.ToLower(host), "host", "choose another host"}
}

func slotClaim(_ *fileSet, file *file) claim {
	tenant := file.stack.Tenant
	if tenant == nil || tenant.Cell == "" || tenant.Slot == 0 {
		return claim{}
	}
	return claim{"tenant.slot", tenant.Slot, fmt.Sprint(tenant.Cell, " ", tenant.Slot), "slot in " + tenant.Cell,
		"choose a free slot"}
}

// compareCells checks each cell against those before it.
func (s *fileSet) compareCells() {
	cells := s.ofRole(RoleCell)
	for i, cell := range cells {
		for _, earlier := range cells[:i] {
			cell.compareDomain(earlier)
			if cell.stack.Cell.Environment == earlier.stack.Cell.Environment {
				cell.compareEnvironment(earlier)
				cell.compareCIDR(earlier)
			}
		}
	}
}

// compareDomain keeps zones apart: a host below two of them would belong to neither.
func (f *file) compareDomain(earlier *file) {
	own, other := f.stack.Cell.Domain, earlier.stack.Cell.Domain
	if dnsName(own) && dnsName(other) && (own == other || below(own, other) || below(other, own)) {
		f.refuse("cell.domain", own,
			fmt.Sprintf("a domain apart from %q, that of %s, neither above nor below it", other, earlier.stack.Name),
			"choose another domain for one of them")
	}
}

// compareEnvironment keeps one environment in one account, and protected as a whole or not at all.
func (f *file) compareEnvironment(earlier *file) {
	own, other := f.stack.Cell, earlier.stack.Cell
	if own.Account != other.Account && isAccount(own.Account) && isAccount(other.Account) {
		f.refuse("cell.account", own.Account,
			fmt.Sprintf("%q, as %s says: an environment lies in one account", other.Account, earlier.stack.Name),
			"write the same account, or make it another environment")
	}
	if own.Production != other.Production {
		f.refuse("cell.production", own.Production,
			fmt.Sprintf("%t, as %s says: an environment is production or is not", other.Production, earlier.stack.Name),
			"write the same in both, or make it another environment")
	}
}

// compareCIDR keeps the address spaces of an environment apart, in whatever regions, so that they can be connected.
func (f *file) compareCIDR(earlier *file) {
	own, other := f.stack.Cell.Network.CIDR, earlier.stack.Cell.Network.CIDR
	ownRange, err := netip.ParsePrefix(own)
	otherRange, otherErr := netip.ParsePrefix(other)
	if err == nil && otherErr == nil && ownRange.Overlaps(otherRange) {
		f.refuse("cell.network.cidr", own, fmt.Sprintf("a range apart from %s, that of %s", other, earlier.stack.Name),
			"choose another range")
	}
}

// countTenants refuses a cell with more tenants than slots.
func (s *fileSet) countTenants() {
	tenants := map[string]int{}
	for _, tenant := range s.ofRole(RoleTenant) {
		tenants[tenant.stack.Tenant.Cell]++
	}
	for _, cell := range s.ofRole(RoleCell) {
		slots, count := cell.stack.Cell.Slots, tenants[cell.stack.Name]
		if cell.sound("cell.slots") && count > slots {
			cell.refuse("cell.slots", slots, fmt.Sprintf("at least %d, one for each tenant that names this cell", count),
				"raise it, or move tenants to another cell")
		}
	}
}
