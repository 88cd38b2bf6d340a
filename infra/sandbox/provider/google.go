package provider

import (
	"errors"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

var errNoProject = errors.New("project: required field is not set")

// project is the one that is asked about, or the provider's.
func (s *server) project(args property.Map) (cloud.GoogleProject, error) {
	project := cloud.Text(args, "project")
	if project == "" && s.name == "gcp" {
		project = s.config.account
	}
	if project == "" {
		return "", errNoProject
	}
	return cloud.GoogleProject(project), nil
}

// storageAgent is who acts for Cloud Storage in a project:
// https://cloud.google.com/storage/docs/json_api/v1/projects/serviceAccount.
func (s *server) storageAgent(args property.Map) (map[string]property.Value, error) {
	project, err := s.project(args)
	if err != nil {
		return nil, err
	}
	return map[string]property.Value{
		"id":           property.New(project.StorageAgent()),
		"project":      property.New(string(project)),
		"emailAddress": property.New(project.StorageAgent()),
		"member":       property.New("serviceAccount:" + project.StorageAgent()),
	}, nil
}

// transferAgent is who acts for Storage Transfer Service in a project, once the service is enabled:
// https://cloud.google.com/storage-transfer/docs/reference/rest/v1/googleServiceAccounts/get.
func (s *server) transferAgent(args property.Map) (map[string]property.Value, error) {
	project, err := s.project(args)
	if err != nil {
		return nil, err
	}
	if err := s.world.View(func(tx *world.Tx) error {
		return cloud.GoogleServiceOff(tx, string(project), "storagetransfer.googleapis.com")
	}); err != nil {
		return nil, err
	}
	return map[string]property.Value{
		"id":        property.New(project.TransferAgent()),
		"project":   property.New(string(project)),
		"email":     property.New(project.TransferAgent()),
		"member":    property.New("serviceAccount:" + project.TransferAgent()),
		"subjectId": property.New(project.TransferAgentSubject()),
	}, nil
}
