package topics

import (
	"slices"
	"strings"

	"haven/components/naming"
	"haven/policy/props"
	"haven/policy/rules"
)

const (
	database         = "aws:rds/instance:Instance"
	parameterGroup   = "aws:rds/parameterGroup:ParameterGroup"
	subnetGroup      = "aws:rds/subnetGroup:SubnetGroup"
	backupsElsewhere = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
	selection        = "aws:backup/selection:Selection"
)

var databases = []rules.Rule{
	on("rds-encrypted", must("storageEncrypted"), database),
	on("rds-cmk", given("kmsKeyId", "the customer's own key"), database),
	on("rds-not-public", mustNot("publiclyAccessible"), database),
	on("rds-in-vpc", given("dbSubnetGroupName", "a group of isolated subnets"), database),
	across("rds-subnets-not-public", isolated, database),
	on("rds-multi-az", must("multiAz"), database),
	on("rds-backup-retention", least("backupRetentionPeriod", 7), database),
	across("rds-in-backup-plan", primary(original(companion(selection, "resources[*]", "a selection of AWS Backup", nil))),
		database),
	on("rds-replicated-backup-cmk", given("kmsKeyId", "a key of the region of the copy"), backupsElsewhere),
	across("rds-deletion-protection", unreleased(must("deletionProtection")), database),
	on("rds-minor-upgrades", must("autoMinorVersionUpgrade"), database),
	on("rds-iam-auth", must("iamDatabaseAuthenticationEnabled"), database),
	across("rds-tls-required", requiresTLS, database),
	on("rds-ca-cert", among("caCertIdentifier", "rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"), database),
	on("rds-engine-supported", primary(supportedEngine), database),
	on("rds-log-exports", exportsLogs, database),
	on("rds-enhanced-monitoring", both(least("monitoringInterval", 1),
		given("monitoringRoleArn", "the role that writes the metrics")), database),
	on("rds-performance-insights", must("performanceInsightsEnabled"), database),
	on("rds-pi-cmk", given("performanceInsightsKmsKeyId", "the customer's own key"), database),
	on("rds-copy-tags", must("copyTagsToSnapshot"), database),
	on("rds-custom-admin", primary(customAdmin), database),
	on("rds-non-default-port", nonDefaultPort, database),
	on("rds-no-plaintext-password", noPlainPassword, database),
	on("rds-other-engines", primary(among("engine", "mysql")), database),
}

// primary demands something only of what is no replica of another database, which has it from that one.
func primary(check func(*rules.Look)) func(*rules.Look) {
	return func(l *rules.Look) {
		if !l.Filled("replicateSourceDb") {
			check(l)
		}
	}
}

// unreleased demands something only of what is not let go.
func unreleased(check func(*rules.Look)) func(*rules.Look) {
	return func(l *rules.Look) {
		if l.Known("tags.quarantine") && l.Text("tags.quarantine") != string(naming.Released) {
			check(l)
		}
	}
}

func isolated(l *rules.Look) {
	for _, subnets := range l.Named("dbSubnetGroupName", subnetGroup) {
		for _, s := range subnets.Named("subnetIds[*]", subnet) {
			for _, r := range internetRoutes(s) {
				if !l.Sure() {
					continue
				}
				l.RefuseFound("dbSubnetGroupName", "a group with "+s.Resource.Name()+", which has a route to the internet",
					"subnets without one", "take isolated subnets", subnets.Resource, s.Resource, r.Resource)
			}
		}
	}
}

func requiresTLS(l *rules.Look) {
	found := l.Named("parameterGroupName", parameterGroup)
	if len(found) == 0 && l.Known("parameterGroupName") {
		l.Refuse("parameterGroupName", "a parameter group that requires TLS", "declare one with require_secure_transport = 1")
	}
	for _, parameters := range found {
		if !parameters.Known("parameters") {
			continue
		}
		on := slices.ContainsFunc(parameters.Each("parameters"), func(p *rules.Look) bool {
			return p.Text("name") == "require_secure_transport" && slices.Contains([]string{"1", "ON"}, p.Text("value"))
		})
		if !on {
			parameters.RefuseFound("parameters", "without require_secure_transport = 1", "it",
				"add it: else clients may connect "+
					"without TLS")
		}
	}
}

// supported are the beginnings of the versions in standard support.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
var supported = []string{"8.4"}

func supportedEngine(l *rules.Look) {
	version := l.Text("engineVersion")
	if !slices.ContainsFunc(supported, func(begin string) bool {
		return version == begin || strings.HasPrefix(version,
			begin+".")
	}) {
		l.Refuse("engineVersion", "a version in standard support: "+listed(supported), "upgrade it")
	}
}

func exportsLogs(l *rules.Look) {
	exported := l.Texts("enabledCloudwatchLogsExports[*]")
	for _, log := range []string{"audit", "error", "slowquery"} {
		if !slices.Contains(exported, log) {
			l.Refuse("enabledCloudwatchLogsExports", "with "+log, "add "+log)
		}
	}
}

// customAdmin: what is made from another database has its user, and is asked where that is known.
func customAdmin(l *rules.Look) {
	if (madeFromOther(l) || quarantined(l)) && !l.Has("username") {
		if l = l.Output(); !l.Has("username") {
			return
		}
	}
	if name := l.Text("username"); slices.Contains([]string{"", "admin", "root", "postgres", "mysql"}, name) {
		l.Refuse("username", "a name that is nobody's default", "choose another: it cannot be changed later")
	}
}

// madeFromOther says whether a database is made from what another one had.
func madeFromOther(l *rules.Look) bool {
	return l.Has("restoreToPointInTime") || l.Has("snapshotIdentifier")
}

func nonDefaultPort(l *rules.Look) {
	if port, is := l.Number("port"); !is || port == 3306 {
		l.Refuse("port", "another than 3306", "set it to another port")
	}
}

// noPlainPassword demands that RDS keeps the password, or that it is a secret.
func noPlainPassword(l *rules.Look) {
	if !l.Known("manageMasterUserPassword") || l.Flag("manageMasterUserPassword") {
		return
	}
	given := len(props.At(l.Resource.Inputs, "password")) > 0
	if !given && leads(l) && !madeFromOther(l) {
		l.Refuse("password", "a secret, or manageMasterUserPassword", "set manageMasterUserPassword to true")
	}
	for _, v := range props.At(l.Resource.Inputs, "password") {
		if !v.HasSecrets() && !v.HasComputed() {
			l.RefuseFound("password", "written in the open", "a secret, or manageMasterUserPassword",
				"set manageMasterUserPassword to true")
		}
		if v.HasComputed() && !v.HasSecrets() {
			l.Unsure("whether password is a secret")
		}
	}
}
