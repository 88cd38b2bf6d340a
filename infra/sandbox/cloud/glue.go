package cloud

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// The data catalogue: https://docs.aws.amazon.com/glue/latest/webapi/API_CreateDatabase.html and
// https://docs.aws.amazon.com/glue/latest/webapi/API_CreateTable.html. A database that is deleted takes its tables
// along.
func glueTypes() []*Type {
	return []*Type{
		{
			Token: glueDatabase, ID: func(c *Call) string { return catalog(c) + ":" + c.text("name") },
			Unique: []Unique{{Property: "name", Taken: glue.says("CreateDatabase", "AlreadyExistsException",
				"Database already exists.")}},
			Refuse:   refuseCatalogName,
			Computed: catalogOutputs(func(c *Call) string { return "database/" + c.text("name") }),
		},
		{
			Token: glueTable, ID: tableID,
			References: []Reference{{Property: "databaseName", To: glueDatabase, By: "name",
				NotFound: glue.says("CreateTable", "EntityNotFoundException", "Database %s not found.")}},
			Refuse:   firstOf(refuseCatalogName, onCreate(refuseTableTaken)),
			Computed: catalogOutputs(func(c *Call) string { return "table/" + c.text("databaseName") + "/" + c.text("name") }),
		},
	}
}

// catalog is the account's own where none is given.
func catalog(c *Call) string {
	if id := c.text("catalogId"); id != "" {
		return id
	}
	return c.Account
}

func tableID(c *Call) string { return catalog(c) + ":" + c.text("databaseName") + ":" + c.text("name") }

// catalogName: Athena reads names in small letters only, and the provider refuses all others:
// https://docs.aws.amazon.com/athena/latest/ug/glue-best-practices.html.
var catalogName = regexp.MustCompile(`^[^A-Z]{1,255}$`)

func refuseCatalogName(c *Call) error {
	if name := c.text("name"); !catalogName.MatchString(name) {
		return fmt.Errorf("uppercase characters cannot be used in \"name\": %q", name)
	}
	return nil
}

func refuseTableTaken(c *Call) error {
	if _, taken := c.find(glueTable, "id", c.ID); taken {
		return glue.says("CreateTable", "AlreadyExistsException", "Table already exists.")
	}
	return nil
}

func catalogOutputs(resource func(*Call) string) func(*Call) map[string]property.Value {
	return func(c *Call) map[string]property.Value {
		return c.outputs().
			text("arn", c.arn("glue", resource(c))).
			fillText("catalogId", c.Account).
			values
	}
}
