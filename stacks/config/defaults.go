package config

import (
	"strings"

	"haven/components/mirror/limits"
	"haven/components/tiers"
)

// All defaults stand here. A file's values are decoded over those that depend on nothing; those that depend on other
// values are completed afterwards.

// defaultAccount is an account of which the file says nothing.
func defaultAccount() *Account {
	return &Account{
		Owner:            "platform",
		Region:           "eu-west-1",
		RecoveryRegion:   "eu-central-1",
		LogRetentionDays: 400,
		Databases:        100,
	}
}

// complete sets what depends on the account's other values.
func (a *Account) complete() {
	if a.Alerts.Warning == nil {
		a.Alerts.Warning = a.Alerts.Critical
	}
	if a.Alerts.Info == nil {
		a.Alerts.Info = a.Alerts.Warning
	}
	if a.Operators == nil && isAccount(a.Account) {
		a.Operators = []string{a.Account}
	}
}

// defaultCell is a cell of which the file says nothing.
func defaultCell() *Cell {
	return &Cell{
		Owner:            "platform",
		Region:           "eu-west-1",
		RecoveryRegion:   "eu-central-1",
		Network:          Network{InterfaceEndpoints: []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager"}},
		Firewall:         Firewall{RateLimit: 2000},
		Backup:           Backup{RetentionDays: 400},
		Maintenance:      Maintenance{Window: "sun:03:00-sun:04:00", BackupWindow: "01:00-02:00"},
		LogRetentionDays: 400,
		Slots:            maxSlots,
	}
}

// complete sets what depends on the cell's other values.
func (c *Cell) complete() {
	if c.Network.Zones == nil {
		c.Network.Zones = firstZones(c.Region)
	}
	if c.Environment == demo {
		c.Backup.completeForDemo()
	}
}

// defaultMirror is a mirror of which the file says nothing.
func defaultMirror() *Mirror {
	return &Mirror{
		Owner:          "platform",
		Location:       limits.DualRegion,
		RetentionDays:  90,
		Locked:         true,
		SoftDeleteDays: 30,
	}
}

// complete sets what depends on the mirror's other values.
func (m *Mirror) complete() {
	if m.Alerts.Warning == nil {
		m.Alerts.Warning = m.Alerts.Critical
	}
}

// defaultOffsite is a tenant off site of which the file says nothing.
func defaultOffsite() *Offsite {
	return &Offsite{
		Owner:    "platform",
		Tier:     tiers.Standard,
		Region:   "europe-west4",
		Database: OffsiteDatabase{StorageGiB: 100},
	}
}

// complete sets what depends on the stack's other values, and its name.
func (o *Offsite) complete(stack string) {
	if o.Tenant == "" {
		o.Tenant = defaultOffsiteTenant(stack, o.Environment)
	}
	if o.Alerts.Warning == nil {
		o.Alerts.Warning = o.Alerts.Critical
	}
}

// defaultTenant is a tenant of which the file says nothing; its tier completes its sizes, and its cell its windows.
func defaultTenant() *Tenant {
	return &Tenant{
		Tier:     tiers.Standard,
		State:    Active,
		Wave:     1,
		Identity: Identity{Mode: noIdentity, SessionHours: 10},
		Database: Database{
			StorageGiB:          20,
			MaxStorageGiB:       200,
			BackupRetentionDays: 35,
		},
		Cache: Cache{SnapshotRetentionDays: 7},
		Data:  Data{Generation: firstGeneration},
	}
}

// defaultTenantName is the stack's name after its environment; of a stack that restores another that one's.
func defaultTenantName(stack *Stack, environment string) string {
	name := stack.Name
	if of := stack.Tenant.Restore.Of; strings.HasPrefix(of, environment+"-") {
		name = of
	}
	return name[len(environment)+1:]
}

// defaultHost is the tenant's host in its cell's domain.
func defaultHost(name, domain string) string {
	return name + "." + domain
}
