package cloud

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/props"
)

// project is a world of Google Cloud: a project with its services on, a key in EUR4 that Cloud Storage may use, and a
// bucket that transfers may fill.
type project struct {
	*fakeWorld
	ring, key, bucket Resource
}

const user = "roles/cloudkms.cryptoKeyEncrypterDecrypter"

func storageAgent() string  { return "serviceAccount:" + GoogleProject(account).StorageAgent() }
func transferAgent() string { return "serviceAccount:" + GoogleProject(account).TransferAgent() }

// bare is a project with its services on.
func bare(t *testing.T) *fakeWorld {
	w := newWorld(t)
	for _, service := range []string{"cloudkms", "cloudresourcemanager", "pubsub", "storagetransfer"} {
		w.make(gcpService, settings{"service": service + ".googleapis.com"})
	}
	return w
}

func google4(t *testing.T) *project {
	g := &project{fakeWorld: bare(t)}
	g.ring = g.make(gcpKeyRing, settings{"name": "ring", "location": "eur4"})
	g.key = g.make(gcpCryptoKey, settings{"name": "key", "keyRing": g.ring.ID})
	g.make(gcpKeyMember, settings{"cryptoKeyId": g.key.ID, "role": user, "member": storageAgent()})
	g.bucket = g.make(gcpBucket, g.bucketProps(nil))
	for _, role := range []string{"legacyBucketReader", "objectViewer", "objectCreator"} {
		g.make(gcpBucketMember, settings{"bucket": g.bucket.ID, "role": "roles/storage." + role, "member": transferAgent()})
	}
	return g
}

func (g *project) bucketProps(changes settings) settings {
	return with(settings{"name": "mirror", "location": "EUR4", "publicAccessPrevention": "enforced",
		"encryption":      settings{"defaultKmsKeyName": g.key.ID},
		"retentionPolicy": settings{"isLocked": true, "retentionPeriod": 7776000}}, changes)
}

func TestGoogleServices(t *testing.T) {
	w := newWorld(t)
	ring := settings{"name": "ring", "location": "europe-west1"}
	_, err := w.try(gcpKeyRing, ring)
	assert.ErrorContains(t, err, "googleapi: Error 403: cloudkms.googleapis.com has not been used in project "+account+
		" before or it is disabled. Enable it by visiting")
	_, err = w.try(gcpService, settings{"service": "kms"})
	assert.ErrorContains(t, err, "Not found or permission denied for service(s): kms.")

	for _, stays := range []bool{true, false} {
		w := newWorld(t)
		require.NoError(t, w.delete(w.make(gcpService,
			settings{"service": "cloudkms.googleapis.com", "disableOnDestroy": !stays})))
		_, err = w.try(gcpKeyRing, ring)
		assert.Equal(t, stays, err == nil, "what is not disabled with its resource is enabled still")
	}
}

func TestGoogleAuditConfigs(t *testing.T) {
	each(t, bare, func(*fakeWorld) []attempt {
		config := func(service string, kinds ...string) settings {
			var configs []settings
			for _, kind := range kinds {
				configs = append(configs, settings{"logType": kind})
			}
			return settings{"project": account, "service": service, "auditLogConfigs": configs}
		}
		return []attempt{
			{"all", gcpAuditConfig, config("allServices", "ADMIN_READ", "DATA_READ", "DATA_WRITE"), ""},
			{"one", gcpAuditConfig, config("storage.googleapis.com", "DATA_READ"), ""},
			{"service", gcpAuditConfig, config("storage", "DATA_READ"), "Audit config service storage is not valid."},
			{"kind", gcpAuditConfig, config("allServices", "ADMIN_WRITE"), `"ADMIN_WRITE"`},
			{"twice", gcpAuditConfig, config("allServices", "DATA_READ", "DATA_READ"), `"DATA_READ"`},
			{"project", gcpAuditConfig, with(config("allServices", "DATA_READ"), settings{"project": "other"}),
				"googleapi: Error 403: The caller does not have permission, forbidden"},
		}
	})
	_, err := newWorld(t).try(gcpAuditConfig, settings{"project": account, "service": "allServices"})
	assert.ErrorContains(t, err, "cloudresourcemanager.googleapis.com has not been used")
}

