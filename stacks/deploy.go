// Package stacks is the program: it turns the configuration of one stack into the components of its role.
//
// A stack is the unit of `pulumi up`, of blast radius and of scale. Its configuration says which role it has; each
// role is one file that composes components, and outputs.go says what stacks tell each other.
package stacks

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/stacks/config"
)

// Deploy declares the running stack. All of its configuration is checked before the first resource is registered.
func Deploy(ctx *pulumi.Context) error {
	return deploy(ctx, time.Now(), time.Time{})
}

// DeployAt is Deploy by another clock than the machine's: at that time.
func DeployAt(now time.Time) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error { return deploy(ctx, now, time.Time{}) }
}

// Teardown is Deploy with deletion protection lifted from everything in the stack, and final snapshots named after
// that time: the update that must come before `pulumi destroy`. Production refuses it.
func Teardown(at time.Time) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error { return deploy(ctx, at, at) }
}

func deploy(ctx *pulumi.Context, now, teardown time.Time) error {
	values, err := settings(ctx)
	if err != nil {
		return err
	}
	if !teardown.IsZero() {
		values["teardown"] = teardown.UTC().Format(time.RFC3339)
	}
	stack, err := config.Parse(ctx.Stack(), values)
	if err != nil {
		return err
	}
	switch stack.Role {
	case config.RoleAccount:
		return deployAccount(ctx, stack)
	case config.RoleCell:
		return deployCell(ctx, stack)
	case config.RoleMirror:
		return deployMirror(ctx, stack)
	case config.RoleOffsite:
		return deployOffsite(ctx, stack)
	case config.RoleTenant:
		return deployTenant(ctx, stack, now.UTC())
	}
	return fmt.Errorf("haven:role: no program for the role %q", stack.Role)
}

// settings are the values of the project's own namespace. The SDK looks values up by key only; where the language
// host hands the whole configuration over in the environment, unknown keys are found there as well.
func settings(ctx *pulumi.Context) (map[string]string, error) {
	prefix := ctx.Project() + ":"
	values := map[string]string{}
	if all := os.Getenv(pulumi.EnvConfig); all != "" {
		given := map[string]string{}
		if err := json.Unmarshal([]byte(all), &given); err != nil {
			return nil, fmt.Errorf("the environment variable %s holds no JSON object of strings: %w", pulumi.EnvConfig, err)
		}
		for key, value := range given {
			if name, own := strings.CutPrefix(key, prefix); own {
				values[name] = value
			}
		}
	}
	for _, name := range config.Keys {
		if value, given := ctx.GetConfig(prefix + name); given {
			values[name] = value
		}
	}
	return values, nil
}
