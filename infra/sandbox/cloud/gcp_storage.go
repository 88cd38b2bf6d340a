package cloud

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Buckets: https://cloud.google.com/storage/docs/json_api/v1/buckets.
func gcpStorageTypes() []*Type {
	notFound := google.says("", "notFound", "The specified bucket does not exist.").withStatus(404)
	return []*Type{
		{
			Token: gcpBucket, ID: func(c *Call) string { return autoName(c) },
			References: []Reference{{Property: "encryption.defaultKmsKeyName", To: gcpCryptoKey, By: "id",
				NotFound: google.says("", "notFound", "Cloud KMS key %s not found").withStatus(404)}},
			Refuse: firstOf(onCreate(firstOf(refuseGoogleBucket, refuseGoogleBucketTaken, refusePlacement)),
				refuseBucketKey, refuseProtection, refuseUnlocking, refuseGoogleLifecycle),
			Computed: googleBucketOutputs, RefuseDelete: refuseGoogleBucketDelete,
		},
		GoogleBucketGrant.kind(func(c *Call) string { return "b/" + strings.TrimPrefix(c.text("bucket"), "b/") },
			Reference{Property: "bucket", To: gcpBucket, By: "name", NotFound: notFound}, refusePublicGrant),
	}
}

var googleBucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$`)

// refuseGoogleBucket: https://cloud.google.com/storage/docs/buckets#naming.
func refuseGoogleBucket(c *Call) error {
	name := c.ID
	_, err := netip.ParseAddr(name)
	if err == nil || !googleBucketName.MatchString(name) || strings.HasPrefix(name, "goog") ||
		strings.Contains(name, "google") {
		return google.refuses("", "invalid", "Invalid bucket name: '%s'", name)
	}
	return nil
}

// refuseGoogleBucketTaken: names are shared by all projects.
func refuseGoogleBucketTaken(c *Call) error {
	taken := func(other Resource) bool { return other.ID == c.ID }
	if slices.ContainsFunc(c.World.List(gcpBucket, "", ""), taken) {
		return google.says("", "conflict",
			"The requested bucket name is not available. The bucket namespace is shared by all"+
				" users of the system. Please select a different name and try again.").withStatus(409)
	}
	return nil
}

// keyLocationOf are the locations of a bucket beside single regions, each with that of its key: predefined dual-regions
// and multi-regions, https://cloud.google.com/storage/docs/locations and
// https://cloud.google.com/storage/docs/encryption/customer-managed-keys#key-locations.
var keyLocationOf = map[string]string{
	"ASIA": "asia", "ASIA1": "asia1", "EU": "europe", "EUR4": "eur4", "EUR5": "eur5", "EUR7": "europe", "EUR8": "europe",
	"NAM4": "nam4", "US": "us",
}

// pairs are the multi-regions in which two regions can be chosen, by what these begin with.
var pairs = map[string]string{"ASIA": "ASIA-", "EU": "EUROPE-", "US": "US-"}

// refusePlacement: https://cloud.google.com/storage/docs/locations#location-dr.
func refusePlacement(c *Call) error {
	location := strings.ToUpper(c.text("location"))
	if keyLocationOf[location] == "" && !googleRegion.MatchString(strings.ToLower(location)) {
		return google.refuses("", "invalid", "The specified location constraint is not valid: %s", location)
	}
	chosen := c.texts("customPlacementConfig.dataLocations[*]")
	if len(chosen) == 0 {
		return nil
	}
	outside := func(region string) bool {
		return pairs[location] == "" || !strings.HasPrefix(strings.ToUpper(region), pairs[location])
	}
	if len(chosen) != 2 || strings.EqualFold(chosen[0], chosen[1]) || slices.ContainsFunc(chosen, outside) {
		return google.refuses("", "invalid", "The specified custom placement config is not valid: %s in %s",
			strings.Join(chosen, ", "), location)
	}
	return nil
}

// refuseBucketKey: the key lies where the bucket does, and the project's agent of Cloud Storage may use it:
// https://cloud.google.com/storage/docs/encryption/using-customer-managed-keys.
func refuseBucketKey(c *Call) error {
	key := c.text("encryption.defaultKmsKeyName")
	if key == "" {
		return nil
	}
	location := strings.ToUpper(c.text("location"))
	wanted := keyLocationOf[location]
	if wanted == "" {
		wanted = strings.ToLower(location)
	}
	if locationOfKey(key) != wanted {
		return google.refuses("", "invalid", "The location of the Cloud KMS key (%s) does not match the location of the"+
			" bucket (%s).", locationOfKey(key), location)
	}
	agent := GoogleProject(c.Account).StorageAgent()
	if !Granted(c.World, c.Account, GoogleKeyGrant, key, agent, encryptPermission, decryptPermission) {
		return google.says("", "forbidden", "Permission denied on Cloud KMS key. Please ensure that your Cloud Storage"+
			" service account has been authorized to use this key.").withStatus(403)
	}
	return nil
}

// refuseProtection: retention takes up to 100 years and no versions beside it, soft deletion from 7 to 90 days or none:
// https://cloud.google.com/storage/docs/bucket-lock and https://cloud.google.com/storage/docs/soft-delete.
func refuseProtection(c *Call) error {
	period, retained := c.number("retentionPolicy.retentionPeriod")
	kept, softly := c.number("softDeletePolicy.retentionDurationSeconds")
	switch prevention := c.text("publicAccessPrevention"); {
	case prevention != "" && prevention != "enforced" && prevention != "inherited":
		return google.refuses("", "invalid", "Invalid argument: publicAccessPrevention %s", prevention)
	case retained && (period < 1 || period > 3155760000):
		return google.says("", "invalid", "Retention period must be between 1 second and 100 years.")
	case retained && c.flag("versioning.enabled"):
		return google.says("", "invalid", "A bucket with a retention policy cannot have Object Versioning enabled.")
	case softly && kept != 0 && (kept < 7*daySeconds || kept > 90*daySeconds):
		return google.says("", "invalid", "Soft delete retention duration must be 0 or between 7 and 90 days.")
	}
	return nil
}

// refuseUnlocking: https://cloud.google.com/storage/docs/bucket-lock#policy-locks.
func refuseUnlocking(c *Call) error {
	if c.Old == nil || !props.Flag(c.Old.Outputs, "retentionPolicy.isLocked") {
		return nil
	}
	was, _ := numberAt(c.Old.Outputs, "retentionPolicy.retentionPeriod")
	is, retained := c.number("retentionPolicy.retentionPeriod")
	switch {
	case !retained, !c.flag("retentionPolicy.isLocked"):
		return google.refuses("", "forbidden", "Cannot remove or unlock the locked Retention Policy of bucket '%s'.",
			c.ID).withStatus(403)
	case is < was:
		return google.refuses("", "forbidden", "Cannot reduce retention duration of a locked Retention Policy for bucket"+
			" '%s'.", c.ID).withStatus(403)
	}
	return nil
}

// ObjectKeeper is a world that knows when each object came into a bucket, by the bucket's name.
type ObjectKeeper interface {
	ObjectsIn(bucket string) []time.Time
}

// refuseGoogleBucketDelete: the provider deletes the objects first where it is told to, which their retention keeps it
// from: https://cloud.google.com/storage/docs/bucket-lock.
func refuseGoogleBucketDelete(c *Call) error {
	keeper, known := c.World.(ObjectKeeper)
	if !known {
		return nil
	}
	objects := keeper.ObjectsIn(c.ID)
	if len(objects) > 0 && !c.flag("forceDestroy") {
		return google.says("", "conflict", "The bucket you tried to delete is not empty.").withStatus(409)
	}
	period, _ := c.number("retentionPolicy.retentionPeriod")
	for _, made := range objects {
		if until := made.Add(time.Duration(period) * time.Second); c.Now.Before(until) {
			return google.refuses("", "retentionPolicyNotMet", "An object in bucket '%s' is subject to the bucket's retention"+
				" policy and cannot be deleted or overwritten until %s", c.ID, until.UTC().Format(time.RFC3339)).withStatus(403)
		}
	}
	return nil
}

var storageClasses = []string{"STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"}

// refuseGoogleLifecycle: https://cloud.google.com/storage/docs/lifecycle.
func refuseGoogleLifecycle(c *Call) error {
	for _, rule := range props.Maps(c.Inputs, "lifecycleRules[*]") {
		action, class := props.Text(rule, "action.type"), props.Text(rule, "action.storageClass")
		conditions := props.Maps(rule, "condition")
		switch {
		case !slices.Contains([]string{"AbortIncompleteMultipartUpload", "Delete", "SetStorageClass"}, action):
			return google.refuses("", "invalid", "Unknown lifecycle action: %s", action)
		case (action == "SetStorageClass") != (class != "") || class != "" && !slices.Contains(storageClasses, class):
			return google.refuses("", "invalid", "Invalid storage class for lifecycle action %s: '%s'", action, class)
		case len(conditions) == 0 || conditions[0].Len() == 0:
			return google.says("", "invalid", "A lifecycle rule must have at least one condition.")
		}
	}
	return nil
}

// refusePublicGrant: https://cloud.google.com/storage/docs/public-access-prevention.
func refusePublicGrant(c *Call) error {
	bucket, _ := c.findGlobal(gcpBucket, "name", strings.TrimPrefix(c.text("bucket"), "b/"))
	if strings.HasPrefix(c.text("member"), "all") && bucket.Text("publicAccessPrevention") == "enforced" {
		return google.says("", "conditionNotMet", "One or more users named in the policy do not belong to a permitted"+
			" customer: public access prevention is enforced.").withStatus(412)
	}
	return nil
}

func googleBucketOutputs(c *Call) map[string]property.Value {
	number, _ := strconv.ParseFloat(GoogleProject(c.Account).Number(), 64) // decimal digits always parse
	return c.outputs().
		fillText("name", c.ID).
		fillText("project", c.Account).
		text("selfLink", "https://www.googleapis.com/storage/v1/b/"+c.ID).
		text("url", "gs://"+c.ID).
		set("projectNumber", property.New(number)).
		fillText("publicAccessPrevention", "inherited").
		fill("uniformBucketLevelAccess", property.New(false)).
		fillText("rpo", "DEFAULT").
		fill("softDeletePolicy", object(map[string]property.Value{"retentionDurationSeconds": num(7 * daySeconds)})).
		values
}

// conditionOnPrefix is a condition on what an object's name begins with, as it is written for a bucket:
// https://cloud.google.com/iam/docs/conditions-attribute-reference#resource-name.
var conditionOnPrefix = regexp.MustCompile(
	`^resource\.name\.startsWith\("projects/_/buckets/([^/"]+)/objects/([^"]*)"\)$`)

// MayReadObject says whether a service account, of whatever project, may read an object by grants on its bucket. A
// condition of another kind lets nothing be read.
func MayReadObject(w World, bucket, object, account string) bool {
	return slices.ContainsFunc(w.List(gcpBucketMember, "", ""), func(r Resource) bool {
		if strings.TrimPrefix(r.Text("bucket"), "b/") != bucket || r.Text("member") != "serviceAccount:"+account ||
			!slices.Contains(rolePermissions[r.Text("role")], "storage.objects.get") {
			return false
		}
		if absent(r.Outputs, "condition") {
			return true
		}
		found := conditionOnPrefix.FindStringSubmatch(props.Text(r.Outputs, "condition.expression"))
		return found != nil && found[1] == bucket && strings.HasPrefix(object, found[2])
	})
}
