package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDefaultsAreValidInEveryRegion(t *testing.T) {
	for region := range zoneLetters {
		c := newChecker("demo-cell")
		cell := defaultCell()
		cell.Environment, cell.Account, cell.Domain, cell.Network.CIDR = demo, "123456789012", "haven.io", "10.0.0.0/16"
		cell.Region, cell.RecoveryRegion = region, "eu-central-1"
		if region == cell.RecoveryRegion {
			cell.RecoveryRegion = "eu-west-1"
		}
		cell.complete()
		c.cell(&Stack{Name: "demo-cell", Cell: cell})
		assert.Empty(t, c.errors, region)
	}
}

func TestDNSNames(t *testing.T) {
	label := strings.Repeat("a", 63)
	long := strings.Join([]string{label, label, label, label[:61]}, ".")
	for name, want := range map[string]bool{
		"haven.io": true, "a-1.b.c": true, "xn--fnf-hoa.de": true, "1.2.3.io": true, label + ".io": true, long: true,
		"": false, "haven": false, "haven.io.": false, ".io": false, "a..b": false, "-a.io": false, "a-.io": false,
		"A.io": false, "a_b.io": false, "*.io": false, "1.2.3.4": false, "a" + label + ".io": false, "a" + long: false,
		"fünf.io": false, "a b.io": false, "a.io\n": false,
	} {
		assert.Equal(t, want, dnsName(name), "%q", name)
	}
}

func TestImageReferences(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("0f", 32)
	for image, want := range map[string]struct{ valid, digest bool }{
		"processmaker:4.15":                                {true, false},
		"processmaker" + digest:                            {true, true},
		"registry.io:5000/a/b_c/d-e.f:V1.0_x-y" + digest:   {true, true},
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:b": {true, false},
		"processmaker":                                     {},
		"registry.io:5000/processmaker":                    {},
		"Processmaker:4.15":                                {},
		"processmaker:":                                    {},
		"processmaker:-1":                                  {},
		"processmaker:" + digest:                           {},
		"processmaker" + digest + "0":                      {},
		"processmaker@sha256:ABC":                          {},
		"a//b:c":                                           {},
		"https://registry.io/a:b":                          {},
		"a:" + strings.Repeat("x", 129):                    {},
		"processmaker:4.15 ":                               {},
		"registry.io/" + "a" + ":b\n":                      {},
		"registry_.io/processmaker:4.15":                   {},
		"my_team/processmaker:4.15":                        {true, false},
	} {
		c := newChecker("demo-acme")
		c.image("tenant.application.image", image)
		assert.Equal(t, want.valid, len(c.errors) == 0, "%q", image)
		assert.Equal(t, want.digest, hasDigest(image), "%q", image)
	}
}

func TestClosest(t *testing.T) {
	fields := []string{"slot", "host", "cell", "database", "storageGiB"}
	for name, want := range map[string]string{
		"slots": "slot", "SLOT": "slot", "databse": "database", "storageGB": "storageGiB", "cel": "cell",
		"colour": "", "x": "", "": "",
	} {
		assert.Equal(t, want, closest(name, fields), "%q", name)
	}
	assert.Equal(t, "hosts", closest("hoss", []string{"hosts", "host"}), "the first of equally near ones")
}

func FuzzReadFile(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*/Pulumi.*.yaml")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c := newChecker("demo-cell")
		values := c.readFile(text)
		require.True(t, values != nil || len(c.errors) > 0)
		require.Equal(t, "demo-cell", c.parse("demo-cell", values).Name)
	})
}
