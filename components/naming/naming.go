// Package naming is the one place where physical names and tags come from.
//
// It is pure: no Pulumi, no cloud SDK. A name depends on nothing but the stack and the part it names, so that no
// option of a component can ever change a name and with it replace a resource.
package naming

import (
	"fmt"
	"strings"
	"time"
)

// MaxStack is the longest stack name, in characters, for which every name made here is within AWS's limits. The
// tightest of them is the 32 characters of load balancers and target groups, whose part may take seven.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
const MaxStack = 24

// Classification says how sensitive the data is that a resource holds or carries.
type Classification string

const (
	// Public data may be read by anyone: DNS records, certificates.
	Public Classification = "public"
	// Internal data is for the operators: the network's shape, metrics, logs without customers' data.
	Internal Classification = "internal"
	// Confidential data belongs to a customer.
	Confidential Classification = "confidential"
	// Secret data opens other data: keys, passwords.
	Secret Classification = "secret"
)

// Quarantine says what becomes of data that nobody reaches.
type Quarantine string

const (
	// Held data stays, protected.
	Held Quarantine = "held"
	// Released data is protected no longer.
	Released Quarantine = "released"
)

// Scope is where a name or a tag belongs: one stack of one environment.
type Scope struct {
	Environment string // for example "demo"
	Stack       string // the stack's name, "<environment>-<name>": the prefix of each physical name
	Cell        string // the stack name of the cell; of a cell or an account its own
	Tenant      string // the tenant's name; empty in a cell and an account
	Owner       string // the team that answers for it
	RestoredOf  string // the stack whose data was brought back; empty where it is the tenant itself
	// Quarantine is what becomes of a generation of the tenant's data that serves no longer; empty of the one that does.
	Quarantine Quarantine
}

// Name is the physical name of a part, "<stack>-<part>".
func (s Scope) Name(part string) string {
	return s.Stack + "-" + part
}

// Path is the hierarchical name of a part, "/haven/<stack>/<part>", for log groups and their like.
func (s Scope) Path(part string) string {
	return "/haven/" + s.Stack + "/" + part
}

// Bucket is the name of an S3 bucket, "<stack>-<part>-<account>-<region>". S3 names are global, so the account and the
// region make it the environment's own; its limit is 63 characters, which MaxStack leaves room for.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
func (s Scope) Bucket(part, account, region string) string {
	return strings.Join([]string{s.Stack, part, account, region}, "-")
}

// Generation is the name of a part of which there is one for each restore of a tenant's data: of the first, 1 or 0, the
// part itself, then "database-g2".
func Generation(part string, generation int) string {
	if generation <= 1 {
		return part
	}
	return fmt.Sprintf("%s-g%d", part, generation)
}

// FinalSnapshot is the name of the snapshot that the deletion of a store leaves. The time of the teardown keeps it apart
// from that of an earlier life of the same stack; without a teardown the store is protected, and the name never used.
func FinalSnapshot(store string, teardown time.Time) string {
	name := store + "-final"
	if teardown.IsZero() {
		return name
	}
	return name + teardown.UTC().Format("-20060102-150405")
}

// Tags are the tags that every resource carries. component is the package that declares it ("network"), name its
// physical name.
func (s Scope) Tags(component, name string, class Classification) map[string]string {
	tags := map[string]string{
		"Name":                name,
		"environment":         s.Environment,
		"cell":                s.Cell,
		"component":           component,
		"data-classification": string(class),
		"owner":               s.Owner,
	}
	if s.Tenant != "" {
		tags["tenant"] = s.Tenant
	}
	if s.RestoredOf != "" {
		tags["restored-of"] = s.RestoredOf
	}
	if s.Quarantine != "" {
		tags["quarantine"] = string(s.Quarantine)
	}
	return tags
}
