package authority

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"haven/policy/graph"
	"haven/policy/props"
)

// Ownership is each secret, password or key that more than one tenant has, or that serves more than one purpose.
func Ownership(g *graph.Graph) []graph.Finding {
	o := &ownership{model: modelOf(g)}
	o.passwords()
	o.consumers()
	o.keys()
	return o.findings
}

// ownership is the proof while it is made.
type ownership struct {
	*model
	findings []graph.Finding
}

func (o *ownership) find(rule string, about *graph.Resource, witness []*graph.Resource, format string, args ...any) {
	var urns []string
	for _, r := range witness {
		urns = append(urns, r.URN)
	}
	o.findings = append(o.findings, graph.Finding{Rule: rule, URN: about.URN, Witness: urns,
		Message: fmt.Sprintf(format, args...)})
}

// taker is a property that takes a password.
type taker struct {
	*graph.Resource
	path string
	// from are the resources that it was made from, text what it is, where that is known.
	from []*graph.Resource
	text string
}

// passwords are the properties that take one.
var passwords = []struct{ token, path string }{
	{instance, "password"},
	{"aws:rds/cluster:Cluster", "masterPassword"},
	{cache, "authToken"},
	{"aws:elasticache/user:User", "passwords"},
	{"aws:secretsmanager/secretVersion:SecretVersion", "secretString"},
	{"gcp:sql/user:User", "password"},
	{"gcp:secretmanager/secretVersion:SecretVersion", "secretData"},
}

const stackReference = "pulumi:pulumi:StackReference"

// passwords tells of passwords that come from one source and go to several tenants, or to several databases.
func (o *ownership) passwords() {
	all := o.takers()
	for at, one := range all {
		for _, source := range one.from {
			if source.Type == stackReference && o.of(one.Resource) != "" {
				o.find("ownership/password", one.Resource, []*graph.Resource{source, one.Resource}, "its %s comes from the "+
					"outputs of another stack, from which others take theirs too: make one of its own", one.path)
			}
		}
		for _, other := range all[at+1:] {
			if o.of(one.Resource) == o.of(other.Resource) && !databases(one, other) {
				continue
			}
			if way := one.shares(other); len(way) > 0 {
				o.find("ownership/password", one.Resource, way, "its %s is made from the same as the %s of %s in %s: whoever knows "+
					"one knows the other: make one of its own", one.path, other.path, other.Name(), other.Stack)
			}
		}
	}
}

func (o *ownership) takers() []taker {
	var all []taker
	for _, p := range passwords {
		for _, r := range o.sorted(p.token) {
			values := props.At(r.Declared(), p.path)
			if len(values) == 0 {
				continue
			}
			t := taker{Resource: r, path: p.path, text: props.Text(r.Declared(), p.path)}
			for _, urn := range o.Origins(r, p.path) {
				if source := o.ByURN(urn); source != nil {
					t.from = append(t.from, source)
				}
			}
			all = append(all, t)
		}
	}
	return all
}

// databases says whether these are two that each has its own users, none made from the other.
func databases(one, other taker) bool {
	for _, t := range []taker{one, other} {
		for _, path := range []string{"replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime"} {
			if len(props.At(t.Declared(), path)) > 0 {
				return false
			}
		}
	}
	return one.Type == instance && other.Type == instance
}

// shares is the way from one password to another that is the same or made from the same; nothing where there is none.
func (t taker) shares(other taker) []*graph.Resource {
	for _, source := range t.from {
		switch {
		case source == other.Resource:
			return []*graph.Resource{t.Resource, other.Resource}
		case slices.Contains(other.from, source):
			return []*graph.Resource{t.Resource, source, other.Resource}
		}
	}
	if slices.Contains(other.from, t.Resource) || t.text != "" && t.text == other.text {
		return []*graph.Resource{t.Resource, other.Resource}
	}
	return nil
}

// consumers tells of tasks that are given another tenant's secret.
func (o *ownership) consumers() {
	owned := map[string]*store{}
	for _, s := range o.stores {
		if s.kind.part == "secrets" {
			for _, t := range s.targets {
				owned[part(t.resource, resourcePart)] = s
			}
		}
	}
	for _, task := range o.sorted(taskDefinition) {
		if !props.Known(task.Declared(), "containerDefinitions") && !o.madeFromItsOwn(task) {
			o.undecided(task, "containerDefinitions")
		}
		for _, arn := range secretsOf(task) {
			name := strings.Join(firstTwo(part(arn, resourcePart)), ":")
			if s := owned[name]; s != nil && s.owner != o.of(task) {
				o.find("ownership/consumer", task, []*graph.Resource{task, s.Resource}, "it is given the secret %s, which is of %s: "+
					"give it one of its own", arn, called(s.owner))
			}
		}
	}
}

