package config

import (
	"fmt"
	"reflect"
	"slices"
	"time"
)

// Keys are the settings of a stack, in the namespace of the project.
var Keys = []string{"role", "account", "cell", "mirror", "offsite", "tenant", "teardown"}

// Parse reads the configuration of one stack: its values by key, without the namespace, objects as JSON text, as
// Pulumi hands them to a program. The error is of type Errors and names everything that is wrong.
//
// What a tenant has to know of its cell is neither checked nor completed yet: JoinCell does that.
func Parse(stack string, values map[string]string) (*Stack, error) {
	c := newChecker(stack)
	parsed := c.parse(stack, values)
	if err := c.errors.asError(); err != nil {
		return nil, err
	}
	return parsed, nil
}

// parse gives what it can read, for the checks that follow, even where something is wrong.
func (c *checker) parse(name string, values map[string]string) *Stack {
	for key := range values {
		if !slices.Contains(Keys, key) {
			c.unknown(key, key, "setting", Keys)
		}
	}
	c.stackName(name)
	stack := &Stack{Name: name, Role: c.role(values), Teardown: c.teardown(values["teardown"])}
	switch stack.Role {
	case RoleAccount:
		stack.Account = c.parseAccount(values["account"])
		c.accountStack(stack)
	case RoleCell:
		stack.Cell = c.parseCell(values["cell"])
		c.cell(stack)
	case RoleMirror:
		stack.Mirror = c.parseMirror(values["mirror"])
		c.mirrorStack(stack)
	case RoleOffsite:
		stack.Offsite = c.parseOffsite(name, values["offsite"])
		c.offsiteStack(stack)
	case RoleTenant:
		stack.Tenant = c.parseTenant(values["tenant"])
		c.tenant(stack.Tenant)
	}
	c.foreign(stack.Role, values)
	return stack
}

// role is the stack's role; where that is no role, the one whose settings the file holds, so that they are checked too.
func (c *checker) role(values map[string]string) Role {
	role := Role(values["role"])
	if slices.Contains(Roles, role) {
		return role
	}
	c.refuse("role", values["role"], fmt.Sprintf("%q, %q, %q, %q or %q", RoleAccount, RoleCell, RoleMirror, RoleOffsite,
		RoleTenant), suggest(role, Roles))
	for _, candidate := range Roles {
		if given(values[string(candidate)]) {
			return candidate
		}
	}
	return ""
}

// given says whether an object holds anything: "{}" is the default of the project file.
func given(text string) bool {
	value, err := readJSON(text)
	object, isObject := value.(map[string]any)
	return text != "" && (err != nil || !isObject || len(object) > 0)
}

// foreign refuses the settings of another role.
func (c *checker) foreign(role Role, values map[string]string) {
	for _, other := range Roles {
		if role != "" && role != other && given(values[string(other)]) {
			c.refuse(string(other), words("settings of "+other.one()),
				fmt.Sprintf("only settings of %s, which the role is", role.one()), "remove them, or change the role")
		}
	}
}

func (c *checker) teardown(text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		c.misread("teardown", text, "a time as RFC 3339 writes it, or none",
			`write it in quotes, like "2027-03-01T12:00:00Z"`)
	}
	return at
}

func (c *checker) parseAccount(text string) *Account {
	account := defaultAccount()
	c.section(RoleAccount, text, account)
	account.complete()
	return account
}

func (c *checker) parseCell(text string) *Cell {
	cell := defaultCell()
	c.section(RoleCell, text, cell)
	cell.complete()
	return cell
}

func (c *checker) parseMirror(text string) *Mirror {
	mirror := defaultMirror()
	c.section(RoleMirror, text, mirror)
	mirror.complete()
	return mirror
}

func (c *checker) parseOffsite(stack, text string) *Offsite {
	offsite := defaultOffsite()
	c.section(RoleOffsite, text, offsite)
	offsite.complete(stack)
	return offsite
}

func (c *checker) parseTenant(text string) *Tenant {
	tenant := defaultTenant()
	c.section(RoleTenant, text, tenant)
	c.completeSizes(tenant)
	return tenant
}

// section decodes the settings of a role over their defaults.
func (c *checker) section(role Role, text string, into any) {
	if text == "" {
		text = "{}"
	}
	c.decode(string(role), text, reflect.ValueOf(into).Elem())
}
