package offsite_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/naming"
	"haven/components/offsite"
	"haven/components/tiers"
	"haven/tests/harness"
)

const image = "europe-docker.pkg.dev/haven-demo-images/haven/app@sha256:" +
	"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func scope() naming.Scope {
	return naming.Scope{Environment: "demo", Stack: "demo-acme-offsite", Cell: "demo-acme-offsite", Tenant: "acme",
		Owner: "platform"}
}

func storesArgs() offsite.StoresArgs {
	return offsite.StoresArgs{
		Scope: scope(), Project: "haven-demo-acme", Region: "europe-west4", Tier: tiers.Standard, StorageGiB: 100,
		CriticalEmails: []string{"oncall@haven.example"}, WarningEmails: []string{"platform@haven.example"}, Protected: true,
	}
}

// declare makes all that there is of a tenant, and returns what was declared.
func declare(t *testing.T, args offsite.StoresArgs) *harness.Recorder {
	t.Helper()
	r := harness.Environment()
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		mirror, err := gcp.NewProvider(ctx, "mirror", &gcp.ProviderArgs{Project: pulumi.String("haven-demo-mirror")})
		if err != nil {
			return err
		}
		stores, err := offsite.NewStores(ctx, "stores", args)
		if err != nil {
			return err
		}
		if _, err := offsite.NewRestoration(ctx, "restoration", offsite.RestorationArgs{
			Scope: scope(), Stores: stores, Image: image, Bucket: "demo-mirror", Mirror: mirror,
			Dump: "tenants/acme/dumps/20261121T220000Z",
		}); err != nil {
			return err
		}
		_, err = offsite.NewApplication(ctx, "application", offsite.ApplicationArgs{
			Scope: scope(), Stores: stores, Host: "acme.offsite.haven.example", Image: image,
		})
		return err
	}))
	return r
}

func TestTheDatabaseIsClosed(t *testing.T) {
	t.Parallel()
	r := declare(t, storesArgs())
	database := r.One(t, "gcp:sql/databaseInstance:DatabaseInstance", "stores-database")
	assert.True(t, database.Protect)
	harness.AssertInputs(t, database, map[string]any{
		"databaseVersion": "MYSQL_8_0", "deletionProtection": true, "encryptionKeyName": "stores-database-key-id",
		"settings.tier": "db-custom-2-7680", "settings.availabilityType": "REGIONAL",
		"settings.connectorEnforcement":                                        "REQUIRED",
		"settings.deletionProtectionEnabled":                                   true,
		"settings.ipConfiguration.ipv4Enabled":                                 false,
		"settings.ipConfiguration.privateNetwork":                              "stores-network-id",
		"settings.ipConfiguration.sslMode":                                     "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
		"settings.backupConfiguration.enabled":                                 true,
		"settings.backupConfiguration.binaryLogEnabled":                        true,
		"settings.backupConfiguration.backupRetentionSettings.retainedBackups": 35.0,
		"settings.backupConfiguration.backupRetentionSettings.retentionUnit":   "COUNT",
		"settings.backupConfiguration.transactionLogRetentionDays":             7.0,
	})
	assert.Nil(t, database.Input("name"), "a name is not free again for a week")
	assert.Nil(t, database.Input("settings.ipConfiguration.authorizedNetworks"))
	harness.AssertInputs(t, r.One(t, "gcp:compute/network:Network", "stores-network"), map[string]any{
		"autoCreateSubnetworks": false, "deleteDefaultRoutesOnCreate": true})
	assert.Empty(t, r.OfType("gcp:compute/router:Router"))
	harness.AssertInputs(t, r.One(t, "gcp:compute/firewall:Firewall", "stores-nothing-else"), map[string]any{
		"direction": "EGRESS", "priority": 65534.0, "denies[0].protocol": "all", "destinationRanges": []any{"0.0.0.0/0"}})
	for _, rule := range r.OfType("gcp:compute/firewall:Firewall") {
		assert.Equal(t, "EGRESS", rule.Input("direction"), "nobody is let in: %s", rule.Name)
		if rule.Name != "stores-nothing-else" {
			harness.AssertInputs(t, rule, map[string]any{"destinationRanges": []any{"10.91.0.0/20"},
				"targetTags": []any{"haven-tenant"}})
		}
	}
}

func TestEachStoreHasAKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	r := declare(t, storesArgs())
	for key, of := range map[string]struct{ kind, name, path string }{
		"database": {"gcp:sql/databaseInstance:DatabaseInstance", "stores-database", "encryptionKeyName"},
		"cache":    {"gcp:redis/instance:Instance", "stores-cache", "customerManagedKey"},
		"files":    {"gcp:filestore/instance:Instance", "stores-files", "kmsKeyName"},
		"secrets": {"gcp:secretmanager/secret:Secret", "stores-app-key",
			"replication.userManaged.replicas[0].customerManagedEncryption.kmsKeyName"},
	} {
		id := "stores-" + key + "-key-id"
		assert.Equal(t, id, r.One(t, of.kind, of.name).Input(of.path), key)
		users := 0
		for _, grant := range r.OfType("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember") {
			if grant.Input("cryptoKeyId") == id {
				users++
				assert.Equal(t, "serviceAccount:stores-"+key+"-agent@gcp-sa.iam.gserviceaccount.com", grant.Input("member"))
			}
		}
		assert.Equal(t, 1, users, key)
	}
}

// TestLeastPrivilege: who may do what, all of it.
func TestLeastPrivilege(t *testing.T) {
	t.Parallel()
	r := declare(t, storesArgs())
	got := map[string][]string{}
	grants := map[string]string{
		"gcp:secretmanager/secretIamMember:SecretIamMember": "secretId", "gcp:projects/iAMMember:IAMMember": "project",
		"gcp:storage/bucketIAMMember:BucketIAMMember": "bucket", "gcp:cloudrunv2/jobIamMember:JobIamMember": "name",
	}
	for kind, on := range grants {
		for _, grant := range r.OfType(kind) {
			who := grant.Input("member").(string)
			who = strings.TrimPrefix(who, "serviceAccount:")
			who = strings.TrimSuffix(who, "-account@haven-demo-acme.iam.gserviceaccount.com")
			got[who] = append(got[who], grant.Input("role").(string)+" on "+grant.Input(on).(string))
		}
	}
	read := func(names ...string) (all []string) {
		for _, name := range names {
			all = append(all, "roles/secretmanager.secretAccessor on stores-"+name+"-id")
		}
		return all
	}
	connect := "roles/cloudsql.client on haven-demo-acme"
	php := append(read("app-key", "cache-authority", "cache-password", "database-password"), connect)
	want := map[string][]string{
		"restoration":           append(read("database-password"), connect, "roles/storage.objectViewer on demo-mirror"),
		"application-web":       php,
		"application-worker":    php,
		"application-scheduler": php,
		"application-websocket": read("cache-authority", "cache-password"),
		"application-clock":     {"roles/run.invoker on demo-acme-offsite-scheduler"},
	}
	assert.Len(t, got, len(want))
	for who, may := range want {
		assert.ElementsMatch(t, may, got[who], who)
	}
	harness.AssertInputs(t, r.One(t, "gcp:storage/bucketIAMMember:BucketIAMMember", "restoration-reads-mirror"),
		map[string]any{
			"condition.expression": `resource.name.startsWith("projects/_/buckets/demo-mirror/objects/tenants/acme/")`,
		})
}

func TestTheRestoration(t *testing.T) {
	t.Parallel()
	const container = "template.template.containers[0]."
	job := declare(t, storesArgs()).One(t, "gcp:cloudrunv2/job:Job", "restoration-job")
	harness.AssertInputs(t, job, map[string]any{
		"name": "demo-acme-offsite-restore", container + "image": image,
		container + "args": []any{"restore", "gs://demo-mirror/tenants/acme/dumps/20261121T220000Z", "--owner",
			"1000:1000"},
		"template.template.maxRetries":           0.0,
		"template.template.executionEnvironment": "EXECUTION_ENVIRONMENT_GEN2",
		"template.template.volumes[1].nfs.path":  "/files",
	})
	for _, env := range job.Input(container + "envs").([]any) {
		of := env.(map[string]any)
		if of["name"] == "DB_PASSWORD" {
			assert.Nil(t, of["value"])
		}
		if of["name"] == "DB_HOSTNAME" {
			assert.Equal(t, "/cloudsql/haven-demo-acme:europe-west4:stores-database-0123456", of["value"])
		}
	}
}