func TestGoogleKeys(t *testing.T) {
	ring := settings{"name": "ring", "location": "europe-west1"}
	each(t, bare, func(w *fakeWorld) []attempt {
		id := w.make(gcpKeyRing, ring).ID
		assert.NoError(w.t, w.delete(w.make(gcpKeyRing, with(ring, settings{"name": "gone"}))))
		key := func(changes settings) settings { return with(settings{"name": "key", "keyRing": id}, changes) }
		return []attempt{
			{"ring", gcpKeyRing, with(ring, settings{"name": "two"}), ""},
			{"unnamed", gcpKeyRing, with(ring, settings{"name": nil, "location": "eur4"}), ""},
			{"ring taken", gcpKeyRing, ring, "googleapi: Error 409: KeyRing " + id + " already exists., alreadyExists"},
			{"ring gone", gcpKeyRing, with(ring, settings{"name": "gone"}), "already exists."},
			{"ring's name", gcpKeyRing, with(ring, settings{"name": "a b"}), "must match"},
			{"ring's location", gcpKeyRing, with(ring, settings{"location": "EUR4"}), "Location 'EUR4' is not found"},
			{"key", gcpCryptoKey, key(settings{"rotationPeriod": "7776000s", "destroyScheduledDuration": "7776000s"}), ""},
			{"key's ring", gcpCryptoKey, key(settings{"keyRing": "r"}),
				"googleapi: Error 404: KeyRing r not found., notFound"},
			{"key's rotation", gcpCryptoKey, key(settings{"rotationPeriod": "3600s"}),
				"greater than or equal to 86400s: 3600s"},
			{"no period", gcpCryptoKey, key(settings{"rotationPeriod": "90d"}), "greater than or equal to 86400s: 90d"},
			{"destroyed too soon", gcpCryptoKey, key(settings{"destroyScheduledDuration": "3600s"}),
				"destroy_scheduled_duration 3600s must be between 24 hours and 120 days"},
			{"never destroyed", gcpCryptoKey, key(settings{"destroyScheduledDuration": "10368001s"}), "120 days"},
		}
	})
}

func TestGoogleGrants(t *testing.T) {
	each(t, google4, func(g *project) []attempt {
		grant := func(changes settings) settings {
			return with(settings{"bucket": "mirror", "role": "roles/storage.objectViewer",
				"member": "group:auditors@haven.example"}, changes)
		}
		const member = "invalid value for member (IAM members must have one of the values outlined here"
		return []attempt{
			{"group", gcpBucketMember, grant(nil), ""},
			{"agent", gcpBucketMember, grant(settings{"member": storageAgent()}), ""},
			{"custom role", gcpBucketMember, grant(settings{"role": "projects/haven-demo/roles/reader"}), ""},
			{"bucket", gcpBucketMember, grant(settings{"bucket": "none"}), "Error 404: The specified bucket does not exist."},
			{"key", gcpKeyMember, settings{"cryptoKeyId": "k", "role": user, "member": storageAgent()}, "CryptoKey k not found."},
			{"member's form", gcpBucketMember, grant(settings{"member": "auditors@haven.example"}), member},
			{"no such account", gcpBucketMember, grant(settings{"member": "serviceAccount:x@y.iam.gserviceaccount.com"}),
				"Service account x@y.iam.gserviceaccount.com does not exist."},
			{"role's form", gcpBucketMember, grant(settings{"role": "objectViewer"}), "Role objectViewer is not supported"},
			{"public", gcpBucketMember, grant(settings{"member": "allUsers"}),
				"googleapi: Error 412: One or more users named in the policy do not belong to a permitted customer"},
		}
	})
}

