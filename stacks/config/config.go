// Package config is what a stack file says, as plain structs: decoded strictly, completed with defaults and validated
// before the first resource is registered.
//
// It knows neither Pulumi's runtime nor a cloud SDK. stacks.Deploy hands it the configuration values of the running
// stack, `haven validate` those of the files in stacks/, and both get the same answer.
package config

import "time"

// Role says what a stack is: the unit of `pulumi up`, of blast radius and of scale.
type Role string

const (
	// RoleAccount holds what an AWS account has once, and in each of its regions.
	RoleAccount Role = "account"
	// RoleCell holds what tenants share and none owns.
	RoleCell Role = "cell"
	// RoleMirror holds the copy of the backups in another company's cloud.
	RoleMirror Role = "mirror"
	// RoleOffsite is a tenant brought back in another company's cloud, from the mirror.
	RoleOffsite Role = "offsite"
	// RoleTenant holds everything that one customer owns.
	RoleTenant Role = "tenant"
)

// path is that of a field in a role's settings, "cell.region".
func (r Role) path(field string) string { return string(r) + "." + field }

// Roles are all of them, in the order in which their stacks can be brought up.
var Roles = []Role{RoleAccount, RoleCell, RoleMirror, RoleOffsite, RoleTenant}

// one is a stack of that role, with its article.
func (r Role) one() string {
	if r == RoleAccount || r == RoleOffsite {
		return "an " + string(r)
	}
	return "a " + string(r)
}

// Stack is one stack file. Exactly one of Account, Cell, Mirror, Offsite and Tenant is set: the one that Role
// names.
type Stack struct {
	Name    string // the stack's name, "<environment>-<name>": Pulumi.<name>.yaml
	Role    Role
	Account *Account
	Cell    *Cell
	Mirror  *Mirror
	Offsite *Offsite
	Tenant  *Tenant
	// Teardown lifts deletion protection and names the final snapshots; zero keeps everything protected.
	Teardown time.Time
}
