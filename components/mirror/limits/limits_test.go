package limits_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/components/mirror/limits"
)

func TestLocation(t *testing.T) {
	t.Parallel()
	for location, key := range map[string]string{"EUR4": "eur4", "EU": "europe"} {
		assert.NoError(t, limits.Location(location))
		assert.Equal(t, key, limits.KeyLocation(location))
	}
	for _, location := range []string{"", "eur4", "US", "NAM4", "EUROPE-WEST1"} {
		assert.ErrorContains(t, limits.Location(location), "expected one of EUR4, EU; leave it out for EUR4")
		assert.Empty(t, limits.KeyLocation(location))
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		location string
		regions  []string
		want     string
	}{
		{"EUR4", nil, ""},
		{"EU", []string{"EUROPE-WEST1", "EUROPE-NORTH1"}, ""},
		{"EUR4", []string{"EUROPE-WEST1", "EUROPE-NORTH1"}, "EUROPE-WEST1, EUROPE-NORTH1, expected none with the location" +
			" EUR4; remove them, or set the location to EU"},
		{"EU", nil, "none, expected two of EUROPE-CENTRAL2, "},
		{"EU", []string{"EUROPE-WEST1"}, "EUROPE-WEST1, expected two of"},
		{"EU", []string{"EUROPE-WEST1", "EUROPE-WEST1"}, "EUROPE-WEST1, EUROPE-WEST1, expected two of"},
		{"EU", []string{"EUROPE-WEST1", "EUROPE-WEST3", "EUROPE-WEST4"}, "expected two of"},
		{"EU", []string{"EUROPE-WEST1", "EUROPE-WEST2"}, "EUROPE-WEST1, EUROPE-WEST2, expected two of"},
		{"EU", []string{"EUROPE-WEST1", "US-EAST1"}, "expected two of"},
	} {
		t.Run(test.location+strings.Join(test.regions, " "), func(t *testing.T) {
			t.Parallel()
			err := limits.Regions(test.location, test.regions)
			if test.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestProject(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"haven-demo-mirror", "abcdef", "a" + strings.Repeat("1", 29)} {
		assert.NoError(t, limits.Project(id), id)
	}
	for _, id := range []string{"", "short", "a" + strings.Repeat("1", 30), "1haven-demo", "haven-demo-", "Haven-demo",
		"haven_demo", "my-google-project", "ssl-mirror", "123456789012"} {
		assert.ErrorContains(t, limits.Project(id), "expected the ID of a Google Cloud project", id)
	}
}
