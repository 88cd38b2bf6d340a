package mirror_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/mirror"
	"haven/components/naming"
	"haven/tests/harness"
)

const (
	serviceType   = "gcp:projects/service:Service"
	auditType     = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
	ringType      = "gcp:kms/keyRing:KeyRing"
	keyType       = "gcp:kms/cryptoKey:CryptoKey"
	keyMemberType = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
	bucketType    = "gcp:storage/bucket:Bucket"
	memberType    = "gcp:storage/bucketIAMMember:BucketIAMMember"
	metricType    = "gcp:logging/metric:Metric"
	channelType   = "gcp:monitoring/notificationChannel:NotificationChannel"
	alarmType     = "gcp:monitoring/alertPolicy:AlertPolicy"

	storageAgent  = "serviceAccount:service-1@gs-project-accounts.iam.gserviceaccount.com"
	transferAgent = "serviceAccount:project-1@storage-transfer-service.iam.gserviceaccount.com"
	subject       = "100000000000000000001"
)

func scope() naming.Scope {
	return naming.Scope{Environment: "demo", Stack: "demo-mirror", Cell: "demo-mirror", Owner: "Platform team"}
}

func args() mirror.Args {
	return mirror.Args{
		Scope:          scope(),
		Project:        "haven-demo",
		Location:       "EUR4",
		RetentionDays:  90,
		Locked:         true,
		SoftDeleteDays: 30,
		CriticalEmails: []string{"oncall@haven.example"},
		WarningEmails:  []string{"platform@haven.example", "oncall@haven.example"},
		Protected:      true,
	}
}

func recorder() *harness.Recorder {
	properties := resource.NewPropertyMapFromMap
	return &harness.Recorder{
		Functions: map[string]resource.PropertyMap{
			"gcp:storage/getProjectServiceAccount:getProjectServiceAccount": properties(map[string]any{
				"member": storageAgent}),
			"gcp:storage/getTransferProjectServiceAccount:getTransferProjectServiceAccount": properties(map[string]any{
				"member": transferAgent, "subjectId": subject}),
		},
	}
}

// declare makes a mirror and returns what was declared, with its outputs.
func declare(t *testing.T, args mirror.Args) (*harness.Recorder, map[string]any) {
	t.Helper()
	r := recorder()
	got := make(chan map[string]any, 1)
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		m, err := mirror.New(ctx, "mirror", args)
		if err != nil {
			return err
		}
		pulumi.All(m.Bucket, m.KeyID, m.AgentSubjectID, m.DumpsMetric, m.CriticalChannels, m.WarningChannels).ApplyT(
			func(all []any) error {
				got <- map[string]any{"bucket": all[0], "key": all[1], "subject": all[2], "metric": all[3],
					"critical": len(all[4].([]string)), "warning": len(all[5].([]string))}
				return nil
			})
		return nil
	}))
	harness.AssertFamily(t, r, mirror.Type, "mirror")
	return r, <-got
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	_, outputs := declare(t, args())
	assert.Equal(t, map[string]any{"bucket": "demo-mirror-haven-demo", "key": "mirror-key-id", "subject": subject,
		"metric": "demo-mirror-dumps", "critical": 1, "warning": 2}, outputs)
}

func TestServicesStayEnabled(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	for _, service := range []string{"cloudasset", "cloudkms", "cloudresourcemanager", "logging", "monitoring",
		"storage", "storagetransfer"} {
		harness.AssertInputs(t, r.One(t, serviceType, "mirror-"+service), map[string]any{
			"service": service + ".googleapis.com", "disableOnDestroy": false})
	}
	for _, token := range []string{auditType, ringType, metricType, channelType, alarmType} {
		for _, d := range r.OfType(token) {
			assert.Contains(t, d.DependsOn, "mirror-cloudkms", d.Name)
			assert.Contains(t, d.DependsOn, "mirror-storagetransfer", d.Name)
		}
	}
}

func TestEveryCallIsLogged(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	harness.AssertInputs(t, r.One(t, auditType, "mirror-audit"), map[string]any{
		"project": "haven-demo", "service": "allServices", "auditLogConfigs": []any{
			map[string]any{"logType": "ADMIN_READ"}, map[string]any{"logType": "DATA_READ"},
			map[string]any{"logType": "DATA_WRITE"}}})
}

func TestKey(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	ring := r.One(t, ringType, "mirror-ring")
	harness.AssertInputs(t, ring, map[string]any{"location": "eur4", "name": nil})
	key := r.One(t, keyType, "mirror-key")
	harness.AssertInputs(t, key, map[string]any{
		"name": "demo-mirror-key", "keyRing": "mirror-ring-id", "purpose": "ENCRYPT_DECRYPT",
		"rotationPeriod": "7776000s", "destroyScheduledDuration": "7776000s", "labels.data-classification": "secret"})
	assert.True(t, ring.Protect)
	assert.True(t, key.Protect)
	require.Len(t, r.OfType(keyMemberType), 1, "nobody else uses the key")
	harness.AssertInputs(t, r.One(t, keyMemberType, "mirror-key-user"), map[string]any{
		"cryptoKeyId": "mirror-key-id", "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter", "member": storageAgent})
}

