package exports

import (
	"fmt"

	"haven/components/archive"
	"haven/components/bucket"
	"haven/components/iamdoc"
)

// prefix is what the keys of exported files begin with; RDS adds the name of the export.
func prefix(tenant string) string { return archive.Prefix(tenant) + "snapshots" }

// writing is what RDS asks of the role that it writes with.
func writing(name, tenant string) iamdoc.Document {
	return iamdoc.Document{Statements: []iamdoc.Statement{
		{
			Sid:       "FindBucket",
			Actions:   []string{"s3:GetBucketLocation"},
			Resources: []string{bucket.ARN(name)},
		},
		{
			Sid:        "ListOwnFiles",
			Actions:    []string{"s3:ListBucket"},
			Resources:  []string{bucket.ARN(name)},
			Conditions: iamdoc.Conditions{iamdoc.StringLike: {"s3:prefix": {prefix(tenant), prefix(tenant) + "/*"}}},
		},
		{
			Sid:       "WriteOwnFiles",
			Actions:   []string{"s3:DeleteObject*", "s3:GetObject*", "s3:PutObject*"},
			Resources: []string{bucket.ARN(name) + "/" + prefix(tenant) + "/*"},
		},
	}}
}

// permissions are what starting exports takes: of the database's own snapshots, with the role that they may be given and
// the keys that they may use. Looking at exports changes nothing, and takes no snapshot in particular.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
func (e export) permissions() iamdoc.Document {
	keys := []string{e.archiveKey, e.databaseKey}
	through := map[string][]string{"kms:ViaService": {"rds." + e.region + ".amazonaws.com"}}
	snapshots := fmt.Sprintf("arn:aws:rds:%s:%s:snapshot:rds:%s-*", e.region, e.account, e.databaseID)
	return iamdoc.Document{Statements: []iamdoc.Statement{
		{
			Sid:       "LookAtSnapshots",
			Actions:   []string{"rds:DescribeDBSnapshots"},
			Resources: []string{e.databaseARN, snapshots},
		},
		{
			Sid:       "Export",
			Actions:   []string{"rds:StartExportTask"},
			Resources: []string{snapshots},
		},
		{
			Sid:       "LookAtExports",
			Actions:   []string{"rds:DescribeExportTasks"},
			Resources: []string{"*"},
		},
		{
			Sid:       "PassWriter",
			Actions:   []string{"iam:PassRole"},
			Resources: []string{e.writer},
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: {
				"iam:PassedToService": {"export.rds.amazonaws.com"},
			}},
		},
		{
			Sid:        "LookAtKeys",
			Actions:    []string{"kms:DescribeKey"},
			Resources:  keys,
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: through},
		},
		{
			Sid:       "GrantKeysToExport",
			Actions:   []string{"kms:CreateGrant"},
			Resources: keys,
			Conditions: iamdoc.Conditions{
				iamdoc.StringEquals: through,
				iamdoc.Bool:         {"kms:GrantIsForAWSResource": {"true"}},
			},
		},
	}}
}
