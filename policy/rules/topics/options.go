package topics

import (
	"slices"
	"strings"

	"haven/components/naming"
	"haven/policy/graph"
	"haven/policy/rules"
)

// asked are the rules on what the program asks of the engine for a resource. Those that a tenant who leaves is spared are
// across resources, so that they are decided with what its stack exports.
// https://www.pulumi.com/docs/iac/concepts/resources/options/
var asked = []rules.Rule{
	across("w-protect-stateful", keptByEngine, database, fileSystem, cacheGroup, vault, userPool, store, cryptoKey),
	across("bk-vault-kept", mustNot("forceDestroy"), vault),
	on("gkms-protected", protected, cryptoKey),
	on("acm-create-before-destroy", createdFirst, certificate),
}

// options are those of a resource; false where they are not told, which is noted.
func options(l *rules.Look) (graph.Options, bool) {
	if l.Resource.Options == nil {
		l.Unsure("the options of the resource")
		return graph.Options{}, false
	}
	return *l.Resource.Options, true
}

// settled are the properties of what holds data that may stay as they are whatever is declared: what it was made from, and
// its version, which AWS raises.
var settled = []string{"engineVersion", "replicateSourceDb", "restoreToPointInTime", "snapshotIdentifier", "snapshotName"}

// keptByEngine demands that what holds data is deleted by no mistake, be it to be replaced, and is as it is declared. What
// AWS refuses to delete itself needs no other protection, nor does what was let go.
func keptByEngine(l *rules.Look) {
	o, told := options(l)
	if !told || !l.Known("tags.quarantine") || l.Text("tags.quarantine") == string(naming.Released) {
		return
	}
	refuses := l.Flag("deletionProtection") || l.Text("deletionProtection") == "ACTIVE"
	if !o.Protect && !refuses {
		lacks(l, "its option protect is false", "true", "set pulumi.Protect(true)")
	}
	if o.DeleteBeforeReplace {
		lacks(l, "its option deleteBeforeReplace is true", "false", "remove it: what takes its place has to be there first")
	}
	for _, name := range o.IgnoreChanges {
		if !slices.Contains(settled, name) {
			lacks(l, "its option ignoreChanges has "+name, "no more than "+strings.Join(settled, ", "), "remove it")
		}
	}
}

func protected(l *rules.Look) {
	if o, told := options(l); told && !o.Protect {
		lacks(l, "its option protect is false", "true", "set pulumi.Protect(true)")
	}
}

func createdFirst(l *rules.Look) {
	if o, told := options(l); told && o.DeleteBeforeReplace {
		lacks(l, "its option deleteBeforeReplace is true", "false", "remove it: a listener uses it until there is another")
	}
}