func TestGoogleBuckets(t *testing.T) {
	each(t, google4, func(g *project) []attempt {
		other := g.make(gcpCryptoKey, settings{"name": "other", "keyRing": g.ring.ID})
		bucket := func(changes settings) settings {
			return with(with(g.bucketProps(nil), settings{"name": "second"}), changes)
		}
		placed := func(location string, regions ...string) settings {
			return bucket(settings{"location": location, "encryption": nil,
				"customPlacementConfig": settings{"dataLocations": regions}})
		}
		rule := func(action, condition settings) settings {
			return bucket(settings{"lifecycleRules": []settings{{"action": action, "condition": condition}}})
		}
		deletion, aged := settings{"type": "Delete"}, settings{"age": 90}
		return []attempt{
			{"new", gcpBucket, bucket(nil), ""},
			{"taken", gcpBucket, bucket(settings{"name": "mirror"}),
				"googleapi: Error 409: The requested bucket name is not available."},
			{"name", gcpBucket, bucket(settings{"name": "goog-x"}), "googleapi: Error 400: Invalid bucket name: 'goog-x', invalid"},
			{"key", gcpBucket, bucket(settings{"encryption": settings{"defaultKmsKeyName": "k"}}), "Cloud KMS key k not found"},
			{"key elsewhere", gcpBucket, bucket(settings{"location": "EU"}), "The location of the Cloud KMS key (eur4) does not" +
				" match the location of the bucket (EU)."},
			{"key not granted", gcpBucket, bucket(settings{"encryption": settings{"defaultKmsKeyName": other.ID}}),
				"googleapi: Error 403: Permission denied on Cloud KMS key."},
			{"location", gcpBucket, bucket(settings{"location": "EUROPE"}), "location constraint is not valid: EUROPE"},
			{"pair", gcpBucket, placed("EU", "EUROPE-WEST1", "EUROPE-NORTH1"), ""},
			{"pair in a pair", gcpBucket, placed("EUR4", "EUROPE-WEST1", "EUROPE-NORTH1"), "custom placement config"},
			{"pair of one", gcpBucket, placed("EU", "EUROPE-WEST1"), "custom placement config is not valid"},
			{"pair far away", gcpBucket, placed("EU", "EUROPE-WEST1", "US-EAST1"), "EUROPE-WEST1, US-EAST1 in EU"},
			{"versions", gcpBucket, bucket(settings{"versioning": settings{"enabled": true}}),
				"A bucket with a retention policy cannot have Object Versioning enabled."},
			{"versions alone", gcpBucket, bucket(settings{"versioning": settings{"enabled": true}, "retentionPolicy": nil}), ""},
			{"retention", gcpBucket, bucket(settings{"retentionPolicy": settings{"retentionPeriod": 3155760001}}), "100 years"},
			{"soft", gcpBucket, bucket(settings{"softDeletePolicy": settings{"retentionDurationSeconds": 86400}}),
				"Soft delete retention duration must be 0 or between 7 and 90 days."},
			{"not soft", gcpBucket, bucket(settings{"softDeletePolicy": settings{"retentionDurationSeconds": 0}}), ""},
			{"prevention", gcpBucket, bucket(settings{"publicAccessPrevention": "on"}), "publicAccessPrevention on"},
			{"deletion", gcpBucket, rule(deletion, aged), ""},
			{"colder", gcpBucket, rule(settings{"type": "SetStorageClass", "storageClass": "ARCHIVE"}, aged), ""},
			{"unknown action", gcpBucket, rule(settings{"type": "Archive"}, aged), "Unknown lifecycle action: Archive"},
			{"no class", gcpBucket, rule(settings{"type": "SetStorageClass"}, aged), "Invalid storage class"},
			{"S3's class", gcpBucket, rule(settings{"type": "SetStorageClass", "storageClass": "GLACIER"}, aged), "'GLACIER'"},
			{"class to delete", gcpBucket, rule(with(deletion, settings{"storageClass": "ARCHIVE"}), aged), "'ARCHIVE'"},
			{"no condition", gcpBucket, rule(deletion, settings{}), "must have at least one condition"},
		}
	})
}

