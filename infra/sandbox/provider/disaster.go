package provider

import (
	"errors"
	"fmt"
	"strings"

	"haven/infra/sandbox/world"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// called is a call of this provider's, for a type that lies in that region.
func (s *server) called(operation, region, token string, urn resource.URN) world.Call {
	return world.Call{Provider: s.name, Region: region, Operation: operation, Type: token, URN: string(urn)}
}

// refusal is a call that a disaster kept from being answered.
type refusal struct {
	call  world.Call
	cause error
}

func (r refusal) Error() string { return r.cause.Error() }

// answered refuses what a disaster keeps from being answered, and records the call while any lasts.
func answered(tx *world.Tx, call world.Call) error {
	if err := tx.Answers(call.Provider, call.Region); err != nil {
		return refusal{call, err}
	}
	if err := throttled(tx, call); err != nil {
		return refusal{call, err}
	}
	return tx.Record(call)
}

// throttled refuses every other call to a throttled API, as one that a client has given up to repeat.
func throttled(tx *world.Tx, call world.Call) error {
	service := serviceOf(call.Type)
	for _, d := range world.Disasters.All(tx) {
		if d.Kind != world.Throttled || d.What != service {
			continue
		}
		earlier := 0
		for _, other := range world.Calls.All(tx) {
			if serviceOf(other.Type) == service {
				earlier++
			}
		}
		if earlier%2 == 0 {
			return fmt.Errorf("operation error %s: exceeded maximum number of attempts, 25, https response error "+
				"StatusCode: 400, api error ThrottlingException: Rate exceeded", strings.ToUpper(service))
		}
	}
	return nil
}

// serviceOf is the API of a type: "rds" of aws:rds/instance:Instance.
func serviceOf(token string) string {
	_, module, _ := strings.Cut(token, ":")
	service, _, _ := strings.Cut(module, "/")
	return service
}

// ask is answered for what does not write: the record is a transaction of its own.
func (s *server) ask(call world.Call) error {
	struck := false
	if err := s.world.View(func(tx *world.Tx) error {
		struck = tx.Struck()
		return nil
	}); err != nil || !struck {
		return err
	}
	return s.noted(s.world.Update(func(tx *world.Tx) error { return answered(tx, call) }))
}

// noted records a call that was refused: the transaction that refused it has changed nothing.
func (s *server) noted(err error) error {
	var refused refusal
	if !errors.As(err, &refused) {
		return err
	}
	refused.call.Refused = refused.Error()
	return errors.Join(err, s.world.Update(func(tx *world.Tx) error { return tx.Record(refused.call) }))
}
