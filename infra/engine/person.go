package engine

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Person is a person's own pulumi, which works on real accounts with their backend and their credentials. A shell that
// works on the sandbox is refused: what it would bring up is simulated.
func Person(ctx context.Context, checkout Checkout) (Engine, error) {
	for _, variable := range isolation(checkout) {
		name, value, _ := strings.Cut(variable, "=")
		leads := slices.Contains([]string{"PULUMI_HOME", "PULUMI_BACKEND_URL", "HAVEN_WORLD"}, name)
		if leads && os.Getenv(name) == value {
			return Engine{}, Problemf("this shell works on the sandbox: %s is %s, as haven env sets it; open another one, "+
				"and sign in to your own backend there with pulumi login", name, value)
		}
	}
	pulumi, err := exec.LookPath(command)
	if err != nil || filepath.Dir(pulumi) == pinned(checkout).dir {
		return Engine{}, Problemf("there is no pulumi on the PATH: install Pulumi %s or a later one, and sign in with "+
			"pulumi login: https://www.pulumi.com/docs/install/", Version)
	}
	answer, err := exec.CommandContext(ctx, pulumi, "version").Output()
	version := strings.TrimPrefix(strings.TrimSpace(string(answer)), "v")
	if err != nil || !recent(version) {
		return Engine{}, Problemf("%s is of version %q; install Pulumi %s or a later one: "+
			"https://www.pulumi.com/docs/install/", pulumi, version, Version)
	}
	return Engine{Version: version, Pulumi: pulumi}, nil
}

// ambient is the variable that would keep an engine from the policy pack's plugin on the PATH.
const ambient = "PULUMI_IGNORE_AMBIENT_PLUGINS="

// PersonEnviron is the environment of a person's own pulumi, which finds the plugin of the policy pack in it.
func (e Engine) PersonEnviron(checkout Checkout, base []string) []string {
	kept := slices.DeleteFunc(slices.Clone(base), func(variable string) bool { return strings.HasPrefix(variable, ambient) })
	return append(kept, "PULUMI_SKIP_UPDATE_CHECK=true", "PULUMI_AUTOMATION_API=true",
		"PATH="+withFolders([]string{policyPlugin(checkout)}, os.Getenv("PATH")))
}
