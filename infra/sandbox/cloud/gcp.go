package cloud

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Google Cloud: https://cloud.google.com/storage/docs/buckets#naming and
// https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.
func gcpTypes() []*Type {
	return []*Type{
		{
			Token: gcpBucket, Global: true, ID: func(c *Call) string { return c.text("name") },
			References: []Reference{{Property: "encryption.defaultKmsKeyName", To: gcpCryptoKey, By: "id",
				NotFound: google.says("", "notFound", "Cloud KMS key %s not found").withStatus(404)}},
			Refuse: onCreate(refuseGoogleBucket), Computed: googleBucketOutputs,
		},
		{
			Token: gcpKeyRing, Global: true,
			ID:     func(c *Call) string { return location(c) + "/keyRings/" + c.text("name") },
			Refuse: onCreate(firstOf(kmsResourceName, neverDeleted("KeyRing"))), Retains: remainsForEver,
		},
		{
			Token: gcpCryptoKey, Global: true,
			ID: func(c *Call) string { return c.text("keyRing") + "/cryptoKeys/" + c.text("name") },
			References: []Reference{{Property: "keyRing", To: gcpKeyRing, By: "id",
				NotFound: google.says("", "notFound", "KeyRing %s not found.").withStatus(404)}},
			Refuse:   firstOf(onCreate(firstOf(kmsResourceName, neverDeleted("CryptoKey"))), refuseRotationPeriod),
			Computed: cryptoKeyOutputs, Retains: remainsForEver,
		},
	}
}

func location(c *Call) string {
	project := c.text("project")
	if project == "" {
		project = c.Account
	}
	return "projects/" + project + "/locations/" + c.text("location")
}

var googleBucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$`)

func refuseGoogleBucket(c *Call) error {
	name := c.text("name")
	_, err := netip.ParseAddr(name)
	if err == nil || !googleBucketName.MatchString(name) || strings.HasPrefix(name, "goog") ||
		strings.Contains(name, "google") {
		return google.refuses("", "invalid", "Invalid bucket name: '%s'", name)
	}
	taken := slices.ContainsFunc(c.World.List(gcpBucket, "", ""), func(other Resource) bool { return other.ID == name })
	if taken {
		return google.says("", "conflict",
			"The requested bucket name is not available. The bucket namespace is shared by all"+
				" users of the system. Please select a different name and try again.").withStatus(409)
	}
	return nil
}

func googleBucketOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		fillText("project", c.Account).
		text("selfLink", "https://www.googleapis.com/storage/v1/b/"+c.ID).
		text("url", "gs://"+c.ID).
		set("projectNumber", property.New(projectNumber(c))).
		fillText("publicAccessPrevention", "inherited").
		fill("uniformBucketLevelAccess", property.New(false)).
		fillText("rpo", "DEFAULT").
		fill("softDeletePolicy", object(map[string]property.Value{"retentionDurationSeconds": num(604800)})).
		values
}

// projectNumber follows from the project's ID here; Google draws it.
func projectNumber(c *Call) float64 {
	number, _ := strconv.ParseFloat(decimal(c.Account, 1<<31), 64) // decimal digits always parse
	return number
}

var kmsName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,63}$`)

func kmsResourceName(c *Call) error {
	if name := c.text("name"); !kmsName.MatchString(name) {
		return google.refuses("", "badRequest", "The resource name '%s' must match [a-zA-Z0-9_-]{1,63}.", name)
	}
	return nil
}

// neverDeleted: key rings and keys keep their names for ever, https://cloud.google.com/kms/docs/faq#cannot_delete.
func neverDeleted(kind string) check {
	return func(c *Call) error {
		same := func(left Retained) bool { return left.ID == c.ID }
		live := slices.ContainsFunc(c.World.List(c.Type.Token, c.Account, ""),
			func(r Resource) bool { return r.ID == c.ID })
		if live || slices.ContainsFunc(c.World.Retained(c.Type.Token, c.Account, ""), same) {
			return google.refuses("", "alreadyExists", "%s %s already exists.", kind, c.ID).withStatus(409)
		}
		return nil
	}
}

func remainsForEver(c *Call) []Retained {
	return []Retained{{Type: c.Type.Token, ID: c.ID, Name: c.text("name"), Region: global, Account: c.Account}}
}

// refuseRotationPeriod: https://cloud.google.com/kms/docs/key-rotation, a day at least.
func refuseRotationPeriod(c *Call) error {
	period := c.text("rotationPeriod")
	if period == "" {
		return nil
	}
	seconds, err := strconv.ParseFloat(strings.TrimSuffix(period, "s"), 64)
	if err != nil || !strings.HasSuffix(period, "s") || seconds < 86400 {
		return google.refuses("", "badRequest", "rotation period must be greater than or equal to 86400s: %s", period)
	}
	return nil
}

func cryptoKeyOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		fillText("destroyScheduledDuration", "2592000s").
		fill("importOnly", property.New(false)).
		fill("versionTemplate", object(map[string]property.Value{
			"algorithm": property.New("GOOGLE_SYMMETRIC_ENCRYPTION"), "protectionLevel": property.New("SOFTWARE")})).
		fill("primaries", property.New([]property.Value{object(map[string]property.Value{
			"name": property.New(c.ID + "/cryptoKeyVersions/1"), "state": property.New("ENABLED")})})).
		values
}
