package config

import (
	"fmt"
	"regexp"

	"haven/components/application/fargate"
	"haven/components/application/scripts"
)

func (c *checker) application(application *Application) {
	const path = "tenant.application."
	c.image(path+"image", application.Image)
	c.process(path+"web", application.Web, fargate.MinTasks)
	c.process(path+"worker", application.Worker, 1)
	c.process(path+"websocket", application.WebSocket, 1)
	c.task(path+"scheduler", application.Scheduler)
	scripts.Service(application.Scripts).Check(func(field string, err error) {
		c.limit(path+"scripts."+fieldName(field), err)
	})
	if mail := application.AdminEmail; mail != "" && !mailForm.MatchString(mail) {
		c.refuse(path+"adminEmail", mail, "a mail address", `write it like "admin@haven.example"`)
	}
}

// imageReference is the grammar of container image references: a name of components, a tag and a SHA-256 digest.
// https://pkg.go.dev/github.com/distribution/reference
var imageReference = regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?` +
	`(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d{1,5})?/)?` +
	`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*` +
	`(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$`)

// image names a version, by tag or digest: without either it would be whatever was pushed last.
func (c *checker) image(path, image string) {
	part := imageReference.FindStringSubmatch(image)
	if part == nil || part[1]+part[2] == "" {
		c.refuse(path, image, "a container image with a tag, a digest or both",
			`write it like "registry.example.org/team/name:4.15@sha256:<64 digits>"`)
	}
}

// digest makes sure that an image can never be another one under the same name, outside the environment "demo".
func (c *checker) digest(path, image, environment string) {
	if environment != demo && !hasDigest(image) && c.sound(path) {
		c.refuse(path, image, fmt.Sprintf("an image with a digest, outside the environment %q", demo),
			`add "@sha256:<64 digits>", as the registry shows it, so that it can never be another image`)
	}
}

// hasDigest says whether an image can never be another one under the same name.
func hasDigest(image string) bool {
	part := imageReference.FindStringSubmatch(image)
	return part != nil && part[2] != ""
}
