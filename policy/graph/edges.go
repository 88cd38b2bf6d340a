package graph

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Sure says how well it is known that one resource names another.
type Sure int

// How sure an edge is.
const (
	No    Sure = iota
	Maybe      // the value is unknown, and may be that of several resources
	Yes
)

// identities are the properties by which resources are named.
var identities = []string{"arn", "name", "bucket", "keyId", "url"}

// Declared is what is declared of a resource: its inputs; its outputs where it has none, as a component or a stack.
func (r *Resource) Declared() property.Map {
	if r.Inputs.Len() > 0 {
		return r.Inputs
	}
	return r.Outputs
}

// IsCalled says whether a text is the id, the ARN or the name of the resource.
func (r *Resource) IsCalled(text string) bool {
	if text == "" {
		return false
	}
	if text == r.ID {
		return true
	}
	return slices.ContainsFunc(identities, func(name string) bool {
		return r.Text(name) == text || props.Text(r.Inputs, name) == text
	})
}

// Nearby says whether two resources may be in one region, in which alone a name is theirs: what is not told, or is of no
// region, is anywhere.
func (r *Resource) Nearby(other *Resource) bool {
	const everywhere = "global"
	return r.Region == other.Region || slices.ContainsFunc([]string{"", everywhere}, func(region string) bool {
		return r.Region == region || other.Region == region
	})
}

// Names says whether what is declared at a path is another resource: by the value where that is known, else by what the
// engine says the value depends on.
func (g *Graph) Names(r *Resource, path string, other *Resource) Sure {
	return g.Mean(r, path, props.At(r.Declared(), path), other)
}

// Mean is [Graph.Names] for values that stand somewhere inside a property of a resource.
func (g *Graph) Mean(r *Resource, inside string, values []property.Value, other *Resource) Sure {
	sure, unknown := No, 0
	for _, v := range values {
		if v.IsComputed() {
			unknown++
		}
	}
	for _, v := range values {
		switch {
		case v.IsString() && other.IsCalled(v.AsString()):
			return Yes
		case v.IsString() && other.ID == "" && r.Dependencies != nil:
			sure = max(sure, g.dependsOn(r, inside, other, 1)) // an engine tells the id in the outputs, or not at all
		case v.IsArray():
			sure = max(sure, g.Mean(r, inside, v.AsArray().AsSlice(), other))
		case v.HasComputed():
			sure = max(sure, g.dependsOn(r, inside, other, unknown))
		}
	}
	return sure
}

// dependsOn is Yes where the property depends on this resource and on no other of its type, or, being a list, on no more
// of them than there are unknown values in it: then each of them is one.
func (g *Graph) dependsOn(r *Resource, inside string, other *Resource, unknown int) Sure {
	if r.Dependencies == nil {
		return Maybe
	}
	on := g.origins(r.Sources(inside))
	if !slices.Contains(on, other.URN) {
		return No
	}
	alike := map[string]bool{}
	for _, urn := range on {
		if third := g.ByURN(urn); third != nil && third.Type == other.Type {
			alike[urn] = true
		}
	}
	if len(alike) > max(1, unknown) {
		return Maybe
	}
	return Yes
}

// Sources are the URNs of the resources that the property at a path, or around it, was made from.
func (r *Resource) Sources(path string) []string {
	top, _, _ := strings.Cut(strings.ReplaceAll(path, "[", "."), ".")
	return r.Dependencies[top]
}

// Origins are the URNs of the resources that the property at a path, or around it, was made from, and of those whose
// names these hand on.
func (g *Graph) Origins(r *Resource, path string) []string { return g.origins(r.Sources(path)) }

// handsOn are the types whose resources hand on the name of what they are about, so that others wait for them: by the
// property in which it stands.
var handsOn = map[string]string{
	"aws:acm/certificateValidation:CertificateValidation":                    "certificateArn",
	"aws:secretsmanager/secretVersion:SecretVersion":                         "secretId",
	"aws:sns/topicPolicy:TopicPolicy":                                        "arn",
	"aws:sqs/queuePolicy:QueuePolicy":                                        "queueUrl",
	"aws:s3/bucketPolicy:BucketPolicy":                                       "bucket",
	"aws:s3/bucketVersioningV2:BucketVersioningV2":                           "bucket",
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls":                 "bucket",
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":                 "bucket",
	"aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2": "bucket",
}

// origins are these resources, and those whose names they hand on.
func (g *Graph) origins(urns []string) []string {
	all := slices.Clone(urns)
	for i := 0; i < len(all); i++ {
		r := g.ByURN(all[i])
		if r == nil || handsOn[r.Type] == "" {
			continue
		}
		for _, urn := range r.Sources(handsOn[r.Type]) {
			if !slices.Contains(all, urn) {
				all = append(all, urn)
			}
		}
	}
	return all
}