// TestSecretsAreNoPlainText: passwords are secrets, drawn once, and the application's keys are nowhere.
func TestSecretsAreNoPlainText(t *testing.T) {
	t.Parallel()
	r := declare(t, storesArgs())
	versions := r.OfType("gcp:secretmanager/secretVersion:SecretVersion")
	assert.Len(t, versions, 3, "those of the database and of the cache; the keys come out of the dump")
	for _, version := range versions {
		assert.True(t, version.Inputs["secretData"].ContainsSecrets(), version.Name)
	}
	assert.Equal(t, []string{"secretData"},
		r.One(t, "gcp:secretmanager/secretVersion:SecretVersion", "stores-database-password-version").IgnoreChanges)
	assert.True(t, r.One(t, "gcp:sql/user:User", "stores-database-user").Inputs["password"].ContainsSecrets())
	with := storesArgs()
	with.Passport = true
	secrets := declare(t, with).OfType("gcp:secretmanager/secret:Secret")
	assert.Len(t, secrets, len(r.OfType("gcp:secretmanager/secret:Secret"))+2)
}

func TestTheEdge(t *testing.T) {
	t.Parallel()
	r := declare(t, storesArgs())
	harness.AssertInputs(t, r.One(t, "gcp:compute/sSLPolicy:SSLPolicy", "application-tls"), map[string]any{
		"profile": "RESTRICTED", "minTlsVersion": "TLS_1_2"})
	for _, backend := range r.OfType("gcp:compute/backendService:BackendService") {
		assert.NotEmpty(t, backend.Input("loadBalancingScheme"))
		harness.AssertInputs(t, backend, map[string]any{"loadBalancingScheme": "EXTERNAL_MANAGED",
			"customResponseHeaders": []any{"Strict-Transport-Security: max-age=31536000; includeSubDomains"},
			"logConfig.enable":      true})
	}
	harness.AssertInputs(t, r.One(t, "gcp:compute/globalForwardingRule:GlobalForwardingRule", "application-listener"),
		map[string]any{"portRange": "443"})
	for name, ingress := range map[string]string{
		"web": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "websocket": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
		"worker": "INGRESS_TRAFFIC_INTERNAL_ONLY",
	} {
		assert.Equal(t, ingress, r.One(t, "gcp:cloudrunv2/service:Service", "application-"+name).Input("ingress"))
	}
	callers := r.OfType("gcp:cloudrunv2/serviceIamMember:ServiceIamMember")
	assert.Len(t, callers, 2, "nobody may call the worker")
}

func TestTornDown(t *testing.T) {
	t.Parallel()
	args := storesArgs()
	args.Protected = false
	database := declare(t, args).One(t, "gcp:sql/databaseInstance:DatabaseInstance", "stores-database")
	assert.False(t, database.Protect)
	harness.AssertInputs(t, database, map[string]any{"deletionProtection": false,
		"settings.deletionProtectionEnabled": false})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, offsite.NewStores, `off-site stores: Scope.Tenant: missing, expected a value
Project: "", expected the ID of a Google Cloud project: 6 to 30 lower-case letters, digits and hyphens, `+
		"beginning with a letter; ask `gcloud projects list`"+`
Region: "", expected one of europe-central2, europe-north1, europe-southwest1, europe-west1, europe-west3, `+
		`europe-west4, europe-west8, europe-west9; leave it out for europe-west4
Tier: missing, expected a value
StorageGiB: 0, expected 20 to 65536
CriticalEmails: missing, expected a value
WarningEmails: missing, expected a value`, storesArgs, map[string]func(*offsite.StoresArgs){
		"off-site stores: Tier: missing, expected a value": func(a *offsite.StoresArgs) { a.Tier = "gold" },
	})
	harness.AssertRefusals(t, offsite.NewRestoration, `off-site restoration: Scope.Tenant: missing, expected a value
Stores: missing, expected a value
Image: "", expected an image in Artifact Registry with its digest; push it there too, and write it like `+
		`europe-docker.pkg.dev/PROJECT/haven/processmaker@sha256:…
Bucket: "", expected the name of the mirror's bucket; ask the mirror's stack for its output "bucket"
Dump: "", expected the prefix of a dump of  in the mirror; write it like tenants//dumps/20261121T220000Z
Mirror: missing, expected a value`, nil, nil)
	harness.AssertRefusals(t, offsite.NewApplication, `off-site application: Scope.Tenant: missing, expected a value
Stores: missing, expected a value
Host: "", expected one DNS name without wildcards
Image: "", expected an image in Artifact Registry with its digest; push it there too, and write it like `+
		`europe-docker.pkg.dev/PROJECT/haven/processmaker@sha256:…`, nil, nil)
}
