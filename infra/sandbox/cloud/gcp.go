package cloud

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Google Cloud: a provider's account is its project, and nothing has a region of the provider's.
func gcpTypes() []*Type {
	types := slices.Concat(gcpProjectTypes(), gcpKMSTypes(), gcpStorageTypes(), gcpTransferTypes(), gcpLoggingTypes(),
		gcpMonitoringTypes(), gcpPubSubTypes(), gcpIdentityTypes(), gcpNetworkTypes(), gcpBalancerTypes(), gcpStoreTypes(),
		gcpRunTypes(), gcpNameTypes())
	for _, kind := range types {
		kind.Global = true
		if kind.Refuse == nil {
			kind.Refuse = refuseNoProject
			continue
		}
		kind.Refuse = firstOf(refuseNoProject, kind.Refuse)
	}
	return types
}

func refuseNoProject(c *Call) error {
	if c.Account == "" {
		return errors.New("project: required field is not set")
	}
	return nil
}

// GoogleProject is what Google Cloud knows of a project by itself.
type GoogleProject string

// Number is the project's number. It follows from the ID here; Google draws it.
func (p GoogleProject) Number() string { return decimal(string(p), 1<<31) }

// StorageAgent is who acts for Cloud Storage in the project:
// https://cloud.google.com/storage/docs/getting-service-agent.
func (p GoogleProject) StorageAgent() string {
	return "service-" + p.Number() + "@gs-project-accounts.iam.gserviceaccount.com"
}

// TransferAgent is who acts for Storage Transfer Service in the project:
// https://cloud.google.com/storage-transfer/docs/iam-cloud.
func (p GoogleProject) TransferAgent() string {
	return "project-" + p.Number() + "@storage-transfer-service.iam.gserviceaccount.com"
}

// TransferAgentSubject is that agent's number, as other identity providers know it.
func (p GoogleProject) TransferAgentSubject() string {
	return "1" + decimal("a"+string(p), 1<<30)[:9] + decimal("b"+string(p), 1<<30)[:9] + "00"
}

// alwaysEnabled are services that every new project has.
// https://cloud.google.com/service-usage/docs/enabled-service#default
var alwaysEnabled = []string{"logging.googleapis.com", "monitoring.googleapis.com", "storage.googleapis.com"}

// GoogleServiceOff is what a service answers in a project where it is not enabled; nil where it is.
func GoogleServiceOff(w World, project, service string) error {
	on := func(name string) bool { return name == project+"/"+service }
	left := func(r Retained) bool { return on(r.ID) }
	made := func(r Resource) bool { return on(r.ID) }
	if slices.Contains(alwaysEnabled, service) || slices.ContainsFunc(w.List(gcpService, project, ""), made) ||
		slices.ContainsFunc(w.Retained(gcpService, project, ""), left) {
		return nil
	}
	return google.refuses("", "forbidden", "%s has not been used in project %s before or it is disabled. Enable it by "+
		"visiting https://console.developers.google.com/apis/api/%s/overview?project=%s then retry.", service, project,
		service, project).withStatus(403)
}

// needs refuses where the service is not enabled.
func needs(service string) check {
	return func(c *Call) error { return GoogleServiceOff(c.World, c.Account, service) }
}

// autoName is the name given, or the one that Pulumi makes of the resource's own:
// https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming.
func autoName(c *Call) string {
	if name := c.text("name"); name != "" {
		return name
	}
	return lastPart(c.URN, ":") + "-" + randomHex(7)
}

// drawnID is the numeric end of a name that Google draws.
func drawnID() string { return randomFrom("123456789", 1) + randomFrom("0123456789", 18) }

// ofProject is the ID "projects/<project>/<collection>/<number>", with the same name.
func ofProject(collection string) func(*Call) string {
	return func(c *Call) string { return "projects/" + c.Account + "/" + collection + "/" + drawnID() }
}

func namedByID(c *Call) map[string]property.Value {
	return c.outputs().text("name", c.ID).fillText("project", c.Account).values
}

// durationWithin says whether a text is a duration in whole seconds, "3600s", within these bounds.
func durationWithin(text string, least, most int) bool {
	digits, ok := strings.CutSuffix(text, "s")
	seconds, err := strconv.Atoi(digits)
	return ok && err == nil && seconds >= least && seconds <= most
}

// kind is the type that lets one member have one role; the same grant made again is the same grant.
// https://cloud.google.com/iam/docs/reference/rest/v1/Policy#Binding
func (g Grant) kind(on func(*Call) string, notFound Reference, more ...check) *Type {
	refuse := append([]check{refuseMember, refuseRole}, more...)
	return &Type{
		Token:      g.token,
		ID:         func(c *Call) string { return on(c) + "/" + c.text("role") + "/" + c.text("member") },
		References: []Reference{notFound},
		Refuse:     firstOf(refuse...),
		Computed: func(c *Call) map[string]property.Value {
			return c.outputs().text("etag", "Bw"+digest(10, c.ID)+"=").values
		},
	}
}