// TestLockedRetention: once locked, a retention can only grow.
func TestLockedRetention(t *testing.T) {
	for _, test := range []struct {
		name   string
		policy any
		want   string
	}{
		{"longer", settings{"isLocked": true, "retentionPeriod": 7776001}, ""},
		{"shorter", settings{"isLocked": true, "retentionPeriod": 7775999}, "googleapi: Error 403: Cannot reduce retention" +
			" duration of a locked Retention Policy for bucket 'mirror'., forbidden"},
		{"unlocked", settings{"isLocked": false, "retentionPeriod": 7776000},
			"googleapi: Error 403: Cannot remove or unlock the locked Retention Policy of bucket 'mirror'."},
		{"removed", nil, "Cannot remove or unlock the locked Retention Policy"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := google4(t)
			_, err := g.update(g.bucket, g.bucketProps(settings{"retentionPolicy": test.policy}))
			expect(t, err, test.want)
		})
	}
	g := google4(t)
	free := g.make(gcpBucket, g.bucketProps(settings{"name": "free",
		"retentionPolicy": settings{"isLocked": false, "retentionPeriod": 7776000}}))
	_, err := g.update(free, g.bucketProps(settings{"name": "free", "retentionPolicy": nil}))
	assert.NoError(t, err, "what is not locked may be shortened")
}

// fullWorld is a world in which each bucket holds objects that came then.
type fullWorld struct {
	*fakeWorld
	objects []time.Time
}

func (w fullWorld) ObjectsIn(string) []time.Time { return w.objects }

// TestRetainedObjectsKeepTheirBucket: a bucket goes when it is empty, or when its objects may be deleted first.
func TestRetainedObjectsKeepTheirBucket(t *testing.T) {
	const retained = "googleapi: Error 403: An object in bucket 'mirror' is subject to the bucket's retention policy and" +
		" cannot be deleted or overwritten until 2025-05-30T12:00:00Z, retentionPolicyNotMet"
	fresh, old := noon, noon.Add(-90*24*time.Hour)
	for name, test := range map[string]struct {
		changes settings
		objects []time.Time
		want    string
	}{
		"empty":     {nil, nil, ""},
		"not empty": {nil, []time.Time{old}, "googleapi: Error 409: The bucket you tried to delete is not empty., conflict"},
		"emptied":   {settings{"forceDestroy": true}, []time.Time{old}, ""},
		"locked":    {settings{"forceDestroy": true}, []time.Time{old, fresh}, retained},
		"not locked": {settings{"forceDestroy": true, "retentionPolicy": settings{"retentionPeriod": 7776000}},
			[]time.Time{fresh}, retained},
		"free": {settings{"forceDestroy": true, "retentionPolicy": nil}, []time.Time{fresh}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := google4(t)
			call := g.call(gcpBucket, g.bucketProps(test.changes), &g.bucket)
			call.World, call.ID = fullWorld{g.fakeWorld, test.objects}, g.bucket.ID
			expect(t, refuseGoogleBucketDelete(call), test.want)
		})
	}
}

