package authority

import (
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/props"
)

// stranger is a tenant that does not exist, next to one that does.
type stranger struct {
	tenant, stack, cell, region, account string
}

// strangersTo are those next to a stack of a tenant: one whose name begins with this one's, which a pattern without an
// end would reach, and one whose name has nothing to do with it.
func (m *model) strangersTo(stack, tenant string) []stranger {
	environment, cell := m.placeOf(stack)
	var all []stranger
	for _, region := range m.regionsOf(stack) {
		for _, name := range []string{tenant + "2", "stranger"} {
			all = append(all, stranger{tenant: name, stack: environment + name, cell: cell, region: region, account: m.account})
		}
	}
	return all
}

// placeOf is what the names of an environment's stacks begin with, and the cell that a stack is in, as its tags say.
func (m *model) placeOf(stack string) (environment, cell string) {
	for _, r := range m.All() {
		if r.Stack != stack {
			continue
		}
		if found := props.Text(r.Declared(), "tags.environment"); found != "" {
			return found + "-", props.Text(r.Declared(), "tags.cell")
		}
	}
	return "", stack
}

func (m *model) regionsOf(stack string) []string {
	var all []string
	for _, r := range m.All() {
		if r.Stack == stack && r.Region != "" && !slices.Contains(all, r.Region) {
			all = append(all, r.Region)
		}
	}
	slices.Sort(all)
	return all
}

// twinsOf are what a stranger has.
func (m *model) twinsOf(s stranger) []*store {
	var all []*store
	for i := range kinds {
		k := &kinds[i]
		if k.twins == nil {
			continue
		}
		twin := &store{Resource: &graph.Resource{}, kind: k, owner: s.tenant, twin: true, targets: k.twins(s),
			tags: map[string]string{tenantTag: s.tenant}, about: map[string][]access.Document{}}
		if k.sovereign {
			twin.policy = []access.Document{m.letsAccount("key")}
		}
		all = append(all, twin)
	}
	return all
}

// like are these uses of what a stranger's resources of a service would be called.
func like(uses []act, service string, names ...string) func(stranger) []target {
	return func(s stranger) []target {
		var arns []string
		for _, name := range names {
			arns = append(arns, s.arn(service, name))
		}
		return targetsAt(uses, arns...)
	}
}

func (s stranger) arn(service, name string) string {
	name = strings.NewReplacer("{stack}", s.stack, "{cell}", s.cell, "{tenant}", s.tenant).Replace(name)
	return strings.Join([]string{"arn:aws", service, s.region, s.account, name}, ":")
}

func (s stranger) key() string { return s.arn("kms", "key/mrk-0f0e0d0c0b0a09080706050403020100") }

func twinVault(s stranger) []target {
	return append(targetsAt(vaultUses, s.arn("backup", "backup-vault:{stack}-backup-0f0e0d0c")),
		target{resource: s.arn("backup", "recovery-point:"+somePoint), acts: pointUses, key: s.key()})
}

func twinSnapshots(s stranger) []target {
	var all []target
	for _, name := range []string{"rds:{stack}-database-2026-11-22-01-07", "awsbackup:job-" + somePoint} {
		all = append(all, target{resource: s.arn("rds", "snapshot:"+name), acts: snapshotUses, key: s.key()})
	}
	return all
}

// twinRole is for those of strangers; the real ones are looked at by [isolation.chains].
func twinRole(action string) func(stranger) []target {
	return func(s stranger) []target {
		return targetsAt([]act{{action: action}}, "arn:aws:iam::"+s.account+":role/"+s.stack+"-web-task")
	}
}

// twinFiles are a file system by itself, and through an access point of its own: those of others lead elsewhere.
func twinFiles(s stranger) []target {
	all := filesThrough(s.arn("elasticfilesystem", "file-system/fs-0f0e0d0c0b0a09080"), "")
	return append(all, filesThrough(s.arn("elasticfilesystem", "file-system/fs-0f0e0d0c0b0a09080"),
		s.arn("elasticfilesystem", "access-point/fsap-0f0e0d0c0b0a09080"))...)
}
