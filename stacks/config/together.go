package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"haven/components/tiers"
)

// checkTogether checks what no file can know by itself. Where two files are at odds, the later one by name is refused.
func (s *fileSet) checkTogether() {
	for _, tenant := range s.ofRole(RoleTenant) {
		s.joinCell(tenant)
	}
	for _, cell := range s.ofRole(RoleCell) {
		s.joinAccount(cell)
	}
	s.joinStandbys()
	for _, tenant := range s.ofRole(RoleTenant) {
		s.joinOriginal(tenant)
	}
	s.joinMirrors()
	s.refuseTwice(nameClaim)
	s.refuseTwice(hostClaim)
	s.refuseTwice(slotClaim)
	s.refuseTwice(scriptsClaim)
	s.refuseTwice(accountClaim)
	s.refuseTwice(projectClaim)
	s.refuseTwice(offsiteClaim)
	s.compareMembers()
	s.compareCells()
	s.countTenants()
	s.countReplicated()
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
	facts := CellFacts{Production: cell.Production, Standby: cell.Standby}
	if f.sound("cell.environment") {
		facts.Environment = cell.Environment
	}
	if f.sound("cell.account") && f.sound("cell.region") {
		facts.Account, facts.Region = cell.Account, cell.Region
	}
	if f.sound("cell.domain") {
		facts.Domain = cell.Domain
	}
	if f.sound("cell.slots") {
		facts.Slots = cell.Slots
	}
	if f.sound("cell.maintenance.window") && f.sound("cell.maintenance.backupWindow") {
		facts.Maintenance = cell.Maintenance
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
	what  string // "a host", as in "a host of its own"
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
				fmt.Sprintf("%s of its own: %s has %s", claim.what, other.stack.Name, show(of(s, other).value)), claim.fix)
			continue
		}
		first[claim.key] = file
	}
}

// nameClaim is a stack's name in its environment, hyphens and upper case overlooked. Who restores another has its name.
func nameClaim(s *fileSet, file *file) claim {
	claim := claim{pathStackName, file.stack.Name, normal(file.stack.Name), "a name",
		"choose names that differ in more than hyphens and upper case"}
	if tenant := file.stack.Tenant; tenant != nil && tenant.Name != "" && !tenant.Restores() {
		claim.path, claim.value = "tenant.name", tenant.Name
		if cell := s.named(tenant.Cell); cell != nil && cell.stack.Cell != nil {
			claim.key = normal(cell.stack.Cell.Environment + tenant.Name)
		}
	}
	return claim
}

// hostClaim: a host is led to by one tenant, and by no more than one that takes it over.
func hostClaim(_ *fileSet, file *file) claim {
	tenant := file.stack.Tenant
	if tenant == nil || tenant.gone() {
		return claim{}
	}
	key := strings.ToLower(tenant.Host)
	if tenant.Restore.TakesOver() && key != "" {
		key = "taken over " + key
	}
	return claim{"tenant.host", tenant.Host, key, "a host", "choose another host"}
}

func slotClaim(_ *fileSet, file *file) claim {
	tenant := file.stack.Tenant
	if tenant == nil || tenant.gone() || tenant.Cell == "" || tenant.Slot == 0 {
		return claim{}
	}
	return claim{"tenant.slot", tenant.Slot, fmt.Sprint(tenant.Cell, " ", tenant.Slot), "a slot in " + tenant.Cell,
		"choose a free slot"}
}

// scriptsClaim: a service of scripts could not tell two tenants with the same credentials apart.
func scriptsClaim(_ *fileSet, file *file) claim {
	const path = "tenant.application.scripts.secretARN"
	if file.stack.Tenant == nil || !file.sound(path) {
		return claim{}
	}
	secret := file.stack.Tenant.Application.Scripts.SecretARN
	if file.stack.Tenant.Restores() {
		secret = "" // the same tenant has the same credentials
	}
	return claim{path, secret, secret, "a secret", "store credentials of this tenant's own, and name that secret"}
}

// accountClaim: what an account has once cannot be in two stacks.
func accountClaim(_ *fileSet, file *file) claim {
	account := file.stack.Account
	if account == nil || !isAccount(account.Account) {
		return claim{}
	}
	return claim{"account.account", account.Account, account.Account, "an AWS account",
		"give each environment an account, or let both be one environment"}
}

// member is what an account, each of its cells and their mirror say alike.
type member struct {
	environment, account string
	production           bool
}

