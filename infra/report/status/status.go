package status

import (
	"context"
	"fmt"
	"time"

	"haven/components/tiers"
	"haven/stacks/config"
)

// Tenant is one whose copies are looked at.
type Tenant struct {
	Name, Stack                     string
	Tier                            tiers.Tier
	Account, Region, RecoveryRegion string
	// Mirrored says that the environment has a mirror.
	Mirrored bool
}

// Tenants are those of an environment that have data, in the order of its stacks. Stacks that bring a tenant back count
// where copies are made of what they brought back.
func Tenants(environment *config.Environment) []Tenant {
	cells, mirrored := map[string]*config.Cell{}, false
	for _, stack := range environment.Stacks {
		if stack.Role == config.RoleCell {
			cells[stack.Name] = stack.Cell
		}
		mirrored = mirrored || stack.Role == config.RoleMirror
	}
	var all []Tenant
	for _, stack := range environment.Stacks {
		if stack.Role != config.RoleTenant || stack.Tenant.State == config.Gone {
			continue
		}
		if stack.Tenant.Restores() && !stack.Tenant.Restore.Copies {
			continue
		}
		t := Tenant{Name: stack.Tenant.Name, Stack: stack.Name, Tier: stack.Tenant.Tier, Mirrored: mirrored}
		if cell := cells[stack.Tenant.Cell]; cell != nil {
			t.Account, t.Region, t.RecoveryRegion = cell.Account, cell.Region, cell.RecoveryRegion
		}
		all = append(all, t)
	}
	return all
}

// Found is what is known of a tenant's copies.
type Found struct {
	// Up says that the tenant has data at all.
	Up bool
	// Ages are by kind; one that is missing here has never been made.
	Ages map[tiers.Copy]time.Duration
	// Since is how long there has been data to copy, where that is known: a kind of which there is no copy yet is as old.
	Since time.Duration
	// Asked are the kinds that were asked for.
	Asked func(tiers.Copy) bool
}

// Source is where ages come from.
type Source interface {
	// Label says what it is, for people.
	Label() string
	// Find looks for a tenant's copies.
	Find(context.Context, Tenant) (Found, error)
}

// Report is how old an environment's copies are.
type Report struct {
	Environment string    `json:"environment"`
	Source      string    `json:"source"`
	Tenants     []Section `json:"tenants"`
}

// Section is one tenant's.
type Section struct {
	Tenant string     `json:"tenant"`
	Stack  string     `json:"stack"`
	Tier   tiers.Tier `json:"tier"`
	// Up is false of a tenant that has no data yet; then there are no copies.
	Up     bool   `json:"up"`
	Copies []Copy `json:"copies"`
}

// Copy is the newest of a kind.
type Copy struct {
	Kind tiers.Copy `json:"copy"`
	// AgeSeconds is nil where nothing is known of any. Made is false where there is none yet, and the age then that of the
	// data.
	AgeSeconds   *float64 `json:"ageSeconds"`
	BoundSeconds float64  `json:"boundSeconds"`
	Made         bool     `json:"made"`
	Within       bool     `json:"within"`
}

// Of asks for all tenants of an environment.
func Of(ctx context.Context, environment *config.Environment, source Source) (Report, error) {
	report := Report{Environment: environment.Name, Source: source.Label(), Tenants: []Section{}}
	for _, tenant := range Tenants(environment) {
		found, err := source.Find(ctx, tenant)
		if err != nil {
			return Report{}, fmt.Errorf("%s: %w", tenant.Stack, err)
		}
		report.Tenants = append(report.Tenants, section(tenant, found))
	}
	return report, nil
}

func section(tenant Tenant, found Found) Section {
	s := Section{Tenant: tenant.Name, Stack: tenant.Stack, Tier: tenant.Tier, Up: found.Up, Copies: []Copy{}}
	promise, _ := tiers.Of(tenant.Tier) // validated with the stack file
	if !found.Up {
		return s
	}
	for _, bound := range promise.Bounds {
		if !found.Asked(bound.Copy) {
			continue
		}
		copied := Copy{Kind: bound.Copy, BoundSeconds: bound.Age.Seconds()}
		age, made := found.Ages[bound.Copy]
		if !made {
			age = found.Since
		}
		if copied.Made = made; made || found.Since > 0 {
			seconds := age.Seconds()
			copied.AgeSeconds, copied.Within = &seconds, age <= bound.Age
		}
		s.Copies = append(s.Copies, copied)
	}
	return s
}

// Old are the copies that are older than they may be, "acme: dump" each.
func (r Report) Old() []string {
	var old []string
	for _, section := range r.Tenants {
		for _, copied := range section.Copies {
			if !copied.Within {
				old = append(old, fmt.Sprintf("%s: %s", section.Tenant, copied.Kind))
			}
		}
	}
	return old
}

// Up says whether any tenant has data.
func (r Report) Up() bool {
	for _, section := range r.Tenants {
		if section.Up {
			return true
		}
	}
	return false
}
