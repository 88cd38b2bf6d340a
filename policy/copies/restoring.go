package copies

import (
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// brought says whether all is asked that is to be asked of a tenant who is brought back. While the stack that it is
// brought back from has every copy itself, one beside it needs none: what it holds is a copy. One that waits for a
// take-over holds nothing. What has taken over needs its own, as soon as it serves.
func (t *tenant) brought(exported property.Map) bool {
	of, mode := props.Text(exported, "restoredOf"), props.Text(exported, "restoreMode")
	switch original := t.Exports(of).Get("tenant"); {
	case of == "":
		return false
	case mode == "drill" && original.IsMap() && props.Text(original.AsMap(), "state") != "gone":
		return true
	case mode == "ready" && len(t.own(instance))+len(t.own(cache)) == 0:
		return true
	}
	t.taken = true
	return !t.need(props.Flag(exported, "copied"), "copies/taken-over", nil,
		"it serves in the place of %s, and nothing copies what is written: set copies to true", of)
}
