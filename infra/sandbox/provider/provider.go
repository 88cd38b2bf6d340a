package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/schema"
	"haven/infra/sandbox/world"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Versions are the providers that this package can be, each in the version of its pinned SDK: the engine asks for the
// plugin of the version that the program was compiled against.
var Versions = map[string]string{"aws": "6.83.2", "gcp": "7.38.0"}

// Main serves the provider of that name ("aws" or "gcp") to the engine that started this process, until the engine
// lets go. The world is the one that [world.Variable] names.
func Main(name string) error {
	version, ok := Versions[name]
	if !ok {
		return fmt.Errorf("the sandbox is no provider %q: it is aws and gcp", name)
	}
	w, err := world.FromEnvironment()
	if err != nil {
		return err
	}
	return New(name, w, parentAlive()).Run(context.Background(), name, version)
}

// parentAlive says whether the process that started this one still runs: a process whose parent dies gets another one.
func parentAlive() func() bool {
	parent := os.Getppid()
	return func() bool { return os.Getppid() == parent }
}

// New is the provider of that name on a world. Alive says whether the engine still runs: once it does not, operations
// refuse to commit.
func New(name string, w *world.World, alive func() bool) p.Provider {
	return (&server{name: name, world: w, alive: alive, rules: cloud.For}).provider()
}

func (s *server) provider() p.Provider {
	return p.Provider{
		Cancel:      func(context.Context) error { return nil }, // operations are short
		CheckConfig: s.checkConfig,
		DiffConfig:  s.diffConfig,
		Configure:   s.configure,
		Invoke:      s.invoke,
		Check:       s.check,
		Diff:        s.diff,
		Create:      s.create,
		Read:        s.read,
		Update:      s.update,
		Delete:      s.delete,
	}
}

// server answers for one provider instance.
type server struct {
	name   string
	world  *world.World
	alive  func() bool
	rules  rules
	config config
}

// kind is all that is known of one resource type: its schema and how the cloud treats it.
type kind struct {
	*schema.Type
	rule *cloud.Type
}

func (s *server) kind(urn resource.URN) (kind, error) {
	token := urn.Type().String()
	known, err := schema.For(token)
	if err != nil {
		return kind{}, err
	}
	rule, ok := s.rules(token)
	if !ok {
		return kind{}, fmt.Errorf("the sandbox has the schema of %q but no rule for it", token)
	}
	return kind{known, rule}, nil
}

// noun names the type in errors: "EC2 Vpc" for aws:ec2/vpc:Vpc.
func (k kind) noun() string {
	_, module, _ := strings.Cut(k.Token, ":")
	module, _, _ = strings.Cut(module, "/")
	return strings.ToUpper(module) + " " + k.Token[strings.LastIndex(k.Token, ":")+1:]
}

// region is where the cloud keeps resources of this type for a provider of that region.
func (k kind) region(configured string) string {
	if k.rule.Global {
		return "global"
	}
	return configured
}

var errOrphaned = errors.New("the Pulumi engine that asked for this is gone, so nothing was done: run it again")

// commit runs a transaction that counts only if the engine is there at its end to note it.
func (s *server) commit(call world.Call, do func(*world.Tx) error) error {
	return s.noted(s.world.Update(func(tx *world.Tx) error {
		if err := answered(tx, call); err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		if !s.alive() {
			return errOrphaned
		}
		return nil
	}))
}
