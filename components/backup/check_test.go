package backup_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/asl/asltest"
)

// event is what AWS Backup says of a job of a test that restored something.
func event(kind string) map[string]any {
	return map[string]any{"source": "aws.backup", "detail": map[string]any{
		"restoreJobId": "job-1", "resourceType": kind, "createdResourceArn": "arn:created", "status": "COMPLETED",
	}}
}

// database and files are what is found of what was restored as it should be.
func database() map[string]any {
	return map[string]any{
		"DbInstanceStatus": "available", "StorageEncrypted": true, "KmsKeyId": databaseKey, "PubliclyAccessible": false,
		"Engine": "mysql", "EngineVersion": "8.0.43", "DbInstanceClass": "db.t4g.medium",
	}
}

func files() map[string]any {
	return map[string]any{"LifeCycleState": "available", "Encrypted": true, "KmsKeyId": filesKey,
		"SizeInBytes": map[string]any{"Value": 6144}}
}

// TestSoundOrUnsound: whatever is not as it should be is reported by name, and the execution fails.
func TestSoundOrUnsound(t *testing.T) {
	t.Parallel()
	w, _ := declare(t, args())
	definition := w.One(t, machineType, "backup-check-machine").Input("definition").(string)
	for _, test := range []struct {
		name, kind string
		found      map[string]any
		changes    map[string]any
		message    string
	}{
		{"database", "RDS", database(), nil, ""},
		{"the version itself", "RDS", database(), map[string]any{"EngineVersion": "8.0"}, ""},
		{"creating", "RDS", database(), map[string]any{"DbInstanceStatus": "creating"}, "the database is not available"},
		{"plain", "RDS", database(), map[string]any{"StorageEncrypted": false}, "the database is not encrypted"},
		{"another's key", "RDS", database(), map[string]any{"KmsKeyId": "k"}, "the database is encrypted by another key"},
		{"public", "RDS", database(), map[string]any{"PubliclyAccessible": true}, "the database is public"},
		{"another engine", "RDS", database(), map[string]any{"Engine": "mariadb"}, "the engine is not mysql"},
		{"another version", "RDS", database(), map[string]any{"EngineVersion": "8.01.1"}, "the version is not 8.0"},
		{"another class", "RDS", database(), map[string]any{"DbInstanceClass": "db.t3.micro"},
			"the class is not db.t4g.medium"},
		{"two things", "RDS", database(), map[string]any{"StorageEncrypted": false, "PubliclyAccessible": true},
			"the database is not encrypted, the database is public"},
		{"nothing known", "RDS", map[string]any{"DbInstanceStatus": "available"}, nil, "the database is not encrypted, " +
			"the database is encrypted by another key, the database is public, the engine is not mysql, " +
			"the version is not 8.0, the class is not db.t4g.medium"},
		{"files", "EFS", files(), nil, ""},
		{"plain files", "EFS", files(), map[string]any{"Encrypted": false}, "the file system is not encrypted"},
		{"files of another's key", "EFS", files(), map[string]any{"KmsKeyId": databaseKey},
			"the file system is encrypted by another key"},
		{"no files", "EFS", files(), map[string]any{"SizeInBytes": map[string]any{"Value": 0}}, "the file system is empty"},
		{"creating files", "EFS", files(), map[string]any{"LifeCycleState": "creating"},
			"the file system is not available"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found := maps.Clone(test.found)
			maps.Copy(found, test.changes)
			var reported map[string]any
			run := asltest.Run{Call: func(call string, arguments map[string]any) (any, error) {
				switch call {
				case "rds:describeDBInstances":
					assert.Equal(t, map[string]any{"DbInstanceIdentifier": "arn:created"}, arguments)
					return map[string]any{"DbInstances": []any{found}}, nil
				case "efs:describeFileSystems":
					assert.Equal(t, map[string]any{"FileSystemId": "arn:created"}, arguments)
					return map[string]any{"FileSystems": []any{found}}, nil
				}
				assert.Equal(t, "backup:putRestoreValidationResult", call)
				reported = arguments
				return map[string]any{}, nil
			}}
			_, err := run.Execute(definition, event(test.kind))
			status, message := "FAILED", test.message
			if message == "" {
				require.NoError(t, err)
				status, message = "SUCCESSFUL", "All is as it was backed up"
			} else {
				assert.ErrorContains(t, err, "Unsound: What was restored is not as it was backed up")
			}
			assert.Equal(t, map[string]any{"RestoreJobId": "job-1", "ValidationStatus": status,
				"ValidationStatusMessage": message}, reported)
		})
	}
}

// TestWhatCannotBeChecked: nothing is reported, which AWS Backup counts as not validated, and the execution fails.
func TestWhatCannotBeChecked(t *testing.T) {
	t.Parallel()
	w, _ := declare(t, args())
	definition := w.One(t, machineType, "backup-check-machine").Input("definition").(string)
	calls := 0
	gone := asltest.Run{Call: func(string, map[string]any) (any, error) {
		calls++
		return nil, asltest.Error{Name: "Rds.DbInstanceNotFoundException", Cause: "gone"}
	}}
	_, err := gone.Execute(definition, event("RDS"))
	assert.ErrorContains(t, err, "Rds.DbInstanceNotFoundException")
	assert.Equal(t, 7, calls, "it is tried again")
	strange := asltest.Run{}
	_, err = strange.Execute(definition, event("S3"))
	assert.ErrorContains(t, err, "Strange: There is no check of this type of resources")
}
