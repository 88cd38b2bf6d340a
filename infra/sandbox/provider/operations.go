package provider

import (
	"context"
	"fmt"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

func (s *server) create(_ context.Context, req p.CreateRequest) (p.CreateResponse, error) {
	k, err := s.kind(req.Urn)
	if err != nil {
		return p.CreateResponse{}, err
	}
	given := k.Complete(req.Properties)
	if req.DryRun {
		preview := s.withTagsAll(k, k.Preview(given, property.Map{}))
		return p.CreateResponse{Properties: preview.Set(idOutput, property.New(property.Computed))}, nil
	}
	var made cloud.Resource
	err = s.commit(s.called("create", k.region(s.config.region), k.Token, req.Urn), func(tx *world.Tx) error {
		restoring := flow.Restoring(cloud.Resource{Type: k.Token, Outputs: given})
		if restoring { // from copies as they are now
			if err := flow.Settle(tx); err != nil {
				return err
			}
		}
		call := s.call(tx, k, req.Urn, given)
		call.ID = k.rule.ID(call)
		references, err := s.rules.judge(tx, call)
		if err != nil {
			return err
		}
		made = s.resource(k, call, k.Conceal(req.Properties))
		if _, exists := tx.Get(world.KeyOf(made)); exists {
			return fmt.Errorf("%s already exists", call.ID)
		}
		if made.Outputs, err = s.outputs(k, call, given); err != nil {
			return err
		}
		if err := put(tx, call, made, references); err != nil || !restoring {
			return err
		}
		return flow.Fill(tx, made)
	})
	if err != nil {
		return p.CreateResponse{}, fmt.Errorf("creating %s: %w", k.noun(), err)
	}
	return p.CreateResponse{ID: made.ID, Properties: withID(made.ID, made.Outputs)}, nil
}

// idOutput is the output in which the providers made from Terraform's repeat the ID: the only one that a policy is told.
// https://developer.hashicorp.com/terraform/plugin/sdkv2/schemas
const idOutput = "id"

func withID(id string, outputs property.Map) property.Map {
	return outputs.Set(idOutput, property.New(id))
}

// put writes what was made, and with it what the cloud changes elsewhere because of it.
func put(tx *world.Tx, call *cloud.Call, made cloud.Resource, references []world.Reference) error {
	if err := tx.Put(made, references); err != nil || call.Type.Adjusts == nil {
		return err
	}
	for _, changed := range call.Type.Adjusts(call) {
		if err := tx.Revise(changed); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) read(_ context.Context, req p.ReadRequest) (p.ReadResponse, error) {
	k, err := s.kind(req.Urn)
	if err != nil {
		return p.ReadResponse{}, err
	}
	if err := s.ask(s.called("read", k.region(s.config.region), k.Token, req.Urn)); err != nil {
		return p.ReadResponse{}, fmt.Errorf("reading %s (%s): %w", k.noun(), req.ID, err)
	}
	var found cloud.Resource
	var ok bool
	if err := s.world.View(func(tx *world.Tx) error {
		found, ok = tx.Get(s.key(k, req.ID))
		return nil
	}); err != nil {
		return p.ReadResponse{}, fmt.Errorf("reading %s (%s): %w", k.noun(), req.ID, err)
	}
	if !ok {
		return p.ReadResponse{}, nil
	}
	inputs := req.Inputs
	if inputs.Len() == 0 { // an import
		inputs = found.Inputs
	}
	return p.ReadResponse{
		ID: found.ID, Properties: withID(found.ID, found.Outputs), Inputs: k.Returned(inputs, found.Outputs),
	}, nil
}

func (s *server) update(_ context.Context, req p.UpdateRequest) (p.UpdateResponse, error) {
	k, err := s.kind(req.Urn)
	if err != nil {
		return p.UpdateResponse{}, err
	}
	given := k.Complete(req.Inputs)
	if req.DryRun {
		return p.UpdateResponse{Properties: withID(req.ID, s.withTagsAll(k, k.Preview(given, req.State)))}, nil
	}
	var made cloud.Resource
	err = s.commit(s.called("update", k.region(s.config.region), k.Token, req.Urn), func(tx *world.Tx) error {
		old, ok := tx.Get(s.key(k, req.ID))
		if !ok {
			return fmt.Errorf("it does not exist: `pulumi refresh` takes it out of the stack")
		}
		call := s.call(tx, k, req.Urn, given)
		call.ID, call.Old = req.ID, &old
		references, err := s.rules.judge(tx, call)
		if err != nil {
			return err
		}
		made = s.resource(k, call, k.Conceal(req.Inputs))
		if made.Outputs, err = s.outputs(k, call, k.Carry(given, old.Outputs)); err != nil {
			return err
		}
		return put(tx, call, made, references)
	})
	if err != nil {
		return p.UpdateResponse{}, fmt.Errorf("updating %s (%s): %w", k.noun(), req.ID, err)
	}
	return p.UpdateResponse{Properties: withID(req.ID, made.Outputs)}, nil
}

// delete succeeds where the resource is gone already, as the real provider does.
func (s *server) delete(_ context.Context, req p.DeleteRequest) error {
	k, err := s.kind(req.Urn)
	if err != nil {
		return err
	}
	err = s.commit(s.called("delete", k.region(s.config.region), k.Token, req.Urn), func(tx *world.Tx) error {
		old, ok := tx.Get(s.key(k, req.ID))
		if !ok {
			return nil
		}
		call := s.call(tx, k, req.Urn, k.Complete(old.Inputs))
		call.ID, call.Old = old.ID, &old
		if err := s.rules.judgeDelete(tx, call); err != nil {
			return err
		}
		if k.rule.Retains != nil {
			for _, left := range k.rule.Retains(call) {
				if err := tx.Retain(left); err != nil {
					return err
				}
			}
		}
		return tx.Delete(world.KeyOf(old))
	})
	if err != nil {
		return fmt.Errorf("deleting %s (%s): %w", k.noun(), req.ID, err)
	}
	return nil
}

func (s *server) key(k kind, id string) world.Key {
	return world.Key{Type: k.Token, Account: s.config.account, Region: k.region(s.config.region), ID: id}
}

func (s *server) call(tx *world.Tx, k kind, urn resource.URN, given property.Map) *cloud.Call {
	return &cloud.Call{
		World: tx, Account: s.config.account, Region: s.config.region, Type: k.rule, URN: string(urn), Inputs: given,
		Now: tx.Now(), Quotas: s.config.quotas,
	}
}

func (s *server) resource(k kind, call *cloud.Call, inputs property.Map) cloud.Resource {
	return cloud.Resource{
		Provider: s.name, Account: call.Account, Region: k.region(call.Region), Type: k.Token,
		ID: call.ID, URN: call.URN, Inputs: inputs,
	}
}

// outputs is what is given or carried over together with what the cloud adds, held against the SDK's own types.
func (s *server) outputs(k kind, call *cloud.Call, base property.Map) (property.Map, error) {
	if k.rule.Computed != nil {
		for name, value := range k.rule.Computed(call) {
			base = base.Set(name, value)
		}
	}
	outputs := k.Complete(s.withTagsAll(k, base))
	if failures := k.CheckOutputs(outputs); len(failures) > 0 {
		return property.Map{}, fmt.Errorf("the sandbox's rule gives what the SDK does not have: %s: %s",
			failures[0].Path, failures[0].Reason)
	}
	return outputs, nil
}
