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
	// RoleCell holds what tenants share and none owns.
	RoleCell Role = "cell"
	// RoleTenant holds everything that one customer owns.
	RoleTenant Role = "tenant"
)

// Stack is one stack file. Exactly one of Cell and Tenant is set: the one that Role names.
type Stack struct {
	Name   string // the stack's name, "<environment>-<name>": Pulumi.<name>.yaml
	Role   Role
	Cell   *Cell
	Tenant *Tenant
	// Teardown lifts deletion protection and names the final snapshots; zero keeps everything protected.
	Teardown time.Time
}
