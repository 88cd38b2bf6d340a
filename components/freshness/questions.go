package freshness

import (
	"fmt"
	"time"

	"haven/components/asl"
	"haven/components/bucket"
	"haven/components/iamdoc"
)

// question is how AWS is asked for the newest copy of a kind.
type question struct {
	// call is made with arguments, as the permission allows.
	call       string
	arguments  map[string]any
	permission iamdoc.Statement
	// newest is, in JSONata, when the newest copy is from, in milliseconds; nothing where there is none.
	newest string
}

// asking makes a question of what is known once it is asked.
type asking func(k known, bound time.Duration) question

// known is what questions name.
type known struct {
	account, region, stack, dumps string
	values                        map[string]string
}

// The values that other resources produce.
const (
	databaseID          = "databaseId"
	databaseARN         = "databaseArn"
	fileSystemARN       = "fileSystemArn"
	vaultName           = "vaultName"
	bucketName          = "bucketName"
	replicatedBackupARN = "replicatedBackupArn"
)

// What is listed is asked for no further back than the newest copy may be, and in no greater number: an answer has to
// fit into a state, 256 KiB. mostKeys leaves room for more than a hundred dumps, each of four objects.
// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const (
	boundsBack = 3
	mostKeys   = 500
)

// back is, in JSONata, the moment before which no copy is asked for.
func back(bound time.Duration) string {
	return fmt.Sprintf("$millis() - %d", (boundsBack * bound).Milliseconds())
}

func pointInTime(k known, _ time.Duration) question {
	return question{
		call:      asl.SDK("rds", "describeDBInstances"),
		arguments: map[string]any{"DbInstanceIdentifier": k.values[databaseID]},
		permission: iamdoc.Statement{
			Sid:       "DescribeDatabase",
			Actions:   []string{"rds:DescribeDBInstances"},
			Resources: []string{k.values[databaseARN]},
		},
		newest: "$max($states.result.DbInstances.$toMillis(LatestRestorableTime))",
	}
}

// recoveryPoint is the newest of a resource in a vault. A copy from another region belongs to the same resource.
func recoveryPoint(resource string) asking {
	return func(k known, bound time.Duration) question {
		vault := fmt.Sprintf("arn:aws:backup:%s:%s:backup-vault:%s", k.region, k.account, k.values[vaultName])
		return question{
			call: asl.SDK("backup", "listRecoveryPointsByBackupVault"),
			arguments: map[string]any{
				"BackupVaultName": k.values[vaultName],
				"ByResourceArn":   k.values[resource],
				"ByCreatedAfter":  asl.Expression("$fromMillis(" + back(bound) + ")"),
			},
			permission: iamdoc.Statement{
				Sid:       "ListRecoveryPoints",
				Actions:   []string{"backup:ListRecoveryPointsByBackupVault"},
				Resources: []string{vault},
			},
			newest: "$max($states.result.RecoveryPoints[Status = 'COMPLETED'].$toMillis(CreationDate))",
		}
	}
}

// dumped is the newest dump in a bucket that is complete: its manifest comes last, and the time is in the key.
func dumped(k known, bound time.Duration) question {
	after := fmt.Sprintf("'%s' & $fromMillis(%s, '[Y0001][M01][D01]T[H01][m01][s01]Z')", k.dumps, back(bound))
	return question{
		call: asl.SDK("s3", "listObjectsV2"),
		arguments: map[string]any{
			"Bucket":     k.values[bucketName],
			"Prefix":     k.dumps,
			"StartAfter": asl.Expression(after),
			"MaxKeys":    mostKeys,
		},
		permission: iamdoc.Statement{
			Sid:        "ListDumps",
			Actions:    []string{"s3:ListBucket"},
			Resources:  []string{bucket.ARN(k.values[bucketName])},
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: {"s3:prefix": {k.dumps}}},
		},
		newest: `$max($states.result.Contents` +
			`.$match(Key, /\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\/manifest\.json$/)` +
			`.$toMillis(groups[0] & '-' & groups[1] & '-' & groups[2] & ` +
			`'T' & groups[3] & ':' & groups[4] & ':' & groups[5] & 'Z'))`,
	}
}

// exported is the newest snapshot that was exported. RDS lists the exports of a whole account in no order, so they are
// asked for by name: that of each day, and those of its further attempts. Its permission is for all or for none.
func exported(k known, bound time.Duration) question {
	names := fmt.Sprintf("($days := $map([0..%d], function($back) { "+
		"'%s-' & $fromMillis($millis() - $back * %d, '[Y0001]-[M01]-[D01]') }); "+
		"$append($days, $append($map($days, function($day) { $day & '-2' }), $map($days, function($day) { $day & '-3' }))))",
		boundsBack*bound/day, k.stack, day.Milliseconds())
	return question{
		call: asl.SDK("rds", "describeExportTasks"),
		arguments: map[string]any{"Filters": []any{
			map[string]any{"Name": "export-task-identifier", "Values": asl.Expression(names)},
		}},
		permission: iamdoc.Statement{
			Sid:       "DescribeExports",
			Actions:   []string{"rds:DescribeExportTasks"},
			Resources: []string{"*"},
		},
		newest: "$max($states.result.ExportTasks[Status = 'COMPLETE'].$toMillis(SnapshotTime))",
	}
}

const day = 24 * time.Hour

func replicatedBackup(k known, _ time.Duration) question {
	return question{
		call:      asl.SDK("rds", "describeDBInstanceAutomatedBackups"),
		arguments: map[string]any{"DbInstanceAutomatedBackupsArn": k.values[replicatedBackupARN]},
		permission: iamdoc.Statement{
			Sid:       "DescribeReplicatedBackup",
			Actions:   []string{"rds:DescribeDBInstanceAutomatedBackups"},
			Resources: []string{k.values[replicatedBackupARN]},
		},
		newest: "$max($states.result.DbInstanceAutomatedBackups.RestoreWindow.$toMillis(LatestTime))",
	}
}
