package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"haven/components/limit"
	"haven/components/naming"
)

// pathStackName stands for the name of the file, which is the stack's.
const pathStackName = "stack name"

// demo is the one environment that may use reserved domains and images without a digest: it is never reached.
const demo = "demo"

// plainName is what every AWS service and DNS take as part of a name. RDS is the strictest: no second hyphen in a row.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
var plainName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

const (
	plainWant = "lower-case letters, digits and single hyphens, beginning with a letter"
	plainFix  = `write it like "acme" or "acme-2"`
)

// reservedPrefixes may not begin the name of an environment, which begins every physical name: load balancers refuse
// internal-, S3 refuses sthree-, amzn- and xn--, parameters and others refuse aws.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
var reservedPrefixes = []string{"amazon", "amzn", "aws", "internal", "ssm", "sthree", "xn"}

// reservedRoles are the names of what an environment has, or will have, beside its cells.
var reservedRoles = []string{accountName, "drill", mirrorName, "offsite", "tenant"}

// reservedTenants would be taken for a part of the environment, or for a host of the operator's own.
var reservedTenants = append([]string{"admin", "amazon", "api", "app", "autodiscover", "aws", "cell", "ftp", "haven",
	"help", "internal", "localhost", "login", "mail", "ns", "ns1", "ns2", "root", "smtp", "standby", "status", "support",
	"test", "www"}, reservedRoles...)

// stackName allows what is within AWS's limits with every part that naming adds: "<environment>-<name>", at most
// naming.MaxStack characters; and within Google's where it is a tenant's name with an end of its own.
func (c *checker) stackName(name string) {
	most := naming.MaxStack
	if strings.HasSuffix(name, offsiteSuffix) {
		most = maxOffsiteStack
	}
	if plainName.MatchString(name) && strings.Contains(name, "-") && len(name) <= most {
		return
	}
	c.refuse(pathStackName, name,
		fmt.Sprintf(`"<environment>-<name>" of %s, at most %d characters`, plainWant, most),
		`rename the file, like "Pulumi.demo-acme.yaml"`)
}

// environment begins the name of its stacks.
func (c *checker) environment(role Role, stack, environment string) {
	path := role.path("environment")
	own, begins := strings.CutPrefix(stack, environment+"-")
	switch {
	case !plainName.MatchString(environment):
		c.refuse(path, environment, plainWant, `write it like "demo" or "prod"`)
	case slices.ContainsFunc(reservedPrefixes, func(word string) bool {
		return environment == word || strings.HasPrefix(environment, word+"-")
	}):
		c.refuse(path, environment, "a name that does not begin with "+limit.List(reservedPrefixes)+", which AWS reserves",
			"choose another name")
	case !c.sound(pathStackName):
		return
	case !begins || own == "":
		c.refuse(path, environment, fmt.Sprintf("the beginning of the stack's name %q, before a hyphen", stack),
			fmt.Sprintf("rename the file to %q, or change the environment", fileName(environment+"-"+string(role))))
	case role == RoleCell && slices.Contains(reservedRoles, own):
		c.refuse(pathStackName, stack, "a cell's name other than "+limit.List(reservedRoles)+", which are reserved",
			fmt.Sprintf("rename the file, like %q", fileName(environment+"-cell")))
	}
}

// tenantName is one label of DNS and no reserved word.
func (c *checker) tenantName(name string) {
	const path = "tenant.name"
	switch {
	case !plainName.MatchString(name) || len(name) > maxLabel:
		c.refuse(path, name, fmt.Sprintf("%s, at most %d characters", plainWant, maxLabel), plainFix)
	case slices.Contains(reservedTenants, name):
		c.refuse(path, name, "a name that is not reserved", "choose another name; reserved are "+limit.List(reservedTenants))
	}
}

// ownerName is what a tag's value may hold, without spaces around it.
// https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
var ownerName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9 _.:/=+@-]{0,62}[A-Za-z0-9])?$`)

func (c *checker) owner(role Role, owner string) {
	if !ownerName.MatchString(owner) {
		c.refuse(role.path("owner"), owner,
			"1 to 64 letters, digits, spaces and _.:/=+@-, beginning and ending with a letter or digit",
			fmt.Sprintf("name the team that answers for the %s, like %q", role, "platform"))
	}
}

// normal is what remains of a name where hyphens and upper case are overlooked: two stacks may not differ in less.
func normal(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "-", "")
}
