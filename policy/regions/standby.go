package regions

import (
	"path"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

const reference = "pulumi:pulumi:StackReference"

// standby is what the cell of a tenant's stack exports, where that cell stands by for another.
func (c *check) standby(stack string) (property.Map, bool) {
	name := props.Text(c.Exports(stack), "tenant.cell")
	if name == "" {
		name = c.tagged(stack)
	}
	if name == "" || name == stack {
		return property.Map{}, false
	}
	exported := c.Exports(name).Get("cell")
	for _, r := range c.OfType(reference) {
		if r.Stack == stack && path.Base(props.Text(r.Declared(), "name")) == name {
			exported = outputsOf(r).Get("cell")
		}
	}
	if !exported.IsMap() || !props.Flag(exported.AsMap(), "standby") {
		return property.Map{}, false
	}
	return exported.AsMap(), true
}

// tagged is the cell of a tenant's stack, as its tags say.
func (c *check) tagged(stack string) string {
	for _, r := range c.All() {
		if r.Stack == stack && props.Text(r.Declared(), "tags.tenant") != "" {
			return props.Text(r.Declared(), "tags.cell")
		}
	}
	return ""
}

func outputsOf(r *graph.Resource) property.Map {
	if outputs := props.Maps(r.Outputs, "outputs"); len(outputs) > 0 {
		return outputs[0]
	}
	return property.Map{}
}

// away tells of what a tenant's stack that is brought back in a standby has elsewhere, or takes from elsewhere.
func (c *check) away(stack, home string) {
	for _, r := range c.All() {
		switch {
		case r.Stack != stack:
		case c.regional(r) && r.Region != home:
			c.find("regions/elsewhere", r, []string{r.URN}, "it is in %s, and its stack brings a tenant back in %s: it cannot be "+
				"made when that region is lost: leave it out", r.Region, home)
		case r.Type == reference:
			outputs := outputsOf(r)
			cell := props.Text(outputs, "cell.region")
			if outputs.Get("tenant").IsMap() || cell != "" && cell != home {
				c.find("regions/reference", r, []string{r.URN}, "its stack brings a tenant back in %s, and takes what it needs from "+
					"%s: write it into the stack's file", home, props.Text(r.Declared(), "name"))
			}
		}
	}
}
