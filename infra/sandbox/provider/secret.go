package provider

import (
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// secretVersion is the value of a secret as the world holds it. The world does not keep when it was
// written: its date is now.
func (s *server) secretVersion(args property.Map) (map[string]property.Value, error) {
	var version cloud.Resource
	var now time.Time
	err := s.world.View(func(tx *world.Tx) (err error) {
		now = tx.Now().UTC()
		version, err = cloud.CurrentSecret(tx, s.config.account, s.config.region, cloud.Text(args, "secretId"))
		return err
	})
	if err != nil {
		return nil, err
	}
	id := version.Text("versionId")
	return map[string]property.Value{
		"id":            property.New(cloud.Text(args, "secretId") + "|" + id),
		"arn":           property.New(version.Text("arn")),
		"createdDate":   property.New(now.Format(time.RFC3339)),
		"secretBinary":  property.New(version.Text("secretBinary")).WithSecret(true),
		"secretString":  property.New(version.Text("secretString")).WithSecret(true),
		"versionId":     property.New(id),
		"versionStage":  property.New("AWSCURRENT"),
		"versionStages": property.New([]property.Value{property.New("AWSCURRENT")}),
	}, nil
}