func TestBucket(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	bucket := r.One(t, bucketType, "mirror-bucket")
	harness.AssertInputs(t, bucket, map[string]any{
		"name":                     "demo-mirror-haven-demo",
		"location":                 "EUR4",
		"customPlacementConfig":    nil,
		"storageClass":             "STANDARD",
		"uniformBucketLevelAccess": true,
		"publicAccessPrevention":   "enforced",
		"encryption":               map[string]any{"defaultKmsKeyName": "mirror-key-id"},
		"retentionPolicy":          map[string]any{"isLocked": true, "retentionPeriod": 7776000.0},
		"softDeletePolicy":         map[string]any{"retentionDurationSeconds": 2592000.0},
		"versioning":               nil,
		"forceDestroy":             false,
		"labels": map[string]any{"environment": "demo", "cell": "demo-mirror", "component": "mirror",
			"data-classification": "confidential", "owner": "platform-team"},
	})
	assert.True(t, bucket.Protect)
	assert.Contains(t, bucket.DependsOn, "mirror-key-user", "the key may be used before the bucket is made")
}

func TestChosenRegions(t *testing.T) {
	t.Parallel()
	given := args()
	given.Location, given.Regions = "EU", []string{"EUROPE-WEST1", "EUROPE-NORTH1"}
	r, _ := declare(t, given)
	harness.AssertInputs(t, r.One(t, bucketType, "mirror-bucket"), map[string]any{
		"location": "EU", "customPlacementConfig.dataLocations": []any{"EUROPE-WEST1", "EUROPE-NORTH1"}})
	harness.AssertInputs(t, r.One(t, ringType, "mirror-ring"), map[string]any{"location": "europe"})
}

func TestTeardown(t *testing.T) {
	t.Parallel()
	given := args()
	given.Protected, given.Locked = false, false
	r, _ := declare(t, given)
	bucket := r.One(t, bucketType, "mirror-bucket")
	harness.AssertInputs(t, bucket, map[string]any{"forceDestroy": true, "retentionPolicy": nil})
	assert.False(t, bucket.Protect)
	assert.False(t, r.One(t, keyType, "mirror-key").Protect)
	assert.False(t, r.One(t, ringType, "mirror-ring").Protect)

	given.Locked = true
	r, _ = declare(t, given)
	harness.AssertInputs(t, r.One(t, bucketType, "mirror-bucket"), map[string]any{"retentionPolicy.isLocked": true})
}

// TestLifecycle: an object moves to a colder class only where it stays for the days that the class is charged for.
func TestLifecycle(t *testing.T) {
	t.Parallel()
	colder := func(class string, age float64) any {
		return map[string]any{"action": map[string]any{"type": "SetStorageClass", "storageClass": class},
			"condition": map[string]any{"age": age}}
	}
	for days, want := range map[int][]any{
		35:  nil,
		36:  nil,
		37:  {colder("NEARLINE", 7)},
		126: {colder("NEARLINE", 7)},
		127: {colder("NEARLINE", 7), colder("COLDLINE", 37)},
		491: {colder("NEARLINE", 7), colder("COLDLINE", 37)},
		492: {colder("NEARLINE", 7), colder("COLDLINE", 37), colder("ARCHIVE", 127)},
	} {
		t.Run(fmt.Sprint(days), func(t *testing.T) {
			t.Parallel()
			given := args()
			given.RetentionDays = days
			r, _ := declare(t, given)
			bucket := r.One(t, bucketType, "mirror-bucket")
			deletion := map[string]any{"action": map[string]any{"type": "Delete"},
				"condition": map[string]any{"age": float64(days)}}
			assert.Equal(t, append(want, deletion), bucket.Input("lifecycleRules"))
			assert.Equal(t, float64(days*86400), bucket.Input("retentionPolicy.retentionPeriod"))
		})
	}
}

// TestAgentMayAddOnly: what the transfer agent is granted lets it find, read and add objects, and delete none.
func TestAgentMayAddOnly(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	granted := map[string]any{}
	for _, d := range r.OfType(memberType) {
		harness.AssertInputs(t, d, map[string]any{"bucket": "demo-mirror-haven-demo", "member": transferAgent})
		granted[d.Name] = d.Input("role")
	}
	assert.Equal(t, map[string]any{
		"mirror-agent-finder": "roles/storage.legacyBucketReader",
		"mirror-agent-reader": "roles/storage.objectViewer",
		"mirror-agent-writer": "roles/storage.objectCreator",
	}, granted)
}

func TestDumpsAreCountedByTenant(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	harness.AssertInputs(t, r.One(t, metricType, "mirror-dumps"), map[string]any{
		"name": "demo-mirror-dumps",
		"filter": `resource.type="gcs_bucket" AND resource.labels.bucket_name="demo-mirror-haven-demo"` +
			` AND protoPayload.methodName="storage.objects.create"` +
			` AND protoPayload.resourceName=~"/objects/tenants/[^/]+/(dumps|final)/[^/]+/manifest\.json$"` +
			` AND severity<ERROR`,
		"metricDescriptor.metricKind": "DELTA",
		"metricDescriptor.valueType":  "INT64",
		"metricDescriptor.labels": []any{map[string]any{"key": "tenant", "valueType": "STRING",
			"description": "Whose dump it is"}},
		"labelExtractors": map[string]any{
			"tenant": `REGEXP_EXTRACT(protoPayload.resourceName, "/objects/tenants/([^/]+)/")`},
	})
}

