package cloud

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

const kmsService = "cloudkms.googleapis.com"

// Keys: https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.
func gcpKMSTypes() []*Type {
	ringNotFound := google.says("", "notFound", "KeyRing %s not found.").withStatus(404)
	keyNotFound := google.says("", "notFound", "CryptoKey %s not found.").withStatus(404)
	return []*Type{
		{
			Token:    gcpKeyRing,
			ID:       func(c *Call) string { return keyLocation(c) + "/keyRings/" + autoName(c) },
			Refuse:   onCreate(firstOf(needs(kmsService), kmsResourceName, refuseKeyLocation, neverDeleted("KeyRing"))),
			Computed: keyRingOutputs, Retains: remainsForEver,
		},
		{
			Token:      gcpCryptoKey,
			ID:         func(c *Call) string { return c.text("keyRing") + "/cryptoKeys/" + autoName(c) },
			References: []Reference{{Property: "keyRing", To: gcpKeyRing, By: "id", NotFound: ringNotFound}},
			Refuse: firstOf(onCreate(firstOf(needs(kmsService), kmsResourceName, neverDeleted("CryptoKey"))),
				refuseRotationPeriod, refuseDestruction),
			Computed: cryptoKeyOutputs, Retains: remainsForEver,
		},
		GoogleKeyGrant.kind(func(c *Call) string { return c.text("cryptoKeyId") },
			Reference{Property: "cryptoKeyId", To: gcpCryptoKey, By: "id", NotFound: keyNotFound}),
	}
}

func keyLocation(c *Call) string {
	project := c.text("project")
	if project == "" {
		project = c.Account
	}
	return "projects/" + project + "/locations/" + c.text("location")
}

// keyLocations are those beside single regions: https://cloud.google.com/kms/docs/locations.
var (
	keyLocations = []string{"global", "africa", "asia", "asia1", "eur3", "eur4", "eur5", "eur6", "europe", "in", "nam3",
		"nam4", "nam6", "nam7", "nam8", "nam9", "nam10", "nam11", "nam12", "us"}
	googleRegion = regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]{1,2}$`)
)

func refuseKeyLocation(c *Call) error {
	location := c.text("location")
	if !slices.Contains(keyLocations, location) && !googleRegion.MatchString(location) {
		return google.refuses("", "notFound", "Location '%s' is not found or not supported.", location).withStatus(404)
	}
	return nil
}

var kmsName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,63}$`)

func kmsResourceName(c *Call) error {
	if name := lastPart(c.ID, "/"); !kmsName.MatchString(name) {
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
	return []Retained{{Type: c.Type.Token, ID: c.ID, Name: lastPart(c.ID, "/"), Region: global, Account: c.Account}}
}

const daySeconds = 24 * 60 * 60

// refuseRotationPeriod: https://cloud.google.com/kms/docs/key-rotation, a day at least.
func refuseRotationPeriod(c *Call) error {
	period := c.text("rotationPeriod")
	if period != "" && !durationWithin(period, daySeconds, 100*365*daySeconds) {
		return google.refuses("", "badRequest", "rotation period must be greater than or equal to 86400s: %s", period)
	}
	return nil
}

// refuseDestruction: https://cloud.google.com/kms/docs/destroy-restore, from a day to 120.
func refuseDestruction(c *Call) error {
	after := c.text("destroyScheduledDuration")
	if after != "" && !durationWithin(after, daySeconds, 120*daySeconds) {
		return google.refuses("", "badRequest", "The request is invalid: destroy_scheduled_duration %s must be between"+
			" 24 hours and 120 days", after)
	}
	return nil
}

func keyRingOutputs(c *Call) map[string]property.Value {
	return c.outputs().fillText("project", c.Account).fillText("name", lastPart(c.ID, "/")).values
}

func cryptoKeyOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		fillText("name", lastPart(c.ID, "/")).
		fillText("destroyScheduledDuration", "2592000s").
		fill("importOnly", property.New(false)).
		fill("versionTemplate", object(map[string]property.Value{
			"algorithm": property.New("GOOGLE_SYMMETRIC_ENCRYPTION"), "protectionLevel": property.New("SOFTWARE")})).
		fill("primaries", property.New([]property.Value{object(map[string]property.Value{
			"name": property.New(c.ID + "/cryptoKeyVersions/1"), "state": property.New("ENABLED")})})).
		values
}

// locationOfKey is that in a key's resource name.
func locationOfKey(id string) string {
	parts := strings.Split(id, "/")
	if len(parts) < 4 {
		return ""
	}
	return parts[3]
}
