package provider

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// roleVariable makes this test binary an engine that starts a plugin and is killed, or that plugin.
const (
	roleVariable   = "PROVIDER_TEST_ROLE"
	reportVariable = "PROVIDER_TEST_REPORT"
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "engine":
		playEngine()
	case "plugin":
		playPlugin()
	default:
		os.Exit(m.Run())
	}
}

// playEngine starts a plugin, and waits to be killed.
func playEngine() {
	plugin := exec.Command(os.Args[0])
	plugin.Env = append(os.Environ(), roleVariable+"=plugin")
	if err := plugin.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	time.Sleep(time.Minute)
}

// playPlugin reports that its engine lives, and later that it does not.
func playPlugin() {
	alive := parentAlive()
	report := os.Getenv(reportVariable)
	if alive() {
		_ = os.WriteFile(report+".alive", nil, 0o600)
	}
	for until := time.Now().Add(time.Minute); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		if !alive() {
			_ = os.WriteFile(report+".dead", nil, 0o600)
			return
		}
	}
}

func TestAPluginSeesThatItsEngineWasKilled(t *testing.T) {
	report := filepath.Join(t.TempDir(), "report")
	engine := exec.Command(os.Args[0])
	engine.Env = append(os.Environ(), roleVariable+"=engine", reportVariable+"="+report)
	require.NoError(t, engine.Start())
	exists := func(file string) func() bool {
		return func() bool {
			_, err := os.Stat(file)
			return err == nil
		}
	}
	require.Eventually(t, exists(report+".alive"), 20*time.Second, 5*time.Millisecond, "the plugin starts")
	assert.NoFileExists(t, report+".dead")
	require.NoError(t, engine.Process.Kill())
	assert.Error(t, engine.Wait(), "it was killed")
	assert.Eventually(t, exists(report+".dead"), 20*time.Second, 5*time.Millisecond, "the plugin sees it")
}

func TestMainServesOnlyTheSandboxsProviders(t *testing.T) {
	assert.EqualError(t, Main("azure"), `the sandbox is no provider "azure": it is aws and gcp`)
	t.Setenv("HAVEN_WORLD", "")
	assert.ErrorContains(t, Main("aws"), "HAVEN_WORLD is not set")
}