// madeFromItsOwn says whether what a task is given, while it is not known, comes from secrets of its owner alone.
func (o *ownership) madeFromItsOwn(task *graph.Resource) bool {
	return task.Dependencies != nil && !slices.ContainsFunc(o.Origins(task, "containerDefinitions"), func(urn string) bool {
		source := o.ByURN(urn)
		return source != nil && source.Type == secret && o.of(source) != o.of(task)
	})
}

// undecided notes a property that is not known yet.
func (o *ownership) undecided(r *graph.Resource, path string) {
	o.findings = append(o.findings, graph.Finding{Rule: "ownership", URN: r.URN, Message: "not known yet: " + path,
		Undecided: true})
}

// firstTwo are "secret" and a secret's name, without the key in it that may follow.
func firstTwo(resource string) []string {
	steps := strings.Split(resource, ":")
	return steps[:min(2, len(steps))]
}

func called(owner string) string {
	if owner == "" {
		return "the platform"
	}
	return "the tenant " + owner
}

// secretsOf are what the containers of a task are given.
func secretsOf(task *graph.Resource) []string {
	var containers []struct {
		Secrets               []struct{ ValueFrom string }
		RepositoryCredentials struct{ CredentialsParameter string }
	}
	if json.Unmarshal([]byte(props.Text(task.Declared(), "containerDefinitions")), &containers) != nil {
		return nil
	}
	var all []string
	for _, container := range containers {
		for _, given := range container.Secrets {
			all = append(all, given.ValueFrom)
		}
		all = append(all, container.RepositoryCredentials.CredentialsParameter)
	}
	return all
}

// use is a property that names a key, and what the key is for there.
type use struct{ token, path, purpose string }

var uses = []use{
	{instance, "kmsKeyId", "databases"},
	{instance, "performanceInsightsKmsKeyId", "databases"},
	{"aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", "kmsKeyId", "databases"},
	{instance, "masterUserSecretKmsKeyId", "secrets"},
	{secret, "kmsKeyId", "secrets"},
	{secret, "replicas[*].kmsKeyId", "secrets"},
	{parameter, "keyId", "secrets"},
	{fileSystem, "kmsKeyId", "files"},
	{cache, "kmsKeyId", "caches"},
	{logGroup, "kmsKeyId", "logs"},
	{trail, "kmsKeyId", "objects"}, // it encrypts what it puts into its bucket
	{vault, "kmsKeyArn", "backups"},
	{queue, "kmsMasterKeyId", "messages"},
	{topic, "kmsMasterKeyId", "messages"},
	{"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
		"rules[*].applyServerSideEncryptionByDefault.kmsMasterKeyId", "objects"},
	{"aws:ecr/repository:Repository", "encryptionConfigurations[*].kmsKey", "images"},
}

// keys tells of keys that encrypt what is another's, or things of different kinds.
func (o *ownership) keys() {
	first := map[*graph.Resource]use{}
	user := map[*graph.Resource]*graph.Resource{}
	for _, u := range uses {
		for _, r := range o.sorted(u.token) {
			for _, k := range o.keysAt(r, u.path) {
				if mine, its := o.of(r), o.of(k); mine != its && (mine != "" || its != "") {
					o.find("ownership/key", r, []*graph.Resource{r, k}, "its %s is of %s, and it is of %s: encrypt it with a key of "+
						"its own", u.path, called(its), called(mine))
				}
				if k.Stack == props.Text(r.Declared(), "tags.restored-of") {
					continue // what is made from a copy is encrypted as the copy is: RDS offers no other key
				}
				if before, used := first[k]; used && before.purpose != u.purpose {
					o.find("ownership/purpose", k, []*graph.Resource{user[k], k, r}, "it encrypts %s of %s and %s of %s: whoever may "+
						"read the one can read the other: make a key for each", before.purpose, user[k].Name(), u.purpose, r.Name())
				} else if !used {
					first[k], user[k] = u, r
				}
			}
		}
	}
}

// keysAt are the keys that a resource names at a path.
func (o *ownership) keysAt(r *graph.Resource, path string) []*graph.Resource {
	values := props.At(r.Declared(), path)
	if len(values) == 0 {
		return nil
	}
	var all []*graph.Resource
	unsure := false
	for _, s := range o.stores {
		if s.kind.sovereign {
			sure := o.Mean(r, path, values, s.Resource)
			unsure = unsure || sure == graph.Maybe
			if sure == graph.Yes {
				all = append(all, s.Resource)
			}
		}
	}
	if unsure {
		o.undecided(r, path)
	}
	return all
}
