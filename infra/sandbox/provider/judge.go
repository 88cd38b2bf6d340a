package provider

import (
	"strings"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/policy/props"
)

// rules are how the clouds treat each resource type, by token.
type rules func(token string) (*cloud.Type, bool)

// judge refuses a create or update that the cloud would refuse: for what it refers to, for a name that is taken, for
// what the type's own rule says. It returns the references that keep others from being deleted.
func (r rules) judge(tx *world.Tx, call *cloud.Call) ([]world.Reference, error) {
	references, err := r.resolve(tx, call)
	if err != nil {
		return nil, err
	}
	for _, unique := range call.Type.Unique {
		if err := checkUnique(tx, call, unique); err != nil {
			return nil, err
		}
	}
	if call.Type.Refuse != nil {
		if err := call.Type.Refuse(call); err != nil {
			return nil, err
		}
	}
	return references, nil
}

func (r rules) resolve(tx *world.Tx, call *cloud.Call) ([]world.Reference, error) {
	var found []world.Reference
	for _, reference := range call.Type.References {
		for _, value := range props.Texts(call.Inputs, reference.Property) {
			if reference.When != nil && !reference.When(value) {
				continue
			}
			target, ok := r.find(tx, call, reference, value)
			if !ok {
				return nil, reference.NotFound.With(value)
			}
			if reference.InUse.Code != "" && target.Type == reference.To {
				found = append(found, world.Reference{Property: reference.Property, To: world.KeyOf(target)})
			}
		}
	}
	return found, nil
}

// find is the resource that a property's value names.
func (r rules) find(tx *world.Tx, call *cloud.Call, reference cloud.Reference, value string) (cloud.Resource, bool) {
	targets := append([]cloud.Target{{To: reference.To, By: reference.By}}, reference.Or...)
	for _, target := range targets {
		region := r.regionOf(call, reference, target, value)
		if found, ok := tx.Find(target.To, call.Account, region, target.By, value); ok {
			return found, true
		}
	}
	return cloud.Resource{}, false
}

func (r rules) regionOf(call *cloud.Call, reference cloud.Reference, target cloud.Target, value string) string {
	if to, ok := r(target.To); ok && to.Global {
		return "global"
	}
	switch reference.Region {
	case "":
		return call.Region
	case "any":
		if parts := strings.SplitN(value, ":", 6); len(parts) == 6 && parts[0] == "arn" && parts[3] != "" {
			return parts[3]
		}
		return call.Region
	}
	return reference.Region
}

func checkUnique(tx *world.Tx, call *cloud.Call, unique cloud.Unique) error {
	account, region := call.Account, ""
	switch unique.Scope {
	case cloud.PerRegion:
		region = call.Region
		if call.Type.Global {
			region = "global"
		}
	case cloud.Worldwide:
		account = ""
	}
	for _, value := range props.Texts(call.Inputs, unique.Property) {
		for _, other := range tx.List(call.Type.Token, account, region) {
			if !isItself(call, other) && holds(other, unique.Property, value) {
				return unique.Taken.With(value)
			}
		}
	}
	return nil
}

func isItself(call *cloud.Call, r cloud.Resource) bool {
	return call.Old != nil && world.KeyOf(*call.Old) == world.KeyOf(r)
}

func holds(r cloud.Resource, property, value string) bool {
	for _, held := range props.Texts(r.Outputs, property) {
		if held == value {
			return true
		}
	}
	return false
}

// judgeDelete refuses a delete that the cloud would refuse: for protection, or because others still use the resource.
func (r rules) judgeDelete(tx *world.Tx, call *cloud.Call) error {
	if call.Type.RefuseDelete != nil {
		if err := call.Type.RefuseDelete(call); err != nil {
			return err
		}
	}
	own := world.KeyOf(*call.Old)
	for _, referrer := range tx.Referrers(own) {
		from, ok := r(referrer.Resource.Type)
		if !ok || world.KeyOf(referrer.Resource) == own {
			continue
		}
		for _, reference := range from.References {
			if reference.Property == referrer.Property && reference.To == own.Type && reference.InUse.Code != "" {
				return reference.InUse.With(own.ID)
			}
		}
	}
	return nil
}
