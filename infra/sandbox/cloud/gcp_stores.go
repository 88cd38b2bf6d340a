package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Databases, caches and file shares: https://cloud.google.com/sql/docs/mysql/admin-api/rest/v1/instances,
// https://cloud.google.com/memorystore/docs/redis/reference/rest/v1/projects.locations.instances and
// https://cloud.google.com/filestore/docs/reference/rest/v1/projects.locations.instances.
func gcpStoreTypes() []*Type {
	ofInstance := used("instance", gcpSQLInstance, "name", "instance")
	ofInstance.InUse = Error{} // whose databases and users go with it
	return []*Type{
		{
			Token: gcpSQLInstance, ID: autoName,
			References: []Reference{keyUse("encryptionKeyName"),
				used("settings.ipConfiguration.privateNetwork", gcpNetwork, "id", "network")},
			Refuse: firstOf(needs("sqladmin.googleapis.com"), onCreate(refuseSQLName), refuseSQLInstance,
				peered("settings.ipConfiguration.privateNetwork"),
				onCreate(keyOf("encryptionKeyName", "region", "sqladmin.googleapis.com"))),
			Computed: sqlOutputs, RefuseDelete: refuseSQLDelete, Retains: keepsName,
		},
		{
			Token: gcpSQLDatabase,
			ID: func(c *Call) string {
				return "projects/" + c.Account + "/instances/" + c.text("instance") + "/databases/" + c.text("name")
			},
			References: []Reference{ofInstance},
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().fillText("project", c.Account).
					text("selfLink", "https://sqladmin.googleapis.com/sql/v1beta4/"+c.ID).values
			},
		},
		{
			Token: gcpSQLUser,
			ID: func(c *Call) string {
				return c.text("name") + "/" + c.text("host") + "/" + c.text("instance")
			},
			References: []Reference{ofInstance},
			Refuse: func(c *Call) error {
				if c.text("type") == "" && !c.has("password") {
					return google.says("", "invalid", "Invalid request: a built-in user has a password.")
				}
				return nil
			},
			Computed: func(c *Call) map[string]property.Value { return c.outputs().fillText("project", c.Account).values },
		},
		{
			Token: gcpRedis, ID: inProject("locations/{region}/instances", "name"), Unique: taken("name", "instance"),
			References: []Reference{keyUse("customerManagedKey"), used("authorizedNetwork", gcpNetwork, "id", "network")},
			Refuse: firstOf(needs("redis.googleapis.com"), refuseRedis, peered("authorizedNetwork"),
				keyOf("customerManagedKey", "region", "redis.googleapis.com")),
			Computed: redisOutputs,
		},
		{
			Token: gcpFilestore, ID: inProject("locations/{location}/instances", "name"), Unique: taken("name", "instance"),
			References: []Reference{keyUse("kmsKeyName"), used("networks[*].network", gcpNetwork, "id", "network")},
			Refuse: firstOf(needs("file.googleapis.com"), refuseFilestore, peered("networks[*].network"),
				keyOf("kmsKeyName", "location", "file.googleapis.com")),
			Computed: filestoreOutputs,
		},
	}
}

// sqlNameHeld is how long a deleted instance keeps its name:
// https://cloud.google.com/sql/docs/mysql/delete-instance.
const sqlNameHeld = 7 * 24 * time.Hour