func TestChannels(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	require.Len(t, r.OfType(channelType), 2, "one for each address")
	for _, email := range []string{"oncall@haven.example", "platform@haven.example"} {
		harness.AssertInputs(t, r.One(t, channelType, "mirror-"+email), map[string]any{
			"type": "email", "displayName": email, "labels": map[string]any{"email_address": email}})
	}
}

func TestAlarms(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	bucket := `resource.type="gcs_bucket" AND resource.labels.bucket_name="demo-mirror-haven-demo" AND `
	for part, want := range map[string]struct{ severity, condition, field, value string }{
		"silence": {"CRITICAL", "conditionPrometheusQueryLanguage", "query",
			`(sum(increase(storagetransfer_googleapis_com:transferjob_copied_objects_count{` +
				`monitored_resource="storage_transfer_job",status="succeeded"}[10m])) or vector(0)) == 0`},
		"transfer-errors": {"WARNING", "conditionThreshold", "filter", `resource.type = "storage_transfer_job" AND ` +
			`metric.type = "storagetransfer.googleapis.com/transferjob/error_count"`},
		"deletion": {"CRITICAL", "conditionMatchedLog", "filter",
			bucket + `protoPayload.methodName="storage.objects.delete"`},
		"bucket-change": {"CRITICAL", "conditionMatchedLog", "filter", bucket + `protoPayload.methodName=` +
			`("storage.buckets.delete" OR "storage.buckets.update" OR "storage.setIamPermissions")`},
		"key-change": {"CRITICAL", "conditionMatchedLog", "filter",
			`protoPayload.serviceName="cloudkms.googleapis.com" AND protoPayload.methodName=(` +
				`"DestroyCryptoKeyVersion" OR "SetIamPolicy" OR "UpdateCryptoKey" OR "UpdateCryptoKeyVersion")`},
		"transfer-change": {"CRITICAL", "conditionMatchedLog", "filter",
			`protoPayload.serviceName="storagetransfer.googleapis.com" AND protoPayload.methodName=(` +
				`"google.longrunning.Operations.CancelOperation" OR` +
				` "google.storagetransfer.v1.StorageTransferService.DeleteTransferJob" OR` +
				` "google.storagetransfer.v1.StorageTransferService.PauseTransferOperation" OR` +
				` "google.storagetransfer.v1.StorageTransferService.UpdateTransferJob")`},
		"project-change": {"CRITICAL", "conditionMatchedLog", "filter",
			`resource.type="project" AND protoPayload.methodName=("SetIamPolicy")`},
	} {
		t.Run(part, func(t *testing.T) {
			alarm := r.One(t, alarmType, "mirror-"+part)
			harness.AssertInputs(t, alarm, map[string]any{
				"displayName": "demo-mirror-" + part, "combiner": "OR", "severity": want.severity,
				"alertStrategy.autoClose":                            "86400s",
				"conditions[0]." + want.condition + "." + want.field: want.value,
			})
			assert.NotEmpty(t, alarm.Input("documentation.content"))
			channels := map[string]int{"CRITICAL": 1, "WARNING": 2}
			assert.Len(t, alarm.Input("notificationChannels"), channels[want.severity])
			limited := want.condition == "conditionMatchedLog"
			assert.Equal(t, limited, alarm.Input("alertStrategy.notificationRateLimit.period") != nil)
		})
	}
	assert.Len(t, r.OfType(alarmType), 7)
}

// TestSilence: with what the query looks back over, the slowest tier's window.
func TestSilence(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	harness.AssertInputs(t, r.One(t, alarmType, "mirror-silence"), map[string]any{
		"conditions[0].conditionPrometheusQueryLanguage.duration": "64200s"})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, mirror.New, `mirror: Scope: missing, expected a value
Project: "", expected the ID of a Google Cloud project: 6 to 30 lower-case letters, digits and hyphens, `+
		"beginning with a letter; ask `gcloud projects list`"+`
Location: "", expected one of EUR4, EU; leave it out for EUR4
RetentionDays: 0, expected 35 to 3650
SoftDeleteDays: 0, expected 7 to 90
CriticalEmails: missing, expected a value
WarningEmails: missing, expected a value`, args, map[string]func(*mirror.Args){
		"mirror: RetentionDays: 34, expected 35 to 3650": func(a *mirror.Args) { a.RetentionDays = 34 },
		"mirror: SoftDeleteDays: 91, expected 7 to 90":   func(a *mirror.Args) { a.SoftDeleteDays = 91 },
		"mirror: Regions: EUROPE-WEST1, expected none with the location EUR4; remove them, or set the location to EU": func(
			a *mirror.Args) {
			a.Regions = []string{"EUROPE-WEST1"}
		},
	})
}
