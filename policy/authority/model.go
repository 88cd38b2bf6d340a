package authority

import (
	"fmt"
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/props"
)

// model is a graph as IAM sees it: who there is, what there is, and the policies of both.
type model struct {
	*graph.Graph
	owners
	// account is the one that all stacks are in.
	account    string
	principals []*principal
	stores     []*store
	// attached are the resources that carry the policy of another one, by its type.
	attached map[string][]*graph.Resource
	// undecided are the documents that are not known yet, each once.
	undecided []graph.Finding
	doubted   map[string]bool
}

type modelKey struct{}

func modelOf(g *graph.Graph) *model {
	return graph.Once(g, modelKey{}, func(g *graph.Graph) *model {
		m := &model{Graph: g, owners: ownersOf(g), account: accountOf(g), attached: map[string][]*graph.Resource{},
			doubted: map[string]bool{}}
		m.principals = m.roles()
		m.stores = m.everyStore()
		return m
	})
}

// nobody's is the account where none is known yet.
const nobodys = "000000000000"

// accountOf is the account of the first role whose ARN is known, or the one that a provider is for.
func accountOf(g *graph.Graph) string {
	for _, r := range g.OfType(role) {
		if account := part(r.Text("arn"), accountPart); account != "" {
			return account
		}
	}
	for _, r := range g.OfType("pulumi:providers:aws") {
		if account := props.Text(r.Inputs, "allowedAccountIds[*]"); account != "" {
			return account
		}
	}
	return nobodys
}

// The parts of an ARN.
const (
	servicePart = 2 + iota
	regionPart
	accountPart
	resourcePart
	arnParts
)

// part is one part of an ARN, "" where it is none.
func part(arn string, which int) string {
	parts := strings.SplitN(arn, ":", arnParts)
	if len(parts) != arnParts || parts[0] != "arn" {
		return ""
	}
	return parts[which]
}

// sorted are the resources of a type in the order of their URNs, so that of several ways the same is always told first.
func (m *model) sorted(token string) []*graph.Resource {
	return slices.SortedFunc(slices.Values(m.OfType(token)), func(a, b *graph.Resource) int {
		return strings.Compare(a.URN, b.URN)
	})
}

// documents are the policies at a path of a resource, under its URN. One that is not known is noted.
func (m *model) documents(r *graph.Resource, path string) []access.Document {
	var all []access.Document
	for _, v := range props.At(r.Declared(), path) {
		switch {
		case v.HasComputed():
			m.doubt(r, "not known yet: "+path)
		case v.IsString() && v.AsString() != "":
			document, err := access.Parse(r.URN, v.AsString())
			if err != nil {
				m.doubt(r, err.Error())
				continue
			}
			all = append(all, document)
		}
	}
	return all
}

// doubt notes once what keeps a proof from holding for sure.
func (m *model) doubt(r *graph.Resource, why string) {
	if key := r.URN + why; !m.doubted[key] {
		m.doubted[key] = true
		m.undecided = append(m.undecided, graph.Finding{URN: r.URN, Message: why, Undecided: true})
	}
}

// carried are the policies that other resources carry for this one: those of a type that name it at a path.
func (m *model) carried(token, path, document string, of *graph.Resource) []access.Document {
	var all []access.Document
	for _, carrier := range m.OfType(token) {
		if m.means(carrier, path, of) {
			all = append(all, m.documents(carrier, document)...)
		}
	}
	return all
}

// means says whether one resource names another, or may. Names of one region may be there in another one again; those
// of IAM are of all regions.
func (m *model) means(r *graph.Resource, path string, other *graph.Resource) bool {
	regional := func(r *graph.Resource) bool {
		return strings.HasPrefix(r.Type, "aws:") && !strings.HasPrefix(r.Type, "aws:iam/")
	}
	if regional(r) && regional(other) && r.Region != other.Region && r.Region != "" && other.Region != "" {
		return false
	}
	switch m.Names(r, path, other) {
	case graph.Yes:
		return true
	case graph.Maybe:
		m.doubt(r, fmt.Sprintf("not known yet: whether %s is %s", path, other.Name()))
	}
	return false
}
