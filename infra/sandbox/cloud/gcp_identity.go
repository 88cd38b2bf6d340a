package cloud

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Service accounts, what they may do in a project, and who acts for Google's services in one:
// https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.
func gcpIdentityTypes() []*Type {
	return []*Type{
		{
			Token: gcpAccount,
			ID: func(c *Call) string {
				return "projects/" + c.Account + "/serviceAccounts/" + GoogleProject(c.Account).account(c.text("accountId"))
			},
			Unique: []Unique{{Property: "accountId", Scope: PerAccount, Taken: google.says("", "alreadyExists",
				"Service account %s already exists within project.").withStatus(409)}},
			Refuse: firstOf(needs("iam.googleapis.com"), refuseAccountID),
			Computed: func(c *Call) map[string]property.Value {
				email := lastPart(c.ID, "/")
				return c.outputs().text("email", email).text("member", "serviceAccount:"+email).text("name", c.ID).
					fillText("project", c.Account).keep("uniqueId", property.New(drawnID())).values
			},
		},
		{
			Token: gcpIdentity,
			ID:    func(c *Call) string { return "projects/" + c.Account + "/services/" + c.text("service") },
			Refuse: func(c *Call) error {
				if agentDomains[c.text("service")] == "" {
					return google.refuses("", "badRequest", "Service %s has no identity.", c.text("service"))
				}
				return GoogleServiceOff(c.World, c.Account, c.text("service"))
			},
			Computed: func(c *Call) map[string]property.Value {
				agent := GoogleProject(c.Account).Agent(c.text("service"))
				return c.outputs().text("email", agent).text("member", "serviceAccount:"+agent).
					fillText("project", c.Account).values
			},
		},
		{
			Token:  gcpProjectMember,
			ID:     func(c *Call) string { return c.Account + "/" + c.text("role") + "/" + c.text("member") },
			Refuse: firstOf(needs("cloudresourcemanager.googleapis.com"), refuseProject, refuseMember, refuseRole),
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().text("etag", "Bw"+digest(10, c.ID)+"=").values
			},
		},
	}
}

// agentDomains are where the agents of services have their accounts:
// https://cloud.google.com/iam/docs/service-agents.
var agentDomains = map[string]string{
	"file.googleapis.com":          "cloud-filer",
	"redis.googleapis.com":         "cloud-redis",
	"secretmanager.googleapis.com": "gcp-sa-secretmanager",
	"sqladmin.googleapis.com":      "gcp-sa-cloud-sql",
}

// Agent is who acts for a service in the project.
func (p GoogleProject) Agent(service string) string {
	return "service-" + p.Number() + "@" + agentDomains[service] + ".iam.gserviceaccount.com"
}

func (p GoogleProject) account(id string) string {
	return id + "@" + string(p) + ".iam.gserviceaccount.com"
}

// accountIDForm: https://cloud.google.com/iam/docs/service-accounts-create#creating.
var accountIDForm = regexp.MustCompile(`^[a-z]([-a-z0-9]{4,28}[a-z0-9])$`)

func refuseAccountID(c *Call) error {
	if id := c.text("accountId"); id != "" && !accountIDForm.MatchString(id) {
		return google.refuses("", "badRequest", "Invalid service account ID %s: must be 6 to 30 lower-case letters, digits"+
			" and hyphens, beginning with a letter", id)
	}
	return nil
}

// acts says whether an account is one that somebody made, in any project, or a service's agent in this one.
func (c *Call) acts(account string) bool {
	project := GoogleProject(c.Account)
	agents := []string{project.StorageAgent(), project.TransferAgent()}
	for service := range agentDomains {
		agents = append(agents, project.Agent(service))
	}
	made := func(r Resource) bool { return r.Text("email") == account }
	return slices.Contains(agents, account) || slices.ContainsFunc(c.World.List(gcpAccount, "", ""), made)
}

// runsAs refuses an account that is not there.
func runsAs(path string) check {
	return func(c *Call) error {
		for _, account := range c.texts(path) {
			if account != "" && !c.acts(account) {
				return google.refuses("", "notFound", "Service account %s does not exist.", account).withStatus(404)
			}
		}
		return nil
	}
}

// keyOf refuses a key that lies elsewhere, or that a service's agent may not use:
// https://cloud.google.com/kms/docs/cmek.
func keyOf(path, location, service string) check {
	return func(c *Call) error {
		for _, key := range c.texts(path) {
			if key == "" {
				continue
			}
			at := c.text(location)
			if locationOfKey(key) != at {
				return google.refuses("", "badRequest", "The Cloud KMS key %s is not in the location %s of the resource.", key, at)
			}
			agent := GoogleProject(c.Account).Agent(service)
			if !Granted(c.World, c.Account, GoogleKeyGrant, key, agent, encryptPermission, decryptPermission) {
				return google.refuses("", "forbidden", "Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource"+
					" '%s' (or it may not exist): grant it to %s.", key, agent).withStatus(403)
			}
		}
		return nil
	}
}

// keyUse is a reference to a key.
func keyUse(path string) Reference {
	return Reference{Property: path, To: gcpCryptoKey, By: "id",
		NotFound: google.says("", "notFound", "CryptoKey %s not found.").withStatus(404)}
}

// taken is a name that exists already, of a kind of resource.
func taken(property, kind string) []Unique {
	return []Unique{{Property: property, Scope: PerAccount, Taken: google.says("", "alreadyExists",
		"The resource '"+kind+" %s' already exists").withStatus(409)}}
}

// used is a reference that keeps what it names from being deleted.
func used(path, to, by, kind string) Reference {
	return Reference{Property: path, To: to, By: by,
		NotFound: google.says("", "notFound", "The resource '"+kind+" %s' was not found").withStatus(404),
		InUse: google.says("", "resourceInUseByAnotherResource", "The "+kind+" resource '%s' is already being used").
			withStatus(400)}
}

// inProject is an ID below the project, with the name last.
func inProject(collection, name string) func(*Call) string {
	return func(c *Call) string {
		place := strings.ReplaceAll(collection, "{location}", c.text("location"))
		place = strings.ReplaceAll(place, "{region}", c.text("region"))
		named := c.text(name)
		if named == "" && name == "name" {
			named = autoName(c)
		}
		return "projects/" + c.Account + "/" + place + "/" + named
	}
}