func TestTransferJobs(t *testing.T) {
	each(t, google4, func(g *project) []attempt {
		g.make(gcpBucket, g.bucketProps(settings{"name": "closed"}))
		g.make(gcpTopic, settings{"name": "deaf"})
		told := g.make(gcpTopic, settings{"name": "told"})
		g.make(gcpTopicMember, settings{"topic": "told", "role": "roles/pubsub.publisher", "member": transferAgent()})
		reporting := func(topic string) settings {
			return settings{"notificationConfig": settings{"pubsubTopic": topic, "payloadFormat": "NONE"}}
		}
		spec := func(changes settings) settings {
			return with(settings{
				"awsS3DataSource": settings{"bucketName": "source", "roleArn": "arn:aws:iam::123456789012:role/demo-mirror-demo-cell"},
				"gcsDataSink":     settings{"bucketName": "mirror"},
				"transferOptions": settings{"overwriteWhen": "NEVER"},
			}, changes)
		}
		job := func(changes settings) settings {
			return with(settings{"description": "d", "transferSpec": spec(nil)}, changes)
		}
		specified := func(changes settings) settings { return job(settings{"transferSpec": spec(changes)}) }
		source := func(changes settings) settings {
			return specified(settings{"awsS3DataSource": with(settings{"bucketName": "source"}, changes)})
		}
		return []attempt{
			{"events", gcpTransferJob, job(settings{"eventStream": settings{
				"name": "arn:aws:sqs:eu-west-1:123456789012:events"}}), ""},
			{"hourly", gcpTransferJob, job(settings{"schedule": settings{"repeatInterval": "3600s"}}), ""},
			{"named", gcpTransferJob, job(settings{"name": "transferJobs/mirror"}), ""},
			{"name", gcpTransferJob, job(settings{"name": "mirror"}), "Invalid transfer job name: mirror"},
			{"too often", gcpTransferJob, job(settings{"schedule": settings{"repeatInterval": "900s"}}),
				"Repeat interval must be at least one hour: 900s"},
			{"no queue", gcpTransferJob, job(settings{"eventStream": settings{
				"name": "https://sqs.eu-west-1.amazonaws.com/1/events"}}), "Invalid event stream name: https://sqs"},
			{"role", gcpTransferJob, source(settings{"roleArn": "demo-mirror"}), "Invalid AWS role ARN: demo-mirror"},
			{"path", gcpTransferJob, source(settings{"path": "tenants"}), "Path must be empty or end with '/': tenants"},
			{"age", gcpTransferJob, specified(settings{"objectConditions": settings{
				"maxTimeElapsedSinceLastModification": "90d"}}), `"90d"`},
			{"sink", gcpTransferJob, specified(settings{"gcsDataSink": settings{"bucketName": "none"}}), "Bucket none not found."},
			{"not admitted", gcpTransferJob, specified(settings{"gcsDataSink": settings{"bucketName": "closed"}}),
				"does not have storage.buckets.get access to the Google Cloud Storage bucket closed. Permission" +
					" 'storage.buckets.get' denied on resource (or it may not exist)., failedPrecondition"},
			{"may not delete", gcpTransferJob, specified(settings{"transferOptions": settings{"deleteObjectsUniqueInSink": true}}),
				"does not have storage.objects.delete access"},
			{"reports", gcpTransferJob, job(reporting(told.ID)), ""},
			{"reports nowhere", gcpTransferJob, job(reporting("told")), "Invalid Pub/Sub topic name: told"},
			{"may not report", gcpTransferJob, job(reporting("projects/" + account + "/topics/deaf")),
				"does not have publish access to the Pub/Sub topic projects/" + account + "/topics/deaf."},
		}
	})
	_, err := newWorld(t).try(gcpTransferJob, settings{"description": "d"})
	assert.ErrorContains(t, err, "storagetransfer.googleapis.com has not been used in project")
	g := google4(t)
	job := g.make(gcpTransferJob, settings{"description": "d", "transferSpec": settings{
		"gcsDataSink": settings{"bucketName": "mirror"}}})
	assert.Equal(t, "transferJobs/"+strings.TrimPrefix(job.ID, account+"/"), job.Text("name"))
}

func TestGoogleTopics(t *testing.T) {
	each(t, bare, func(w *fakeWorld) []attempt {
		w.make(gcpTopic, settings{"name": "taken"})
		member := settings{"topic": "taken", "role": "roles/pubsub.publisher", "member": transferAgent()}
		return []attempt{
			{"new", gcpTopic, settings{"name": "demo-mirror-hourly"}, ""},
			{"taken", gcpTopic, settings{"name": "taken"}, "Resource already exists in the project (resource=taken)."},
			{"short", gcpTopic, settings{"name": "ab"}, "Invalid [topics] name: (name=projects/" + account + "/topics/ab)"},
			{"Google's", gcpTopic, settings{"name": "google-mirror"}, "Invalid [topics] name"},
			{"admitted", gcpTopicMember, member, ""},
			{"of none", gcpTopicMember, with(member, settings{"topic": "none"}), "Resource not found (resource=none)."},
		}
	})
	_, err := newWorld(t).try(gcpTopic, settings{"name": "early"})
	assert.ErrorContains(t, err, "pubsub.googleapis.com has not been used in project")
	w := bare(t)
	assert.Equal(t, "projects/"+account+"/topics/own", w.make(gcpTopic, settings{"name": "own"}).ID)
}

func counter(changes settings) settings {
	return with(settings{"name": "demo-dumps", "filter": `resource.type="gcs_bucket"`,
		"metricDescriptor": settings{"metricKind": "DELTA", "valueType": "INT64",
			"labels": []settings{{"key": "tenant", "valueType": "STRING"}}},
		"labelExtractors": settings{"tenant": `REGEXP_EXTRACT(protoPayload.resourceName, "tenants/([^/]+)/")`}}, changes)
}

