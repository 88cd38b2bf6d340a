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

// Secrets, and what runs: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets and
// https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services.
func gcpRunTypes() []*Type {
	named := func(kind string) Reference { return used("name", kind, "name", "service") }
	service, job := named(gcpRunService), named(gcpRunJob)
	service.InUse, job.InUse = Error{}, Error{} // whose grants go with them
	return []*Type{
		{
			Token: gcpSecret, ID: inProject("secrets", "secretId"), Unique: taken("secretId", "secret"),
			References: []Reference{keyUse("replication.userManaged.replicas[*].customerManagedEncryption.kmsKeyName")},
			Refuse:     firstOf(needs("secretmanager.googleapis.com"), refuseSecret, refuseSecretReplicas),
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().text("name", "projects/"+GoogleProject(c.Account).Number()+"/secrets/"+c.text("secretId")).
					fillText("project", c.Account).keep("createTime", property.New(c.Now.UTC().Format(time.RFC3339))).values
			},
		},
		{
			Token:      gcpSecretVersion,
			ID:         func(c *Call) string { return c.text("secret") + "/versions/" + drawnID() },
			References: []Reference{ofSecret("secret")},
			Refuse: func(c *Call) error {
				if c.text("secretData") == "" && !c.Inputs.Get("secretData").IsComputed() {
					return google.says("", "badRequest", "The request's payload is empty.")
				}
				return nil
			},
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().text("name", c.ID).fill("enabled", property.New(true)).
					text("version", lastPart(c.ID, "/")).values
			},
		},
		GoogleSecretGrant.kind(func(c *Call) string { return c.text("secretId") }, ofSecret("secretId")),
		running(gcpRunService, "services", "template."),
		running(gcpRunJob, "jobs", "template.template."),
		GoogleServiceGrant.kind(runName("services"), service),
		GoogleJobGrant.kind(runName("jobs"), job),
		{
			Token: gcpSchedule, ID: inProject("locations/{region}/jobs", "name"), Unique: taken("name", "job"),
			Refuse: firstOf(needs("cloudscheduler.googleapis.com"), refuseCron,
				runsAs("httpTarget.oauthToken.serviceAccountEmail")),
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().fillText("project", c.Account).text("state", "ENABLED").values
			},
		},
	}
}

// ofSecret is a reference to a secret, whose versions and grants go with it.
func ofSecret(path string) Reference {
	return Reference{Property: path, To: gcpSecret, By: "id",
		NotFound: google.says("", "notFound", "Secret [%s] not found.").withStatus(404)}
}

func runName(collection string) func(*Call) string {
	return func(c *Call) string {
		return "projects/" + c.Account + "/locations/" + c.text("location") + "/" + collection + "/" + c.text("name")
	}
}

var secretIDForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

func refuseSecret(c *Call) error {
	if id := c.text("secretId"); !secretIDForm.MatchString(id) {
		return google.refuses("", "badRequest", "The provided Secret ID [%s] does not match the expected format"+
			" [[a-zA-Z_0-9]+]", id)
	}
	return nil
}

// refuseSecretReplicas: each replica's key lies where it does: https://cloud.google.com/secret-manager/docs/cmek.
func refuseSecretReplicas(c *Call) error {
	agent := GoogleProject(c.Account).Agent("secretmanager.googleapis.com")
	for _, replica := range props.Maps(c.Inputs, "replication.userManaged.replicas[*]") {
		key := props.Text(replica, "customerManagedEncryption.kmsKeyName")
		switch {
		case key == "":
		case locationOfKey(key) != props.Text(replica, "location"):
			return google.refuses("", "badRequest", "The Cloud KMS key %s is not in the replica's location %s", key,
				props.Text(replica, "location"))
		case !Granted(c.World, c.Account, GoogleKeyGrant, key, agent, encryptPermission, decryptPermission):
			return google.refuses("", "failedPrecondition", "Permission denied on the Cloud KMS key %s for %s", key, agent)
		}
	}
	return nil
}

