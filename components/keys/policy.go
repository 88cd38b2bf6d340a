package keys

import (
	"fmt"

	"haven/components/iamdoc"
	"haven/components/naming"
)

// administer is what the account's administrators may do: everything about a key, and nothing with it.
var administer = []string{
	"kms:CancelKeyDeletion",
	"kms:CreateAlias",
	"kms:DeleteAlias",
	"kms:DescribeKey",
	"kms:DisableKey",
	"kms:DisableKeyRotation",
	"kms:EnableKey",
	"kms:EnableKeyRotation",
	"kms:GetKeyPolicy",
	"kms:GetKeyRotationStatus",
	"kms:ListGrants",
	"kms:ListKeyPolicies",
	"kms:ListKeyRotations",
	"kms:ListResourceTags",
	"kms:PutKeyPolicy",
	"kms:ReplicateKey",
	"kms:RevokeGrant",
	"kms:RotateKeyOnDemand",
	"kms:ScheduleKeyDeletion",
	"kms:TagResource",
	"kms:UntagResource",
	"kms:UpdateAlias",
	"kms:UpdateKeyDescription",
	"kms:UpdatePrimaryRegion",
}

// use is what encrypting and decrypting takes.
var use = []string{
	"kms:Decrypt",
	"kms:DescribeKey",
	"kms:Encrypt",
	"kms:GenerateDataKey*",
	"kms:ReEncrypt*",
}

// viaServices are the services that may use a key on a caller's behalf, without ".<region>.amazonaws.com". RDS reads
// the key of the secrets as well: it makes and rotates the databases' master passwords. It writes exported snapshots to
// a backup bucket with that one's key, so that the bucket's replication and its mirror can read them.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html
// https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.Setup.html
// https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
var viaServices = map[Purpose][]string{
	Database: {"rds"},
	Cache:    {"elasticache"},
	Files:    {"elasticfilesystem"},
	Images:   {"ecr"},
	Secrets:  {"rds", "secretsmanager"},
	Archive:  {"rds", "s3"},
	Backup:   {"backup", "elasticfilesystem", "rds"},
}

// policy is the key's policy in one region.
func (a Args) policy(region string) iamdoc.Document {
	statements := []iamdoc.Statement{administration(a.Account)}
	if a.Purpose == Logs {
		return iamdoc.Document{Statements: append(statements, a.useByLogs(region))}
	}
	services := viaServices[a.Purpose]
	return iamdoc.Document{Statements: append(statements, UseThrough(a.Account, region, services...)...)}
}

// UseThrough lets the account's principals use a key by way of these services in a region, "rds" for instance, and lets
// the services keep a grant for as long as they need it.
func UseThrough(account, region string, services ...string) []iamdoc.Statement {
	conditions := through(account, region, services)
	return []iamdoc.Statement{
		{
			Sid:        "UseThroughService",
			Principals: accountItself(account),
			Actions:    use,
			Resources:  []string{"*"},
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: conditions},
		},
		{
			Sid:        "GrantToService",
			Principals: accountItself(account),
			Actions:    []string{"kms:CreateGrant"},
			Resources:  []string{"*"},
			Conditions: iamdoc.Conditions{
				iamdoc.StringEquals: conditions,
				iamdoc.Bool:         {"kms:GrantIsForAWSResource": {"true"}},
			},
		},
	}
}

// ReadThrough lets the account's principals decrypt by way of a service in a region, and nothing else.
func ReadThrough(account, region, service string) iamdoc.Statement {
	return iamdoc.Statement{
		Sid:        "ReadThroughService",
		Principals: accountItself(account),
		Actions:    []string{"kms:Decrypt", "kms:DescribeKey"},
		Resources:  []string{"*"},
		Conditions: iamdoc.Conditions{iamdoc.StringEquals: through(account, region, []string{service})},
	}
}

// WriteThrough lets the account's principals encrypt by way of a service in a region, and nothing else. S3 asks for no
// more to write a replica.
func WriteThrough(account, region, service string) iamdoc.Statement {
	return iamdoc.Statement{
		Sid:        "WriteThroughService",
		Principals: accountItself(account),
		Actions:    []string{"kms:Encrypt"},
		Resources:  []string{"*"},
		Conditions: iamdoc.Conditions{iamdoc.StringEquals: through(account, region, []string{service})},
	}
}

// through are the condition values of a request that the account makes by way of one of these services.
func through(account, region string, services []string) map[string][]string {
	var via []string
	for _, service := range services {
		via = append(via, service+"."+region+".amazonaws.com")
	}
	return map[string][]string{"kms:CallerAccount": {account}, "kms:ViaService": via}
}

// accountItself stands for the account's principals, as far as their own policies let them.
func accountItself(account string) iamdoc.Principals {
	return iamdoc.Principals{AWS: []string{"arn:aws:iam::" + account + ":root"}}
}

// administration lets the account's administrators manage a key, and not use it.
func administration(account string) iamdoc.Statement {
	return iamdoc.Statement{
		Sid:        "Administer",
		Principals: accountItself(account),
		Actions:    administer,
		Resources:  []string{"*"},
	}
}

// useByLogs lets CloudWatch Logs use the key, for this stack's log groups only: its own, those that RDS and ECS name
// after its database and its replica of each generation and its cluster, and those that ElastiCache delivers its cache's logs to.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func (a Args) useByLogs(region string) iamdoc.Statement {
	group := fmt.Sprintf("arn:aws:logs:%s:%s:log-group:", region, a.Account)
	groups := []string{
		group + a.Scope.Path("*"),
		group + "/aws/ecs/containerinsights/" + a.Scope.Name("cluster") + "/*",
		group + "/aws/rds/instance/" + a.Scope.Name("database") + "/*",
		group + "/aws/rds/instance/" + a.Scope.Name("replica") + "/*",
		group + "/aws/vendedlogs/elasticache/" + a.Scope.Name("cache") + "/*",
	}
	for _, generation := range a.Generations {
		for _, part := range []string{"database", "replica"} {
			groups = append(groups, group+"/aws/rds/instance/"+a.Scope.Name(naming.Generation(part, generation))+"/*")
		}
	}
	return iamdoc.Statement{
		Sid:        "UseByLogs",
		Principals: iamdoc.Principals{Services: []string{"logs." + region + ".amazonaws.com"}},
		Actions:    use,
		Resources:  []string{"*"},
		Conditions: iamdoc.Conditions{iamdoc.ArnLike: {"kms:EncryptionContext:aws:logs:arn": groups}},
	}
}
