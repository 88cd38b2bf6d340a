// Package limits is what a mirror may be: what Google Cloud allows, and of that what keeps the copies in Europe and
// out of an intruder's reach.
//
// It is pure: no Pulumi, no cloud SDK, so that a stack file is checked by the same rules as the component. Each
// function answers nil or a *limit.Error; the caller adds the field.
package limits

import (
	"regexp"
	"slices"
	"strings"

	"haven/components/limit"
)

// A dump is kept no shorter than the backup bucket keeps it by default, and no longer than ten years. What somebody
// deleted after that can be brought back for as long as Google offers it.
// https://cloud.google.com/storage/docs/bucket-lock
// https://cloud.google.com/storage/docs/soft-delete
const (
	MinRetentionDays  = 35
	MaxRetentionDays  = 3650
	MinSoftDeleteDays = 7
	MaxSoftDeleteDays = 90
)

// keyLocations are the locations of a bucket in two regions of the European Union, each with that of its key: a bucket
// takes a key of its own location only, and one whose regions are chosen a key of the multi-region around them.
// https://cloud.google.com/storage/docs/locations
// https://cloud.google.com/kms/docs/locations
var keyLocations = map[string]string{DualRegion: "eur4", MultiRegion: "europe"}

const (
	// DualRegion is Finland and the Netherlands.
	DualRegion = "EUR4"
	// MultiRegion is the European Union, two of whose regions are chosen.
	MultiRegion = "EU"
	regionCount = 2
)

var locations = []string{DualRegion, MultiRegion}

// regions are those of the European Union that can be paired.
var regions = []string{
	"EUROPE-CENTRAL2", "EUROPE-NORTH1", "EUROPE-SOUTHWEST1", "EUROPE-WEST1", "EUROPE-WEST3", "EUROPE-WEST4",
	"EUROPE-WEST8", "EUROPE-WEST9",
}

// KeyLocation is where the key of a bucket of that location lies; empty for one that is not allowed.
func KeyLocation(location string) string { return keyLocations[location] }

// Location is one whose two regions lie in the European Union.
func Location(location string) error {
	if keyLocations[location] == "" {
		return &limit.Error{Got: location, Want: "one of " + limit.List(locations),
			Fix: "leave it out for " + DualRegion}
	}
	return nil
}

// Regions are the two that a bucket of the location EU takes, and no other does.
func Regions(location string, chosen []string) error {
	if location != MultiRegion {
		if len(chosen) > 0 {
			return &limit.Error{Got: limit.Words(limit.List(chosen)), Want: "none with the location " + location,
				Fix: "remove them, or set the location to " + MultiRegion}
		}
		return nil
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(chosen)))
	unknown := slices.ContainsFunc(distinct, func(region string) bool { return !slices.Contains(regions, region) })
	if len(chosen) != regionCount || len(distinct) != regionCount || unknown {
		got := limit.Words("none")
		if len(chosen) > 0 {
			got = limit.Words(limit.List(chosen))
		}
		return &limit.Error{Got: got, Want: "two of " + limit.List(regions), Fix: "choose two"}
	}
	return nil
}

// projectForm: https://cloud.google.com/resource-manager/docs/creating-managing-projects#before_you_begin
var projectForm = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)

// reservedWords may not be part of a project's ID or a bucket's name.
var reservedWords = []string{"google", "null", "ssl", "undefined"}

// Project is the ID of a project, not its number or name.
func Project(id string) error {
	reserved := func(word string) bool { return strings.Contains(id, word) }
	if !projectForm.MatchString(id) || slices.ContainsFunc(reservedWords, reserved) {
		return &limit.Error{Got: id,
			Want: "the ID of a Google Cloud project: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter",
			Fix:  "ask `gcloud projects list`"}
	}
	return nil
}