func TestLogBasedMetrics(t *testing.T) {
	each(t, newWorld, func(w *fakeWorld) []attempt {
		w.make(gcpLogMetric, counter(settings{"name": "taken"}))
		extracting := func(extractor string) settings {
			return counter(settings{"labelExtractors": settings{"tenant": extractor}})
		}
		described := func(kind, value string) settings {
			return counter(settings{"metricDescriptor": settings{"metricKind": kind, "valueType": value},
				"labelExtractors": nil})
		}
		return []attempt{
			{"counter", gcpLogMetric, counter(nil), ""},
			{"plain extractor", gcpLogMetric, extracting("EXTRACT(protoPayload.methodName)"), ""},
			{"taken", gcpLogMetric, counter(settings{"name": "taken"}), "googleapi: Error 409: Metric taken already exists"},
			{"name", gcpLogMetric, counter(settings{"name": "/dumps"}), "Invalid metric name: /dumps"},
			{"gauge", gcpLogMetric, described("GAUGE", "INT64"), "kind GAUGE and value type INT64 is not supported"},
			{"double", gcpLogMetric, described("DELTA", "DOUBLE"), "value type DOUBLE is not supported"},
			{"distribution of nothing", gcpLogMetric, described("DELTA", "DISTRIBUTION"), "A value extractor is required"},
			{"filter", gcpLogMetric, counter(settings{"filter": `resource.type="x`}), `Unparseable filter: resource.type="x`},
			{"no label", gcpLogMetric, counter(settings{"metricDescriptor": settings{"metricKind": "DELTA", "valueType": "INT64"}}),
				"Label tenant has an extractor and no descriptor"},
			{"no extractor", gcpLogMetric, counter(settings{"labelExtractors": nil}), "1 labels with 0 extractors"},
			{"two groups", gcpLogMetric, extracting(`REGEXP_EXTRACT(a.b, "(x)(y)")`), "Invalid extractor of label tenant"},
			{"no group", gcpLogMetric, extracting(`REGEXP_EXTRACT(a.b, "x")`), "Invalid extractor"},
			{"no expression", gcpLogMetric, extracting("protoPayload.resourceName"), "Invalid extractor"},
		}
	})
}

func TestNotificationChannels(t *testing.T) {
	each(t, newWorld, func(*fakeWorld) []attempt {
		email := func(address string) settings {
			return settings{"type": "email", "labels": settings{"email_address": address}}
		}
		return []attempt{
			{"email", gcpChannel, email("oncall@haven.example"), ""},
			{"no address", gcpChannel, settings{"type": "email"}, "must be a well-formed email address"},
			{"bad address", gcpChannel, email("On call <oncall@haven.example>"), "must be a well-formed email address"},
		}
	})
}

