package engine

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"haven/policy/check"
	"haven/policy/pack"
)

// Policies is the name by which an engine starts the policy pack.
const Policies = "pulumi-analyzer-policy-haven"

// PolicyPack is the folder that is an engine's --policy-pack: the pack as haven itself serves it, so that what refuses is
// never of another build than what is refused. `--policy-pack policy` is the same pack, compiled by the language host.
func (c Checkout) PolicyPack() string { return c.Path("policy") }

// PolicyConfigs are the file in which the checkout sets the policies' levels and parameters; none where there is no such
// file, and everything is mandatory.
// https://www.pulumi.com/docs/insights/policy/policy-packs/#policy-configuration
func (c Checkout) PolicyConfigs() []string {
	file := filepath.Join(c.Root, "policy", "config.json")
	if _, err := os.Stat(file); err != nil {
		return nil
	}
	return []string{file}
}

// PolicyConfiguration is what that file says.
func (c Checkout) PolicyConfiguration(library check.Library) (pack.Configuration, error) {
	var text []byte
	for _, file := range c.PolicyConfigs() {
		var err error
		if text, err = os.ReadFile(file); err != nil {
			return pack.Configuration{}, err
		}
	}
	configured, err := pack.ReadConfiguration(library, text)
	if err != nil {
		return configured, fmt.Errorf("policy/config.json: %w", err)
	}
	return configured, nil
}

// packFile is the pack's project file. There is no language host for its runtime, so that an engine starts [Policies].
// https://www.pulumi.com/docs/insights/policy/policy-packs/
var packFile = fmt.Appendf(nil, "name: %s\nversion: %s\nruntime: haven\n", pack.Name, pack.Version)

// policyPlugin is the folder of the plugin that serves the pack.
func policyPlugin(checkout Checkout) string {
	return checkout.Path("pulumi", "plugins", "analyzer-policy-haven-v"+pack.Version)
}

// installPolicies makes the policy pack, and its plugin in the checkout's own Pulumi home.
func installPolicies(checkout Checkout) error {
	if err := linkSelf(filepath.Join(policyPlugin(checkout), Policies)); err != nil {
		return err
	}
	file := filepath.Join(checkout.PolicyPack(), "PulumiPolicy.yaml")
	if now, err := os.ReadFile(file); err == nil && bytes.Equal(now, packFile) {
		return nil
	}
	if err := os.MkdirAll(checkout.PolicyPack(), 0o755); err != nil {
		return err
	}
	fresh := fmt.Sprintf("%s.%d", file, os.Getpid())
	if err := os.WriteFile(fresh, packFile, 0o644); err != nil {
		return err
	}
	return os.Rename(fresh, file)
}
