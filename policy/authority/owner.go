package authority

import (
	"haven/policy/graph"
	"haven/policy/props"
)

// tenantTag is the tag, and at Google the label, with the name of the tenant that owns a resource.
const tenantTag = "tenant"

// owners are the tenants that stacks are of, by the stack's name.
type owners map[string]string

func ownersOf(g *graph.Graph) owners {
	found, several := owners{}, map[string]bool{}
	for _, r := range g.All() {
		tenant := tagged(r)
		if tenant == "" {
			continue
		}
		if other := found[r.Stack]; other != "" && other != tenant {
			several[r.Stack] = true
		}
		found[r.Stack] = tenant
	}
	for stack := range several {
		delete(found, stack)
	}
	return found
}

// of is the tenant that owns a resource: that of its tag, and of its stack where it has none; "" is the platform.
func (o owners) of(r *graph.Resource) string {
	if tenant := tagged(r); tenant != "" {
		return tenant
	}
	return o[r.Stack]
}

func tagged(r *graph.Resource) string {
	for _, path := range []string{"tags." + tenantTag, "labels." + tenantTag, "userLabels." + tenantTag} {
		if tenant := props.Text(r.Declared(), path); tenant != "" {
			return tenant
		}
	}
	return ""
}
