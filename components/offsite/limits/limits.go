// Package limits is what a tenant's place off site may be: what Google Cloud allows, and of that what keeps the data in
// Europe and needs nothing of AWS.
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

// Cloud SQL's disk in GiB, and how many instances a service may have.
// https://cloud.google.com/sql/docs/mysql/instance-settings
// https://cloud.google.com/run/docs/configuring/max-instances
const (
	MinStorageGiB = 20
	MaxStorageGiB = 65_536
	MinInstances  = 1
	MaxInstances  = 100
)

// regions are those of the European Union that have every service which is used.
// https://cloud.google.com/about/locations
var regions = []string{
	"europe-central2", "europe-north1", "europe-southwest1", "europe-west1", "europe-west3", "europe-west4",
	"europe-west8", "europe-west9",
}

// Region is one of the European Union.
func Region(region string) error {
	if !slices.Contains(regions, region) {
		return &limit.Error{Got: region, Want: "one of " + limit.List(regions), Fix: "leave it out for europe-west4"}
	}
	return nil
}

// imageForm is an image of Artifact Registry, by its digest.
// https://cloud.google.com/artifact-registry/docs/docker/names
var imageForm = regexp.MustCompile(
	`^[a-z0-9-]+-docker\.pkg\.dev/[a-z0-9.:-]+/[a-z0-9-]+/[a-z0-9._/-]+(:[A-Za-z0-9._-]+)?@sha256:[0-9a-f]{64}$`)

// Image is one that Google Cloud has by itself, whatever became of others: Cloud Run pulls no image from ECR.
// https://cloud.google.com/run/docs/deploying#images
func Image(image string) error {
	if !imageForm.MatchString(image) {
		return &limit.Error{Got: image, Want: "an image in Artifact Registry with its digest",
			Fix: "push it there too, and write it like europe-docker.pkg.dev/PROJECT/haven/processmaker@sha256:…"}
	}
	return nil
}

// dumpForm is where a dump lies in the mirror.
var dumpForm = regexp.MustCompile(`^tenants/([a-z0-9-]+)/(dumps|final)/[0-9]{8}T[0-9]{6}Z$`)

// Dump is the place of one of the tenant's own dumps.
func Dump(dump, tenant string) error {
	found := dumpForm.FindStringSubmatch(dump)
	if found == nil || found[1] != tenant {
		return &limit.Error{Got: dump, Want: "the prefix of a dump of " + tenant + " in the mirror",
			Fix: "write it like tenants/" + tenant + "/dumps/20261121T220000Z"}
	}
	return nil
}

// bucketForm: https://cloud.google.com/storage/docs/buckets#naming
var bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$`)

// Bucket is the name of the mirror's bucket.
func Bucket(name string) error {
	if !bucketForm.MatchString(name) || strings.HasPrefix(name, "goog") {
		return &limit.Error{Got: name, Want: "the name of the mirror's bucket",
			Fix: "ask the mirror's stack for its output \"bucket\""}
	}
	return nil
}
