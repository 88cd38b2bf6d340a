package topics

import (
	"slices"
	"strconv"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

const (
	store         = "gcp:storage/bucket:Bucket"
	storeMember   = "gcp:storage/bucketIAMMember:BucketIAMMember"
	storeBinding  = "gcp:storage/bucketIAMBinding:BucketIAMBinding"
	cryptoKey     = "gcp:kms/cryptoKey:CryptoKey"
	cryptoMember  = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
	cryptoBinding = "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding"
	auditConfig   = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
	logMetric     = "gcp:logging/metric:Metric"
	alertPolicy   = "gcp:monitoring/alertPolicy:AlertPolicy"
	googleService = "gcp:projects/service:Service"
	projectMember = "gcp:projects/iAMMember:IAMMember"
	googleNetwork = "gcp:compute/network:Network"
	secretMember  = "gcp:secretmanager/secretIamMember:SecretIamMember"
	googleUser    = "gcp:sql/user:User"
	googleWall    = "gcp:compute/firewall:Firewall"
)

var google = []rules.Rule{
	on("gcs-no-public", noPublicMember, storeMember, storeBinding),
	on("gcs-pap-enforced", among("publicAccessPrevention", "enforced"), store),
	on("gcs-uniform-access", must("uniformBucketLevelAccess"), store),
	on("gcs-versioning", keepsObjects, store),
	on("gcs-cmek", given("encryption.defaultKmsKeyName", "the customer's own key"), store),
	across("gcs-logging", loggedStore, store),
	on("gcs-retention-lock", both(least("retentionPolicy.retentionPeriod", 7*secondsOfDay),
		must("retentionPolicy.isLocked")), store),
	on("gcs-soft-delete", least("softDeletePolicy.retentionDurationSeconds", 7*secondsOfDay), store),
	on("gcs-lifecycle", given("lifecycleRules", "an end to what it keeps"), store),
	across("gcs-data-access-logs", audited("DATA_READ", "DATA_WRITE"), store),
	on("gkms-rotation-90d", rotatesQuarterly, cryptoKey),
	on("gkms-key-not-public", noPublicMember, cryptoMember, cryptoBinding),
	on("glog-audit-config", recordsEverything, auditConfig),
	across("glog-metric-alerts", hasTripwires, auditConfig),
	across("gproj-inventory-approval", keepsInventory, auditConfig),
	on("giam-no-basic-roles", noRole("roles/owner", "roles/editor", "roles/viewer"), projectMember),
	on("giam-sa-no-admin", noAdministrator, projectMember),
	on("giam-no-sa-impersonation", noRole("roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator",
		"roles/iam.workloadIdentityUser"), projectMember),
	on("giam-no-default-sa", noMember("the account of a service of its own", "-compute@developer.gserviceaccount.com",
		"@appspot.gserviceaccount.com"), projectMember),
	on("giam-no-direct-users", noPerson, projectMember),
	across("giam-sod-kms", apart("roles/cloudkms.admin", "roles/cloudkms.cryptoKey"), projectMember),
	across("giam-sod-sa", apart("roles/iam.serviceAccountAdmin", "roles/iam.serviceAccountUser"), projectMember),
	on("gproj-no-default-network", ownNetwork, googleNetwork),
	on("gsecret-hygiene", noPublicMember, secretMember),
	on("gsql-no-root", notRoot, googleUser),
	on("gfirewall-no-world", admitsNamed, googleWall),
}

const secondsOfDay = 24 * 60 * 60

func notRoot(l *rules.Look) {
	if l.Known("name") && l.Text("name") == "root" {
		l.Refuse("name", "a user of the application", "name another: root may do everything")
	}
}

// admitsNamed demands of a rule of a network that it lets in from ranges, tags or accounts by name. A rule without a
// direction is about what comes in.
// https://cloud.google.com/firewall/docs/firewalls#sources
func admitsNamed(l *rules.Look) {
	if !l.Known("direction") || l.Text("direction") == "EGRESS" || !filled(l, "allows") {
		return
	}
	if !filled(l, "sourceRanges") && !filled(l, "sourceTags") && !filled(l, "sourceServiceAccounts") {
		l.Refuse("sourceRanges", "the ranges that need it", "name them: without them it is open to everybody")
	}
	for _, source := range l.Texts("sourceRanges[*]") {
		if anywhere(source) {
			l.RefuseFound("sourceRanges", source, "the ranges that need it", "name them")
		}
	}
}

func noPublicMember(l *rules.Look) {
	for _, path := range []string{"member", "members[*]"} {
		if l.Foreign(path) {
			continue
		}
		for _, who := range l.Texts(path) {
			if who == "allUsers" || who == "allAuthenticatedUsers" {
				l.RefuseFound(path, who, "members by name", "name them")
			}
		}
	}
}

// keepsObjects demands old versions, or a retention, with which an object has none.
func keepsObjects(l *rules.Look) {
	if n, is := l.Number("retentionPolicy.retentionPeriod"); !l.Flag("versioning.enabled") && (!is || n <= 0) && l.Sure() {
		l.Refuse("versioning.enabled", "true, or a retentionPolicy", "set it to true")
	}
}

// loggedStore demands a log of who reads a bucket: its own, or the project's audit log of data.
func loggedStore(l *rules.Look) {
	to := l.Text("logging.logBucket")
	if to != "" && to == l.Text("name") {
		l.Refuse("logging.logBucket", "another bucket", "name another: its log would be without end")
	}
	if !filled(l, "logging.logBucket") {
		audited("DATA_READ")(l)
	}
}

// audited demands that the project's audit log has these kinds of what is done in its buckets.
func audited(kinds ...string) func(*rules.Look) {
	return func(l *rules.Look) {
		for _, kind := range kinds {
			records := func(r *graph.Resource) bool { return recordsKind(l.At(r), kind) }
			if !slices.ContainsFunc(l.Graph().OfType(auditConfig), records) {
				lacks(l, "no audit log has its "+kind, "an IAMAuditConfig of it", "declare one for storage.googleapis.com")
			}
		}
	}
}

func recordsKind(config *rules.Look, kind string) bool {
	if !config.Known("service") || !config.Known("auditLogConfigs") {
		return true
	}
	covers := slices.Contains([]string{"allServices", "storage.googleapis.com"}, config.Text("service"))
	return covers && slices.ContainsFunc(config.Each("auditLogConfigs"), func(c *rules.Look) bool {
		return c.Text("logType") == kind && len(c.Texts("exemptedMembers[*]")) == 0
	})
}

const quarter = 90 * secondsOfDay

func rotatesQuarterly(l *rules.Look) {
	if purpose := l.Text("purpose"); purpose != "" && purpose != "ENCRYPT_DECRYPT" {
		return
	}
	period, err := strconv.ParseFloat(strings.TrimSuffix(l.Text("rotationPeriod"), "s"), 64)
	if err != nil || period > quarter {
		l.Refuse("rotationPeriod", "7776000s, 90 days, or less", `set it to "7776000s"`)
	}
}

func recordsEverything(l *rules.Look) {
	oneOf(l, "service", "allServices")
	for _, kind := range []string{"ADMIN_READ", "DATA_READ", "DATA_WRITE"} {
		recorded := slices.ContainsFunc(l.Each("auditLogConfigs"),
			func(c *rules.Look) bool { return c.Text("logType") == kind })
		if !recorded && l.Known("auditLogConfigs") {
			l.RefuseFound("auditLogConfigs", "without "+kind, "it", "add it")
		}
	}
	for _, c := range l.Each("auditLogConfigs") {
		if filled(c, "exemptedMembers") {
			c.Refuse("exemptedMembers", "nobody", "remove it")
		}
	}
}

// change is what somebody must be told of, by what the log calls it, where the stack has something of that type; of ""
// everywhere.
type change struct {
	of    string
	terms []string
}

// onProject narrows a filter to the project itself.
const onProject = `resource.type="project"`

// changes are what CIS asks for, and whatever ends a copy, the key that opens it, or the transfer that brings it.
// https://cloud.google.com/storage/docs/audit-logging
// https://cloud.google.com/kms/docs/audit-logging
// https://cloud.google.com/storage-transfer/docs/audit-logging
var changes = []change{
	{"", []string{onProject, `"SetIamPolicy"`}}, {"", []string{`"cloudkms.googleapis.com"`, `"SetIamPolicy"`}},
	{"", []string{`"storage.setIamPermissions"`}}, {"", []string{`"DestroyCryptoKeyVersion"`}},
	{"", []string{`"UpdateCryptoKey"`}}, {"", []string{`"UpdateCryptoKeyVersion"`}},
	{store, []string{`"storage.buckets.delete"`}}, {store, []string{`"storage.buckets.update"`}},
	{store, []string{`"storage.objects.delete"`}},
	{transferJob, []string{`"google.storagetransfer.v1.StorageTransferService.DeleteTransferJob"`}},
	{transferJob, []string{`"google.storagetransfer.v1.StorageTransferService.PauseTransferOperation"`}},
	{transferJob, []string{`"google.storagetransfer.v1.StorageTransferService.UpdateTransferJob"`}},
}

// hasTripwires demands that alerts are on such changes in the audit log, be it by metrics that count them.
func hasTripwires(l *rules.Look) {
	for _, c := range changes {
		has := c.of == "" || len(inStack(l, c.of)) > 0
		if has && !counted(l, c.terms) && !matched(l, c.terms) {
			lacks(l, "nobody is told of "+strings.Join(c.terms, " and "), "a metric of it, and an alert",
				"declare a Metric and an AlertPolicy")
		}
	}
}

func counted(l *rules.Look, change []string) bool {
	return slices.ContainsFunc(l.Graph().OfType(logMetric), func(m *graph.Resource) bool {
		metric := l.At(m)
		return m.Stack == l.Resource.Stack && lets(metric.Text("filter"), change) && alerted(metric)
	})
}

// matched says whether an alert is on the log itself, without a metric.
func matched(l *rules.Look, change []string) bool {
	return slices.ContainsFunc(l.Graph().OfType(alertPolicy), func(a *graph.Resource) bool {
		alert := l.At(a)
		return alert.Filled("notificationChannels") &&
			slices.ContainsFunc(alert.Texts("conditions[*].conditionMatchedLog.filter"), func(filter string) bool {
				return lets(filter, change)
			})
	})
}

// lets says whether a filter lets such a change through: it has each term of it, or narrows to no kind of resource.
func lets(filter string, change []string) bool {
	wide := !strings.Contains(filter, "resource.type") && !strings.Contains(filter, "serviceName")
	return watches(filter, slices.DeleteFunc(slices.Clone(change), func(term string) bool { return wide && term == onProject }))
}

func alerted(metric *rules.Look) bool {
	return slices.ContainsFunc(metric.Graph().OfType(alertPolicy), func(a *graph.Resource) bool {
		for _, path := range []string{"conditions[*].conditionThreshold.filter",
			"conditions[*].conditionPrometheusQueryLanguage.query"} {
			for _, text := range metric.At(a).Texts(path) {
				name := metric.Text("name")
				if strings.Contains(text, name) || strings.Contains(text, strings.ReplaceAll(name, "-", "_")) {
					return true
				}
			}
		}
		return false
	})
}

const inventory = "cloudasset.googleapis.com"

func keepsInventory(l *rules.Look) {
	enabled := slices.ContainsFunc(l.Graph().OfType(googleService), func(s *graph.Resource) bool {
		return s.Stack == l.Resource.Stack && l.At(s).Text("service") == inventory
	})
	if !enabled {
		lacks(l, inventory+" is not enabled", "an inventory of the project", "declare a Service for it")
	}
}

// noRole refuses roles that are too wide for a whole project.
func noRole(roles ...string) func(*rules.Look) {
	return func(l *rules.Look) {
		if role := l.Text("role"); slices.Contains(roles, role) {
			l.RefuseFound("role", role, "a role of what is needed", "grant it on what it is needed for")
		}
	}
}

// noAdministrator refuses a service account that may change what it should only use.
func noAdministrator(l *rules.Look) {
	role := l.Text("role")
	administers := strings.Contains(strings.ToLower(role), "admin") || role == "roles/owner" || role == "roles/editor"
	if administers && strings.HasPrefix(l.Text("member"), "serviceAccount:") {
		l.RefuseFound("role", role, "a role that administers nothing", "grant what it uses")
	}
}

// noMember refuses members that end so.
func noMember(want string, ends ...string) func(*rules.Look) {
	return func(l *rules.Look) {
		for _, end := range ends {
			if who := l.Text("member"); strings.HasSuffix(who, end) {
				l.RefuseFound("member", who, want, "make one")
			}
		}
	}
}

func noPerson(l *rules.Look) {
	if who := l.Text("member"); strings.HasPrefix(who, "user:") {
		l.RefuseFound("member", who, "a group or a service account", "put the person into a group")
	}
}

// apart refuses a member that administers and uses: who has the one role has none that begins like the other.
func apart(administers, uses string) func(*rules.Look) {
	return func(l *rules.Look) {
		if !strings.HasPrefix(l.Text("role"), uses) {
			return
		}
		for _, r := range l.Graph().OfType(projectMember) {
			if other := l.At(r); other.Text("role") == administers && other.Text("member") == l.Text("member") {
				l.RefuseFound("role", l.Text("role"), "a member of its own, for "+r.Name()+" administers", "grant it to another one")
			}
		}
	}
}

// ownNetwork demands a network whose subnetworks are each declared: the default one has one in every region.
func ownNetwork(l *rules.Look) {
	if l.Text("name") == "default" {
		l.RefuseFound("name", "default", "a network of its own", "name it otherwise")
	}
	if (l.Flag("autoCreateSubnetworks") || !filled(l, "autoCreateSubnetworks")) && l.Sure() {
		l.Refuse("autoCreateSubnetworks", "false", "set it to false")
	}
}
