package application

import (
	"haven/components/iamdoc"
	"haven/components/task"
)

// executionPermissions are what starting this tenant's tasks takes.
func executionPermissions(args Args, secretARNs, secretsKeyARNs []string) iamdoc.Document {
	var logs []string
	for _, process := range args.processes() {
		logs = append(logs, args.Scope.Path(process))
	}
	return task.Started{
		Account: args.Account, Region: args.Region,
		Image: args.Image, LogGroups: logs,
		SecretARNs: secretARNs, SecretsKeyARNs: secretsKeyARNs,
	}.Permissions()
}

// filesPermissions let the tasks read and write the tenant's files.
func filesPermissions(args Args, fileSystemID, accessPointID string) iamdoc.Document {
	return iamdoc.Document{Statements: []iamdoc.Statement{
		task.Mount(args.Account, args.Region, fileSystemID, accessPointID, "ClientMount", "ClientWrite"),
	}}
}