var sqlNameForm = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,96}[a-z0-9])?$`)

func refuseSQLName(c *Call) error {
	held := func(left Retained) bool { return left.Name == c.ID }
	live := func(r Resource) bool { return r.ID == c.ID }
	switch {
	case !sqlNameForm.MatchString(c.ID):
		return google.refuses("", "invalid", "Invalid request: instance name (%s).", c.ID)
	case slices.ContainsFunc(c.listGlobal(gcpSQLInstance), live),
		slices.ContainsFunc(c.World.Retained(gcpSQLInstance, c.Account, ""), held):
		return google.says("", "instanceAlreadyExists", "The Cloud SQL instance already exists. When you delete an instance,"+
			" you can't reuse the name of the deleted instance until one week from the deletion date.").withStatus(409)
	}
	return nil
}

func keepsName(c *Call) []Retained {
	return []Retained{{Type: gcpSQLInstance, ID: c.ID, Name: c.ID, Region: global, Account: c.Account,
		Until: c.Now.Add(sqlNameHeld)}}
}

var machineForm = regexp.MustCompile(`^db-custom-(\d+)-(\d+)$`)

// refuseSQLInstance: https://cloud.google.com/sql/docs/mysql/instance-settings and
// https://cloud.google.com/sql/docs/mysql/high-availability.
func refuseSQLInstance(c *Call) error {
	const backups, network = "settings.backupConfiguration.", "settings.ipConfiguration."
	regional := c.text("settings.availabilityType") == "REGIONAL"
	private := c.text(network+"privateNetwork") != ""
	days, given := c.number(backups + "transactionLogRetentionDays")
	switch {
	case regional && !(c.flag(backups+"enabled") && c.flag(backups+"binaryLogEnabled")):
		return google.says("", "invalid", "Invalid request: To enable high availability, automated backups and binary"+
			" logging must be enabled.")
	case c.flag(backups+"binaryLogEnabled") && !c.flag(backups+"enabled"):
		return google.says("", "invalid", "Invalid request: Binary logging needs automated backups.")
	case given && (days < 1 || days > 35 || days > 7 && c.text("settings.edition") != "ENTERPRISE_PLUS"):
		return google.refuses("", "invalid", "Invalid request: transactionLogRetentionDays must be 1 to 7: %d", days)
	case !c.flag(network+"ipv4Enabled") && !private:
		return google.says("", "invalid", "Invalid request: At least one of Public IP or Private IP must be enabled.")
	}
	return refuseMachine(c.text("settings.tier"))
}

// refuseMachine: the memory is 3.75 to 6.5 GiB for each processor, in steps of 256 MiB, and 3.75 GiB at least.
func refuseMachine(machine string) error {
	found := machineForm.FindStringSubmatch(machine)
	if found == nil {
		return nil // a predefined one
	}
	cpus, _ := strconv.Atoi(found[1])
	memory, _ := strconv.Atoi(found[2])
	if cpus != 1 && cpus%2 != 0 || memory%256 != 0 || memory < 3840 || memory*10 < cpus*9216 || memory > cpus*6656 {
		return google.refuses("", "invalid", "Invalid request: Invalid tier (%s) for the instance.", machine)
	}
	return nil
}

// refuseSQLDelete: https://cloud.google.com/sql/docs/mysql/deletion-protection. The provider refuses first.
func refuseSQLDelete(c *Call) error {
	switch {
	case c.flag("deletionProtection"):
		return fmt.Errorf("Error, failed to delete instance because deletion_protection is set to true. Set it to false to" +
			" proceed with instance deletion")
	case c.flag("settings.deletionProtectionEnabled"):
		return google.says("", "invalid", "The instance is protected. Please disable the deletion protection and try again.")
	}
	return nil
}

func sqlOutputs(c *Call) map[string]property.Value {
	return c.outputs().fillText("name", c.ID).fillText("project", c.Account).
		text("connectionName", c.Account+":"+c.text("region")+":"+c.ID).
		text("selfLink", "https://sqladmin.googleapis.com/sql/v1beta4/projects/"+c.Account+"/instances/"+c.ID).
		text("privateIpAddress", "10.91."+decimal(c.ID, 16)+".3").
		text("instanceType", "CLOUD_SQL_INSTANCE").values
}

var snapshotPeriods = []string{"ONE_HOUR", "SIX_HOURS", "TWELVE_HOURS", "TWENTY_FOUR_HOURS"}

// refuseRedis: https://cloud.google.com/memorystore/docs/redis/supported-monitoring-metrics and
// https://cloud.google.com/memorystore/docs/redis/supported-redis-configurations.
func refuseRedis(c *Call) error {
	memory, _ := c.number("memorySizeGb")
	period := c.text("persistenceConfig.rdbSnapshotPeriod")
	version := c.text("redisVersion")
	switch {
	case memory < 1 || memory > 300:
		return google.refuses("", "badRequest", "Invalid memory size %d: must be between 1 and 300", memory)
	case version != "" && !slices.Contains([]string{"REDIS_5_0", "REDIS_6_X", "REDIS_7_0", "REDIS_7_2"}, version):
		return google.refuses("", "badRequest", "Invalid Redis version: %s", version)
	case period != "" && !slices.Contains(snapshotPeriods, period):
		return google.refuses("", "badRequest", "Invalid snapshot period: %s", period)
	}
	return nil
}

func redisOutputs(c *Call) map[string]property.Value {
	port := 6379
	given := c.outputs()
	if c.text("transitEncryptionMode") == "SERVER_AUTHENTICATION" {
		port = 6378
		given.keep("serverCaCerts", property.New([]property.Value{object(map[string]property.Value{
			"cert":         property.New("-----BEGIN CERTIFICATE-----\n" + digest(64, c.ID) + "\n-----END CERTIFICATE-----\n"),
			"serialNumber": property.New("0"), "sha1Fingerprint": property.New(digest(40, c.ID))})}))
	}
	if c.flag("authEnabled") {
		given.keep("authString", property.New(uuid(randomHex(32))).WithSecret(true))
	}
	return given.fillText("project", c.Account).text("host", "10.91.0."+decimal(c.ID, 254)).set("port", num(port)).
		text("currentLocationId", c.text("region")+"-a").values
}

var shareForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,15}$`)

// refuseFilestore: https://cloud.google.com/filestore/docs/service-tiers.
func refuseFilestore(c *Call) error {
	capacity, _ := c.number("fileShares.capacityGb")
	tier, region := c.text("tier"), googleRegion.MatchString(c.text("location"))
	regional := tier == "ENTERPRISE" || tier == "REGIONAL"
	switch {
	case !shareForm.MatchString(c.text("fileShares.name")):
		return google.refuses("", "badRequest", "Invalid file share name: '%s'", c.text("fileShares.name"))
	case regional && (capacity < 1024 || capacity > 10240 || capacity%256 != 0):
		return google.refuses("", "badRequest", "Invalid capacity %d GiB: tier %s has 1024 to 10240 GiB in steps of 256",
			capacity, tier)
	case regional != region:
		return google.refuses("", "badRequest", "Tier %s does not go with the location %s", tier, c.text("location"))
	case !regional && strings.HasPrefix(tier, "BASIC") && c.text("kmsKeyName") != "":
		return google.refuses("", "badRequest", "Tier %s takes no key", tier)
	}
	return nil
}

func filestoreOutputs(c *Call) map[string]property.Value {
	networks := []property.Value{}
	for _, network := range props.Maps(c.Inputs, "networks[*]") {
		address := property.New([]property.Value{property.New("10.91.1." + decimal(c.ID, 254))})
		networks = append(networks, property.New(network.Set("ipAddresses", address)))
	}
	return c.outputs().fillText("project", c.Account).set("networks", property.New(networks)).
		keep("createTime", property.New(c.Now.UTC().Format(time.RFC3339))).values
}