func TestAlertPolicies(t *testing.T) {
	each(t, newWorld, func(w *fakeWorld) []attempt {
		channel := w.make(gcpChannel, settings{"type": "email", "labels": settings{"email_address": "a@haven.example"}})
		w.make(gcpLogMetric, counter(nil))
		policy := func(changes settings, conditions ...settings) settings {
			for i := range conditions {
				conditions[i]["displayName"] = "c"
			}
			return with(settings{"displayName": "p", "combiner": "OR", "conditions": conditions,
				"notificationChannels": []string{channel.ID}}, changes)
		}
		promQL := func(changes settings) settings {
			return settings{"conditionPrometheusQueryLanguage": with(settings{
				"query": `absent_over_time(logging_googleapis_com:user_demo_dumps{tenant="a"}[24h])`}, changes)}
		}
		onLogs := func() settings { return settings{"conditionMatchedLog": settings{"filter": `resource.type="project"`}} }
		limited := settings{"alertStrategy": settings{"notificationRateLimit": settings{"period": "300s"}}}
		threshold := func(changes settings) settings {
			return settings{"conditionThreshold": with(settings{"comparison": "COMPARISON_GT", "duration": "0s",
				"filter": `resource.type = "gcs_bucket" AND metric.type = "logging.googleapis.com/user/demo-dumps"`}, changes)}
		}
		absent := func(duration string) settings {
			return settings{"conditionAbsent": settings{"duration": duration,
				"filter": `resource.type = "gcs_bucket" AND metric.type = "storage.googleapis.com/api/request_count"`}}
		}
		const missing = "googleapi: Error 404: Cannot find metric(s) that match type ="
		return []attempt{
			{"PromQL", gcpAlertPolicy, policy(nil, promQL(nil)), ""},
			{"PromQL's metric", gcpAlertPolicy, policy(nil, promQL(settings{
				"query": `sum(logging_googleapis_com:user_none)`})), missing},
			{"PromQL's brackets", gcpAlertPolicy, policy(nil, promQL(settings{"query": `sum(up`})), "Invalid PromQL query: sum(up"},
			{"PromQL's reach", gcpAlertPolicy, policy(nil, promQL(settings{"query": "sum(increase(up[26h]))"})),
				"needs an evaluation interval of at least 5 minutes: [26h]"},
			{"PromQL's interval", gcpAlertPolicy, policy(nil, promQL(settings{"evaluationInterval": "45s"})),
				"must be a positive multiple of 30 seconds: 45s"},
			{"logs", gcpAlertPolicy, policy(limited, onLogs()), ""},
			{"logs without limit", gcpAlertPolicy, policy(nil, onLogs()), "notification_rate_limit is required"},
			{"logs beside others", gcpAlertPolicy, policy(limited, onLogs(), promQL(nil)), "exactly one condition"},
			{"limit without logs", gcpAlertPolicy, policy(limited, promQL(nil)), "and for no others"},
			{"limit", gcpAlertPolicy, policy(settings{"alertStrategy": settings{"notificationRateLimit": settings{"period": "60s"}}},
				onLogs()), "between 5 minutes and 183 days: 60s"},
			{"closing", gcpAlertPolicy, policy(settings{"alertStrategy": settings{"autoClose": "60s"}}, promQL(nil)),
				"auto_close must be between 30 minutes and 7 days: 60s"},
			{"threshold", gcpAlertPolicy, policy(nil, threshold(nil)), ""},
			{"threshold's metric", gcpAlertPolicy, policy(nil, threshold(settings{
				"filter": `resource.type = "gcs_bucket" AND metric.type = "logging.googleapis.com/user/none"`})), missing},
			{"threshold's filter", gcpAlertPolicy, policy(nil, threshold(settings{"filter": `metric.type = "x"`})),
				`must specify a restriction on "resource.type"`},
			{"threshold's duration", gcpAlertPolicy, policy(nil, threshold(settings{"duration": "90s"})), "multiple of a minute"},
			{"threshold's alignment", gcpAlertPolicy, policy(nil, threshold(settings{
				"aggregations": []settings{{"alignmentPeriod": "30s"}}})), "between 60s and 90000s: 30s"},
			{"absence", gcpAlertPolicy, policy(nil, absent("84600s")), ""},
			{"absence of a day", gcpAlertPolicy, policy(nil, absent("86400s")), "at most 23 hours and 30 minutes: 86400s"},
			{"no kind", gcpAlertPolicy, policy(nil, settings{}), "A condition is of exactly one kind, not 0"},
			{"no condition", gcpAlertPolicy, policy(settings{"conditions": []settings{}}), "between 1 and 6 conditions"},
			{"channel", gcpAlertPolicy, policy(settings{"notificationChannels": []string{"c"}}, promQL(nil)),
				"Could not find notification channel c"},
		}
	})
}

// TestChannelsOfAlertPoliciesStay: a channel that an alarm is sent to is not deleted.
func TestChannelsOfAlertPoliciesStay(t *testing.T) {
	w := newWorld(t)
	channel := w.make(gcpChannel, settings{"type": "email", "labels": settings{"email_address": "a@haven.example"}})
	policy := w.make(gcpAlertPolicy, settings{"displayName": "p", "notificationChannels": []string{channel.ID},
		"conditions": []settings{{"displayName": "c", "conditionPrometheusQueryLanguage": settings{"query": "up"}}}})
	assert.Regexp(t, "^projects/"+account+`/alertPolicies/\d{19}$`, policy.ID)
	assert.Regexp(t, "^"+policy.ID+`/conditions/\d+$`, props.Text(policy.Outputs, "conditions[*].name"))
	assert.ErrorContains(t, w.delete(channel), "is used by an alert policy")
	require.NoError(t, w.delete(policy))
	assert.NoError(t, w.delete(channel))
}
