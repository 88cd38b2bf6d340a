package engine

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// isolation is what keeps a pulumi from everything that is not the checkout's.
// https://www.pulumi.com/docs/iac/cli/environment-variables/
func isolation(checkout Checkout) []string {
	return []string{
		"PULUMI_HOME=" + checkout.Path("pulumi"),
		"PULUMI_BACKEND_URL=file://" + filepath.ToSlash(checkout.Path("state")),
		// The sandbox holds no secrets worth keeping, and a passphrase must be the same for all who share its stack files.
		"PULUMI_CONFIG_PASSPHRASE=haven-sandbox",
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		"HAVEN_WORLD=" + checkout.World(),
	}
}

// Exports are the variables with which a person's own `pulumi` works in the sandbox as haven's does, "NAME=value".
func (e Engine) Exports(checkout Checkout) []string {
	folders := []string{checkout.Path("bin"), filepath.Dir(e.Pulumi)}
	if host := filepath.Dir(e.LanguageHost); !slices.Contains(folders, host) {
		folders = append(folders, host)
	}
	return append(isolation(checkout),
		"GOFLAGS="+GoFlags(os.Getenv("GOFLAGS")),
		"PATH="+withFolders(folders, os.Getenv("PATH")))
}

// Environ is the environment of the engines that haven starts: base without anybody's cloud credentials, and isolated.
func (e Engine) Environ(checkout Checkout, base []string) []string {
	own := append(e.Exports(checkout), "TMPDIR="+checkout.Path("tmp"), "PULUMI_AUTOMATION_API=true")
	return append(withoutClouds(base), own...)
}

// clouds are the beginnings of the variables that point a provider to a cloud or carry credentials for one.
var clouds = []string{"AWS_", "GOOGLE_", "GCLOUD_", "GCP_", "CLOUDSDK_"}

// CloudVariables are the names among base that must not reach the sandbox's plugins, for `haven env` to unset.
func CloudVariables(base []string) []string {
	var names []string
	for _, variable := range base {
		if name, _, _ := strings.Cut(variable, "="); startsWith(name, clouds) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// skipCheckpoints has an engine save its state once, at its end, instead of twice for each resource, which is four fifths
// of what a run costs. A run that is killed then leaves a state that knows nothing of what it made, and nothing can
// settle that: it is for environments that are thrown away. Nobody sets it but the person, and who works on a copy.
// https://github.com/pulumi/pulumi/issues/10668
const skipCheckpoints = "PULUMI_SKIP_CHECKPOINTS="

// SaveOnce is the variable that has an engine do so.
const SaveOnce = skipCheckpoints + "true"

// withoutClouds leaves out what belongs to a cloud, and what would point the engine to other state or plugins.
func withoutClouds(base []string) []string {
	return slices.DeleteFunc(slices.Clone(base), func(variable string) bool {
		return startsWith(variable, append([]string{"PULUMI_"}, clouds...)) && !strings.HasPrefix(variable, skipCheckpoints)
	})
}

func startsWith(text string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(text, prefix) })
}

func withFolders(folders []string, path string) string {
	for _, folder := range filepath.SplitList(path) {
		if !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	return strings.Join(folders, string(filepath.ListSeparator))
}

// GoFlags adds -trimpath, with which the engine builds programs as well, so that nothing is compiled twice.
func GoFlags(given string) string {
	if slices.Contains(strings.Fields(given), "-trimpath") {
		return given
	}
	return strings.TrimSpace(given + " -trimpath")
}