// member is empty for a stack that says nothing of this itself.
func (f *file) member() member {
	switch stack := f.stack; {
	case stack.Account != nil:
		return member{stack.Account.Environment, stack.Account.Account, stack.Account.Production}
	case stack.Cell != nil:
		return member{stack.Cell.Environment, stack.Cell.Account, stack.Cell.Production}
	case stack.Mirror != nil:
		return member{environment: stack.Mirror.Environment, production: stack.Mirror.Production}
	}
	return member{}
}

// compareMembers checks each account, cell and mirror against those of its environment before it, and the cells' regions
// against the account's.
func (s *fileSet) compareMembers() {
	accounts := s.ofRole(RoleAccount)
	members := slices.Concat(accounts, s.ofRole(RoleCell), s.ofRole(RoleMirror))
	for i, one := range members {
		for _, earlier := range members[:i] {
			if one.member().environment == earlier.member().environment {
				one.compareEnvironment(earlier)
			}
		}
	}
	for _, cell := range s.ofRole(RoleCell) {
		for _, account := range accounts {
			if cell.member().environment == account.member().environment {
				cell.compareRegions(account)
			}
		}
	}
}

// compareRegions keeps cells where the account is watched.
func (f *file) compareRegions(account *file) {
	cell, watched := f.stack.Cell, []string{account.stack.Account.Region, account.stack.Account.RecoveryRegion}
	for field, region := range map[string]string{"region": cell.Region, "recoveryRegion": cell.RecoveryRegion} {
		if path := RoleCell.path(field); !slices.Contains(watched, region) && f.sound(path) {
			f.refuse(path, region, fmt.Sprintf("%s or %s, the regions that %s watches", watched[0], watched[1],
				account.stack.Name), "choose one of them, or another environment")
		}
	}
}

// compareCells checks each cell against those before it.
func (s *fileSet) compareCells() {
	cells := s.ofRole(RoleCell)
	for i, cell := range cells {
		for _, earlier := range cells[:i] {
			cell.compareDomain(earlier)
			if cell.stack.Cell.Environment == earlier.stack.Cell.Environment {
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
	own, other := f.member(), earlier.member()
	if own.account != other.account && isAccount(own.account) && isAccount(other.account) {
		f.refuse(f.stack.Role.path("account"), own.account,
			fmt.Sprintf("%q, as %s says: an environment lies in one account", other.account, earlier.stack.Name),
			"write the same account, or make it another environment")
	}
	if own.production != other.production {
		f.refuse(f.stack.Role.path("production"), own.production,
			fmt.Sprintf("%t, as %s says: an environment is production or is not", other.production, earlier.stack.Name),
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

// countTenants refuses a cell with more tenants than slots; those that are gone take none.
func (s *fileSet) countTenants() {
	tenants := map[string]int{}
	for _, file := range s.ofRole(RoleTenant) {
		if tenant := file.stack.Tenant; !tenant.gone() {
			tenants[tenant.Cell]++
		}
	}
	for _, cell := range s.ofRole(RoleCell) {
		slots, count := cell.stack.Cell.Slots, tenants[cell.stack.Name]
		if cell.sound("cell.slots") && count > slots {
			cell.refuse("cell.slots", slots, fmt.Sprintf("at least %d, one for each tenant that names this cell", count),
				makeRoom(count))
		}
	}
}

// makeRoom is advice where a cell has fewer slots than tenants.
func makeRoom(tenants int) string {
	if tenants > maxSlots {
		return "move tenants to another cell"
	}
	return "raise it, or move tenants to another cell"
}

// countReplicated refuses tenants of a cell beyond those whose backups can be replicated to its recovery region.
func (s *fileSet) countReplicated() {
	replicated := map[string]int{}
	for _, file := range s.ofRole(RoleTenant) {
		tenant := file.stack.Tenant
		if tenant.gone() || tenant.Restores() || tenant.Tier != tiers.Continuity {
			continue
		}
		if replicated[tenant.Cell] += 1 + len(tenant.Data.Quarantined); replicated[tenant.Cell] > maxReplicated {
			file.refuse("tenant.tier", string(tenant.Tier), fmt.Sprintf("another tier: AWS replicates the backups of %d "+
				"databases to a region, and so many of %s have it", maxReplicated, tenant.Cell),
				"choose another tier, or another cell")
		}
	}
}
