package copies

import (
	"slices"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/props"
)

// opening are the types of rules that open a group, and where they say which.
var opening = []string{"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "aws:ec2/securityGroupRule:SecurityGroupRule"}

// quarantined asks that nobody reaches a store that lies in quarantine, and that another serves in its place. Only of
// such a one nothing new is to be dumped, tried or measured; what there is of it is copied as before.
func (t *tenant) quarantined(store *graph.Resource, groups []string) {
	t.need(len(groups) > 0, "copies/quarantine", store, "it is in no group, and so in that of its network: put it into one "+
		"without a rule")
	slices.Sort(groups)
	for _, id := range slices.Compact(groups) {
		one := t.First(group, "id", id)
		inline := one != nil && len(props.Maps(one.Outputs, "ingress[*]"))+len(props.Maps(one.Outputs, "egress[*]")) > 0
		ruled := slices.ContainsFunc(opening, func(token string) bool { return t.First(token, "securityGroupId", id) != nil })
		t.need(one != nil && !inline && !ruled, "copies/quarantine", store,
			"it lies in quarantine, and its group %s has rules: put it into one without", id)
	}
	serving := slices.ContainsFunc(t.own(store.Type), func(r *graph.Resource) bool {
		return r.Quarantine() == "" && r.Text("replicateSourceDb") == ""
	})
	t.need(serving, "copies/quarantine", store, "it lies in quarantine, and nothing serves in its place")
}

// unmountable asks that nobody mounts a file system, from wherever.
func (t *tenant) unmountable(fs *graph.Resource) {
	denied := false
	if policy := t.First(fileSystemPolicy, "fileSystemId", fs.ID); policy != nil {
		document, err := access.Parse("the policy", policy.Text("policy"))
		denied = err == nil && slices.ContainsFunc(document.Clauses(), func(c access.Clause) bool {
			return c.Deny && len(c.Conditions) == 0 && slices.Contains(c.Principals[access.AWS], "*") &&
				slices.Contains(c.Actions, "elasticfilesystem:ClientMount")
		})
	}
	t.need(denied, "copies/quarantine", fs, "it lies in quarantine, and its policy does not deny everybody to mount it")
}
