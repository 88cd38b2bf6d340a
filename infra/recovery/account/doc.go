// Package account does in real accounts what bringing tenants back takes beside stacks: it finds the copies of their data,
// promotes replicas, takes and copies snapshots, sets latches, and has restorations run.
//
// Each call goes to the region that its argument names, to an endpoint of that region: none to a control plane of all
// regions, and none to a region that is lost. What is done already is found and not done again, so that a run which was
// stopped anywhere is finished by the next. Calls are tried again for minutes; what is waited for is looked at by and by.
//
// Whoever runs it may, in the region that tenants are brought back in, rds:DescribeDBInstances, DescribeDBSnapshots,
// DescribeDBInstanceAutomatedBackups, PromoteReadReplica, CreateDBSnapshot, CopyDBSnapshot and AddTagsToResource;
// cloudwatch:GetMetricData, PutMetricData and DescribeAlarms; states:StartExecution, DescribeExecution and
// RedriveExecution; s3:ListBucket on the archive; kms:CreateGrant and DescribeKey on the databases' keys. To end a drill
// takes rds:DeleteDBSnapshot and DeleteDBInstanceAutomatedBackup as well. Off site it takes storage.objects.list on the
// mirror, run.jobs.get, run.jobs.run, run.operations.get and run.executions.get.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
package account