var (
	memberForm = regexp.MustCompile(
		`^(allUsers|allAuthenticatedUsers|(user|serviceAccount|group|domain|principal|principalSet):.+)$`)
	roleForm = regexp.MustCompile(`^((projects|organizations)/[a-z0-9:.-]+/)?roles/[A-Za-z0-9._]+$`)
)

// refuseMember: a service account is one that somebody made, or one of those that act for Google's services in this
// project.
func refuseMember(c *Call) error {
	member := c.text("member")
	if member == "" {
		return nil
	}
	if !memberForm.MatchString(member) {
		return fmt.Errorf("invalid value for member (IAM members must have one of the values outlined here: " +
			"https://cloud.google.com/billing/docs/reference/rest/v1/Policy#Binding)")
	}
	account, isAccount := strings.CutPrefix(member, "serviceAccount:")
	if isAccount && !c.acts(account) {
		return google.refuses("", "badRequest", "Service account %s does not exist.", account)
	}
	return nil
}

func refuseRole(c *Call) error {
	if role := c.text("role"); role != "" && !roleForm.MatchString(role) {
		return google.refuses("", "badRequest", "Role %s is not supported for this resource.", role)
	}
	return nil
}

// rolePermissions are what the roles give that agents are asked for:
// https://cloud.google.com/storage/docs/access-control/iam-roles,
// https://cloud.google.com/kms/docs/reference/permissions-and-roles,
// https://cloud.google.com/pubsub/docs/access-control and
// https://cloud.google.com/secret-manager/docs/access-control.
var rolePermissions = map[string][]string{
	"roles/storage.admin": {"storage.buckets.get", "storage.objects.create", "storage.objects.delete",
		"storage.objects.get", "storage.objects.list"},
	"roles/storage.objectAdmin": {"storage.objects.create", "storage.objects.delete", "storage.objects.get",
		"storage.objects.list"},
	"roles/storage.objectUser": {"storage.objects.create", "storage.objects.delete", "storage.objects.get",
		"storage.objects.list"},
	"roles/storage.objectCreator": {"storage.objects.create"},
	"roles/storage.objectViewer":  {"storage.objects.get", "storage.objects.list"},
	"roles/storage.legacyBucketOwner": {"storage.buckets.get", "storage.objects.create", "storage.objects.delete",
		"storage.objects.list"},
	"roles/storage.legacyBucketWriter": {"storage.buckets.get", "storage.objects.create", "storage.objects.delete",
		"storage.objects.list"},
	"roles/storage.legacyBucketReader":           {"storage.buckets.get", "storage.objects.list"},
	"roles/storage.legacyObjectReader":           {"storage.objects.get"},
	"roles/cloudkms.cryptoKeyEncrypterDecrypter": {encryptPermission, decryptPermission},
	"roles/cloudkms.cryptoKeyEncrypter":          {encryptPermission},
	"roles/cloudkms.cryptoKeyDecrypter":          {decryptPermission},
	"roles/pubsub.publisher":                     {PublishPermission},
	"roles/secretmanager.secretAccessor":         {accessPermission},
}

const (
	encryptPermission = "cloudkms.cryptoKeyVersions.useToEncrypt"
	decryptPermission = "cloudkms.cryptoKeyVersions.useToDecrypt"
	accessPermission  = "secretmanager.versions.access"
	// PublishPermission is what sending to a topic takes.
	PublishPermission = "pubsub.topics.publish"
)

// Granted says whether a service account has all of these permissions on a bucket ([GoogleBucketGrant]), a key
// ([GoogleKeyGrant]) or a topic ([GoogleTopicGrant]) by grants on itself.
func Granted(w World, project string, on Grant, resource, account string, permissions ...string) bool {
	for _, permission := range permissions {
		if !slices.ContainsFunc(w.List(on.token, project, ""), func(r Resource) bool {
			return strings.TrimPrefix(r.Text(on.property), "b/") == resource &&
				r.Text("member") == "serviceAccount:"+account && absent(r.Outputs, "condition") &&
				slices.Contains(rolePermissions[r.Text("role")], permission)
		}) {
			return false
		}
	}
	return true
}

// Grant is a kind of grant: the type that makes it, and the property that names what is granted.
type Grant struct{ token, property string }

// The kinds of grants that the sandbox has.
var (
	GoogleBucketGrant = Grant{gcpBucketMember, "bucket"}
	GoogleKeyGrant    = Grant{gcpKeyMember, "cryptoKeyId"}
	GoogleTopicGrant  = Grant{gcpTopicMember, "topic"}
	GoogleSecretGrant = Grant{gcpSecretMember, "secretId"}
	// GoogleServiceGrant and GoogleJobGrant are on what Cloud Run runs.
	GoogleServiceGrant = Grant{gcpRunMember, "name"}
	GoogleJobGrant     = Grant{gcpJobMember, "name"}
)