// running is a service or a job of Cloud Run, what it runs below that path.
func running(token, collection, below string) *Type {
	return &Type{
		Token: token, ID: inProject("locations/{location}/"+collection, "name"), Unique: taken("name", collection),
		References: []Reference{
			used(below+"vpcAccess.networkInterfaces[*].network", gcpNetwork, "name", "network"),
			used(below+"vpcAccess.networkInterfaces[*].subnetwork", gcpSubnetwork, "name", "subnetwork"),
			{Property: below + "volumes[*].cloudSqlInstance.instances[*]", To: gcpSQLInstance, By: "connectionName",
				NotFound: google.says("", "notFound", "Cloud SQL instance %s not found.").withStatus(404)},
		},
		Refuse: firstOf(needs("run.googleapis.com"), refuseRunName, runsAs(below+"serviceAccount"),
			refuseRunContainers(below, collection == "services"), refuseSecretsRead(below)),
		Computed: func(c *Call) map[string]property.Value {
			given := c.outputs().fillText("project", c.Account).keep("uid", property.New(uuid(randomHex(32))))
			if collection == "services" {
				given.text("uri", "https://"+c.text("name")+"-"+digest(10, c.Account)+"-ew.a.run.app")
			}
			return given.values
		},
	}
}

var runNameForm = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,47}[a-z0-9])?$`)

func refuseRunName(c *Call) error {
	if name := c.text("name"); !runNameForm.MatchString(name) {
		return google.refuses("", "badRequest", "Violation in name: '%s' must use only lowercase alphanumeric characters and"+
			" dashes, begin with a letter, and be less than 50 characters", name)
	}
	return nil
}

// runImage: Cloud Run pulls from Artifact Registry and Docker Hub: https://cloud.google.com/run/docs/deploying#images.
var runImage = regexp.MustCompile(`^([a-z0-9-]+-docker\.pkg\.dev|([a-z]+\.)?gcr\.io|docker\.io)/`)

// mebibytes are those of a memory limit, 0 for one that cannot be read.
func mebibytes(limit string) int {
	for unit, size := range map[string]int{"Mi": 1, "Gi": 1024} {
		if digits, of := strings.CutSuffix(limit, unit); of {
			number, _ := strconv.Atoi(digits)
			return number * size
		}
	}
	return 0
}

// leastMemory and mostMemory are what goes with so many processors, in MiB:
// https://cloud.google.com/run/docs/configuring/services/memory-limits and .../cpu.
var (
	leastMemory = map[string]int{"1": 512, "2": 512, "4": 2048, "6": 4096, "8": 4096}
	mostMemory  = map[string]int{"1": 4096, "2": 8192, "4": 16384, "6": 24576, "8": 32768}
)

// refuseRunContainers: https://cloud.google.com/run/docs/container-contract. Of a service's containers one listens.
func refuseRunContainers(below string, listens bool) check {
	return func(c *Call) error {
		volumes := c.texts(below + "volumes[*].name")
		listening := 0
		for _, one := range props.Maps(c.Inputs, below+"containers[*]") {
			cpu, memory := props.Text(one, "resources.limits.cpu"), props.Text(one, "resources.limits.memory")
			image := props.Text(one, "image")
			listening += len(props.Maps(one, "ports[*]"))
			names := props.Texts(one, "envs[*].name")
			slices.Sort(names)
			switch {
			case image != "" && !runImage.MatchString(image):
				return google.refuses("", "badRequest", "Expected an image path like [host/]repo-path[:tag and/or @digest], where"+
					" host is one of [region.]gcr.io, [region-]docker.pkg.dev or docker.io but obtained %s", image)
			case leastMemory[cpu] == 0 || mebibytes(memory) < leastMemory[cpu] || mebibytes(memory) > mostMemory[cpu]:
				return google.refuses("", "badRequest", "Invalid value for resources.limits: %s of memory do not go with %s"+
					" processors", memory, cpu)
			case len(slices.Compact(slices.Clone(names))) != len(names):
				return google.says("", "badRequest", "Duplicate environment variable")
			}
			for _, mounted := range props.Texts(one, "volumeMounts[*].name") {
				if !slices.Contains(volumes, mounted) {
					return google.refuses("", "badRequest", "Volume mount %s has no volume", mounted)
				}
			}
		}
		switch {
		case listens && listening != 1:
			return google.refuses("", "badRequest", "Revision template should contain exactly one container with an exposed"+
				" port: %d have one", listening)
		case len(props.Maps(c.Inputs, below+"volumes[*].nfs")) > 0 &&
			c.text(below+"executionEnvironment") != "EXECUTION_ENVIRONMENT_GEN2":
			return google.says("", "badRequest", "NFS volumes need the second generation execution environment")
		}
		return nil
	}
}

// refuseSecretsRead: what is started reads secrets that are there, as an account that may:
// https://cloud.google.com/run/docs/configuring/services/secrets.
func refuseSecretsRead(below string) check {
	return func(c *Call) error {
		account := c.text(below + "serviceAccount")
		for _, name := range slices.Concat(c.texts(below+"containers[*].envs[*].valueSource.secretKeyRef.secret"),
			c.texts(below+"volumes[*].secret.secret")) {
			secret, known := c.findGlobal(gcpSecret, "secretId", name)
			if !known && name != "" {
				return google.refuses("", "notFound", "Secret projects/%s/secrets/%s/versions/latest was not found", c.Account,
					name).withStatus(404)
			}
			if known && account != "" && !Granted(c.World, c.Account, GoogleSecretGrant, secret.ID, account, accessPermission) {
				return google.refuses("", "forbidden", "Permission denied on secret: %s/versions/latest for Revision service"+
					" account %s. The service account used must be granted the 'Secret Manager Secret Accessor' role"+
					" (roles/secretmanager.secretAccessor) at the secret, project or higher level.", secret.ID, account).
					withStatus(403)
			}
		}
		return nil
	}
}

// refuseCron: https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules.
func refuseCron(c *Call) error {
	if fields := strings.Fields(c.text("schedule")); len(fields) != 5 {
		return google.refuses("", "badRequest", "Schedule or time zone is invalid: %s", c.text("schedule"))
	}
	return nil
}

// Names and how long logs are kept: https://cloud.google.com/dns/docs/reference/rest/v1/managedZones and
// https://cloud.google.com/logging/docs/buckets.
func gcpNameTypes() []*Type {
	zone := used("managedZone", gcpZone, "name", "managedZone")
	zone.InUse = google.says("", "containerNotEmpty", "The resource named '%s' cannot be deleted because it is not empty")
	return []*Type{
		{
			Token: gcpZone, ID: inProject("managedZones", "name"), Unique: taken("name", "entity.managedZone"),
			Refuse: firstOf(needs("dns.googleapis.com"), func(c *Call) error {
				if name := c.text("dnsName"); name != "" && (!strings.HasSuffix(name, ".") || strings.Count(name, ".") < 2) {
					return google.refuses("", "invalid", "Invalid value for 'entity.managedZone.dnsName': '%s'", name)
				}
				return nil
			}),
			Computed: func(c *Call) map[string]property.Value {
				cluster := string('a' + rune(decimal(c.ID, 5)[0]-'0'))
				servers := []property.Value{}
				for i := 1; i <= 4; i++ {
					servers = append(servers, property.New("ns-cloud-"+cluster+strconv.Itoa(i)+".googledomains.com."))
				}
				return c.outputs().fillText("project", c.Account).set("nameServers", property.New(servers)).
					fillText("visibility", "public").values
			},
		},
		{
			Token: gcpRecord,
			ID: func(c *Call) string {
				return "projects/" + c.Account + "/managedZones/" + c.text("managedZone") + "/rrsets/" + c.text("name") + "/" +
					c.text("type")
			},
			References: []Reference{zone},
			Refuse:     refuseRecord,
			Computed:   func(c *Call) map[string]property.Value { return c.outputs().fillText("project", c.Account).values },
		},
		{
			Token: gcpLogBucket, ID: inProject("locations/{location}/buckets", "bucketId"),
			Refuse: func(c *Call) error {
				if days, given := c.number("retentionDays"); given && (days < 1 || days > 3650) {
					return google.refuses("", "badRequest", "Retention must be between 1 and 3650 days: %d", days)
				}
				return nil
			},
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().text("name", c.ID).text("lifecycleState", "ACTIVE").values
			},
		},
	}
}

// refuseRecord: https://cloud.google.com/dns/docs/records-overview.
func refuseRecord(c *Call) error {
	zone, known := c.findGlobal(gcpZone, "name", c.text("managedZone"))
	name, kind := c.text("name"), c.text("type")
	if known && name != "" && name != zone.Text("dnsName") && !strings.HasSuffix(name, "."+zone.Text("dnsName")) {
		return google.refuses("", "invalid", "Invalid value for 'entity.change.additions[0].name': '%s' is not in the zone",
			name)
	}
	for _, value := range c.texts("rrdatas[*]") {
		if address, err := netip.ParseAddr(value); kind == "A" && (err != nil || !address.Is4()) {
			return google.refuses("", "invalid", "Invalid value for 'entity.change.additions[0].rrdatas[0]': '%s'", value)
		}
	}
	return nil
}
