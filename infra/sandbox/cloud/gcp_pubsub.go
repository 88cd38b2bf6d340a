package cloud

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Topics: https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics.
func gcpPubSubTypes() []*Type {
	topic := func(c *Call) string { return topicPath(c.Account, c.text("topic")) }
	return []*Type{
		{
			Token: gcpTopic, ID: func(c *Call) string { return topicPath(c.Account, autoName(c)) },
			Unique: []Unique{{Property: "name", Scope: PerAccount,
				Taken: google.says("", "alreadyExists", "Resource already exists in the project (resource=%s).").
					withStatus(409)}},
			Refuse: firstOf(needs("pubsub.googleapis.com"), refuseTopic),
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().fillText("name", lastPart(c.ID, "/")).fillText("project", c.Account).values
			},
		},
		GoogleTopicGrant.kind(topic, Reference{Property: "topic", To: gcpTopic, By: "name",
			NotFound: google.says("", "notFound", "Resource not found (resource=%s).").withStatus(404)}),
	}
}

func topicPath(project, name string) string {
	if strings.HasPrefix(name, "projects/") {
		return name
	}
	return "projects/" + project + "/topics/" + name
}

// topicNameForm: https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names.
var topicNameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}$`)

func refuseTopic(c *Call) error {
	name := lastPart(c.ID, "/")
	if !topicNameForm.MatchString(name) || strings.HasPrefix(name, "goog") {
		return google.refuses("", "badRequest", "Invalid [topics] name: (name=%s)", c.ID)
	}
	return nil
}
