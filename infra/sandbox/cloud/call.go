package cloud

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

const global = "global"

func (c *Call) text(path string) string        { return props.Text(c.Inputs, path) }
func (c *Call) texts(path string) []string     { return props.Texts(c.Inputs, path) }
func (c *Call) number(path string) (int, bool) { return numberAt(c.Inputs, path) }
func (c *Call) flag(path string) bool          { return props.Flag(c.Inputs, path) }
func (c *Call) has(name string) bool           { return !absent(c.Inputs, name) }

// find looks a resource of the call's region up by one output.
func (c *Call) find(token, by, value string) (Resource, bool) {
	return c.World.Find(token, c.Account, c.Region, by, value)
}

func (c *Call) findGlobal(token, by, value string) (Resource, bool) {
	return c.World.Find(token, c.Account, global, by, value)
}

// list is every resource of a type in the call's region.
func (c *Call) list(token string) []Resource { return c.World.List(token, c.Account, c.Region) }

func (c *Call) listGlobal(token string) []Resource { return c.World.List(token, c.Account, global) }

// home is where the call's own resource lives: its region, or "global".
func (c *Call) home() string {
	if c.Type.Global {
		return global
	}
	return c.Region
}

// others are those resources that are not the call's own.
func (c *Call) others(resources []Resource) []Resource {
	var rest []Resource
	for _, r := range resources {
		if c.Old == nil || r.URN != c.Old.URN || r.ID != c.Old.ID {
			rest = append(rest, r)
		}
	}
	return rest
}

// name is the physical name of a new resource: the one given, or its prefix with a suffix of its own.
func (c *Call) name(property string) string {
	if name := c.text(property); name != "" {
		return name
	}
	prefix := c.text(property + "Prefix")
	if prefix == "" {
		prefix = "terraform-"
	}
	return prefix + randomHex(26)
}

// arn is an ARN in the call's account and region.
func (c *Call) arn(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, c.Region, c.Account, resource)
}

// outputs collects what the cloud adds.
type outputs struct {
	call   *Call
	values map[string]property.Value
}

func (c *Call) outputs() *outputs {
	return &outputs{call: c, values: map[string]property.Value{}}
}

// set is an output that no input gives.
func (o *outputs) set(name string, v property.Value) *outputs {
	o.values[name] = v
	return o
}

func (o *outputs) text(name, v string) *outputs { return o.set(name, property.New(v)) }

// fill is an output that the cloud chooses where the program gives none, and then keeps.
func (o *outputs) fill(name string, v property.Value) *outputs {
	if given := o.call.Inputs.Get(name); !given.IsNull() {
		return o
	}
	return o.keep(name, v)
}

func (o *outputs) fillText(name, v string) *outputs { return o.fill(name, property.New(v)) }

// keep is an output chosen at creation that later updates leave alone.
func (o *outputs) keep(name string, v property.Value) *outputs {
	if o.call.Old != nil {
		if old := o.call.Old.Outputs.Get(name); !old.IsNull() {
			v = old
		}
	}
	return o.set(name, v)
}
